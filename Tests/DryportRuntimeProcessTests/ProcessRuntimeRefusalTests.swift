// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
import DryportRuntime
import DryportRuntimeProcess
import Testing

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

@Suite("ProcessRuntime refuses", .timeLimit(.minutes(10)))
struct ProcessRuntimeRefusalTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var code: RuntimeError.Code
        var mention: String
        var change: @Sendable (inout ContainerSpec) -> Void

        init(
            _ description: String, _ code: RuntimeError.Code, _ mention: String,
            _ change: @escaping @Sendable (inout ContainerSpec) -> Void
        ) {
            self.testDescription = description
            self.code = code
            self.mention = mention
            self.change = change
        }
    }

    static let refusals: [Refusal] = [
        Refusal("no command", .cannotCreateContainer, "image 'anything' has no meaning here") { $0.command = nil },
        Refusal("empty command", .cannotCreateContainer, "needs a command") { $0.command = [] },
        Refusal("empty program", .cannotCreateContainer, "needs a command") { $0.command = [""] },
        Refusal("equals sign in program", .unsupported, "'a=b'") { $0.command = ["a=b"] },
        Refusal("NUL in an argument", .cannotCreateContainer, "NUL") { $0.command = ["true", "a\0b"] },
        Refusal("NUL in a value", .cannotCreateContainer, "NUL") { $0.environment["A"] = "a\0b" },
        Refusal("empty name", .cannotCreateContainer, "environment variable") { $0.environment[""] = "a" },
        Refusal("equals sign in name", .cannotCreateContainer, "'A=B'") { $0.environment["A=B"] = "a" },
        Refusal("relative directory", .cannotCreateContainer, "'here'") { $0.workingDirectory = "here" },
        Refusal("no network", .unsupported, "network mode 'none'") { $0.networkMode = .none },
        Refusal("other port", .unsupported, "container port 80 to host port 8080") {
            $0.portMappings = [.init(containerPort: 80, hostPort: 8080)]
        },
        Refusal("volume", .unsupported, "'/data'") {
            $0.mounts = [.init(source: .volume("data"), containerPath: "/data")]
        },
        Refusal("other path", .unsupported, "'/data'") {
            $0.mounts = [.init(source: .hostPath("/srv"), containerPath: "/data")]
        },
        Refusal("read-only mount", .unsupported, "'/srv'") {
            $0.mounts = [.init(source: .hostPath("/srv"), containerPath: "/srv", isReadOnly: true)]
        },
        Refusal("links", .unsupported, "'other:alias'") { $0.links = ["other:alias"] },
        Refusal("volumesFrom", .unsupported, "'other'") { $0.volumesFrom = ["other"] },
        Refusal("unknown user", .cannotCreateContainer, "'no-such-user'") { $0.user = "no-such-user" },
        Refusal("unknown group", .cannotCreateContainer, "'no-such-group'") { $0.user = "0:no-such-group" },
        Refusal("unknown limit", .cannotCreateContainer, "'nonsense'") {
            $0.resourceLimits = [.init(name: "nonsense", soft: 1, hard: 1)]
        },
    ]

    @Test(arguments: refusals)
    func explains(_ refusal: Refusal) async throws {
        try await withRuntime { runtime, _ in
            var spec = makeSpec(["true"])
            refusal.change(&spec)
            await expectRuntimeError(refusal.code, mentioning: refusal.mention) { _ = try await runtime.create(spec) }
            let inventory = try await runtime.inventory(owner: "me")
            #expect(inventory.isEmpty)
        }
    }

    @Test func takesWhatChangesNothing() async throws {
        try await withRuntime { runtime, _ in
            var spec = makeSpec(["true"])
            spec.networkMode = .host
            spec.portMappings = [.init(containerPort: 80, hostPort: 8080)]
            spec.mounts = [.init(source: .hostPath("/tmp"), containerPath: "/tmp")]
            spec.user = "\(geteuid()):\(getegid())"
            let output = try await runtime.output(of: spec)
            #expect(output.isEmpty)
        }
    }

    @Test func saysThatASignalIsUnknown() async throws {
        try await withRuntime { runtime, _ in
            let handle = try await runtime.launch(makeSpec(["sleep", "1000"]))
            await expectRuntimeError(.cannotStopContainer, mentioning: "SIGNONSENSE") {
                try await runtime.stop(handle, signal: "SIGNONSENSE", gracePeriod: .seconds(1))
            }
            #expect(try await runtime.inspect(handle)?.state == .running)
        }
    }
}
#endif
