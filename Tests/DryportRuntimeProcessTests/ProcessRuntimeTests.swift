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

@Suite("ProcessRuntime", .timeLimit(.minutes(10)))
struct ProcessRuntimeTests {
    @Test func argumentsArriveUnchanged() async throws {
        try await withRuntime { runtime, _ in
            // With every byte that shells are known to use for themselves inside of strings.
            let arguments = [
                "", " ", "a  b", "'", "''", "\"", "\\", "\\'", "$HOME", "`id`", "$(id)", "*", "~", "-n", "--", "=",
                "a=b", "line\nbreak\n", "\u{1}\u{7f}\t\r", "Ё\u{441}\u{442}\u{443}ÁÂÃ", "日本語 😀", "!", "#", ";", "&",
            ]
            let spec = makeSpec(["printf", "%s\\0"] + arguments)
            let output = try await runtime.output(of: spec)
            #expect(output == arguments.map { $0 + "\0" }.joined())
        }
    }

    @Test func environmentIsExact() async throws {
        try await withRuntime { runtime, _ in
            var spec = makeSpec(["cat", "/proc/self/environ"])
            spec.environment = [
                "PLAIN": "value", "EMPTY": "", "QUOTES": "a'b\"c\\d $PLAIN\n", "discovery.type": "single-node",
                "with-dash": "1", "1st": "digit", "größe": "ö", "IFS": ":", "PWD": "/nowhere", "SHLVL": "7",
                "_": "underscore", "OLDPWD": "/old", "UID": "12", "LD_UNKNOWN": "x", "BASH_ENV": "/dev/null",
                "PATH": "/usr/bin:/bin", "HOME": "/tmp", "PS4": "$(id)",
            ]
            let output = try await runtime.output(of: spec)
            let expected = spec.environment.map { "\($0.key)=\($0.value)" }.sorted()
            #expect(output.split(separator: "\0").map(String.init).sorted() == expected)
        }
    }

    @Test func pathAndHomeAreAdded() async throws {
        try await withRuntime { runtime, _ in
            let output = try await runtime.output(of: makeSpec(["cat", "/proc/self/environ"]))
            let names = output.split(separator: "\0").compactMap { $0.split(separator: "=").first }
            #expect(Set(names) == ["PATH", "HOME"])
        }
    }

    @Test func agentLeavesNothingInTheProcess() async throws {
        // A descriptor that children inherit, as careless libraries have them.
        let descriptor = open("/dev/null", O_RDONLY)
        defer { close(descriptor) }
        try await withRuntime { runtime, _ in
            let status = try await runtime.output(of: makeSpec(["cat", "/proc/self/status"]))
            let lines = status.split(separator: "\n").map(String.init)
            for mask in ["SigBlk:", "SigIgn:"] {
                let line = try #require(lines.first { $0.hasPrefix(mask) })
                let signals = try #require(line.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) })
                // All but 32 and 33, which glibc keeps for itself and ignores in what it spawns.
                #expect(signals & ~0x1_8000_0000 == 0, "\(line)")
            }
            let descriptors = try await runtime.output(of: makeSpec(["ls", "/proc/self/fd"], named: "descriptors"))
            // The last one is the directory that ls reads.
            #expect(descriptors == "0\n1\n2\n3\n")
        }
    }

    @Test func specificationIsSecret() async throws {
        try await withRuntime { runtime, directory in
            var spec = makeSpec(["true"])
            spec.environment["TOKEN"] = "secret"
            let handle = try await runtime.launch(spec)
            _ = try await runtime.exit(of: handle)
            for name in ["spec.json", "launch", "stdout.log", "stderr.log"] {
                var status = stat()
                try #require(stat("\(directory)/containers/\(handle.id)/\(name)", &status) == 0)
                #expect(status.st_mode & 0o7777 == 0o600, "\(name)")
            }
            var status = stat()
            try #require(stat("\(directory)/containers/\(handle.id)", &status) == 0)
            #expect(status.st_mode & 0o7777 == 0o700)
        }
    }

    @Test func supervisorDoesNotShowSecrets() async throws {
        try await withRuntime { runtime, directory in
            var spec = makeScript("echo ready; sleep 1000 & wait")
            spec.environment["TOKEN"] = "secret"
            spec.environment["dotted.token"] = "secret"
            let handle = try await runtime.launch(spec)
            _ = try await runtime.firstLine(of: handle)
            let process = try processOf(handle, in: directory)
            let supervisor = try parentOf(process)
            #expect(!readFile("/proc/\(supervisor)/cmdline").contains("secret"))
            #expect(!readFile("/proc/\(process)/cmdline").contains("secret"))
            #expect(!readFile("/proc/\(supervisor)/environ").contains("secret"))
        }
    }

    @Test func restartsAppendOutput() async throws {
        try await withRuntime { runtime, _ in
            let handle = try await runtime.launch(makeScript("echo once; exit 4"))
            let first = try await runtime.exit(of: handle)
            try await runtime.start(handle)
            let second = try await runtime.exit(of: handle)
            #expect(first.code == 4 && second.code == 4)
            #expect(first.finishedAt < second.finishedAt)
            #expect(try await runtime.text(of: handle).0 == "once\nonce\n")
        }
    }

