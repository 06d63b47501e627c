// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DryportAgent
import DryportAgentCore
import DryportCredentials
import DryportMessages
import DryportModel
import DryportRuntime
import DryportServer
import DryportStoreSQLite
import DryportTransport
import DryportTransportHTTP
import Logging
import ServiceLifecycle
import UnixSignals

/// One run of one task, from an empty directory to an exit code: a control plane on a free port of the loopback
/// interface, an agent that registers with it as any agent does, and a client that runs the task and watches it.
struct TaskRun {
    /// Why a run ends before its task does.
    private enum Interruption {
        case signal
        case timeout
    }

    let definition: ECS.RegisterTaskDefinitionRequest
    let choice: RuntimeChoice
    let directory: DataDirectory
    let limit: Duration?
    let reporter: RunReporter
    let logger: Logger

    /// - Returns: The exit code of the command.
    func perform() async throws -> Int32 {
        var random = SystemRandomNumberGenerator()
        let key = AccessKey.generate(using: &random)
        let scope = AccountScope()
        var listening = DryportServer.Configuration()
        listening.host = "127.0.0.1"
        listening.port = 0
        let plane = try await ControlPlaneHost(
            directory: directory, administrator: key, scope: scope, configuration: listening, logger: logger)
        let services = ServiceGroup(services: [plane.controlPlane, plane.server], logger: logger)
        let outcome: Result<Int32, any Error> = await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await services.run() }
            let outcome = await Result { () -> Int32 in
                let url = try await plane.server.address.url
                reporter.started(runtime: choice.description, url: url)
                return try await runAgent(url: url, key: key, scope: scope)
            }
            await services.triggerGracefulShutdown()
            await group.waitForAll()
            return outcome
        }
        await plane.store.close()
        return try outcome.get()
    }

    private func runAgent(url: String, key: AccessKey, scope: AccountScope) async throws -> Int32 {
        let transport = try HTTPTransport(
            configuration: HTTPTransportConfiguration(region: scope.region, endpoints: .custom(url: url)),
            logger: logger)
        let client = APIClient(transport: transport, credentials: key.credentials)
        let outcome = await Result { () -> Int32 in
            let activation = try await client.perform(
                SSM.CreateActivationRequest(iamRole: "dryport-run", registrationLimit: 1))
            var configuration = AgentConfiguration(cluster: "default", region: scope.region)
            configuration.activation = .init(
                id: activation.activationId ?? "", code: Redacted(activation.activationCode ?? ""))
            // As docker run does: what is on the host is good enough.
            configuration.imagePullBehavior = .preferCached
            let host = try await AgentHost(
                directory: directory, configuration: configuration, runtime: choice.runtime, transport: transport,
                logger: logger)
            let result = await Result { () -> Int32 in
                try await withThrowingTaskGroup(of: Int32?.self) { group in
                    group.addTask {
                        try await host.agent.run()
                        return nil
                    }
                    group.addTask { try await runTask(client) }
                    defer { group.cancelAll() }
                    while let finished = try await group.next() {
                        if let finished { return finished }
                    }
                    return 1
                }
            }
            await host.store.close()
            return try result.get()
        }
        await transport.shutdown()
        return try outcome.get()
    }

    private func runTask(_ client: APIClient) async throws -> Int32 {
        let registered = try await client.perform(definition)
        reporter.waiting(for: "waiting for the agent")
        try await waitForAgent(client)
        let name = registered.taskDefinition?.taskDefinitionArn
        let answer = try await client.perform(ECS.RunTaskRequest(launchType: "EXTERNAL", taskDefinition: name))
        guard let task = answer.tasks?.first, let arn = task.taskArn else {
            let reasons = (answer.failures ?? []).compactMap(\.reason).joined(separator: ", ")
            throw CommandError("the task cannot be placed on this host: \(reasons)")
        }
        reporter.changed(task)
        return try await withThrowingTaskGroup(of: Interruption?.self) { group in
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return .signal }
                return nil
            }
            if let limit {
                group.addTask {
                    try await Task.sleep(for: limit)
                    return .timeout
                }
            }
            let watch = TaskWatch(arn: arn, client: client, runtime: choice.runtime, reporter: reporter)
            group.addTask {
                try await watch.run(from: task)
                return nil
            }
            var code: Int32?
            while let interruption = try await group.next() {
                guard let interruption else { break }
                code = interruption == .timeout ? 124 : 130
                let reason = interruption == .timeout ? "The time limit of dryport run was reached" : "Interrupted"
                reporter.waiting(for: "stopping the task")
                _ = try await client.perform(ECS.StopTaskRequest(task: arn, reason: reason))
            }
            group.cancelAll()
            let result = await watch.removeContainers(of: registered.taskDefinition)
            reporter.finished(container: result.container, exitCode: code ?? result.exitCode)
            return code ?? result.exitCode
        }
    }

    private func waitForAgent(_ client: APIClient) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let list = try await client.perform(ECS.ListContainerInstancesRequest())
            if let arns = list.containerInstanceArns, !arns.isEmpty {
                let seen = try await client.perform(ECS.DescribeContainerInstancesRequest(containerInstances: arns))
                if seen.containerInstances?.first?.agentConnected == true { return }
            }
            reporter.tick("registering")
            try await Task.sleep(for: .milliseconds(50))
        }
        throw CommandError("the agent did not connect within a minute; run again with --log-level debug")
    }
}

/// Calls the control plane as its administrator.
struct APIClient: Sendable {
    let transport: HTTPTransport
    let credentials: Credentials

    func perform<Request: APIRequest>(_ request: Request) async throws -> Request.Response {
        try await transport.perform(
            request, authentication: .signatureV4(credentials), timeout: .seconds(30))
    }
}
