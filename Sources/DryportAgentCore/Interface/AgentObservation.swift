// SPDX-License-Identifier: Apache-2.0

public import DryportCredentials
public import DryportModel

/// Something that happened. Carries no secret and no user data but names.
public enum AgentObservation: Sendable, Hashable {
    /// The host became a managed node.
    case managedInstanceRegistered(id: String)
    /// The node's role credentials: see ``CredentialRotation/Observation``.
    case credentials(CredentialRotation.Observation)
    /// A ping was not answered well.
    case pingFailed(reason: String)
    /// The host is a container instance, newly or again.
    case containerInstanceRegistered(arn: String)
    /// A step of registration failed and follows again.
    case registrationFailed(step: String, reason: String, retryIn: Duration)
    /// The agent cannot go on: nothing will change without somebody's help (`ecs-agent.md` §2.4). The shell ends
    /// with an error.
    case terminal(reason: String)
    /// ACS is connected.
    case connected
    /// ACS is not connected any more, or could not be.
    case disconnected(reason: String, retryIn: Duration)
    /// The backend says that the instance is deregistered (§4.8).
    case deregistered(retryIn: Duration)
    /// A message was not taken, and why.
    case messageDropped(type: String, reason: String)
    /// The backend said something that is only for people.
    case backendMessage(type: String, text: String)
    /// A task arrived.
    case taskAccepted(arn: String)
    /// A task arrived that cannot run here.
    case taskRefused(arn: String, reason: String)
    /// A task's status changed.
    case taskChanged(arn: String, status: TaskStatus)
    /// A container of a task reached a phase.
    case containerChanged(
        task: String, container: String, phase: ContainerRecord.Phase, exitCode: Int?, reason: String?)
    /// A container that ended is started again in place.
    case containerRestarting(task: String, container: String, count: Int)
    /// A container that was found running was taken over without touching it.
    case containerAdopted(task: String, container: String, runtimeID: String)
    /// A container that nobody answers for is stopped and removed.
    case strayRemoved(task: String, container: String, runtimeID: String)
    /// Everything of a task was removed.
    case taskRemoved(arn: String)
    /// A state change was taken by the backend.
    case reported(task: String, status: TaskStatus)
    /// A state change was not taken; it follows again, or was dropped if `retryIn` is nil (§6.4).
    case reportFailed(task: String, reason: String, retryIn: Duration?)
    /// The container runtime answers, and its containers are accounted for.
    case runtimeReady(containers: Int)
    /// The container runtime does not answer.
    case runtimeUnavailable(reason: String, retryIn: Duration)
}
