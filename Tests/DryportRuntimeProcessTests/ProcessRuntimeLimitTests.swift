// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
import DryportModel
import DryportRuntime
@testable import DryportRuntimeProcess
import Testing

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

private let host = ControlGroups(root: "/sys/fs/cgroup", name: "dryport-test")
private let isRoot = geteuid() == 0

@Suite("ProcessRuntime limits", .timeLimit(.minutes(10)))
struct ProcessRuntimeLimitTests {
    private static let noGroups: Comment = "control groups cannot be made here"
    private let configuration = ProcessRuntime.Configuration(controlGroupName: "dryport-test")

    @Test(.enabled(if: host.limitsMemory, noGroups))
    func memoryLimitKillsAndIsReported() async throws {
        try await withRuntime(configuration) { runtime, _ in
            #expect(try await runtime.capabilities().enforcesMemoryLimits)
            // Looking for the last line of an endless one takes endless memory.
            var spec = makeSpec(["tail", "/dev/zero"])
            spec.memoryLimit = 16
            let handle = try await runtime.launch(spec)
            let exit = try await runtime.exit(of: handle)
            #expect(exit.code == 137)
            #expect(exit.isOutOfMemory)

            // A new run starts counting anew.
            var other = makeSpec(["true"], named: "other")
            other.memoryLimit = 16
            let harmless = try await runtime.launch(other)
            #expect(try await runtime.exit(of: harmless).isOutOfMemory == false)
        }
    }

