// SPDX-License-Identifier: Apache-2.0

/// Bytes that are being written, with the forms of scalars.
struct JSONOutput {
    /// Longer than what has been written.
    private var bytes = [UInt8](repeating: 0, count: 2048)
    private(set) var count = 0
    private var scratch: [UInt8] = []

    /// What has been written.
    var text: [UInt8] { Array(bytes[..<count]) }

    func slice(_ range: Range<Int>) -> ArraySlice<UInt8> { bytes[range] }

    mutating func truncate(to count: Int) { self.count = count }

    // MARK: Scalars

    mutating func null() { put("null") }

    mutating func bool(_ value: Bool) { put(value ? "true" : "false") }

    @inline(__always)
    mutating func string(_ text: consuming String) {
        text.withUTF8 { string($0) }
    }

    @inline(__always)
    private mutating func string(_ text: UnsafeBufferPointer<UInt8>) {
        let isPlain = write(upTo: text.count + 2) { room in
            room.put(UInt8(ascii: "\""))
            let isPlain = room.put(plain: text)
            room.put(UInt8(ascii: "\""))
            return isPlain
        }
        if !isPlain {
            count -= text.count + 1
            escape(text)
        }
    }

    /// Writes a member's name with its colon, and the comma before it.
    /// - Returns: Whether the name needed escapes.
    @inline(__always)
    mutating func name(_ name: UnsafeBufferPointer<UInt8>, isFirst: Bool) -> Bool {
        let isPlain = write(upTo: name.count + 4) { room in
            if !isFirst { room.put(UInt8(ascii: ",")) }
            room.put(UInt8(ascii: "\""))
            let isPlain = room.put(plain: name)
            room.put(UInt8(ascii: "\""))
            room.put(UInt8(ascii: ":"))
            return isPlain
        }
        if !isPlain {
            count -= name.count + 2
            escape(name)
            put(":")
        }
        return !isPlain
    }

    mutating func strings(_ strings: [String]) {
        put("[")
        for (index, string) in strings.enumerated() {
            if index > 0 { put(",") }
            self.string(string)
        }
        put("]")
    }

