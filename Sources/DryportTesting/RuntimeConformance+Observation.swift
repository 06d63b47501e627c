// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportRuntime
import Testing

/// Inventory, events, adoption.
extension RuntimeConformance {
    /// The life of one container as events told it.
    private enum Step: Hashable, Sendable {
        case running
        case exited(code: Int?)
        case removed
    }

    func sendsEvents(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let stream = scope.runtime.events(owner: scope.owner)
        try await expectSynchronised(stream, scope)
        let steps = try await stepsOfOneLife(seenBy: [stream], scope)
        #expect(steps == [[.running, .exited(code: 3), .removed]], sourceLocation: scope.location)
    }

    func sendsEventsToEverySubscriber(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let first = scope.runtime.events(owner: scope.owner)
        let second = scope.runtime.events(owner: scope.owner)
        let otherOwner = scope.owner + "-other"
        let other = scope.runtime.events(owner: otherOwner)
        for stream in [first, second, other] { try await expectSynchronised(stream, scope) }

        let steps = try await stepsOfOneLife(seenBy: [first, second], scope)
        let life: [Step] = [.running, .exited(code: 3), .removed]
        #expect(steps == [life, life], sourceLocation: scope.location)

        // Its own container's events are the first that the other owner hears of.
        let handle = try await scope.runtime.create(scope.spec(.exit(code: 0), owner: otherOwner))
        do {
            try await scope.runtime.start(handle)
            _ = try await scope.exit(of: handle)
            let event = try await next(of: other, "an event of the other owner", scope)
            #expect(handleOf(event) == handle, "\(event)", sourceLocation: scope.location)
        } catch {
            try? await scope.removeAll(owner: otherOwner)
            throw error
        }
        try await scope.removeAll(owner: otherOwner)
    }

    func listsOwnContainersOnly(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let otherOwner = scope.owner + "-other"
        let created = try await scope.runtime.create(scope.spec(.sleepForever, named: "created"))
        let running = try await scope.launch(.sleepForever, named: "running")
        let exited = try await scope.launch(.exit(code: 7), named: "exited")
        _ = try await scope.exit(of: exited)
        let theirs = try await scope.runtime.create(scope.spec(.sleepForever, owner: otherOwner))

        let mine = try await scope.runtime.inventory(owner: scope.owner)
        let others = try await scope.runtime.inventory(owner: otherOwner)
        try await scope.removeAll(owner: otherOwner)
        #expect(Set(mine.map(\.handle)) == [created, running, exited], sourceLocation: scope.location)
        #expect(mine.count == 3, sourceLocation: scope.location)
        #expect(others.map(\.handle) == [theirs], sourceLocation: scope.location)
        #expect(mine.allSatisfy { $0.identity.owner == scope.owner }, sourceLocation: scope.location)
        for observation in mine {
            switch (observation.identity.containerName, observation.state) {
            case ("created", .created), ("running", .running): break
            case ("exited", .exited(let exit)): #expect(exit.code == 7, sourceLocation: scope.location)
            default: Issue.record("unexpected: \(observation)", sourceLocation: scope.location)
            }
        }
        #expect(try await scope.runtime.inventory(owner: "nobody").isEmpty, sourceLocation: scope.location)
    }

