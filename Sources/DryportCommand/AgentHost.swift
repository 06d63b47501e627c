// SPDX-License-Identifier: Apache-2.0

import DryportAgent
import DryportAgentCore
import DryportRuntime
import DryportStoreSQLite
import DryportTransport
import Logging

/// An agent with its store, wired together.
struct AgentHost {
    let store: SQLiteStore
    let agent: DryportAgent.Agent

    init(
        directory: DataDirectory, configuration: AgentConfiguration, runtime: any ContainerRuntime,
        transport: any Transport, logger: Logger
    ) async throws {
        store = try await SQLiteStore.open(path: directory.agentDatabase, logger: logger)
        agent = DryportAgent.Agent(
            configuration: configuration, runtime: runtime, transport: transport, store: store, logger: logger)
    }
}
