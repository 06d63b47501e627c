// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif
import DryportModel

/// A call of the operating system that failed.
struct SystemFailure: Error, CustomStringConvertible {
    var operation: String
    var path: String
    var code: Int32

    init(_ operation: String, _ path: String, _ code: Int32 = errno) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    var description: String { "cannot \(operation) \(path): \(String(cString: strerror(code)))" }
}

/// The few file operations that the runtime needs, each one short enough for any thread.
enum FileSystem {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func makeDirectory(_ path: String) throws(SystemFailure) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw SystemFailure("make directory", path) }
    }

    /// Makes a directory, and those above it where they are missing.
    static func makeDirectories(_ path: String) throws(SystemFailure) {
        var made = path.hasPrefix("/") ? "/" : ""
        for component in path.split(separator: "/") {
            made += component
            // A directory above may be there and forbid writing, which mkdir calls by several names.
            if mkdir(made, 0o700) != 0, errno != EEXIST, !exists(made) {
                throw SystemFailure("make directory", made)
            }
            made += "/"
        }
        guard access(path, W_OK | X_OK) == 0 else { throw SystemFailure("write to directory", path) }
    }

    /// The bytes of a file that the runtime or the kernel wrote; nil if it cannot be read.
    static func contents(of path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes += buffer[..<count]
            } else if count == 0 {
                return bytes
            } else if errno != EINTR {
                return nil
            }
        }
    }

    /// The text of a file; nil if it cannot be read, or does not end with a newline because its writer has
    /// not got that far.
    static func completeText(of path: String) -> String? {
        guard let bytes = contents(of: path), bytes.last == UInt8(ascii: "\n") else { return nil }
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }

    /// Writes a file for its owner's eyes only.
    static func save(_ bytes: [UInt8], to path: String) throws(SystemFailure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemFailure("create", path) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw SystemFailure("write to", path)
            }
        }
    }

    static func save(_ text: String, to path: String) throws(SystemFailure) { try save(Array(text.utf8), to: path) }

    static func move(_ old: String, to new: String) throws(SystemFailure) {
        guard rename(old, new) == 0 else { throw SystemFailure("rename", old) }
    }

    /// Removes a file if there is one.
    static func delete(_ path: String) throws(SystemFailure) {
        guard unlink(path) == 0 || errno == ENOENT else { throw SystemFailure("remove", path) }
    }

    /// The names in a directory, sorted; nil if it cannot be read.
    static func names(in path: String) -> [String]? {
        guard let directory = opendir(path) else { return nil }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a directory that holds files only, as all directories of the runtime's own do.
    static func deleteFlatDirectory(_ path: String) throws(SystemFailure) {
        for name in names(in: path) ?? [] { try delete("\(path)/\(name)") }
        guard rmdir(path) == 0 || errno == ENOENT else { throw SystemFailure("remove directory", path) }
    }

    /// When a file was changed last; nil if it does not exist.
    static func modificationTime(of path: String) -> Timestamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let time = status.st_mtim
        return Timestamp(millisecondsSinceEpoch: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
#endif
