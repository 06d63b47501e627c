// SPDX-License-Identifier: Apache-2.0

import DryportStore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The file of a store, existing and locked.
struct StoreLocation: Sendable {
    /// The absolute path of the file, without symbolic links.
    let path: String
    let lock: StoreLock

    /// Makes the place ready: the directory, the lock and the file.
    static func prepare(_ path: String) throws(StoreError) -> StoreLocation {
        guard !path.isEmpty, path.utf8.last != UInt8(ascii: "/"), !path.utf8.contains(0) else {
            throw StoreError(
                code: .invalidLocation, message: "\"\(path)\" names no file: give the path of the store's file")
        }
        let (directory, name) = split(path)
        try makeDirectory(directory)
        // Two names of one file must end up at one lock.
        guard let place = resolve(directory) else { throw unusable(directory) }
        let plain = place == "/" ? "/\(name)" : "\(place)/\(name)"
        let file = resolve(plain) ?? plain
        var information = stat()
        if stat(file, &information) == 0, information.st_mode & S_IFMT != S_IFREG {
            throw StoreError(
                code: .invalidLocation, message: "\(path) is no file: give the path of the store's file")
        }
        let lock = try StoreLock.acquire(for: file)
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unusable(file) }
        close(descriptor)
        return StoreLocation(path: file, lock: lock)
    }

    /// Takes others' access to the file away. SQLite gives its log the same mode.
    /// - Returns: Whether others had access.
    func makePrivate() throws(StoreError) -> Bool {
        var information = stat()
        guard stat(path, &information) == 0 else { throw Self.unusable(path) }
        guard information.st_mode & 0o077 != 0 else { return false }
        guard chmod(path, 0o600) == 0 else { throw Self.unusable(path) }
        return true
    }

    /// The error of a place that cannot be used, from the last system call's number.
    static func unusable(_ path: String, number: CInt = errno) -> StoreError {
        let reason = String(cString: strerror(number))
        return StoreError(
            code: .invalidLocation,
            message: "cannot use \(path) for the store: \(reason); give a path that this user can write to")
    }

    private static func split(_ path: String) -> (directory: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let directory = slash == path.startIndex ? "/" : String(path[..<slash])
        return (directory, String(path[path.index(after: slash)...]))
    }

    /// Creates a directory and its parents, as far as they are missing, for their owner only.
    private static func makeDirectory(_ path: String) throws(StoreError) {
        var information = stat()
        guard stat(path, &information) != 0 else { return }
        guard errno == ENOENT else { throw unusable(path) }
        let parent = split(path).directory
        if parent != path { try makeDirectory(parent) }
        if mkdir(path, 0o700) != 0 {
            // Somebody else may have been faster.
            guard errno == EEXIST else { throw unusable(path) }
            return
        }
        // The new name itself must survive a crash as well.
        let descriptor = open(parent, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func resolve(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

/// The lock on a store, held until it is released or the process ends.
final class StoreLock: Sendable {
    private let descriptor: OpenDescriptor

    private init(_ descriptor: CInt) { self.descriptor = OpenDescriptor(descriptor) }

    deinit { release() }

    /// Takes the lock of a file, which is the file of the same name with `.lock` added.
    /// - Throws: ``StoreError`` with code `invalidLocation` if somebody holds it.
    static func acquire(for path: String) throws(StoreError) -> StoreLock {
        // Not the database itself: closing any descriptor of it would end SQLite's own locks. And the file is
        // never removed, since a waiter could then lock a file that has no name any more.
        let lockPath = path + ".lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StoreLocation.unusable(lockPath) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            let holder = readHolder(descriptor)
            close(descriptor)
            guard number == EWOULDBLOCK else { throw StoreLocation.unusable(lockPath, number: number) }
            let who = holder.map { "process \($0)" } ?? "another process"
            throw StoreError(
                code: .invalidLocation,
                message: "the store \(path) is in use by \(who): stop it, or give this one another path")
        }
        writeHolder(descriptor)
        return StoreLock(descriptor)
    }

    /// Gives the lock back. Calling it again does nothing.
    func release() { descriptor.close() }

    private static func writeHolder(_ descriptor: CInt) {
        let text = "\(getpid())\n"
        // For messages only, so failing to write it is no failure.
        guard ftruncate(descriptor, 0) == 0 else { return }
        _ = pwrite(descriptor, text, text.utf8.count, 0)
    }

    private static func readHolder(_ descriptor: CInt) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int(String(decoding: bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}
