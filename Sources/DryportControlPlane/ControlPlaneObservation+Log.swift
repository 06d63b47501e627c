// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportModel
import Logging

extension ControlPlaneObservation {
    /// Writes the observation to a log: a fixed message, the data as metadata.
    func log(to logger: Logger) {
        switch self {
        case .managedInstanceRegistered(let id):
            logger.info("managed instance registered", metadata: ["managed-instance.id": "\(id)"])
        case .instanceRegistered(let arn):
            logger.info("container instance registered", metadata: ["container-instance.arn": "\(arn)"])
        case .instanceDeregistered(let arn):
            logger.info("container instance deregistered", metadata: ["container-instance.arn": "\(arn)"])
        case .agentConnected(let instance):
            logger.info("agent connected", metadata: ["container-instance.arn": "\(instance)"])
        case .agentDisconnected(let instance):
            logger.info("agent disconnected", metadata: ["container-instance.arn": "\(instance)"])
        case .taskChanged(let arn, let last, let desired):
            logger.debug(
                "task changed",
                metadata: [
                    "task.arn": "\(arn)", "task.last-status": "\(last.rawValue)",
                    "task.desired-status": "\(desired.rawValue)",
                ])
        case .serviceAction(let service, let action):
            logger.info(
                "service action",
                metadata: [
                    "service.arn": "\(service)", "event": "\(action.name)", "reason": "\(action.reason ?? "none")",
                ])
        case .deploymentStateChanged(let service, let change):
            logger.info(
                "deployment state changed",
                metadata: [
                    "service.arn": "\(service)", "event": "\(change.name.rawValue)",
                    "deployment.id": "\(change.deploymentID)", "reason": "\(change.reason)",
                ])
        case .accessKeyChanged(let id, let change, let principal):
            logger.notice(
                "access key changed",
                metadata: [
                    "access-key.id": "\(id)", "change": "\(change.rawValue)", "principal": "\(principal)",
                ])
        case .agentMessageIgnored(let instance, let reason):
            logger.info(
                "message of an agent ignored",
                metadata: ["container-instance.arn": "\(instance)", "reason": "\(reason)"])
        }
    }
}
