// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportRuntime
import NIOHTTP1
import Testing

@testable import DryportRuntimeDocker

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Containers of a real engine", .needsDocker, .timeLimit(.minutes(5)))
struct DockerEngineTests {
    @Test("capabilities say what the engine can do")
    func capabilities() async throws {
        try await TestEngine.with { runtime, _ in
            let capabilities = try await runtime.capabilities()
            #expect(capabilities.name == "docker")
            #expect(capabilities.dockerAPIVersions.contains("1.24"))
            #expect(!capabilities.dockerAPIVersions.contains("1.26"))
            #expect(capabilities.logDrivers.contains("json-file"))
            #expect(capabilities.logDrivers.contains("none"))
            #expect(capabilities.networkModes == [.bridge, .host, .none])
        }
    }

    @Test("a kill from outside is seen in the events, with its exit code")
    func killFromOutside() async throws {
        try await TestEngine.with { runtime, owner in
            var events = runtime.events(owner: owner).makeAsyncIterator()
            #expect(try await events.next() == .synchronised)
            let handle = try await runtime.create(TestEngine.spec(owner, "sleep 1000"))
            try await runtime.start(handle)
            guard case .changed(let started)? = try await events.next() else { return #expect(Bool(false)) }
            #expect(started.state == .running)
            #expect(started.handle == handle)

            let kill = EngineRequest(
                .POST, "/containers/\(handle.id)/kill", query: [("signal", "SIGKILL")], transition: "",
                limit: .seconds(30))
            #expect(try await runtime.call(kill).status == 204)
            guard case .changed(let ended)? = try await events.next(), case .exited(let exit) = ended.state else {
                return #expect(Bool(false))
            }
            #expect(exit.code == 137)
            #expect(!exit.isOutOfMemory)
            #expect(ended.identity == started.identity)
            let startedAt = try #require(ended.startedAt)
            #expect(startedAt <= exit.finishedAt)

            try await runtime.remove(handle, volumes: [])
            #expect(try await events.next() == .removed(handle))
        }
    }

    @Test("a second runtime adopts what the first one started")
    func adoption() async throws {
        try await TestEngine.with { runtime, owner in
            let spec = TestEngine.spec(owner, "echo hello; trap 'exit 3' TERM; sleep 1000 & wait")
            let handle = try await runtime.create(spec)
            let started = try await runtime.start(handle)
            try await withDockerRuntime(socketPath: TestEngine.socketPath, logger: TestEngine.logger) { later in
                #expect(try await later.inventory(owner: owner) == [started])
                #expect(try await later.create(spec) == handle)
                for try await chunk in later.logs(handle, follow: true) {
                    #expect(chunk == LogChunk(source: .standardOutput, bytes: Array("hello\n".utf8)))
                    break
                }
                try await later.stop(handle, signal: "SIGTERM", gracePeriod: .seconds(60))
            }
            guard case .exited(let exit)? = try await runtime.inspect(handle)?.state else {
                return #expect(Bool(false))
            }
            #expect(exit.code == 3)
        }
    }

    @Test("ports are published, and a port of the host can be left to the engine")
    func ports() async throws {
        try await TestEngine.with { runtime, owner in
            var spec = TestEngine.spec(owner, "sleep 1000")
            spec.portMappings = [
                .init(containerPort: 80), .init(containerPort: 53, transportProtocol: .udp),
            ]
            let handle = try await runtime.create(spec)
            #expect(try await runtime.inspect(handle)?.networkBindings == [])
            let bindings = try await runtime.start(handle).networkBindings
            #expect(bindings.map(\.containerPort) == [53, 80])
            #expect(bindings.map(\.transportProtocol) == [.udp, .tcp])
            #expect(bindings.allSatisfy { $0.hostPort > 0 && $0.bindIP == "0.0.0.0" }, "\(bindings)")
            try await runtime.stop(handle, signal: nil, gracePeriod: .zero)
            #expect(try await runtime.inspect(handle)?.networkBindings == [])
        }
    }

    @Test("a container that takes too much memory is said to have done so")
    func outOfMemory() async throws {
        try await TestEngine.with { runtime, owner in
            guard try await runtime.capabilities().enforcesMemoryLimits else { return }
            var events = runtime.events(owner: owner).makeAsyncIterator()
            #expect(try await events.next() == .synchronised)
            // The kernel ends the child only. The container goes on until the engine has heard of it, for
            // engines forget about it if the exit comes first.
            var spec = TestEngine.spec(owner, "tail /dev/zero; sleep 1000 & wait")
            spec.memoryLimit = 16
            spec.engineHostConfig = #"{"MemorySwap":16777216}"#
            let handle = try await runtime.create(spec)
            try await runtime.start(handle)
            for event in ["start", "oom"] {
                guard case .changed(let observation)? = try await events.next() else { return #expect(Bool(false)) }
                #expect(observation.state == .running, "\(event)")
            }
            try await runtime.stop(handle, signal: nil, gracePeriod: .zero)
            guard case .exited(let exit)? = try await runtime.inspect(handle)?.state else {
                return #expect(Bool(false))
            }
            #expect(exit.isOutOfMemory)
            #expect(exit.code == 137)
        }
    }

    @Test("what a container is made with reaches it")
    func settings() async throws {
        try await TestEngine.with { runtime, owner in
            let script =
                "exec 2>&1; id -u; id -g; hostname; ulimit -n; pwd; cat /data/file; (echo x > /data/new)"
            let directory = "/tmp/dryport-test-\(TestEngine.unique())"
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(atPath: directory) }
            try Data("content\n".utf8).write(to: URL(filePath: directory + "/file"))
            var spec = TestEngine.spec(owner, script)
            spec.user = "65534:65534"
            spec.workingDirectory = "/tmp"
            spec.resourceLimits = [.init(name: "nofile", soft: 77, hard: 78)]
            spec.mounts = [.init(source: .hostPath(directory), containerPath: "/data", isReadOnly: true)]
            spec.labels = ["com.dryport.owner": "forged"]
            spec.engineConfig = #"{"Hostname":"box","Labels":{"com.amazonaws.ecs.task-arn":"forged"}}"#
            spec.engineHostConfig = #"{"RestartPolicy":{"Name":"always"}}"#
            let handle = try await runtime.create(spec)
            #expect(try await runtime.start(handle).identity == spec.identity)
            #expect(
                try await TestEngine.output(of: handle, runtime)
                    == "65534\n65534\nbox\n77\n/tmp\ncontent\nsh: can't create /data/new: Read-only file system\n")
            #expect(try await runtime.inventory(owner: "forged").isEmpty)
            try await runtime.stop(handle, signal: nil, gracePeriod: .seconds(60))
            guard case .exited? = try await runtime.inspect(handle)?.state else { return #expect(Bool(false)) }
        }
    }

    @Test("health is told when it changes")
    func health() async throws {
        try await TestEngine.with { runtime, owner in
            let events = runtime.events(owner: owner)
            var spec = TestEngine.spec(owner, "sleep 1000")
            spec.engineConfig = #"{"Healthcheck":{"Test":["CMD","true"],"Interval":50000000,"Timeout":60000000000}}"#
            let handle = try await runtime.create(spec)
            #expect(try await runtime.inspect(handle)?.health == .unknown)
            try await runtime.start(handle)
            for try await case .changed(let observation) in events where observation.health == .healthy { break }
            #expect(try await runtime.inspect(handle)?.health == .healthy)
        }
    }

    @Test("output of a terminal comes without frames; a driver that cannot be read says so")
    func logForms() async throws {
        try await TestEngine.with { runtime, owner in
            var terminal = TestEngine.spec(owner, "echo out; echo error >&2", named: "terminal")
            terminal.engineConfig = #"{"Tty":true}"#
            let first = try await runtime.create(terminal)
            try await runtime.start(first)
            #expect(try await TestEngine.output(of: first, runtime) == "out\r\nerror\r\n")

            var silent = TestEngine.spec(owner, "echo out", named: "silent")
            silent.engineHostConfig = #"{"LogConfig":{"Type":"none"}}"#
            let second = try await runtime.create(silent)
            try await runtime.start(second)
            let error = await #expect(throws: RuntimeError.self) { try await TestEngine.output(of: second, runtime) }
            #expect(error?.code == .unsupported)

            let gone = ContainerHandle(id: "no-such-container")
            let other = await #expect(throws: RuntimeError.self) { try await TestEngine.output(of: gone, runtime) }
            #expect(other?.code == .containerVanished)
        }
    }

    @Test("volumes are removed with their container, and a running container is not")
    func removal() async throws {
        try await TestEngine.with { runtime, owner in
            let volume = "dryport-test-\(TestEngine.unique())"
            var spec = TestEngine.spec(owner, "echo x > /v/file; sleep 1000")
            spec.mounts = [.init(source: .volume(volume), containerPath: "/v")]
            let handle = try await runtime.create(spec)
            try await runtime.start(handle)
            let refusal = await #expect(throws: RuntimeError.self) {
                try await runtime.remove(handle, volumes: [volume])
            }
            #expect(refusal?.code == .cannotRemoveContainer)
            let look = EngineRequest(.GET, "/volumes/\(volume)", transition: "", limit: .seconds(30))
            #expect(try await runtime.call(look).status == 200)
            try await runtime.stop(handle, signal: nil, gracePeriod: .zero)
            try await runtime.remove(handle, volumes: [volume])
            #expect(try await runtime.call(look).status == 404)
            try await runtime.remove(handle, volumes: [volume])
        }
    }

