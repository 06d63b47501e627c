// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportMessages
import DryportModel

/// A backend that believes everything, keeps payloads until they are acknowledged, and can be told to fail.
final class FakeBackend {
    static let instance =
        "arn:aws:ecs:us-east-1:123456789012:container-instance/default/0123456789abcdef0123456789abcdef"
    static let cluster = "arn:aws:ecs:us-east-1:123456789012:cluster/default"

    /// Every call that was made.
    var calls: [AgentCall] = []
    /// Every handshake that was tried.
    var handshakes: [SessionTarget] = []
    /// The codes with which the agent closed sessions.
    var closes: [UInt16] = []
    var session: SessionID?
    /// Errors to answer, by operation, the first one first.
    var errors: [String: [APIError]] = [:]
    /// How the next handshakes end.
    var refusals: [SessionEnd] = []
    /// Whether attributes come back as they were sent.
    var echoesAttributes = true
    /// How long role credentials live.
    var tokenLifetime: Duration = .seconds(3600)
    /// Called with each report that was taken; returns what to send to the agent.
    var onReport: ((ECS.SubmitTaskStateChangeRequest) -> [ACS.ServerMessage])?

    /// Reports that were taken, in order.
    private(set) var reports: [ECS.SubmitTaskStateChangeRequest] = []
    /// Messages of the agent, in order.
    private(set) var messages: [ACS.AgentMessage] = []
    private var payloads: [(id: String, message: ACS.ServerMessage)] = []
    private var outgoing: [ACS.ServerMessage] = []
    private var lastMessage = 0

    func takeRefusal() -> SessionEnd? { refusals.isEmpty ? nil : refusals.removeFirst() }

    func takeOutgoing() -> [ACS.ServerMessage] {
        defer { outgoing = [] }
        return outgoing
    }

    /// What to deliver again after a reconnect.
    var unacknowledged: [ACS.ServerMessage] { payloads.map(\.message) }

    /// A payload that is kept until it is acknowledged.
    func payload(_ tasks: [ACS.Task]) -> ACS.ServerMessage {
        lastMessage += 1
        let message = ACS.ServerMessage.payload(
            .init(
                clusterArn: Self.cluster, containerInstanceArn: Self.instance, messageId: "m-\(lastMessage)",
                seqNum: lastMessage, generatedAt: 1, tasks: tasks))
        payloads.append(("m-\(lastMessage)", message))
        return message
    }

    func received(_ message: ACS.AgentMessage) {
        messages.append(message)
        if case .ack(let ack) = message { payloads.removeAll { $0.id == ack.messageId } }
    }

    func isAcknowledged(_ message: ACS.ServerMessage) -> Bool { !payloads.contains { $0.id == message.messageId } }

    func answer(_ call: AgentCall, at now: Instant) -> Result<AgentAnswer, AgentCallFailure> {
        let name = call.request.name
        if let error = errors[name]?.first {
            errors[name]?.removeFirst()
            return .failure(.service(error))
        }
        switch call.request {
        case .registerManagedInstance:
            return .success(.registerManagedInstance(.init(instanceId: "mi-0123456789abcdef0")))
        case .requestManagedInstanceRoleToken:
            return .success(
                .requestManagedInstanceRoleToken(
                    .init(
                        accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token",
                        tokenExpirationDate: now.wall.advanced(by: tokenLifetime), updateKeyPair: false)))
        case .updateInstanceInformation, .createCluster: return .success(.done)
        case .registerContainerInstance(let request):
            return .success(
                .registerContainerInstance(
                    .init(
                        containerInstance: .init(
                            containerInstanceArn: request.containerInstanceArn ?? Self.instance,
                            attributes: echoesAttributes ? request.attributes : []))))
        case .discoverPollEndpoint: return .success(.discoverPollEndpoint(.init(endpoint: "https://acs.example")))
        case .submitTaskStateChange(let request):
            reports.append(request)
            outgoing += onReport?(request) ?? []
            return .success(.done)
        }
    }

    /// The statuses told of a task, without repeats of the whole report.
    func statuses(of task: String) -> [String] {
        var statuses: [String] = []
        for report in reports where report.task == task && statuses.last != report.status {
            statuses.append(report.status ?? "")
        }
        return statuses
    }

    func report(of task: String, _ status: String) -> ECS.SubmitTaskStateChangeRequest? {
        reports.first { $0.task == task && $0.status == status }
    }
}

extension AgentCall.Request {
    /// The operation's name.
    var name: String {
        switch self {
        case .registerManagedInstance: "RegisterManagedInstance"
        case .requestManagedInstanceRoleToken: "RequestManagedInstanceRoleToken"
        case .updateInstanceInformation: "UpdateInstanceInformation"
        case .createCluster: "CreateCluster"
        case .registerContainerInstance: "RegisterContainerInstance"
        case .discoverPollEndpoint: "DiscoverPollEndpoint"
        case .submitTaskStateChange: "SubmitTaskStateChange"
        }
    }
}

/// Tasks for tests.
enum Fixture {
    static func arn(_ id: String) -> String { "arn:aws:ecs:us-east-1:123456789012:task/default/\(id)" }

    static func container(
        _ name: String, essential: Bool = true, cpu: Int = 10, memory: Int = 64,
        dependsOn: [(String, String)] = []
    ) -> ACS.Container {
        ACS.Container(
            name: name, image: "busybox", cpu: cpu, memory: memory, essential: essential, command: ["sleep", "9"],
            environment: ["FOO": "bar"],
            dependsOn: dependsOn.map { .init(containerName: $0.0, condition: $0.1) }, overrides: "{}",
            dockerConfig: .init(version: "1.18", config: "{}", hostConfig: "{\"NetworkMode\":\"bridge\"}"))
    }

    static func task(_ id: String, _ containers: [ACS.Container], desired: String = "RUNNING") -> ACS.Task {
        ACS.Task(
            arn: arn(id), desiredStatus: desired, family: "web", version: "3", containers: containers,
            networkMode: "bridge", launchType: "EXTERNAL", taskClusterArn: FakeBackend.cluster)
    }
}