    func adoptsRunningContainer(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let spec = scope.spec(.trap(signal: "TERM", exitCode: 3))
        let handle = try await scope.runtime.create(spec)
        let started = try await scope.runtime.start(handle)
        try await scope.ready(handle)

        try await withSecondInstance(of: scope) { later in
            let stream = later.runtime.events(owner: later.owner)
            try await expectSynchronised(stream, later)
            let inventory = try await later.runtime.inventory(owner: later.owner)
            #expect(inventory.map(\.handle) == [handle], sourceLocation: scope.location)
            #expect(inventory.first?.identity == spec.identity, sourceLocation: scope.location)
            #expect(inventory.first?.state == .running, sourceLocation: scope.location)
            #expect(inventory.first?.startedAt == started.startedAt, sourceLocation: scope.location)
            #expect(try await later.runtime.start(handle).state == .running, sourceLocation: scope.location)

            async let all = later.output(of: handle, follow: true)
            try await later.runtime.stop(handle, signal: nil, gracePeriod: scope.fixture.patience)
            #expect(
                try await all.stdout == Array(ConformanceProgram.readyLine.utf8), sourceLocation: scope.location)
            #expect(try await later.exit(of: handle).code == 3, sourceLocation: scope.location)
            let exited = try await later.within("the event of the exit") {
                for try await case .changed(let observation) in stream {
                    if case .exited(let exit) = observation.state { return exit.code }
                }
                return nil
            }
            #expect(exited == 3, sourceLocation: scope.location)
        }
    }

    func remembersExit(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let handle = try await scope.launch(.exit(code: 7))
        let seen = try await scope.exit(of: handle)
        try await withSecondInstance(of: scope) { later in
            let inventory = try await later.runtime.inventory(owner: later.owner)
            #expect(inventory.map(\.handle) == [handle], sourceLocation: scope.location)
            let exit = try await later.exit(of: handle)
            #expect(exit.code == 7, sourceLocation: scope.location)
            #expect(exit.finishedAt == seen.finishedAt, "the time of the exit", sourceLocation: scope.location)
            if let startedAt = inventory.first?.startedAt {
                #expect(startedAt <= exit.finishedAt, sourceLocation: scope.location)
            }
            try await later.runtime.remove(handle, volumes: [])
        }
        #expect(try await scope.runtime.inspect(handle) == nil, sourceLocation: scope.location)
    }

    /// Lets a container live, and returns what each stream tells of it.
    private func stepsOfOneLife(
        seenBy streams: [AsyncThrowingStream<RuntimeEvent, any Error>], _ scope: RuntimeConformanceScope<Runtime>
    ) async throws -> [[Step]] {
        let handle = try await scope.launch(.trap(signal: "TERM", exitCode: 3))
        try await scope.ready(handle)
        try await scope.runtime.stop(handle, signal: nil, gracePeriod: scope.fixture.patience)
        try await scope.runtime.remove(handle, volumes: [])
        var result: [[Step]] = []
        for stream in streams {
            result.append(
                try await scope.within("the event of the removal") { try await Self.steps(of: handle, in: stream) })
        }
        return result
    }

    /// What a stream says about a container until it is removed, without repetitions.
    private static func steps(
        of handle: ContainerHandle, in stream: AsyncThrowingStream<RuntimeEvent, any Error>
    ) async throws -> [Step] {
        var steps: [Step] = []
        for try await event in stream {
            switch event {
            case .changed(let observation) where observation.handle == handle:
                let step: Step? =
                    switch observation.state {
                    case .created: nil
                    case .running: .running
                    case .exited(let exit): .exited(code: exit.code)
                    }
                if let step, steps.last != step { steps.append(step) }
            case .removed(handle):
                return steps + [.removed]
            default:
                break
            }
        }
        return steps
    }

    private func expectSynchronised(
        _ stream: AsyncThrowingStream<RuntimeEvent, any Error>, _ scope: RuntimeConformanceScope<Runtime>
    ) async throws {
        let event = try await next(of: stream, "the first event", scope)
        #expect(event == .synchronised, sourceLocation: scope.location)
    }

    private func next(
        of stream: AsyncThrowingStream<RuntimeEvent, any Error>, _ awaited: String,
        _ scope: RuntimeConformanceScope<Runtime>
    ) async throws -> RuntimeEvent {
        try await scope.within(awaited) {
            for try await event in stream { return event }
            throw RuntimeConformanceScope<Runtime>.Timeout(awaited: "\(awaited), but the stream ended")
        }
    }

    private func handleOf(_ event: RuntimeEvent) -> ContainerHandle? {
        switch event {
        case .synchronised: nil
        case .changed(let observation): observation.handle
        case .removed(let handle): handle
        }
    }
}
