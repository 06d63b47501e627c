// SPDX-License-Identifier: Apache-2.0

/// Strings and numbers.
extension JSONParser {
    /// Reads a string whose opening quote is here.
    /// - Returns: Where its text is, without quotes and escapes, as ``JSONNode`` counts.
    mutating func string() throws(JSONSyntaxError) -> Range<Int> {
        position += 1
        let start = position
        let isASCII = skipPlain()
        guard byte == UInt8(ascii: "\"") else { return try escapedString(from: start, isASCII: isASCII) }
        try checkUTF8(bytes[start..<position], isASCII, from: start)
        position += 1
        return start..<(position - 1)
    }

    /// Reads the rest of a string that begins at `start`, from an escape on.
    private mutating func escapedString(from start: Int, isASCII: Bool) throws(JSONSyntaxError) -> Range<Int> {
        let first = index.unescaped.count
        var run = start
        var isASCII = isASCII
        while byte != UInt8(ascii: "\"") {
            guard byte == UInt8(ascii: "\\") else {
                throw unexpected(position < bytes.count ? "no control character in a string" : "a string's end")
            }
            index.unescaped.append(contentsOf: bytes[run..<position])
            try escape()
            run = position
            if !skipPlain() { isASCII = false }
        }
        index.unescaped.append(contentsOf: bytes[run..<position])
        try checkUTF8(index.unescaped[first...], isASCII, from: start)
        position += 1
        return (bytes.count + first)..<(bytes.count + index.unescaped.count)
    }

    /// Skips what stands in a string as it is.
    /// - Returns: Whether it is ASCII.
    @inline(__always)
    private mutating func skipPlain() -> Bool {
        let end = bytes.withUnsafeBytes { JSONBytes.endOfPlain($0, from: position) }
        position = end.position
        return end.isASCII
    }

    /// - Parameter start: Where the text begins, for the error.
    @inline(__always)
    private mutating func checkUTF8(
        _ text: ArraySlice<UInt8>, _ isASCII: Bool, from start: Int
    ) throws(JSONSyntaxError) {
        if isASCII || String(validating: text, as: UTF8.self) != nil { return }
        position = start
        throw .malformed("\(place): the string is not UTF-8")
    }

    private mutating func escape() throws(JSONSyntaxError) {
        position += 1
        let escaped: UInt8
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): escaped = byte
        case UInt8(ascii: "b"): escaped = 0x08
        case UInt8(ascii: "f"): escaped = 0x0C
        case UInt8(ascii: "n"): escaped = 0x0A
        case UInt8(ascii: "r"): escaped = 0x0D
        case UInt8(ascii: "t"): escaped = 0x09
        case UInt8(ascii: "u"):
            position += 1
            index.unescaped.append(contentsOf: try escapedScalar().utf8)
            return
        default: throw unexpected("one of \" \\ / b f n r t u after a backslash")
        }
        index.unescaped.append(escaped)
        position += 1
    }

    private mutating func escapedScalar() throws(JSONSyntaxError) -> Unicode.Scalar {
        let unit = try hexadecimal()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard UTF16.isLeadSurrogate(unit), byte == UInt8(ascii: "\\") else {
            throw unexpected("both halves of a surrogate pair")
        }
        position += 1
        guard byte == UInt8(ascii: "u") else { throw unexpected("both halves of a surrogate pair") }
        position += 1
        let second = try hexadecimal()
        let value = 0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(second & 0x3FF))
        guard UTF16.isTrailSurrogate(second), let scalar = Unicode.Scalar(value) else {
            throw unexpected("both halves of a surrogate pair")
        }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw unexpected("four hexadecimal digits")
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    /// Reads a number whose first character is here.
    mutating func number() throws(JSONSyntaxError) -> JSONNode.Kind {
        var kind = JSONNode.Kind.integer
        if byte == UInt8(ascii: "-") { position += 1 }
        if byte == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if byte == UInt8(ascii: ".") {
            kind = .number
            position += 1
            try digits()
        }
        if byte | 0x20 == UInt8(ascii: "e") {
            kind = .number
            position += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        return kind
    }

    private mutating func digits() throws(JSONSyntaxError) {
        let start = position
        while UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
        guard position > start else { throw unexpected("a digit") }
    }
}
