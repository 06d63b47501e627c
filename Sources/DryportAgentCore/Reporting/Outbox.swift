// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportMessages
import DryportModel
import OrderedCollections

/// Tells the backend what became of tasks (`ecs-agent.md` §6): each task's reports one after another, those of at
/// most ten tasks at a time, each for as long as it takes.
///
/// What is to be told lives in the tasks' records; this machine only knows what is under way.
struct Outbox: Sendable, Hashable {
    private struct Pause: Sendable, Hashable {
        var until: MonotonicTime
        var failures: Int
        /// Whether nobody answered, so that a returning link ends the pause.
        var isUnanswered: Bool
    }

    /// How many tasks report at a time (§6.2).
    static let concurrency = 10

    private let timing: AgentTiming
    private let cluster: String
    private var flights: [AgentCall.ID: String] = [:]
    private var flying: Set<String> = []
    private var pauses: OrderedDictionary<String, Pause> = [:]

    init(configuration: AgentConfiguration) {
        self.timing = configuration.timing
        self.cluster = configuration.clusterName
    }

    /// Sends what may be sent now.
    mutating func pump(
        _ tasks: OrderedDictionary<String, EngineTask>, credentials: Credentials?, at now: Instant,
        _ effects: inout Effects
    ) {
        guard let credentials else { return }
        for (arn, task) in tasks where flying.count < Self.concurrency {
            guard let report = task.record.reports.sealed.first, !flying.contains(arn) else { continue }
            if let pause = pauses[arn], pause.until > now.monotonic { continue }
            let id = effects.call(
                .submitTaskStateChange(Self.request(report, task: arn, cluster: cluster)),
                as: .credentials(credentials))
            flights[id] = arn
            flying.insert(arn)
        }
    }

    /// Takes the answer to a call that is the outbox's.
    /// - Returns: The task whose oldest report is done, taken or dropped; nil if there is none.
    mutating func finished(
        _ id: AgentCall.ID, _ result: Result<AgentAnswer, AgentCallFailure>, status: TaskStatus?, at now: Instant,
        using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) -> String? {
        guard let arn = flights.removeValue(forKey: id) else { return nil }
        flying.remove(arn)
        switch result {
        case .success:
            pauses[arn] = nil
            effects.observe(.reported(task: arn, status: status ?? .pending))
            return arn
        case .failure(let failure):
            if failure.code == .invalidParameter {
                // §6.4: the only error that says that repeating is useless.
                pauses[arn] = nil
                effects.observe(.reportFailed(task: arn, reason: failure.text, retryIn: nil))
                return arn
            }
            let failures = (pauses[arn]?.failures ?? 0) + 1
            let isUnanswered = failure.isUnansweredOrBusy
            let backoff = isUnanswered ? timing.unansweredSubmission : timing.submission
            let pause = backoff.delay(afterFailures: failures, using: &random)
            pauses[arn] = Pause(
                until: now.monotonic.advanced(by: pause), failures: failures, isUnanswered: isUnanswered)
            effects.observe(.reportFailed(task: arn, reason: failure.text, retryIn: pause))
            return nil
        }
    }

    /// The task that a call reports about; nil if the call is not the outbox's.
    func task(of id: AgentCall.ID) -> String? { flights[id] }

    /// The backend can be reached again: nothing waits any longer for that.
    mutating func linkRestored() {
        pauses = pauses.filter { !$0.value.isUnanswered }
    }

    /// Everything that is due at some time.
    var deadlines: [MonotonicTime] { pauses.values.map(\.until) }

    private static func request(
        _ report: TaskReport, task: String, cluster: String
    ) -> ECS.SubmitTaskStateChangeRequest {
        ECS.SubmitTaskStateChangeRequest(
            cluster: cluster, task: task, status: report.status.rawValue, reason: String(report.reason.prefix(1024)),
            containers: report.containers.isEmpty ? nil : report.containers.map(change),
            pullStartedAt: report.pullStartedAt, pullStoppedAt: report.pullStoppedAt,
            executionStoppedAt: report.executionStoppedAt)
    }

    private static func change(_ report: ContainerReport) -> ECS.ContainerStateChange {
        ECS.ContainerStateChange(
            containerName: report.containerName, imageDigest: report.imageDigest.map { String($0.prefix(255)) },
            runtimeId: report.runtimeID.map { String($0.prefix(255)) }, exitCode: report.exitCode,
            networkBindings: report.networkBindings.isEmpty
                ? nil
                : report.networkBindings.map {
                    ECS.NetworkBinding(
                        bindIP: $0.bindIP, containerPort: $0.containerPort, hostPort: $0.hostPort,
                        protocol: $0.transportProtocol.rawValue)
                }, reason: report.reason.map { String($0.prefix(1024)) }, status: report.status.rawValue)
    }
}
