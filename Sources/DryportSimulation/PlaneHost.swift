// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
import DryportModel

/// The control plane with its shell: the machine, the store, the table of sessions.
///
/// The shell does what the real one does. Steps happen at once and in memory; their changes wait in a queue, are
/// committed in batches, and only then their messages are sent and their calls answered, also those of steps that
/// only read. A crash loses what was not committed.
struct PlaneHost: Sendable {
    /// What waits for a commit besides messages.
    enum Reply: Sendable {
        case answer(Call, PlaneAnswer)
        case sessionOpened(connection: Int)
    }

    /// A step that is not committed yet.
    struct Entry: Sendable {
        var output: ControlPlaneOutput
        var reply: Reply?
    }

    let configuration: ControlPlaneConfiguration
    let issuer = SessionCredentialIssuer(masterKey: Redacted(Array(repeating: 7, count: 32)))
    /// Nil while it is down.
    var machine: ControlPlaneMachine?
    /// Counts the runs of its process.
    var life = 1
    /// What is durable. It holds records; every restart takes them through their bytes.
    var store: [String: ControlPlaneRecord] = [:]
    /// Steps in their order: those being committed, and those that wait for the next commit.
    var committing: [Entry] = []
    var pending: [Entry] = []
    /// Which connection carries a session.
    var sessions: [AgentSessionID: Int] = [:]
    var lastSession: UInt64 = 0
    /// When the machine is to be woken, and the number of that wish.
    var armedWake: MonotonicTime?
    var wakeNumber = 0
    /// Numbers executed calls.
    var order = 0
    /// How often a task's end was reported, by ARN.
    var stopReports: [String: Int] = [:]
    var random: SeededGenerator

    init(configuration: ControlPlaneConfiguration, random: SeededGenerator) {
        self.configuration = configuration
        self.random = random
        self.machine = ControlPlaneMachine(configuration: configuration, issuer: issuer)
    }

    /// The stored records of one kind, in the order of their keys.
    func stored<Record>(_ select: (ControlPlaneRecord) -> Record?) -> [Record] {
        store.keys.sorted().compactMap { select(store[$0]!) }
    }

    /// The stored tasks in the order of their keys.
    var tasks: [DryportControlPlaneCore.TaskRecord] { stored { if case .task(let task, _) = $0 { task } else { nil } } }

    /// The stored container instances in the order of their keys.
    var instances: [ContainerInstanceRecord] {
        stored { if case .instance(let instance, _) = $0 { instance } else { nil } }
    }

    /// The key of a container instance.
    func key(ofInstance id: String) -> String { "\(ControlPlaneRecord.keyPrefix)cluster/default/instance/\(id)" }

    /// A stored task. Its key begins with a time that its ARN does not have.
    /// - Complexity: O(*n*) in the number of records.
    func task(arn: String) -> DryportControlPlaneCore.TaskRecord? {
        let id = arn.split(separator: "/").last ?? ""
        let key = store.keys.first { $0.hasSuffix("/\(id)") }
        guard case .task(let task, _)? = key.flatMap({ store[$0] }) else { return nil }
        return task
    }
}

/// What the control plane answers to a call, as its caller understands it.
enum PlaneAnswer: Sendable {
    case agent(Result<AgentAnswer, AgentCallFailure>)
    case client(order: Int, Result<ClientAnswer, ClientFailure>)
}
