// SPDX-License-Identifier: Apache-2.0

/// A JSON number as it is written: ±`significand` × 10 to the power of `exponent`.
struct JSONDecimal {
    private var isNegative = false
    private var significand: UInt64 = 0
    private var exponent = 0
    /// Whether the number needs more than 64 bits, and the others mean nothing.
    private var isTooLong = false

    /// - Parameter text: A number of RFC 8259's form.
    init(_ text: UnsafeBufferPointer<UInt8>) {
        // Not taken over before another digit follows, so that zeros at the end need no bits.
        var zeros = 0
        var isFraction = false
        var position = 0
        while position < text.count {
            let byte = text[position]
            if UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte {
                if isFraction { exponent -= 1 }
                if byte == UInt8(ascii: "0") { zeros += 1 } else { append(byte &- UInt8(ascii: "0"), after: &zeros) }
            } else if byte == UInt8(ascii: "-") {
                isNegative = true
            } else if byte == UInt8(ascii: ".") {
                isFraction = true
            } else {
                exponent += Self.exponent(text[(position + 1)...])
                break
            }
            position += 1
        }
        exponent += zeros
    }

    @inline(__always)
    private mutating func append(_ digit: UInt8, after zeros: inout Int) {
        if significand != 0 {
            // More than 19 zeros and a digit overflow anyway.
            for _ in 0...min(zeros, 20) { multiply() }
        }
        zeros = 0
        let (sum, overflow) = significand.addingReportingOverflow(UInt64(digit))
        significand = sum
        if overflow { isTooLong = true }
    }

    private mutating func multiply() {
        let (product, overflow) = significand.multipliedReportingOverflow(by: 10)
        significand = product
        if overflow { isTooLong = true }
    }

    private static func exponent(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        var exponent = 0
        // Stops far beyond what the digits could make up for: a text has fewer than 2³¹.
        for byte in text where byte >= UInt8(ascii: "0") && exponent < 1 << 40 {
            exponent = exponent * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return text.first == UInt8(ascii: "-") ? -exponent : exponent
    }

    var isZero: Bool { significand == 0 && !isTooLong }

    /// The number as an integer; nil if it is none, or out of range.
    func integer<T: FixedWidthInteger>() -> T? {
        if isZero { return 0 }
        var magnitude = self
        guard !isTooLong, 0..<20 ~= exponent else { return nil }
        for _ in 0..<exponent { magnitude.multiply() }
        if magnitude.isTooLong { return nil }
        return T(exactly: isNegative ? -Int128(magnitude.significand) : Int128(magnitude.significand))
    }

    /// The nearest floating-point number, if one exact operation gives it, as it does for numbers of up to 15 digits
    /// that are neither huge nor tiny.
    func floatingPoint<T: BinaryFloatingPoint>() -> T? {
        // Below these, a T is exact, so that the operation rounds once.
        let (significands, exponents) = T.significandBitCount >= 52 ? (UInt64(1) << 53, 22) : (1 << 24, 10)
        guard !isTooLong, significand <= significands, abs(exponent) <= exponents else { return nil }
        var power: T = 1
        for _ in 0..<abs(exponent) { power *= 10 }
        let magnitude = exponent < 0 ? T(significand) / power : T(significand) * power
        return isNegative ? -magnitude : magnitude
    }
}