    @Test(.enabled(if: host.limitsMemory && host.limitsCPU, noGroups))
    func processIsInItsGroupsBeforeItRuns() async throws {
        try await withRuntime(configuration) { runtime, _ in
            let handle = try await runtime.launch(makeSpec(["cat", "/proc/self/cgroup"]))
            _ = try await runtime.exit(of: handle)
            let lines = try await runtime.text(of: handle).0.split(separator: "\n")
            let own = lines.filter { $0.hasSuffix("/dryport-test/\(handle.id)") }
            #expect(own.count >= 1, "\(lines)")
            // Version 1 has one line for each controller.
            if !FileSystem.exists("/sys/fs/cgroup/cgroup.controllers") { #expect(own.count == 2) }
        }
    }

    @Test(.enabled(if: host.limitsMemory && host.limitsCPU, noGroups))
    func groupsGoWithTheContainer() async throws {
        try await withRuntime(configuration) { runtime, _ in
            let handle = try await runtime.launch(makeScript("sleep 1000 & sleep 1000"))
            let lists = host.processLists(handle.id)
            #expect(!lists.isEmpty)
            for list in lists { #expect(FileSystem.exists(list)) }
            try await runtime.stop(handle, signal: nil, gracePeriod: .zero)
            try await runtime.remove(handle, volumes: [])
            for list in lists { #expect(!FileSystem.exists(list)) }
        }
    }

    @Test(.enabled(if: host.limitsMemory || host.limitsCPU, noGroups))
    func runawaysAreKilledWithTheirContainer() async throws {
        try await withRuntime(configuration) { runtime, directory in
            // A session of its own is out of reach of signals to the group. Through the FIFO the container
            // hears that it is there.
            mkfifo(directory + "/gate", 0o600)
            let gate = directory + "/gate"
            let script = "setsid sh -c 'echo $$; echo >\(gate); exec sleep 1000' & read line <\(gate)"
            for (number, ending) in ["sleep 1000", "exit 6"].enumerated() {
                let handle = try await runtime.launch(makeScript("\(script); \(ending)", named: "runaway\(number)"))
                let runaway = try #require(pid_t(try await runtime.firstLine(of: handle)))
                if number == 0 { try await runtime.stop(handle, signal: nil, gracePeriod: .seconds(30)) }
                #expect(try await runtime.exit(of: handle).code == (number == 0 ? 143 : 6))
                try await waitForEnd(runaway)
            }
        }
    }

    @Test func versionOneFiles() throws {
        try withFakeRoot(["memory/cgroup.procs", "cpu/cgroup.procs"]) { root in
            for file in ["memory/d/memory.limit_in_bytes", "cpu/d/cpu.shares"] { try touch("\(root)/\(file)") }
            let groups = ControlGroups(root: root, name: "d")
            #expect(groups.limitsMemory && groups.limitsCPU)
            #expect(
                groups.processLists("x") == ["\(root)/memory/d/x/cgroup.procs", "\(root)/cpu/d/x/cgroup.procs"])
            #expect(groups.memoryEvents("x") == "\(root)/memory/d/x/memory.oom_control")
        }
    }

    @Test func versionTwoFiles() throws {
        try withFakeRoot(["cgroup.controllers", "cgroup.subtree_control"]) { root in
            // The kernel lists what is enabled; this fake has it listed already, behind what is written.
            try FileSystem.makeDirectories("\(root)/d")
            try writeFile("\(root)/d/cgroup.subtree_control", "         cpu memory pids\n")
            let groups = ControlGroups(root: root, name: "d")
            #expect(readFile("\(root)/d/cgroup.subtree_control").hasPrefix("+cpu"))
            #expect(groups.limitsMemory && groups.limitsCPU)
            #expect(groups.processLists("x") == ["\(root)/d/x/cgroup.procs"])
            #expect(groups.memoryEvents("x") == "\(root)/d/x/memory.events")
            var spec = makeSpec(["true"])
            (spec.cpuShares, spec.cpuLimit, spec.memoryLimit, spec.memoryReservation) = (1024, 2048, 64, 32)
            let settings = groups.settings("x", spec).map { "\($0.path)=\($0.value)" }
            let group = "\(root)/d/x"
            #expect(
                settings == [
                    "\(group)/memory.max=67108864", "\(group)/memory.low=33554432", "\(group)/cpu.weight=39",
                    "\(group)/cpu.max=200000 100000",
                ])
        }
    }

    @Test func versionTwoWithoutPermission() throws {
        try withFakeRoot(["cgroup.controllers"]) { root in
            let groups = ControlGroups(root: root, name: "d")
            #expect(!groups.limitsMemory && !groups.limitsCPU)
            #expect(groups.processLists("x").isEmpty)
        }
    }

    @Test func noControlGroups() async throws {
        try await withRuntime(.init(controlGroupRoot: nil)) { runtime, _ in
            let capabilities = try await runtime.capabilities()
            #expect(!capabilities.enforcesMemoryLimits && !capabilities.enforcesCPULimits)
            var spec = makeSpec(["true"])
            spec.memoryLimit = 16
            let handle = try await runtime.launch(spec)
            #expect(try await runtime.exit(of: handle).code == 0)
        }
    }

    @Test(.enabled(if: host.limitsCPU && !FileSystem.exists("/sys/fs/cgroup/cgroup.controllers"), noGroups))
    func limitsAreWritten() async throws {
        try await withRuntime(configuration) { runtime, _ in
            var spec = makeSpec(["sleep", "1000"])
            spec.cpuShares = 256
            spec.cpuLimit = 512
            spec.memoryLimit = 64
            spec.memoryReservation = 32
            let handle = try await runtime.launch(spec)
            func value(_ controller: String, _ file: String) -> String {
                readFile("/sys/fs/cgroup/\(controller)/dryport-test/\(handle.id)/\(file)")
            }
            #expect(value("cpu", "cpu.shares") == "256\n")
            #expect(value("cpu", "cpu.cfs_quota_us") == "50000\n")
            #expect(value("memory", "memory.limit_in_bytes") == "67108864\n")
            #expect(value("memory", "memory.soft_limit_in_bytes") == "33554432\n")
        }
    }

    @Test(.enabled(if: isRoot && HostTools().find("setpriv") != nil, "needs root and setpriv"))
    func runsAsAnotherUser() async throws {
        try await withRuntime { runtime, _ in
            for (number, user) in ["nobody", "65534", "12345:23456"].enumerated() {
                var spec = makeScript("id -u; id -g; id -G", named: "user\(number)")
                spec.user = user
                let lines = try await runtime.output(of: spec).split(separator: "\n").map(String.init)
                #expect(lines.count == 3)
                if number < 2 { #expect(lines[0] == "65534") }
                if number == 2 { #expect(lines == ["12345", "23456", "23456"]) }
            }
        }
    }

    @Test(.enabled(if: HostTools().find("prlimit") != nil, "needs prlimit"))
    func resourceLimits() async throws {
        try await withRuntime { runtime, _ in
            var spec = makeScript("ulimit -S -n; ulimit -H -n; ulimit -S -c")
            spec.resourceLimits = [.init(name: "nofile", soft: 123, hard: 456), .init(name: "core", soft: 0, hard: 0)]
            let output = try await runtime.output(of: spec)
            #expect(output == "123\n456\n0\n")
        }
    }

    private func withFakeRoot(_ files: [String], _ body: (String) throws -> Void) throws {
        var generator = SystemRandomNumberGenerator()
        let root = "/tmp/dryport-test-\(generator.hexadecimal(16))"
        defer { removeTree(root) }
        for file in files { try touch("\(root)/\(file)") }
        try body(root)
    }

    private func touch(_ path: String) throws {
        let end = try #require(path.lastIndex(of: "/"))
        try FileSystem.makeDirectories(String(path[..<end]))
        try writeFile(path, "")
    }
}
#endif
