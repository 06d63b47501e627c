// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportCredentials
import DryportModel
import Logging

extension Logger {
    /// Says what happened: a fixed message, the particulars as metadata.
    func log(_ observation: AgentObservation) {
        let (level, message, metadata) = observation.entry
        log(level: level, message, metadata: metadata)
    }
}

extension AgentObservation {
    fileprivate var entry: (Logger.Level, Logger.Message, Logger.Metadata) {
        backendEntry ?? taskEntry ?? (.debug, "agent observation", ["observation": "\(self)"])
    }

    private var backendEntry: (Logger.Level, Logger.Message, Logger.Metadata)? {
        switch self {
        case .managedInstanceRegistered(let id): (.info, "registered as managed instance", ["instance.id": "\(id)"])
        case .credentials(let observation): Self.entry(observation)
        case .pingFailed(let reason): (.warning, "SSM ping failed", ["error": "\(reason)"])
        case .containerInstanceRegistered(let arn):
            (.info, "registered as container instance", ["container-instance.arn": "\(arn)"])
        case .registrationFailed(let step, let reason, let retryIn):
            (
                .warning, "registration failed, will retry",
                ["registration.step": "\(step)", "error": "\(reason)", "retry.in": "\(retryIn)"]
            )
        case .terminal(let reason): (.critical, "agent cannot go on", ["error": "\(reason)"])
        case .connected: (.info, "connected to the backend", [:])
        case .disconnected(let reason, let retryIn):
            (.info, "not connected to the backend", ["error": "\(reason)", "retry.in": "\(retryIn)"])
        case .deregistered(let retryIn):
            (.error, "the backend says that this instance is deregistered", ["retry.in": "\(retryIn)"])
        case .messageDropped(let type, let reason):
            (.warning, "message dropped", ["message.type": "\(type)", "error": "\(reason)"])
        case .backendMessage(let type, let text):
            (.warning, "message of the backend", ["message.type": "\(type)", "message.text": "\(text)"])
        case .runtimeReady(let containers):
            (.info, "container runtime is ready", ["runtime.containers": "\(containers)"])
        case .runtimeUnavailable(let reason, let retryIn):
            (.warning, "container runtime does not answer", ["error": "\(reason)", "retry.in": "\(retryIn)"])
        default: nil
        }
    }

    private var taskEntry: (Logger.Level, Logger.Message, Logger.Metadata)? {
        switch self {
        case .taskAccepted(let arn): (.info, "task accepted", ["task.arn": "\(arn)"])
        case .taskRefused(let arn, let reason):
            (.warning, "task refused", ["task.arn": "\(arn)", "error": "\(reason)"])
        case .taskChanged(let arn, let status):
            (.info, "task status changed", ["task.arn": "\(arn)", "task.status": "\(status.rawValue)"])
        case .containerChanged(let task, let container, let phase, let exitCode, let reason):
            (
                .info, "container changed",
                Self.container(task, container).merging(
                    [
                        "container.phase": "\(phase.rawValue)", "container.exit-code": exitCode.map { "\($0)" },
                        "container.reason": reason.map { "\($0)" },
                    ].compactMapValues { $0 }, uniquingKeysWith: { first, _ in first })
            )
        case .containerRestarting(let task, let container, let count):
            (
                .info, "container restarts",
                Self.container(task, container).merging(["container.restarts": "\(count)"]) { first, _ in first }
            )
        case .containerAdopted(let task, let container, let id):
            (
                .info, "container adopted",
                Self.container(task, container).merging(["container.runtime-id": "\(id)"]) { first, _ in first }
            )
        case .strayRemoved(let task, let container, let id):
            (
                .notice, "stray container removed",
                Self.container(task, container).merging(["container.runtime-id": "\(id)"]) { first, _ in first }
            )
        case .taskRemoved(let arn): (.debug, "task removed", ["task.arn": "\(arn)"])
        case .reported(let task, let status):
            (.debug, "state change reported", ["task.arn": "\(task)", "task.status": "\(status.rawValue)"])
        case .reportFailed(let task, let reason, let retryIn):
            (
                .warning, "state change not taken",
                ["task.arn": "\(task)", "error": "\(reason)", "retry.in": "\(retryIn.map { "\($0)" } ?? "never")"]
            )
        default: nil
        }
    }

    private static func container(_ task: String, _ name: String) -> Logger.Metadata {
        ["task.arn": "\(task)", "container.name": "\(name)"]
    }

    private static func entry(
        _ observation: CredentialRotation.Observation
    ) -> (Logger.Level, Logger.Message, Logger.Metadata) {
        switch observation {
        case .requested(let reason):
            (.debug, "role credentials requested", ["credentials.reason": "\(reason.rawValue)"])
        case .rotated(let id, _): (.info, "role credentials received", ["credentials.access-key-id": "\(id)"])
        case .failed(let code, let attempt, let retryIn):
            (
                .warning, "role credentials not received",
                ["error": "\(code ?? "no answer")", "retry.attempt": "\(attempt)", "retry.in": "\(retryIn)"]
            )
        case .unusable: (.error, "role credentials are not valid by this host's clock", [:])
        case .expired(let id): (.error, "role credentials expired", ["credentials.access-key-id": "\(id)"])
        }
    }
}
