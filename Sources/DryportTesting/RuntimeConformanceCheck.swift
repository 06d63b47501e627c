// SPDX-License-Identifier: Apache-2.0

/// The checks of ``RuntimeConformance``. More may come with a new version.
public enum RuntimeConformanceCheck: String, Sendable, Hashable, CaseIterable {
    /// Capabilities are filled in and say the same twice.
    case describesItself
    /// A pulled image is found on the host.
    case makesImagesAvailable
    /// Created, then running with a start time, and the identity is kept.
    case createsAndStarts
    /// A second container of the same identity is the first one.
    case createsOncePerIdentity
    /// Starting twice and stopping twice succeed and change nothing.
    case startsAndStopsIdempotently
    /// A removed container is gone; removing it again succeeds; starting it says that it vanished.
    case removes
    /// Eight containers at a time keep their own codes.
    case runsContainersConcurrently
    /// Codes 0 and 7 arrive.
    case reportsExitCodes
    /// A command that does not exist fails to start, or ends with 127 where the runtime leaves looking for
    /// the command to the container itself.
    case refusesMissingCommand
    /// Environment variables arrive unchanged.
    case passesEnvironment
    /// The working directory arrives.
    case passesWorkingDirectory
    /// Entry point and command are joined, and arrive unchanged.
    case passesEntryPointAndCommand
    /// A program that takes SIGTERM ends in its own way.
    case stopsWithinGracePeriod
    /// The caller's signal is sent instead of SIGTERM.
    case stopsWithNamedSignal
    /// A program that ignores SIGTERM is killed: 137.
    case killsAfterGracePeriod
    /// No grace period means no question: 137.
    case killsWithoutGracePeriod
    /// Both streams are read back completely, also large ones.
    case returnsOutput
    /// Following delivers while the container runs, and ends with it.
    case followsOutputUntilExit
    /// Synchronised first, then running, exited and removed, in order.
    case sendsEvents
    /// Two subscribers see the same; a subscriber of another owner sees nothing.
    case sendsEventsToEverySubscriber
    /// An inventory lists the owner's containers, and no others.
    case listsOwnContainersOnly
    /// Another instance finds a running container, follows its output, stops it and learns its code.
    case adoptsRunningContainer
    /// An exit that nobody watched is told to another instance, with its code and time.
    case remembersExit
}
