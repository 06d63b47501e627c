// SPDX-License-Identifier: Apache-2.0

/// What reading and writing share about bytes.
enum JSONBytes {
    /// Gives a string's bytes, without copying them if the string has them in one piece.
    @inline(__always)
    static func withUTF8<Result>(of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        text.utf8.withContiguousStorageIfAvailable(body) ?? Array(text.utf8).withUnsafeBufferPointer(body)
    }

    /// The first eight bytes of a name, the first in the highest place, zeros after the name's end: names that differ
    /// in them are in the same order as these numbers.
    @inline(__always)
    static func prefix(of name: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let bytes = UnsafeRawBufferPointer(name)
        if bytes.count >= 8 { return bytes.loadUnaligned(as: UInt64.self).bigEndian }
        if bytes.count >= 4 {
            let first = UInt64(bytes.loadUnaligned(as: UInt32.self).bigEndian)
            let last = UInt64(bytes.loadUnaligned(fromByteOffset: bytes.count - 4, as: UInt32.self).bigEndian)
            return first << 32 | last << (64 - 8 * UInt64(bytes.count))
        }
        var prefix: UInt64 = 0
        for (position, byte) in bytes.enumerated() { prefix |= UInt64(byte) << (56 - 8 * UInt64(position)) }
        return prefix
    }

    /// Whether two texts of the same length, which is at least 8, are equal.
    @inline(__always)
    static func isEqual(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        let (left, right) = (UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right))
        var position = 0
        while position < left.count {
            // The last word overlaps the one before it.
            let offset = min(position, left.count - 8)
            let word = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            guard word == right.loadUnaligned(fromByteOffset: offset, as: UInt64.self) else { return false }
            position += 8
        }
        return true
    }

    /// Marks, in the highest bit of each byte of a little-endian word, control characters, quotes and backslashes. Only
    /// the lowest mark is certain: the subtractions may carry into what is above it.
    @inline(__always)
    static func marks(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let controls = (word &- ones &* 0x20) & ~word
        let others = (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
        return (controls | others) & (ones &* 0x80)
    }

    /// Whether a byte can stand in a JSON string as it is.
    @inline(__always)
    static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// The first byte, from `start` on, that cannot stand in a JSON string as it is, and whether those before it are
    /// ASCII.
    @inline(__always)
    static func endOfPlain(_ text: UnsafeRawBufferPointer, from start: Int) -> (position: Int, isASCII: Bool) {
        var position = start
        var seen: UInt64 = 0
        while text.count - position >= 8 {
            let word = text.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian
            let marks = marks(in: word)
            if marks != 0 {
                let count = marks.trailingZeroBitCount / 8
                seen |= word & (1 << (8 * UInt64(count)) - 1)
                return (position + count, seen & 0x8080_8080_8080_8080 == 0)
            }
            seen |= word
            position += 8
        }
        while position < text.count, isPlain(text[position]) {
            seen |= UInt64(text[position])
            position += 1
        }
        return (position, seen & 0x8080_8080_8080_8080 == 0)
    }
}

/// A member's name or an element's index on the way to a value.
struct JSONKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) {
        stringValue = "Index \(intValue)"
        self.intValue = intValue
    }
}
