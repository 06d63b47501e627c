// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc

/// The bytes that the allocator has given out and not got back, in all its arenas and outside of them.
///
/// From `malloc_info`, whose header is not part of the module; `mallinfo2` says the same, but returns a structure, for
/// which Swift has no type without that header.
func liveBytes() throws -> Int {
    typealias Report = @convention(c) (Int32, UnsafeMutablePointer<FILE>) -> Int32
    guard let symbol = dlsym(nil, "malloc_info"), let file = tmpfile() else { throw AllocatorError() }
    defer { fclose(file) }
    guard unsafeBitCast(symbol, to: Report.self)(0, file) == 0, fseek(file, 0, SEEK_END) == 0 else {
        throw AllocatorError()
    }
    let length = ftell(file)
    rewind(file)
    let text = String(unsafeUninitializedCapacity: length) { fread($0.baseAddress, 1, length, file) }
    // The sums over all arenas come last.
    guard let sums = text.split(separator: "</heap>").last,
        let fast = size("fast", in: sums), let rest = size("rest", in: sums), let mapped = size("mmap", in: sums),
        let current = size("current", in: sums)
    else { throw AllocatorError() }
    return current - fast - rest + mapped
}

/// The allocator does not tell what it holds.
private struct AllocatorError: Error {}

/// Reads `type="…" … size="…"`.
private func size(_ type: String, in text: Substring) -> Int? {
    guard let element = text.split(separator: "<").first(where: { $0.contains("type=\"\(type)\"") }),
        let value = element.split(separator: "size=\"").last
    else { return nil }
    return Int(value.prefix { $0 != "\"" })
}
#endif