    @Test func refusesToRemoveWhatRuns() async throws {
        try await withRuntime { runtime, _ in
            let handle = try await runtime.launch(makeSpec(["sleep", "1000"]))
            await expectRuntimeError(.cannotRemoveContainer) { try await runtime.remove(handle, volumes: []) }
            #expect(try await runtime.inspect(handle)?.state == .running)
        }
    }

    @Test func failedStartCanBeRepeated() async throws {
        try await withRuntime { runtime, directory in
            var spec = makeSpec(["pwd"])
            spec.workingDirectory = directory + "/later"
            let handle = try await runtime.create(spec)
            await expectRuntimeError(.cannotStartContainer, mentioning: directory + "/later") {
                try await runtime.start(handle)
            }
            #expect(try await runtime.inspect(handle)?.state == .created)
            mkdir(directory + "/later", 0o755)
            try await runtime.start(handle)
            #expect(try await runtime.exit(of: handle).code == 0)
            #expect(try await runtime.text(of: handle).0 == directory + "/later\n")
        }
    }

    @Test func namesTheMissingProgram() async throws {
        try await withRuntime { runtime, _ in
            for (number, program) in ["no-such-program", "./relative", "/etc/passwd"].enumerated() {
                let handle = try await runtime.create(makeSpec([program], named: "missing\(number)"))
                await expectRuntimeError(.cannotStartContainer, mentioning: "'\(program)'") {
                    try await runtime.start(handle)
                }
                #expect(try await runtime.inspect(handle)?.state == .created)
            }
        }
    }

    @Test func stopDuringStartLeavesNothingRunning() async throws {
        try await withRuntime { runtime, _ in
            for number in 0..<10 {
                let handle = try await runtime.create(makeSpec(["sleep", "1000"], named: "race\(number)"))
                async let started = runtime.start(handle)
                try await runtime.stop(handle, signal: nil, gracePeriod: .seconds(30))
                _ = try await started
                // A stop that came before there was anything to stop does nothing.
                try await runtime.stop(handle, signal: nil, gracePeriod: .seconds(30))
                guard case .exited(let exit)? = try await runtime.inspect(handle)?.state else {
                    Issue.record("still running")
                    return
                }
                #expect(exit.code == 143)
            }
        }
    }

    @Test func stopEndsGrandchildren() async throws {
        try await withRuntime(.init(controlGroupRoot: nil)) { runtime, _ in
            // The child ignores the question, and its parent does not wait for it.
            let script = "trap 'exit 0' TERM; (trap '' TERM; exec sleep 1000) & echo $!; wait"
            let handle = try await runtime.launch(makeScript(script))
            let child = try #require(pid_t(try await runtime.firstLine(of: handle)))
            #expect(isAlive(child))
            try await runtime.stop(handle, signal: "TERM", gracePeriod: .seconds(30))
            #expect(try await runtime.exit(of: handle).code == 0)
            try await waitForEnd(child)
        }
    }

    @Test func exitEndsWhatIsLeft() async throws {
        try await withRuntime(.init(controlGroupRoot: nil)) { runtime, _ in
            let handle = try await runtime.launch(makeScript("sleep 1000 & echo $!; exit 5"))
            let child = try #require(pid_t(try await runtime.firstLine(of: handle)))
            #expect(try await runtime.exit(of: handle).code == 5)
            try await waitForEnd(child)
        }
    }

    @Test func portsAreTheHosts() async throws {
        try await withRuntime { runtime, _ in
            var spec = makeSpec(["sleep", "1000"])
            spec.portMappings = [
                .init(containerPort: 80), .init(containerPort: 53, hostPort: 53, transportProtocol: .udp),
            ]
            let handle = try await runtime.create(spec)
            #expect(try await runtime.inspect(handle)?.networkBindings == [])
            let observation = try await runtime.start(handle)
            #expect(
                observation.networkBindings == [
                    .init(bindIP: "0.0.0.0", containerPort: 80, hostPort: 80, transportProtocol: .tcp),
                    .init(bindIP: "0.0.0.0", containerPort: 53, hostPort: 53, transportProtocol: .udp),
                ])
        }
    }

    @Test func strangeHandlesAreNobody() async throws {
        try await withRuntime { runtime, _ in
            for id in ["", ".", "..", "../containers", "/etc", String(repeating: "0", count: 32)] {
                let handle = ContainerHandle(id: id)
                #expect(try await runtime.inspect(handle) == nil)
                try await runtime.remove(handle, volumes: [])
                try await runtime.stop(handle, signal: nil, gracePeriod: .zero)
            }
        }
    }

    @Test func refusesRelativeStateDirectory() {
        #expect(throws: RuntimeError.self) { try ProcessRuntime(stateDirectory: "relative", logger: .silent) }
        #expect(throws: RuntimeError.self) { try ProcessRuntime(stateDirectory: "/proc/no/such", logger: .silent) }
    }
}

/// The process of a running container.
func processOf(_ handle: ContainerHandle, in directory: String) throws -> pid_t {
    let line = readFile("\(directory)/containers/\(handle.id)/process")
    return try #require(line.split(separator: " ").first.flatMap { pid_t($0) })
}

/// The parent of a process.
func parentOf(_ pid: pid_t) throws -> pid_t {
    let line = readFile("/proc/\(pid)/stat")
    let end = try #require(line.lastIndex(of: ")"))
    return try #require(pid_t(line[end...].split(separator: " ")[2]))
}
#endif
