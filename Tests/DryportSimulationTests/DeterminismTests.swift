// SPDX-License-Identifier: Apache-2.0

import DryportSimulation
import Foundation
import Testing

/// The same seed is the same world: in one process, and in two, whose dictionaries and sets are ordered differently.
@Suite struct DeterminismTests {
    private static let seeds: [UInt64] = [3, 14, 15, 92, 65]

    private static func digests() -> [String] {
        seeds.map { "digest \($0) \(String(Simulation(seed: $0).run().digest, radix: 16))" }
    }

    @Test func oneProcess() {
        let first = Self.digests()
        #expect(Self.digests() == first)
        #expect(
            Set(first.compactMap { $0.split(separator: " ").last }).count == Self.seeds.count, "seeds make a difference"
        )
    }

    /// Runs this test program once more, told by an environment variable to do nothing but to print digests.
    @Test func twoProcesses() async throws {
        if ProcessInfo.processInfo.environment[Self.childMark] != nil {
            for digest in Self.digests() { print(digest) }
            return
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "dryport-digests-\(UUID().uuidString)")
        #expect(FileManager.default.createFile(atPath: file.path(percentEncoded: false), contents: nil))
        defer { try? FileManager.default.removeItem(at: file) }
        let child = Process()
        child.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        child.arguments = ["--testing-library", "swift-testing", "--filter", "DeterminismTests/twoProcesses"]
        child.environment = ProcessInfo.processInfo.environment.merging([Self.childMark: "1"]) { $1 }
        child.standardOutput = try FileHandle(forWritingTo: file)
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            child.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try child.run() } catch { continuation.resume(throwing: error) }
        }
        #expect(status == 0)
        let output = try String(contentsOf: file, encoding: .utf8)
        let other = output.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("digest ") }.map(String.init)
        #expect(other == Self.digests())
    }

    private static let childMark = "DRYPORT_PRINT_DIGESTS"

    /// Looking at a world does not change it.
    @Test func keepingTheTrace() {
        var options = SimulationOptions()
        options.keepsTrace = true
        let (kept, plain) = (Simulation(seed: 7, options: options).run(), Simulation(seed: 7).run())
        #expect(kept.digest == plain.digest)
        #expect(kept.trace.count > 500)
        #expect(plain.trace.isEmpty)
    }
}
