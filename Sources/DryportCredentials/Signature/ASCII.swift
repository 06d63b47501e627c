// SPDX-License-Identifier: Apache-2.0

/// Byte-wise helpers: signatures are defined over bytes, and walking them as such avoids both the cost and the
/// Unicode rules of `Character`.
enum ASCII {
    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }

    /// RFC 3986 §2.3: what percent-encoding leaves alone.
    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }

    /// The value of a hexadecimal digit of either case.
    static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// Appends two lower-case hexadecimal digits per byte.
    static func appendHex(_ bytes: some Sequence<UInt8>, to output: inout [UInt8]) {
        for byte in bytes {
            output.append(lowerDigit(byte >> 4))
            output.append(lowerDigit(byte & 0xF))
        }
    }

    /// Appends bytes percent-encoded by RFC 3986 with upper-case digits, leaving `/` alone if asked to.
    static func appendPercentEncoded(
        _ bytes: some Sequence<UInt8>, keepingSlash: Bool, to output: inout [UInt8]
    ) {
        for byte in bytes {
            if isUnreserved(byte) || (keepingSlash && byte == slash) {
                output.append(byte)
            } else {
                output.append(0x25)
                output.append(upperDigit(byte >> 4))
                output.append(upperDigit(byte & 0xF))
            }
        }
    }

    /// The bytes that lower-case hexadecimal text stands for, or nil if it is not such text.
    static func decodeLowerHex(_ text: String) -> [UInt8]? {
        let digits = text.utf8
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        var high: UInt8?
        for digit in digits {
            guard let value = nibble(digit), lowercased(digit) == digit else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }

    static let slash = UInt8(ascii: "/")
    static let newline = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")

    private static func lowerDigit(_ value: UInt8) -> UInt8 { value < 10 ? value + 0x30 : value + 0x57 }
    private static func upperDigit(_ value: UInt8) -> UInt8 { value < 10 ? value + 0x30 : value + 0x37 }
}