    @Test("refusals name what they are about")
    func refusals() async throws {
        try await TestEngine.with { runtime, owner in
            var missing = TestEngine.spec(owner, "true")
            missing.image = "dryport-test/no-such-image:1"
            let first = await #expect(throws: RuntimeError.self) { try await runtime.create(missing) }
            #expect(first?.code == .cannotCreateContainer)
            #expect(first?.message.contains("dryport-test/no-such-image:1") == true)
            #expect(try await runtime.localImage(missing.image) == nil)
            #expect(try await runtime.localImage("Not A Name") == nil)

            let holder = TestEngine.spec(owner, "true", named: "holder")
            _ = try await runtime.create(holder)
            var other = TestEngine.spec(owner, "true", named: "other")
            other.name = holder.name
            let second = await #expect(throws: RuntimeError.self) { try await runtime.create(other) }
            #expect(second?.code == .cannotCreateContainer)
            #expect(second?.message.contains(holder.name) == true)

            let running = try await runtime.create(TestEngine.spec(owner, "sleep 1000", named: "running"))
            try await runtime.start(running)
            let third = await #expect(throws: RuntimeError.self) {
                try await runtime.stop(running, signal: "SIGNONSENSE", gracePeriod: .seconds(1))
            }
            #expect(third?.code == .cannotStopContainer)
            #expect(try await runtime.inspect(running)?.state == .running)
        }
    }

    @Test("what is gone is stopped and removed already")
    func vanished() async throws {
        try await TestEngine.with { runtime, _ in
            let gone = ContainerHandle(id: "no-such-container")
            try await runtime.stop(gone, signal: nil, gracePeriod: .zero)
            try await runtime.stop(gone, signal: nil, gracePeriod: .seconds(1))
            try await runtime.stop(gone, signal: "SIGINT", gracePeriod: .seconds(1))
            try await runtime.remove(gone, volumes: [])
            #expect(try await runtime.inspect(gone) == nil)
        }
    }
}
