// SPDX-License-Identifier: Apache-2.0

// Damage to the bytes of a body.
extension Mutator {
    mutating func damagedBytes(of sample: Sample) -> Mutant {
        var bytes = sample.body.bytes
        let place = Int.random(in: 0..<bytes.count, using: &random)
        func mutant(_ expectation: Mutant.Expectation, _ what: String) -> Mutant {
            Mutant(body: bytes, expectation: expectation, label: "\(sample.operation), \(what)")
        }
        switch Int.random(in: 0..<16, using: &random) {
        case 0..<2:
            let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &random)
            bytes[place] ^= bit
            return mutant(.anything, "bit \(bit) of byte \(place) flipped")
        case 2..<4:
            bytes.remove(at: place)
            return mutant(.anything, "byte \(place) removed")
        case 4..<6:
            let byte = UInt8.random(in: .min ... .max, using: &random)
            bytes.insert(byte, at: place)
            return mutant(.anything, "byte \(byte) inserted at \(place)")
        case 6..<8:
            bytes.removeSubrange(max(1, place)...)
            return mutant(.refusal, "cut off at \(max(1, place))")
        case 8..<12:
            guard let quote = insideOfText(bytes) else { return mutant(.noDifference, "untouched") }
            let wrong = Self.invalidUTF8.randomElement(using: &random)!
            bytes.insert(contentsOf: wrong, at: quote)
            return mutant(.refusal, "invalid UTF-8 \(wrong) at \(quote)")
        case 12:
            let rest = ["x", "{}", ",", "}", "]", "\0", "null", "\"", "//"].randomElement(using: &random)!
            bytes += rest.utf8
            return mutant(.refusal, "'\(rest)' behind it")
        case 13:
            bytes = Array(" \n\r\t".utf8) + bytes + Array(" \n\r\t".utf8)
            return mutant(.noDifference, "white space around it")
        case 14:
            let isBOM = Bool.random(using: &random)
            bytes = isBOM ? [0xEF, 0xBB, 0xBF] + bytes : []
            // No body is one without members, which some operations take.
            let isRefused = !isBOM && sample.required.contains { !$0.contains(".") }
            return mutant(isRefused ? .refusal : .anything, isBOM ? "with a BOM" : "empty")
        default:
            let isBig = Bool.random(using: &random)
            let mark: [UInt8] = Bool.random(using: &random) ? isBig ? [0xFE, 0xFF] : [0xFF, 0xFE] : []
            bytes = mark + bytes.flatMap { isBig ? [0, $0] : [$0, 0] }
            return mutant(.refusal, "in UTF-16")
        }
    }

    /// A place inside of a text or of a name.
    private mutating func insideOfText(_ bytes: [UInt8]) -> Int? {
        var isInside = false
        var places: [Int] = []
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\"") && bytes[index - 1] != 0x5C {
            isInside.toggle()
            if isInside { places.append(index + 1) }
        }
        return places.randomElement(using: &random)
    }

    private static let invalidUTF8: [[UInt8]] = [
        [0xFF], [0xFE], [0x80], [0xC3], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80],
        [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
        [0xE2, 0x82],
    ]
}
