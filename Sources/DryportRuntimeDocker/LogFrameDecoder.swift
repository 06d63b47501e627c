// SPDX-License-Identifier: Apache-2.0

import DryportRuntime

/// Takes apart the output stream of a container without a terminal: frames with a header of eight bytes,
/// of which the first is the stream (1 standard output, 2 standard error) and the last four are the
/// payload's length, most significant byte first.
///
/// Bytes may arrive cut anywhere, inside a header too. Payloads are handed on as they come, not gathered,
/// so memory does not grow with the length that a frame claims.
struct LogFrameDecoder {
    /// Why a stream cannot be taken apart.
    enum Failure: Error, Equatable {
        /// The first byte of a header names a stream that does not exist.
        case unknownStream(UInt8)
        /// The engine wrote its own error into the stream (stream 3).
        case engineFailure(String)
    }

    private static let headerLength = 8
    /// The longest error text that is gathered from the engine.
    private static let longestFailure = 4096

    private enum Stream: Equatable {
        case ignored
        case output(LogChunk.Source)
        case failure
    }

    private var header: [UInt8] = []
    private var stream = Stream.ignored
    private var remaining = 0
    private var failure: [UInt8] = []

    /// Whether everything fed so far was made of whole frames.
    var isAtFrameBoundary: Bool { header.isEmpty && remaining == 0 }

    /// Feeds bytes.
    /// - Returns: The pieces of output in them, in order; none is empty.
    /// - Throws: ``Failure``. The decoder cannot go on after that.
    /// - Complexity: O(*n*) in the number of bytes.
    mutating func decode(_ bytes: [UInt8]) throws(Failure) -> [LogChunk] {
        var chunks: [LogChunk] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard remaining > 0 else {
                try takeHeader(from: &rest)
                continue
            }
            let payload = rest.prefix(remaining)
            rest = rest.dropFirst(payload.count)
            remaining -= payload.count
            switch stream {
            case .ignored: break
            case .output(let source): chunks.append(LogChunk(source: source, bytes: Array(payload)))
            case .failure:
                failure += payload.prefix(Self.longestFailure - failure.count)
                guard remaining > 0 else { throw .engineFailure(String(decoding: failure, as: UTF8.self)) }
            }
        }
        return chunks
    }

    private mutating func takeHeader(from rest: inout ArraySlice<UInt8>) throws(Failure) {
        let missing = rest.prefix(Self.headerLength - header.count)
        header += missing
        rest = rest.dropFirst(missing.count)
        guard header.count == Self.headerLength else { return }
        switch header[0] {
        case 0: stream = .ignored
        case 1: stream = .output(.standardOutput)
        case 2: stream = .output(.standardError)
        case 3: stream = .failure
        default: throw .unknownStream(header[0])
        }
        remaining = header[4...].reduce(0) { $0 << 8 | Int($1) }
        header.removeAll(keepingCapacity: true)
    }
}
