// SPDX-License-Identifier: Apache-2.0

public import DryportRuntime

/// How a container of ``InMemoryRuntime`` behaves.
public struct ScriptedContainer: Sendable {
    /// What it does once it is started.
    public enum Course: Sendable, Hashable {
        /// Runs until a signal ends it, or ``InMemoryRuntimeWorld/finish(_:code:isOutOfMemory:reason:)``.
        case runs
        /// Ends with this code after this time; zero ends it inside of `start`.
        case exits(code: Int, after: Duration)
    }

    /// What it does when it receives a signal.
    public enum Reaction: Sendable, Hashable {
        /// Ends with this code.
        case exits(code: Int)
        /// Goes on.
        case ignores
    }

    /// See ``Course``.
    public var course: Course
    /// What it writes as soon as it is started.
    public var output: [LogChunk]
    /// What it does upon signals, by their names without `SIG`. Any other signal *n* ends it with 128 + *n*.
    /// SIGKILL cannot be changed.
    public var reactions: [String: Reaction]
    /// Whether an exit on its own course is for want of memory.
    public var isOutOfMemory: Bool
    /// What `create` throws.
    public var createError: RuntimeError?
    /// What `start` throws.
    public var startError: RuntimeError?
    /// Whether `start` waits for ``InMemoryRuntimeWorld/releaseStart(of:)``.
    public var blocksStart: Bool

    /// Creates a behaviour; by default, one that runs until it is asked to end.
    public init(
        course: Course = .runs, output: [LogChunk] = [], reactions: [String: Reaction] = [:],
        isOutOfMemory: Bool = false, createError: RuntimeError? = nil, startError: RuntimeError? = nil,
        blocksStart: Bool = false
    ) {
        self.course = course
        self.output = output
        self.reactions = reactions
        self.isOutOfMemory = isOutOfMemory
        self.createError = createError
        self.startError = startError
        self.blocksStart = blocksStart
    }

    /// Runs until it is asked to end.
    public static let runs = ScriptedContainer()

    /// Ends by itself.
    public static func exits(code: Int, after duration: Duration = .zero) -> ScriptedContainer {
        ScriptedContainer(course: .exits(code: code, after: duration))
    }

    /// Cannot be started.
    public static func failsToStart(_ message: String) -> ScriptedContainer {
        ScriptedContainer(startError: RuntimeError(code: .cannotStartContainer, message: message))
    }
}
