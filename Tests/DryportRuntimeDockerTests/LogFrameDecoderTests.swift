// SPDX-License-Identifier: Apache-2.0

import DryportRuntime
import Testing

@testable import DryportRuntimeDocker

@Suite("Frames of output")
struct LogFrameDecoderTests {
    private static func frame(_ stream: UInt8, _ text: String) -> [UInt8] {
        let count = text.utf8.count
        return [
            stream, 0, 0, 0, UInt8(count >> 24), UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255),
        ]
            + Array(text.utf8)
    }

    private static let bytes =
        frame(1, "out one\n") + frame(2, "error\n") + frame(1, "") + frame(0, "ignored")
        + frame(1, String(repeating: "x", count: 300))
    private static let stdout = Array(("out one\n" + String(repeating: "x", count: 300)).utf8)

    /// Feeds pieces, and gathers each stream.
    private func decode(_ pieces: [ArraySlice<UInt8>]) throws -> (stdout: [UInt8], stderr: [UInt8]) {
        var decoder = LogFrameDecoder()
        var stdout: [UInt8] = []
        var stderr: [UInt8] = []
        for piece in pieces {
            for chunk in try decoder.decode(Array(piece)) {
                #expect(!chunk.bytes.isEmpty)
                switch chunk.source {
                case .standardOutput: stdout += chunk.bytes
                case .standardError: stderr += chunk.bytes
                }
            }
        }
        #expect(decoder.isAtFrameBoundary)
        return (stdout, stderr)
    }

    @Test("may be cut at any two places")
    func everyCut() throws {
        let bytes = Self.bytes
        for first in 0...bytes.count {
            for second in stride(from: first, through: bytes.count, by: 7) {
                let result = try decode([bytes[..<first], bytes[first..<second], bytes[second...]])
                #expect(result.stdout == Self.stdout, "cut at \(first) and \(second)")
                #expect(result.stderr == Array("error\n".utf8), "cut at \(first) and \(second)")
            }
        }
    }

    @Test("may come byte by byte")
    func byteByByte() throws {
        let result = try decode(Self.bytes.indices.map { Self.bytes[$0...$0] })
        #expect(result.stdout == Self.stdout)
        #expect(result.stderr == Array("error\n".utf8))
    }

    @Test("that break off are noticed", arguments: [1, 7, 8, 9])
    func truncation(length: Int) throws {
        var decoder = LogFrameDecoder()
        _ = try decoder.decode(Array(Self.bytes.prefix(length)))
        #expect(!decoder.isAtFrameBoundary)
    }

    @Test("of unknown streams are refused, and so is the engine's own error")
    func refusals() {
        var decoder = LogFrameDecoder()
        #expect(throws: LogFrameDecoder.Failure.unknownStream(9)) { try decoder.decode(Self.frame(9, "x")) }
        var other = LogFrameDecoder()
        #expect(throws: LogFrameDecoder.Failure.engineFailure("no such file")) {
            try other.decode(Self.frame(3, "no such file"))
        }
    }

    @Test("lines may be cut anywhere")
    func lines() throws {
        let bytes = Array("{\"a\":1}\r\n\n{\"b\":2}\nrest".utf8)
        for cut in 0...bytes.count {
            var splitter = LineSplitter()
            var lines = try splitter.lines(in: Array(bytes[..<cut]))
            lines += try splitter.lines(in: Array(bytes[cut...]))
            #expect(lines.map { String(decoding: $0, as: UTF8.self) } == ["{\"a\":1}", "{\"b\":2}"])
            #expect(splitter.finish().map { String(decoding: $0, as: UTF8.self) } == "rest")
            #expect(splitter.finish() == nil)
        }
    }

    @Test("lines without end are refused before they fill the memory")
    func longLine() throws {
        var splitter = LineSplitter(limit: 4)
        #expect(try splitter.lines(in: Array("1234".utf8)).isEmpty)
        #expect(throws: LineSplitter.LineTooLong.self) { try splitter.lines(in: Array("5".utf8)) }
    }
}
