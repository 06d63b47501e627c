// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
import DryportModel
import DryportRuntime
import DryportRuntimeProcess
import Testing

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// What becomes of containers when the agent, the supervisor or the host goes away.
@Suite("ProcessRuntime adopts", .timeLimit(.minutes(10)))
struct ProcessRuntimeAdoptionTests {
    private static let childVariable = "DRYPORT_TEST_AGENT_STATE"
    private static let readyAndWait = "trap 'echo bye; exit 3' TERM; echo ready; sleep 1000 & wait"

    /// Not a test: the agent that ``containersSurviveAnAgentThatIsKilled()`` runs as a process and kills.
    @Test(.enabled(if: getenv(childVariable) != nil, "runs as a part of another test"))
    func agentProcess() async throws {
        let directory = String(cString: try #require(getenv(Self.childVariable)))
        let runtime = try ProcessRuntime(stateDirectory: directory, logger: .silent)
        _ = try await runtime.launch(makeScript(Self.readyAndWait))
        try writeFile(directory + "/agent-is-up", "yes\n")
        // Until it is killed, or forgotten.
        try await Task.sleep(for: .seconds(120))
        _ = runtime
    }

    @Test(.enabled(if: getenv(childVariable) == nil, "must not run itself"))
    func containersSurviveAnAgentThatIsKilled() async throws {
        try await withTemporaryDirectory { directory in
            mkdir(directory, 0o700)
            let agent = try spawnAgent(directory)
            for _ in 0..<6000 where readFile(directory + "/agent-is-up").isEmpty {
                try await Task.sleep(for: .milliseconds(10))
            }
            try #require(readFile(directory + "/agent-is-up") == "yes\n")
            kill(agent, SIGKILL)
            var status: Int32 = 0
            waitpid(agent, &status, 0)

            let runtime = try ProcessRuntime(stateDirectory: directory, logger: .silent)
            var events = runtime.events(owner: "me").makeAsyncIterator()
            #expect(try await events.next() == .synchronised)
            let inventory = try await runtime.inventory(owner: "me")
            #expect(inventory.map(\.state) == [.running])
            let handle = try #require(inventory.first?.handle)
            #expect(try await runtime.firstLine(of: handle) == "ready")
            try await runtime.stop(handle, signal: nil, gracePeriod: .seconds(30))
            guard case .changed(let observation)? = try await events.next(),
                case .exited(let exit) = observation.state
            else {
                Issue.record("the first event is not that of the exit")
                return
            }
            #expect(exit.code == 3)
            #expect(try await runtime.text(of: handle).0 == "ready\nbye\n")
            try await runtime.remove(handle, volumes: [])
        }
    }

    @Test func exitWhileNoAgentRuns() async throws {
        try await withTemporaryDirectory { directory in
            mkdir(directory, 0o700)
            mkfifo(directory + "/gate", 0o600)
            let handle = try await launchAndLeave(makeScript("read line <\(directory)/gate; exit 9"), in: directory)
            // The container waits for the gate, and nobody watches while it ends.
            let process = try processOf(handle, in: directory)
            let gate = open(directory + "/gate", O_RDWR)
            #expect(write(gate, "\n", 1) == 1)
            try await waitForEnd(process)
            close(gate)
            let later = try ProcessRuntime(stateDirectory: directory, logger: .silent)
            let exit = try await later.exit(of: handle)
            #expect(exit.code == 9)
            try await later.remove(handle, volumes: [])
        }
    }

    @Test func losesOnlyTheCodeWithTheSupervisor() async throws {
        try await withRuntime { runtime, directory in
            let handle = try await runtime.launch(makeScript(Self.readyAndWait))
            #expect(try await runtime.firstLine(of: handle) == "ready")
            let supervisor = try parentOf(try processOf(handle, in: directory))
            kill(supervisor, SIGKILL)
            try await waitForEnd(supervisor)
            #expect(try await runtime.inspect(handle)?.state == .running, "what runs correctly goes on")

            try await runtime.stop(handle, signal: nil, gracePeriod: .seconds(30))
            let exit = try await runtime.exit(of: handle)
            #expect(exit.code == nil)
            #expect(exit.reason != nil)
            #expect(try await runtime.exit(of: handle) == exit, "the record does not change")
        }
    }

    @Test(.enabled(if: geteuid() == 0, "control groups cannot be made here"))
    func leftoversOfAnOrphanGoWithIt() async throws {
        try await withRuntime { runtime, directory in
            let capabilities = try await runtime.capabilities()
            guard capabilities.enforcesMemoryLimits || capabilities.enforcesCPULimits else { return }
            // A child in a session of its own, which no signal to the group reaches.
            let handle = try await runtime.launch(makeScript("setsid sh -c 'echo $$; exec sleep 1000' & sleep 1000"))
            let child = try #require(pid_t(try await runtime.firstLine(of: handle)))
            let supervisor = try parentOf(try processOf(handle, in: directory))
            kill(supervisor, SIGKILL)
            try await waitForEnd(supervisor)
            try await runtime.stop(handle, signal: nil, gracePeriod: .seconds(30))
            try await waitForEnd(child)
            try await runtime.remove(handle, volumes: [])
            #expect(try await runtime.inspect(handle) == nil)
        }
    }

    @Test func signalsDoNotReachTheSupervisor() async throws {
        try await withRuntime { runtime, directory in
            let handle = try await runtime.launch(makeScript(Self.readyAndWait))
            #expect(try await runtime.firstLine(of: handle) == "ready")
            let process = try processOf(handle, in: directory)
            let supervisor = try parentOf(process)
            #expect(getsid(supervisor) == supervisor && getsid(process) == process)
            for signal in [SIGTERM, SIGINT, SIGHUP] { kill(supervisor, signal) }
            kill(-process, SIGKILL)
            #expect(try await runtime.exit(of: handle).code == 137)
        }
    }

    @Test func hostRestartEndsContainers() async throws {
        try await withRuntime { runtime, directory in
            let handle = try await runtime.create(makeSpec(["sleep", "1000"]))
            // A number that is in use, by a process of another run of the host.
            let record = "\(directory)/containers/\(handle.id)/process"
            try writeFile(record, "\(getpid()) 1 00000000-0000-0000-0000-000000000000\n")
            guard case .exited(let exit)? = try await runtime.inspect(handle)?.state else {
                Issue.record("a container outlived the host")
                return
            }
            #expect(exit.code == nil)
            #expect(exit.finishedAt <= InstantOfTest.now, "it ended before the host started")
            let later = try ProcessRuntime(stateDirectory: directory, logger: .silent)
            #expect(try await later.inspect(handle)?.state == .exited(exit))
        }
    }

    @Test func reusedProcessNumberIsNotTheContainer() async throws {
        try await withRuntime { runtime, directory in
            let handle = try await runtime.create(makeSpec(["sleep", "1000"]))
            // This very process, but as of another start time: were it mistaken, the test would be killed.
            let boot = readFile("/proc/sys/kernel/random/boot_id").split(separator: "\n")[0]
            try writeFile("\(directory)/containers/\(handle.id)/process", "\(getpid()) 1 \(boot)\n")
            try await runtime.stop(handle, signal: "KILL", gracePeriod: .zero)
            guard case .exited(let exit)? = try await runtime.inspect(handle)?.state else {
                Issue.record("another process passed for the container")
                return
            }
            #expect(exit.code == nil)
        }
    }

    @Test func lateRecordDoesNotCountForAnotherRun() async throws {
        try await withRuntime { runtime, directory in
            let handle = try await runtime.launch(makeSpec(["sleep", "1000"]))
            // What somebody writes who looked just before the container was started again.
            let record = "unknown 0 1700000000000 4711 1 00000000-0000-0000-0000-000000000000\n"
            try writeFile("\(directory)/containers/\(handle.id)/exit", record)
            #expect(try await runtime.inspect(handle)?.state == .running)
            try await runtime.stop(handle, signal: nil, gracePeriod: .seconds(30))
            #expect(try await runtime.exit(of: handle).code == 143)
        }
    }

    @Test func otherInstancesAreSeen() async throws {
        try await withRuntime { runtime, directory in
            var events = runtime.events(owner: "me").makeAsyncIterator()
            #expect(try await events.next() == .synchronised)
            let other = try ProcessRuntime(stateDirectory: directory, logger: .silent)
            let handle = try await other.launch(makeSpec(["sleep", "1000"]))
            guard case .changed(let observation)? = try await events.next() else {
                Issue.record("no event of the start")
                return
            }
            #expect(observation.handle == handle && observation.state == .running)
            try await other.stop(handle, signal: nil, gracePeriod: .seconds(30))
            guard case .changed(let exited)? = try await events.next(), case .exited = exited.state else {
                Issue.record("no event of the exit")
                return
            }
            try await other.remove(handle, volumes: [])
            #expect(try await events.next() == .removed(handle))
        }
    }

    @Test func eventsEndWithTheRuntime() async throws {
        try await withTemporaryDirectory { directory in
            let stream = try ProcessRuntime(stateDirectory: directory, logger: .silent).events(owner: "me")
            var events = stream.makeAsyncIterator()
            #expect(try await events.next() == .synchronised)
            await #expect(throws: RuntimeError.self) { try await events.next() }
        }
    }

    @Test func unreadableSpecificationHarmsNobody() async throws {
        try await withRuntime { runtime, directory in
            let broken = "\(directory)/containers/\(String(repeating: "a", count: 32))"
            mkdir(broken, 0o700)
            try writeFile(broken + "/spec.json", "{")
            let handle = try await runtime.launch(makeSpec(["true"]))
            #expect(try await runtime.exit(of: handle).code == 0)
            #expect(try await runtime.inventory(owner: "me").map(\.handle) == [handle])
            let later = try ProcessRuntime(stateDirectory: directory, logger: .silent)
            #expect(try await later.inventory(owner: "me").map(\.handle) == [handle])
        }
    }

    private func launchAndLeave(_ spec: ContainerSpec, in directory: String) async throws -> ContainerHandle {
        try await ProcessRuntime(stateDirectory: directory, logger: .silent).launch(spec)
    }

    /// Runs ``agentProcess()`` in another process of this test program.
    private func spawnAgent(_ directory: String) throws -> pid_t {
        let names: [String] = ["PATH", "HOME", "LD_LIBRARY_PATH"]
        let inherited = names.compactMap { name -> String? in
            getenv(name).map { "\(name)=\(String(cString: $0))" }
        }
        let arguments: [String] = ["/proc/self/exe", "--testing-library", "swift-testing", "--filter", "agentProcess"]
        let environment: [String] = inherited + ["\(Self.childVariable)=\(directory)"]
        var argumentPointers = arguments.map { strdup($0) }
        var environmentPointers = environment.map { strdup($0) }
        defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
        argumentPointers.append(nil)
        environmentPointers.append(nil)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for stream in Int32(0)...2 { posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0) }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, "/proc/self/exe", &actions, nil, argumentPointers, environmentPointers)
        try #require(result == 0)
        return pid
    }
}

private enum InstantOfTest {
    static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(millisecondsSinceEpoch: Int64(time.tv_sec) * 1000)
    }
}
#endif
