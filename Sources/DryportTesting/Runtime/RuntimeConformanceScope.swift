// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportRuntime
import Testing

/// One check's own corner of a runtime: an owner nobody else has, and what checks do over and over.
struct RuntimeConformanceScope<Runtime: ContainerRuntime>: Sendable {
    /// What a check says when it waited in vain.
    struct Timeout: Error, CustomStringConvertible {
        var awaited: String
        var description: String { "waited in vain for \(awaited)" }
    }

    let runtime: Runtime
    let fixture: RuntimeConformanceFixture
    let location: SourceLocation
    let owner: String
    private let unique: String

    init(runtime: Runtime, fixture: RuntimeConformanceFixture, location: SourceLocation) {
        var generator = SystemRandomNumberGenerator()
        self.runtime = runtime
        self.fixture = fixture
        self.location = location
        self.unique = generator.hexadecimal(32)
        self.owner = "arn:aws:ecs:us-east-1:123456789012:container-instance/conformance/\(unique)"
    }

    /// The same corner seen by another instance of the runtime.
    init(_ scope: Self, through runtime: Runtime) {
        self.runtime = runtime
        self.fixture = scope.fixture
        self.location = scope.location
        self.unique = scope.unique
        self.owner = scope.owner
    }

    /// The specification of a container that runs `program`.
    func spec(_ program: ConformanceProgram, named name: String = "main", owner: String? = nil) -> ContainerSpec {
        let identity = ContainerIdentity(
            owner: owner ?? self.owner,
            taskARN: "arn:aws:ecs:us-east-1:123456789012:task/conformance/\(unique)",
            containerName: name, family: "conformance", revision: "1", cluster: "conformance")
        let suffix = owner == nil ? "" : "-other"
        var spec = ContainerSpec(
            identity: identity, name: "ecs-conformance-1-\(name)\(suffix)-\(unique)", image: fixture.image)
        spec.command = program.command
        spec.environment[ConformanceProgram.environmentName] = program.environmentValue
        fixture.adjust(&spec)
        return spec
    }

    /// Creates and starts a container.
    func launch(_ program: ConformanceProgram, named name: String = "main") async throws -> ContainerHandle {
        let handle = try await runtime.create(spec(program, named: name))
        try await runtime.start(handle)
        return handle
    }

    /// Runs a container until it ends, and returns what it wrote to standard output.
    func outputOfRun(_ spec: ContainerSpec) async throws -> String {
        let handle = try await runtime.create(spec)
        try await runtime.start(handle)
        let exit = try await exit(of: handle)
        #expect(exit.code == 0, sourceLocation: location)
        return String(decoding: try await output(of: handle, follow: false).stdout, as: UTF8.self)
    }

    /// Waits until `inspect` says that the container has exited. It asks again and again, on purpose: whether
    /// events arrive is the business of other checks.
    func exit(of handle: ContainerHandle) async throws -> ContainerExit {
        try await within("the exit of \(handle.id)") { [runtime] in
            while true {
                guard let observation = try await runtime.inspect(handle) else {
                    throw Timeout(awaited: "the exit of \(handle.id), which does not exist")
                }
                if case .exited(let exit) = observation.state { return exit }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    /// Waits until a waiting program can take signals.
    func ready(_ handle: ContainerHandle) async throws {
        try await within("the output of \(handle.id)") { [runtime] in
            var text = ""
            for try await chunk in runtime.logs(handle, follow: true) where chunk.source == .standardOutput {
                text += String(decoding: chunk.bytes, as: UTF8.self)
                if text.contains(ConformanceProgram.readyLine) { return }
            }
            throw Timeout(awaited: "the line ready, but the output ended")
        }
    }

    /// Everything a container has written.
    func output(
        of handle: ContainerHandle, follow: Bool
    ) async throws -> (stdout: [UInt8], stderr: [UInt8]) {
        try await within("the output of \(handle.id) to end") { [runtime] in
            var stdout: [UInt8] = []
            var stderr: [UInt8] = []
            for try await chunk in runtime.logs(handle, follow: follow) {
                switch chunk.source {
                case .standardOutput: stdout += chunk.bytes
                case .standardError: stderr += chunk.bytes
                }
            }
            return (stdout, stderr)
        }
    }

    /// Stops by force and removes whatever a check left of an owner's containers.
    func removeAll(owner: String? = nil) async throws {
        for observation in try await runtime.inventory(owner: owner ?? self.owner) {
            try await runtime.stop(observation.handle, signal: nil, gracePeriod: .zero)
            try await runtime.remove(observation.handle, volumes: [])
        }
    }

    /// Runs `body`, but no longer than the fixture's patience.
    func within<Value: Sendable>(
        _ awaited: String, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let patience = fixture.patience
        return try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: patience)
                throw Timeout(awaited: awaited)
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw Timeout(awaited: awaited) }
            return value
        }
    }
}
