// SPDX-License-Identifier: Apache-2.0

/// How the CPU and the memory of a whole task are written: a number with or without a unit (`ecs-control-plane.md`
/// §3.1).
public enum TaskSize: Sendable {
    /// What is measured.
    public enum Unit: Sendable, Hashable {
        /// CPU units, 1024 to a CPU; also written as `vCPU`.
        case cpu
        /// MiB; also written as `GB`, which are 1024 MiB.
        case memory
    }

    /// Reads a size: `"1024"`, `"1 vCPU"`, `".5 vcpu"` as CPU units; `"512"`, `"1GB"`, `"0.5 GB"` as MiB.
    /// Upper and lower case are the same; a bare number must be whole; a product is rounded to the nearest.
    /// - Returns: The amount, 1 to 2³¹ − 1, or nil if the text is none.
    public static func parse(_ text: String, unit: Unit) -> Int? {
        let (suffix, factor) =
            switch unit {
            case .cpu: ("vcpu", 1024.0)
            case .memory: ("gb", 1024.0)
            }
        let lowered = text.lowercased()
        let amount: Double
        if lowered.hasSuffix(suffix) {
            guard let number = decimal(lowered.dropLast(suffix.count)) else { return nil }
            amount = (number * factor).rounded()
        } else {
            guard !lowered.contains("."), let number = decimal(Substring(lowered)) else { return nil }
            amount = number
        }
        guard amount >= 1, amount <= Double(Int32.max) else { return nil }
        return Int(amount)
    }

    /// Digits with at most one point, between optional spaces. `Double` alone would also take `inf`, `0x1p3`, `1e9`.
    private static func decimal(_ text: Substring) -> Double? {
        var digits = text.drop { $0 == " " }
        while digits.last == " " { digits = digits.dropLast() }
        let bytes = digits.utf8
        let isDecimal = bytes.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
        guard isDecimal, bytes.contains(where: { $0 != UInt8(ascii: ".") }), bytes.count <= 20 else { return nil }
        return Double(digits.hasPrefix(".") ? "0" + digits : String(digits))
    }
}
