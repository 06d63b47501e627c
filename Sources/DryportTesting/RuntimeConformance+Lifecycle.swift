// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportRuntime
import Testing

/// Create, start, stop, remove.
extension RuntimeConformance {
    func describesItself(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let first = try await scope.runtime.capabilities()
        let second = try await scope.runtime.capabilities()
        #expect(first == second, sourceLocation: scope.location)
        #expect(!first.name.isEmpty, sourceLocation: scope.location)
        #expect(!first.version.isEmpty, sourceLocation: scope.location)
        #expect(!first.logDrivers.isEmpty, sourceLocation: scope.location)
        #expect(!first.networkModes.isEmpty, sourceLocation: scope.location)
    }

    func makesImagesAvailable(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let image = scope.fixture.image
        if scope.fixture.canPull {
            let pulled = try await scope.runtime.pull(image, credentials: nil) { _ in }
            #expect(!pulled.id.isEmpty, sourceLocation: scope.location)
        }
        let local = try await scope.runtime.localImage(image)
        #expect(local != nil, "\(image) is not on the host", sourceLocation: scope.location)
    }

    func createsAndStarts(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let spec = scope.spec(.sleepForever)
        let handle = try await scope.runtime.create(spec)
        #expect(!handle.id.isEmpty && handle.id.count <= 255, sourceLocation: scope.location)
        let created = try await scope.runtime.inspect(handle)
        #expect(created?.state == .created, sourceLocation: scope.location)
        #expect(created?.startedAt == nil, sourceLocation: scope.location)
        #expect(created?.identity == spec.identity, sourceLocation: scope.location)

        let started = try await scope.runtime.start(handle)
        #expect(started.state == .running, sourceLocation: scope.location)
        #expect(started.handle == handle, sourceLocation: scope.location)
        let running = try await scope.runtime.inspect(handle)
        #expect(running?.state == .running, sourceLocation: scope.location)
        #expect(running?.startedAt != nil, sourceLocation: scope.location)
        #expect(running?.identity == spec.identity, sourceLocation: scope.location)
    }

    func createsOncePerIdentity(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let first = try await scope.runtime.create(scope.spec(.sleepForever))
        let second = try await scope.runtime.create(scope.spec(.sleepForever))
        #expect(first == second, sourceLocation: scope.location)
        let other = try await scope.runtime.create(scope.spec(.sleepForever, named: "sidecar"))
        #expect(other != first, sourceLocation: scope.location)
        #expect(try await scope.runtime.inventory(owner: scope.owner).count == 2, sourceLocation: scope.location)

        try await withSecondInstance(of: scope) { later in
            let third = try await later.runtime.create(later.spec(.sleepForever))
            #expect(third == first, "an agent that restarted", sourceLocation: scope.location)
        }
    }

    func startsAndStopsIdempotently(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let handle = try await scope.launch(.trap(signal: "TERM", exitCode: 3))
        try await scope.ready(handle)
        let before = try await scope.runtime.inspect(handle)
        let again = try await scope.runtime.start(handle)
        #expect(again.state == .running, sourceLocation: scope.location)
        #expect(again.startedAt == before?.startedAt, sourceLocation: scope.location)

        try await scope.runtime.stop(handle, signal: nil, gracePeriod: scope.fixture.patience)
        let first = try await scope.exit(of: handle)
        try await scope.runtime.stop(handle, signal: nil, gracePeriod: .zero)
        let second = try await scope.exit(of: handle)
        #expect(first == second, "stopping what has ended changes nothing", sourceLocation: scope.location)
    }

    func removes(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let handle = try await scope.launch(.exit(code: 0))
        _ = try await scope.exit(of: handle)
        try await scope.runtime.remove(handle, volumes: [])
        #expect(try await scope.runtime.inspect(handle) == nil, sourceLocation: scope.location)
        #expect(try await scope.runtime.inventory(owner: scope.owner).isEmpty, sourceLocation: scope.location)
        try await scope.runtime.remove(handle, volumes: [])
        do {
            try await scope.runtime.start(handle)
            Issue.record("a container that is gone was started", sourceLocation: scope.location)
        } catch {
            #expect(error.code == .containerVanished, "\(error)", sourceLocation: scope.location)
        }

        let unstarted = try await scope.runtime.create(scope.spec(.sleepForever, named: "unstarted"))
        try await scope.runtime.remove(unstarted, volumes: [])
        #expect(try await scope.runtime.inspect(unstarted) == nil, sourceLocation: scope.location)
    }

    func runsContainersConcurrently(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let codes = try await withThrowingTaskGroup(of: (Int, Int?).self) { group in
            for number in 1...8 {
                group.addTask {
                    let handle = try await scope.launch(.exit(code: number), named: "number\(number)")
                    return (number, try await scope.exit(of: handle).code)
                }
            }
            var codes: [Int: Int?] = [:]
            for try await (number, code) in group { codes[number] = code }
            return codes
        }
        for number in 1...8 {
            #expect(codes[number] == .some(number), sourceLocation: scope.location)
        }
    }

    func stopsWithinGracePeriod(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let handle = try await scope.launch(.trap(signal: "TERM", exitCode: 3))
        try await scope.ready(handle)
        try await scope.runtime.stop(handle, signal: nil, gracePeriod: scope.fixture.patience)
        try await expectExit(of: handle, code: 3, scope)
    }

    func stopsWithNamedSignal(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let handle = try await scope.launch(.trap(signal: "INT", exitCode: 4))
        try await scope.ready(handle)
        try await scope.runtime.stop(handle, signal: "SIGINT", gracePeriod: scope.fixture.patience)
        try await expectExit(of: handle, code: 4, scope)
    }

    func killsAfterGracePeriod(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let handle = try await scope.launch(.ignoreTerm)
        try await scope.ready(handle)
        // One second, as engines count in whole ones.
        try await scope.runtime.stop(handle, signal: nil, gracePeriod: .seconds(1))
        try await expectExit(of: handle, code: 137, scope)
    }

    func killsWithoutGracePeriod(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let handle = try await scope.launch(.trap(signal: "TERM", exitCode: 3))
        try await scope.ready(handle)
        try await scope.runtime.stop(handle, signal: nil, gracePeriod: .zero)
        try await expectExit(of: handle, code: 137, scope)
    }

    /// `stop` has returned, so the exit must be there already.
    private func expectExit(
        of handle: ContainerHandle, code: Int, _ scope: RuntimeConformanceScope<Runtime>
    ) async throws {
        guard case .exited(let exit)? = try await scope.runtime.inspect(handle)?.state else {
            Issue.record("stop returned before the container ended", sourceLocation: scope.location)
            return
        }
        #expect(exit.code == code, sourceLocation: scope.location)
        #expect(!exit.isOutOfMemory, sourceLocation: scope.location)
    }
}
