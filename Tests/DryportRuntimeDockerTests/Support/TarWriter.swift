// SPDX-License-Identifier: Apache-2.0

/// Writes an archive in the ustar format, as much of it as an image needs.
struct TarWriter {
    private(set) var bytes: [UInt8] = []

    mutating func directory(_ name: String, mode: Int = 0o755) { header(name + "/", mode: mode, size: 0, type: "5") }

    mutating func file(_ name: String, _ content: [UInt8], mode: Int = 0o644) {
        header(name, mode: mode, size: content.count, type: "0")
        bytes += content
        pad()
    }

    mutating func symbolicLink(_ name: String, to target: String) {
        header(name, mode: 0o777, size: 0, type: "2", target: target)
    }

    /// Two empty blocks end an archive.
    mutating func finish() { bytes += [UInt8](repeating: 0, count: 1024) }

    private mutating func pad() {
        let rest = bytes.count % 512
        if rest > 0 { bytes += [UInt8](repeating: 0, count: 512 - rest) }
    }

    private mutating func header(
        _ name: String, mode: Int, size: Int, type: Unicode.Scalar, target: String = ""
    ) {
        precondition(name.utf8.count <= 100 && target.utf8.count <= 100, "longer names need another format")
        var block: [UInt8] = []
        func append(_ text: String, _ length: Int) {
            block += Array(text.utf8) + [UInt8](repeating: 0, count: length - text.utf8.count)
        }
        func append(octal value: Int, _ length: Int) {
            let digits = String(value, radix: 8)
            append(String(repeating: "0", count: length - 1 - digits.count) + digits, length)
        }
        append(name, 100)
        append(octal: mode, 8)
        append(octal: 0, 8)
        append(octal: 0, 8)
        append(octal: size, 12)
        append(octal: 0, 12)
        // The checksum counts its own field as spaces.
        append(String(repeating: " ", count: 8), 8)
        block.append(UInt8(ascii: type))
        append(target, 100)
        append("ustar", 6)
        append("00", 2)
        block += [UInt8](repeating: 0, count: 512 - block.count)
        let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
        let field = String(repeating: "0", count: 6 - sum.count) + sum
        block.replaceSubrange(148..<156, with: Array(field.utf8) + [0, UInt8(ascii: " ")])
        bytes += block
    }
}
