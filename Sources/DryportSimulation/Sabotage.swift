// SPDX-License-Identifier: Apache-2.0

/// A mistake that a world makes on purpose, so that a test can see that a checker notices it.
public enum Sabotage: String, Sendable, Hashable, CaseIterable {
    /// The store loses some tasks of which it said that they are committed.
    case dropCommittedTask
    /// The control plane answers and sends before the changes are durable.
    case answerBeforeCommit
    /// Container runtimes make a second copy of some containers.
    case startTwice
    /// Container runtimes start containers again that have ended.
    case startAgain
    /// Agents do not persist anything about tasks.
    case forgetAgentTasks
    /// The control plane's store goes back to an older state of a task.
    case storeOlderTask
    /// An agent writes its activation code into its log.
    case leakSecret
}
