// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
import DryportRuntime
@testable import DryportRuntimeProcess
import Testing

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

@Suite("Output of processes")
struct OutputFileTests {
    @Test func trimmingKeepsTheEnd() async throws {
        try await withTemporaryDirectory { path in
            try FileSystem.makeDirectory(path)
            let directory = ContainerDirectory(path: path)
            let file = directory.logPath(.standardOutput)
            let lines = (0..<100_000).map { "line \($0)\n" }.joined()
            try FileSystem.save(lines, to: file)
            let reader = OutputReader(directory)
            let first = try #require(reader.next())

            OutputFile.trim(file, to: 64 << 10)
            var status = stat()
            try #require(stat(file, &status) == 0)
            #expect(Int(status.st_size) == lines.utf8.count, "positions stay")
            try #require(status.st_blocks * 512 <= 64 << 10, "the blocks are free, if the file system has holes")

            let kept = contents(OutputReader(directory))
            #expect(kept.count >= 32 << 10 && kept.count <= 36 << 10 + 4096)
            #expect(lines.utf8.suffix(kept.count).elementsEqual(kept))
            // A reader that was slow misses the middle, and gets no zeros in its stead.
            let rest = contents(reader)
            #expect(lines.utf8.starts(with: first.bytes))
            #expect(rest == kept)
        }
    }

    @Test func shortOutputIsLeftAlone() async throws {
        try await withTemporaryDirectory { path in
            try FileSystem.makeDirectory(path)
            let directory = ContainerDirectory(path: path)
            try FileSystem.save("short\n", to: directory.logPath(.standardError))
            OutputFile.trim(directory.logPath(.standardError), to: 4096)
            OutputFile.trim(directory.logPath(.standardOutput), to: 4096)
            #expect(contents(OutputReader(directory)) == Array("short\n".utf8))
        }
    }

    @Test func quotingIsForShells() {
        #expect(LaunchPlan.quoted("it's $HOME") == "'it'\\''s $HOME'")
        #expect(LaunchPlan.quoted("") == "''")
    }

    private func contents(_ reader: OutputReader) -> [UInt8] {
        var bytes: [UInt8] = []
        while let chunk = reader.next() { bytes += chunk.bytes }
        return bytes
    }
}
#endif
