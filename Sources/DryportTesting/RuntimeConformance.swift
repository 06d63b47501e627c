// SPDX-License-Identifier: Apache-2.0

public import DryportRuntime
public import Testing

/// The tests that every ``ContainerRuntime`` must pass.
///
/// Make one with a closure that creates an instance of your runtime, and run its checks as tests of yours:
///
/// ```swift
/// let suite = RuntimeConformance(fixture: .init(image: "busybox")) { try MyRuntime(state: directory) }
///
/// @Test(arguments: RuntimeConformanceCheck.allCases)
/// func conforms(_ check: RuntimeConformanceCheck) async throws { try await suite.run(check) }
/// ```
///
/// Every check has an owner of its own and removes its containers, so checks run in parallel and leave
/// nothing behind. Failures are recorded as issues of the current test.
public struct RuntimeConformance<Runtime: ContainerRuntime>: Sendable {
    /// What the suite knows about the runtime.
    public let fixture: RuntimeConformanceFixture
    private let makeRuntime: @Sendable () async throws -> Runtime
    private let endRuntime: @Sendable (Runtime) async throws -> Void

    /// Creates the suite.
    /// - Parameters:
    ///   - fixture: What to know about the runtime.
    ///   - makeRuntime: Makes an instance. Instances made one after another stand for an agent before and
    ///     after a restart: they must share whatever the runtime keeps (an engine, a directory).
    ///   - endRuntime: Releases what an instance holds, without ending containers. Called once for each.
    public init(
        fixture: RuntimeConformanceFixture, makeRuntime: @escaping @Sendable () async throws -> Runtime,
        endRuntime: @escaping @Sendable (Runtime) async throws -> Void = { _ in }
    ) {
        self.fixture = fixture
        self.makeRuntime = makeRuntime
        self.endRuntime = endRuntime
    }

    /// Runs all checks, one after the other.
    /// - Parameter sourceLocation: Where failures are reported.
    public func run(sourceLocation: SourceLocation = #_sourceLocation) async {
        for check in RuntimeConformanceCheck.allCases {
            do {
                try await run(check, sourceLocation: sourceLocation)
            } catch {
                Issue.record(error, "\(check.rawValue)", sourceLocation: sourceLocation)
            }
        }
    }

    /// Runs one check.
    /// - Parameters:
    ///   - check: Which.
    ///   - sourceLocation: Where failures are reported.
    /// - Throws: Whatever the runtime throws where the contract has it succeed, or a timeout.
    public func run(
        _ check: RuntimeConformanceCheck, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await withScope(sourceLocation) { scope in
            switch check {
            case .describesItself: try await describesItself(scope)
            case .makesImagesAvailable: try await makesImagesAvailable(scope)
            case .createsAndStarts: try await createsAndStarts(scope)
            case .createsOncePerIdentity: try await createsOncePerIdentity(scope)
            case .startsAndStopsIdempotently: try await startsAndStopsIdempotently(scope)
            case .removes: try await removes(scope)
            case .runsContainersConcurrently: try await runsContainersConcurrently(scope)
            case .reportsExitCodes: try await reportsExitCodes(scope)
            case .refusesMissingCommand: try await refusesMissingCommand(scope)
            case .passesEnvironment: try await passesEnvironment(scope)
            case .passesWorkingDirectory: try await passesWorkingDirectory(scope)
            case .passesEntryPointAndCommand: try await passesEntryPointAndCommand(scope)
            case .stopsWithinGracePeriod: try await stopsWithinGracePeriod(scope)
            case .stopsWithNamedSignal: try await stopsWithNamedSignal(scope)
            case .killsAfterGracePeriod: try await killsAfterGracePeriod(scope)
            case .killsWithoutGracePeriod: try await killsWithoutGracePeriod(scope)
            case .returnsOutput: try await returnsOutput(scope)
            case .followsOutputUntilExit: try await followsOutputUntilExit(scope)
            case .sendsEvents: try await sendsEvents(scope)
            case .sendsEventsToEverySubscriber: try await sendsEventsToEverySubscriber(scope)
            case .listsOwnContainersOnly: try await listsOwnContainersOnly(scope)
            case .adoptsRunningContainer: try await adoptsRunningContainer(scope)
            case .remembersExit: try await remembersExit(scope)
            }
        }
    }

    /// Gives `body` another instance of the runtime, as an agent that restarted has it.
    func withSecondInstance(
        of scope: RuntimeConformanceScope<Runtime>,
        _ body: (RuntimeConformanceScope<Runtime>) async throws -> Void
    ) async throws {
        let runtime = try await makeRuntime()
        do {
            try await body(RuntimeConformanceScope(scope, through: runtime))
        } catch {
            try? await endRuntime(runtime)
            throw error
        }
        try await endRuntime(runtime)
    }

    private func withScope(
        _ location: SourceLocation, _ body: (RuntimeConformanceScope<Runtime>) async throws -> Void
    ) async throws {
        let runtime = try await makeRuntime()
        let scope = RuntimeConformanceScope(runtime: runtime, fixture: fixture, location: location)
        do {
            try await body(scope)
        } catch {
            try? await scope.removeAll()
            try? await endRuntime(runtime)
            throw error
        }
        try await scope.removeAll()
        try await endRuntime(runtime)
    }
}
