// SPDX-License-Identifier: Apache-2.0

/// What has to be done so that a host becomes what it should be, in named buckets.
///
/// The buckets are to be applied in the order of the members. A container can be in several: one that is
/// adopted although its task was told to stop is in ``adopt`` and in ``stop``.
public struct Reconciliation: Sendable, Hashable {
    /// A container in its runtime.
    public struct Instance: Sendable, Hashable {
        /// Which container.
        public var key: ContainerKey
        /// The runtime's identifier.
        public var runtimeID: String

        /// Creates an instance.
        public init(key: ContainerKey, runtimeID: String) {
            self.key = key
            self.runtimeID = runtimeID
        }
    }

    /// Something that happened unseen and has to be told.
    public enum Report: Sendable, Hashable {
        /// The container ended; the observation has its exit.
        case exited(Instance)
        /// The container is gone without a trace.
        case vanished(ContainerKey)

        /// Which container.
        public var key: ContainerKey {
            switch self {
            case .exited(let instance): instance.key
            case .vanished(let key): key
            }
        }
    }

    /// Found in the runtime and to be taken over as it is: its identifier or its state was not known.
    public var adopt: [Instance] = []
    /// As it should be. Nothing to do.
    public var keep: [ContainerKey] = []
    /// Ended or gone while nobody looked.
    public var report: [Report] = []
    /// Wanted and not running: to be made, or started.
    public var start: [ContainerKey] = []
    /// Running and not wanted.
    public var stop: [Instance] = []
    /// Nobody answers for it, or it is a second copy: to be removed from the runtime, after having been
    /// stopped if it is in ``stop`` too.
    public var forget: [Instance] = []

    /// Creates a reconciliation that changes nothing.
    public init() {}

    /// Whether there is nothing to do.
    public var isSettled: Bool {
        adopt.isEmpty && report.isEmpty && start.isEmpty && stop.isEmpty && forget.isEmpty
    }
}
