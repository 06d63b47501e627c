// SPDX-License-Identifier: Apache-2.0

public import DryportModel

/// A container that somebody on this host answers for, and what is known of it.
public struct DesiredContainer: Sendable, Hashable {
    /// What shall become of it.
    public enum Wish: String, Sendable, Hashable, Codable, CaseIterable {
        /// It shall run, sooner or later.
        case run
        /// It shall not run (any more). It stays on the host until nobody answers for it.
        case stop
    }

    /// What is known of it from earlier observations. Moves forward, except that a restart takes a container
    /// from `running` back to `created`.
    public enum Knowledge: String, Sendable, Hashable, Codable, CaseIterable {
        /// It was not made yet, as far as anybody knows. Can become any other case.
        case absent
        /// It was made and is not running. Can become `running` or `finished`.
        case created
        /// It was seen running. Can become `finished`, or `created` by a restart.
        case running
        /// It ended for good, and its end has been dealt with. Never changes again.
        case finished
    }

    /// One run of a container, from its start to its exit.
    public struct Run: Sendable, Hashable, Codable {
        /// When it was started, where the runtime tells.
        public var startedAt: Timestamp?
        /// When it ended.
        public var finishedAt: Timestamp

        /// Creates a run.
        public init(startedAt: Timestamp?, finishedAt: Timestamp) {
            self.startedAt = startedAt
            self.finishedAt = finishedAt
        }
    }

    /// Which container.
    public var key: ContainerKey
    /// The runtime's identifier, once known.
    public var runtimeID: String?
    /// What shall become of it.
    public var wish: Wish
    /// What is known of it.
    public var knowledge: Knowledge
    /// The last run whose end has been dealt with by deciding on a restart; nil if there was none.
    public var lastRun: Run?

    /// Creates a desired container.
    public init(
        key: ContainerKey, runtimeID: String? = nil, wish: Wish, knowledge: Knowledge, lastRun: Run? = nil
    ) {
        self.key = key
        self.runtimeID = runtimeID
        self.wish = wish
        self.knowledge = knowledge
        self.lastRun = lastRun
    }

    /// Whether an observed run is one that has been dealt with: an old inventory still shows it.
    /// - Parameters:
    ///   - startedAt: When the observed run started, where known.
    ///   - finishedAt: When it ended; nil if the observation says that it runs.
    public func hasDealtWith(startedAt: Timestamp?, finishedAt: Timestamp?) -> Bool {
        guard let lastRun else { return false }
        let isSameStart = startedAt == lastRun.startedAt
        // Times have milliseconds only: a run that is restarted within one may end in the same as the one before.
        if let finishedAt {
            return finishedAt < lastRun.finishedAt || finishedAt == lastRun.finishedAt && isSameStart
        }
        guard let startedAt else { return false }
        return startedAt < lastRun.finishedAt || isSameStart
    }
}

/// A container as a runtime shows it.
public struct ObservedContainer: Sendable, Hashable {
    /// What it does.
    public enum State: Sendable, Hashable, Codable {
        /// Made, not started.
        case created
        /// Running.
        case running
        /// Over, since then.
        case exited(finishedAt: Timestamp)
    }

    /// Which container, as its labels say.
    public var key: ContainerKey
    /// The runtime's identifier.
    public var runtimeID: String
    /// What it does.
    public var state: State
    /// When it was started last, where the runtime tells.
    public var startedAt: Timestamp?

    /// Creates an observed container.
    public init(key: ContainerKey, runtimeID: String, state: State, startedAt: Timestamp? = nil) {
        self.key = key
        self.runtimeID = runtimeID
        self.state = state
        self.startedAt = startedAt
    }
}