    /// Writes the rest of a string after its opening quote.
    @inline(never)
    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        var position = 0
        while true {
            let end = JSONBytes.endOfPlain(UnsafeRawBufferPointer(text), from: position).position
            put(UnsafeBufferPointer(rebasing: text[position..<end]))
            if end == text.count { break }
            escape(text[end])
            position = end + 1
        }
        put("\"")
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case 0x08: put("\\b")
        case 0x09: put("\\t")
        case 0x0A: put("\\n")
        case 0x0C: put("\\f")
        case 0x0D: put("\\r")
        case ..<0x20:
            put(byte < 0x10 ? "\\u000" : "\\u001")
            let digit = byte & 0x0F
            put(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
        default:
            put("\\")
            put(byte)
        }
    }

    mutating func integer(_ value: some FixedWidthInteger) {
        guard let magnitude = UInt64(exactly: value.magnitude) else { return put(String(value)) }
        if value < 0 { put(UInt8(ascii: "-")) }
        var count = 1
        var limit = magnitude
        while limit >= 10 {
            limit /= 10
            count += 1
        }
        digits(magnitude, count: count)
    }

    private mutating func digits(_ value: UInt64, count digits: Int) {
        write(upTo: digits) {
            var rest = value
            $0.count += digits
            for position in 1...digits {
                $0.bytes[$0.count - position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
        }
    }

    /// Writes the shortest number that reads back as this value, which must be finite.
    mutating func floatingPoint(_ value: Float) { shortest(value.description) }

    /// Writes the shortest number that reads back as this value, which must be finite.
    mutating func floatingPoint(_ value: Double) {
        // Times in milliseconds. Two numbers of up to 15 digits never read as the same value, so the one found here is
        // the shortest.
        let thousandths = (value * 1000).rounded()
        guard abs(thousandths) < 1e15, thousandths / 1000 == value, value != 0 else {
            return shortest(value.description)
        }
        if value < 0 { put(UInt8(ascii: "-")) }
        var (whole, fraction) = UInt64(abs(thousandths)).quotientAndRemainder(dividingBy: 1000)
        integer(whole)
        if fraction == 0 { return }
        var count = 3
        while fraction % 10 == 0 {
            fraction /= 10
            count -= 1
        }
        put(UInt8(ascii: "."))
        digits(fraction, count: count)
    }

    private mutating func shortest(_ description: String) {
        put(description.hasSuffix(".0") ? String(description.dropLast(2)) : description)
    }

    // MARK: Bytes

    @inline(__always)
    mutating func put(_ byte: UInt8) {
        write(upTo: 1) { $0.put(byte) }
    }

    @inline(__always)
    mutating func put(_ character: Unicode.Scalar) {
        put(UInt8(ascii: character))
    }

    @inline(__always)
    mutating func put(_ text: StaticString) {
        text.withUTF8Buffer { put($0) }
    }

    mutating func put(_ text: consuming String) {
        text.withUTF8 { put($0) }
    }

    @inline(__always)
    mutating func put(_ text: UnsafeBufferPointer<UInt8>) {
        write(upTo: text.count) { $0.put(text) }
    }

    /// Where bytes can be written one after the other.
    private struct Room {
        let bytes: UnsafeMutableRawBufferPointer
        var count: Int

        @inline(__always)
        mutating func put(_ byte: UInt8) {
            bytes[count] = byte
            count += 1
        }

        @inline(__always)
        mutating func put(_ text: UnsafeBufferPointer<UInt8>) {
            UnsafeMutableRawBufferPointer(rebasing: bytes[count...]).copyMemory(from: UnsafeRawBufferPointer(text))
            count += text.count
        }

        /// - Returns: Whether all of the text can stand in a JSON string as it is.
        @inline(__always)
        mutating func put(plain text: UnsafeBufferPointer<UInt8>) -> Bool {
            let text = UnsafeRawBufferPointer(text)
            var marks: UInt64 = 0
            if text.count >= 8 {
                var position = 0
                while position < text.count {
                    // The last word overlaps the one before it.
                    let offset = min(position, text.count - 8)
                    let word = text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    marks |= JSONBytes.marks(in: word)
                    bytes.storeBytes(of: word, toByteOffset: count + offset, as: UInt64.self)
                    position += 8
                }
            } else {
                for position in 0..<text.count {
                    let byte = text[position]
                    if !JSONBytes.isPlain(byte) { marks = 1 }
                    bytes[count + position] = byte
                }
            }
            count += text.count
            return marks == 0
        }
    }

    @inline(__always)
    private mutating func write<Result>(upTo more: Int, _ body: (inout Room) -> Result) -> Result {
        if bytes.count - count < more { grow(by: more) }
        let (result, end) = bytes.withUnsafeMutableBytes {
            var room = Room(bytes: $0, count: count)
            return (body(&room), room.count)
        }
        count = end
        return result
    }

    @inline(never)
    private mutating func grow(by more: Int) {
        bytes += [UInt8](repeating: 0, count: max(more, bytes.count))
    }

    // MARK: Changes

    /// Replaces what follows `start` by these parts of it, with commas between them.
    mutating func rearrange(from start: Int, as parts: [Range<Int>]) {
        if scratch.count < count - start { scratch = [UInt8](repeating: 0, count: bytes.count) }
        let length = scratch.withUnsafeMutableBytes { scratch in
            bytes.withUnsafeMutableBytes { bytes in
                var length = 0
                for part in parts {
                    if length > 0 {
                        scratch[length] = UInt8(ascii: ",")
                        length += 1
                    }
                    UnsafeMutableRawBufferPointer(rebasing: scratch[length...])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[part]))
                    length += part.count
                }
                UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: scratch[..<length]))
                return length
            }
        }
        count = start + length
    }

    /// Replaces what follows `start`.
    mutating func replace(from start: Int, with text: [UInt8]) {
        count = start
        text.withUnsafeBufferPointer { put($0) }
    }
}
