// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportReconciler

/// A task with what is only known to this process.
struct EngineTask: Sendable, Hashable {
    /// What survives.
    var record: TaskRecord
    /// What was stored last.
    var stored: TaskRecord?
    /// What goes on for each container.
    var work: [ContainerWork]
    /// When its containers are to be removed.
    var cleanupAt: MonotonicTime?
    /// Since when its end is known to have been told; a restart counts anew.
    var toldAt: MonotonicTime?
    /// When its leftover changes are to be reported.
    var leftoversDueAt: MonotonicTime?

    init(_ record: TaskRecord, stored: TaskRecord? = nil) {
        self.record = record
        self.stored = stored
        self.work = record.containers.map { _ in ContainerWork() }
    }

    /// Everything that is due at some time. What was due and could not be done waits for something else than time.
    var deadlines: [MonotonicTime] {
        var deadlines = [cleanupAt, leftoversDueAt].compactMap { $0 }
        for work in work { deadlines += [work.operation?.deadline, work.notBefore, work.recheckAt].compactMap { $0 } }
        return deadlines
    }
}

/// What goes on for one container.
struct ContainerWork: Sendable, Hashable {
    /// The operation under way; there is at most one.
    var operation: RunningOperation?
    /// No operation begins before this.
    var notBefore: MonotonicTime?
    /// When a wait for a dependency ends.
    var recheckAt: MonotonicTime?
    /// How often what is tried now has failed.
    var failures = 0
}

/// An operation that was asked of the runtime.
struct RunningOperation: Sendable, Hashable {
    /// What it is for.
    enum Kind: Sendable, Hashable {
        case pull
        /// Looking for the image on the host, because a pull failed or before one.
        case localImage(after: OperationFailure?)
        case create, start, stop, inspect, remove
    }

    /// Its name.
    var id: OperationID
    /// What it is for.
    var kind: Kind
    /// When it counts as failed.
    var deadline: MonotonicTime
    /// Whether the container has gone on meanwhile, so that the result shows the past.
    var isSuperseded = false
}

/// What an operation belongs to.
enum OperationTarget: Sendable, Hashable {
    case survey
    case stray(runtimeID: String)
    case container(task: String, index: Int)
}

/// A container that nobody answers for, or a finished one that runs.
struct StrayContainer: Sendable, Hashable {
    var key: ContainerKey
    var mustRemove: Bool
    var operation: OperationID
    var isStopped: Bool
    var deadline: MonotonicTime
}

/// How the runtime is reached.
struct RuntimeLink: Sendable, Hashable {
    /// The watch that counts; notices of others are old.
    var watch: OperationID?
    /// Whether every container is accounted for, so that decisions may be made.
    var isLive = false
    /// The inventory under way, and until when.
    var survey: (id: OperationID, deadline: MonotonicTime)? {
        get { surveyID.flatMap { id in surveyDeadline.map { (id, $0) } } }
        set { (surveyID, surveyDeadline) = (newValue?.id, newValue?.deadline) }
    }
    private var surveyID: OperationID?
    private var surveyDeadline: MonotonicTime?
    /// Containers that changed since the inventory was asked for; it may show their past.
    var changedSinceSurvey: Set<ContainerKey> = []
    /// When to watch again.
    var watchAt: MonotonicTime?
    /// When to take an inventory again.
    var surveyAt: MonotonicTime?
    /// How often in a row the runtime did not answer.
    var failures = 0

    /// Everything that is due at some time.
    var deadlines: [MonotonicTime] { [surveyDeadline, watchAt, surveyAt].compactMap { $0 } }
}
