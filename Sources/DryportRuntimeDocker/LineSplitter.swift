// SPDX-License-Identifier: Apache-2.0

/// Cuts a stream of bytes into lines. The engine writes one JSON document a line.
struct LineSplitter {
    /// A line was longer than the limit.
    struct LineTooLong: Error {}

    private let limit: Int
    private var rest: [UInt8] = []

    /// Creates a splitter.
    /// - Parameter limit: The longest line that is accepted, in bytes. Memory is bounded by it.
    init(limit: Int = 1 << 20) { self.limit = limit }

    /// Feeds bytes.
    /// - Returns: The lines that are complete now, without line ends; empty lines are left out.
    mutating func lines(in bytes: [UInt8]) throws(LineTooLong) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            rest += bytes[start..<end]
            if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
            if !rest.isEmpty { lines.append(rest) }
            rest = []
            start = end + 1
        }
        rest += bytes[start...]
        guard rest.count <= limit, lines.allSatisfy({ $0.count <= limit }) else { throw LineTooLong() }
        return lines
    }

    /// What is left when the stream has ended: a last line without an end, or nil.
    mutating func finish() -> [UInt8]? {
        defer { rest = [] }
        return rest.isEmpty ? nil : rest
    }
}
