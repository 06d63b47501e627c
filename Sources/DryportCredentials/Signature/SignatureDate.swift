// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// The times of SigV4: `yyyymmddThhmmssZ`, and the forms that a `Date` header may have instead.
enum SignatureDate {
    /// `yyyymmddThhmmssZ` in UTC. Years outside 0…9999 are clamped: they cannot be written in this form.
    static func format(_ time: Timestamp) -> String {
        var seconds = floorDivide(time.millisecondsSinceEpoch, 1000)
        seconds = min(max(seconds, -62_167_219_200), 253_402_300_799)
        let days = floorDivide(seconds, 86400)
        let (year, month, day) = civil(fromDays: days)
        let rest = seconds - days * 86400
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        append(year, digits: 4, to: &bytes)
        append(month, digits: 2, to: &bytes)
        append(day, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        append(rest / 3600, digits: 2, to: &bytes)
        append(rest / 60 % 60, digits: 2, to: &bytes)
        append(rest % 60, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads `yyyymmddThhmmssZ`, nothing else.
    static func parseBasic(_ text: Substring) -> Timestamp? {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z"),
            let year = number(bytes[0..<4]), let month = number(bytes[4..<6]), let day = number(bytes[6..<8]),
            let hour = number(bytes[9..<11]), let minute = number(bytes[11..<13]),
            let second = number(bytes[13..<15])
        else { return nil }
        return timestamp(year, month, day, hour, minute, second)
    }

    /// Reads a `Date` header: `yyyymmddThhmmssZ` or RFC 9110's `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func parseHeader(_ text: Substring) -> Timestamp? {
        if let basic = parseBasic(text) { return basic }
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[0].utf8.last == UInt8(ascii: ","), parts[5] == "GMT" || parts[5] == "UTC",
            let day = number(Array(parts[1].utf8)[...]), let year = number(Array(parts[3].utf8)[...]),
            let month = months.firstIndex(of: String(parts[2]))
        else { return nil }
        let clock = parts[4].split(separator: ":", omittingEmptySubsequences: false)
            .map { number(Array($0.utf8)[...]) }
        guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2] else { return nil }
        return timestamp(year, Int64(month) + 1, day, hour, minute, second)
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func timestamp(
        _ year: Int64, _ month: Int64, _ day: Int64, _ hour: Int64, _ minute: Int64, _ second: Int64
    ) -> Timestamp? {
        guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60 else { return nil }
        let days = days(year, month, day)
        // 31 February would silently become March.
        guard civil(fromDays: days) == (year, month, day) else { return nil }
        return Timestamp(millisecondsSinceEpoch: (days * 86400 + hour * 3600 + minute * 60 + second) * 1000)
    }

    /// One to four decimal digits.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64? {
        guard (1...4).contains(bytes.count) else { return nil }
        var value: Int64 = 0
        for byte in bytes {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return value
    }

    private static func append(_ value: Int64, digits: Int, to bytes: inout [UInt8]) {
        var divisor: Int64 = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
    }

    /// Days since 1970-01-01 of a date in the proleptic Gregorian calendar, counted in eras of 400 years that begin
    /// on 1 March, so that the leap day is the last of its year.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(fromDays days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
