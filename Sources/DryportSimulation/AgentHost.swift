// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportCredentials
import DryportModel
import OrderedCollections

/// A host: its agent with the agent's shell and store, and its container runtime.
struct AgentHost: Sendable {
    let name: String
    let configuration: AgentConfiguration
    let facts: AgentFacts
    /// How far its wall clock is ahead.
    var skew: Duration
    /// Nil while the agent is down.
    var machine: AgentMachine?
    /// Counts the runs of the agent's process.
    var life = 0
    /// Counts the reboots of the host.
    var reboots = 0
    /// What is durable. It holds records; every restart takes them through their bytes.
    var store: [String: AgentRecord] = [:]
    var runtime: ContainerHost
    /// Until when the runtime takes calls and does nothing.
    var runtimeHangsUntil = MonotonicTime.zero
    /// Calls that were not answered yet.
    var openCalls: Set<AgentCall.ID> = []
    /// Operations that have not acted yet.
    var inFlight: OrderedDictionary<OperationID, RuntimeOperation> = [:]
    /// Operations whose results are of interest.
    var openOperations: Set<OperationID> = []
    /// The watch that counts, whether it tells already, and when its last notice comes.
    var watch: OperationID?
    var isWatching = false
    var lastNoticeAt = MonotonicTime.zero
    /// The connections of this run's sessions.
    var connections: OrderedDictionary<SessionID, Int> = [:]
    var armedWake: MonotonicTime?
    var wakeNumber = 0
    /// Until when nothing gets through from the agent to the control plane, and back.
    var blockedUpUntil = MonotonicTime.zero
    var blockedDownUntil = MonotonicTime.zero
    /// Why the agent gave up, if it did.
    var terminalReason: String?
    var random: SeededGenerator

    init(
        name: String, configuration: AgentConfiguration, facts: AgentFacts, skew: Duration, random: SeededGenerator
    ) {
        self.name = name
        self.configuration = configuration
        self.facts = facts
        self.skew = skew
        self.runtime = ContainerHost(name: name, random: random.fork(1))
        self.random = random.fork(2)
    }

    /// What is stored of a task.
    func task(arn: String) -> DryportAgentCore.TaskRecord? {
        guard case .task(let task)? = store["task/\(arn.split(separator: "/").last ?? "")"] else { return nil }
        return task
    }

    /// The container instance that it is, as it knows.
    var instanceARN: String? {
        guard case .registration(let record)? = store["registration"] else { return nil }
        return record.containerInstanceARN
    }

    /// The id at the end of ``instanceARN``.
    var instanceID: String? { instanceARN.flatMap { $0.split(separator: "/").last.map(String.init) } }

    /// The public half of an RSA key of 2048 bits that exists for simulations only; its private half was thrown away.
    static let publicKey =
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2TKJ8kMfU74dUIAGIOVNFy8u8jMOUNWte0ay8ok8mnWCxlzGrGABOijc"
        + "yFEKw8j50PHfuTHLMiwsbE9Jw8EulfPxIH4iy8wy3H1DPT/QGx3D3xdKuIwix9ahTyBBiucHttl+pelCDfNpuvAWFZLUNc10CIEF"
        + "ljW5AwkRH8/zsiB5ulj93yRyr86rn5ktxKhs7RECK0zJdIk6xxUY4YWPHfp2Rw7HqB/IugKRocZfUHYVUFCsL/t1EuZGwQzPuYQP"
        + "S/G/Jcw8PE+h8QUInazt7Nn6slMiJeET3NlZxqvD7ayL6ctLsHoWvhS0NSlkxLdSXHXesEpqtdjKMZcMdWrhgQIDAQAB"
}
