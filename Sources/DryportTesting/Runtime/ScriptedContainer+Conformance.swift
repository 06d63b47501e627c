// SPDX-License-Identifier: Apache-2.0

public import DryportInMemory
public import DryportRuntime

extension ScriptedContainer {
    /// The behaviour of the conformance suite's programs, for an ``InMemoryRuntime`` under that suite.
    /// - Parameter spec: A container's specification; one that is not the suite's runs until it is stopped.
    public static func conformance(_ spec: ContainerSpec) -> ScriptedContainer {
        let ready = [LogChunk(source: .standardOutput, bytes: Array(ConformanceProgram.readyLine.utf8))]
        guard let program = ConformanceProgram(spec) else { return .runs }
        switch program {
        case .exit(let code): return .exits(code: code)
        case .sleepForever: return ScriptedContainer(output: ready)
        case .trap(let signal, let code):
            return ScriptedContainer(output: ready, reactions: [signal: .exits(code: code)])
        case .ignoreTerm: return ScriptedContainer(output: ready, reactions: ["TERM": .ignores])
        case .print(let stdout, let stderr): return .prints(stdout, stderr)
        case .printBytes(let count): return .prints(String(repeating: "x", count: count))
        case .printVariable(let name): return .prints((spec.environment[name] ?? "") + "\n")
        case .printWorkingDirectory: return .prints((spec.workingDirectory ?? "/") + "\n")
        case .printArguments: return .prints((spec.command ?? []).map { "[\($0)]\n" }.joined())
        case .missing:
            return .failsToStart("there is no program '\((spec.entryPoint ?? spec.command)?.first ?? "")'")
        }
    }

    private static func prints(_ stdout: String, _ stderr: String = "") -> ScriptedContainer {
        let chunks = [
            LogChunk(source: .standardOutput, bytes: Array(stdout.utf8)),
            LogChunk(source: .standardError, bytes: Array(stderr.utf8)),
        ]
        return ScriptedContainer(course: .exits(code: 0, after: .zero), output: chunks.filter { !$0.bytes.isEmpty })
    }
}
