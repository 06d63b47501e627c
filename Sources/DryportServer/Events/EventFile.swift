// SPDX-License-Identifier: Apache-2.0

import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A file that gets one line of JSON per event, at its end.
///
/// Only its owner may read a file that is made here. When the file is moved or removed, as log rotation does, a new
/// one is made with the next event.
public final class EventFile: EventDestination {
    private let path: String
    private let file = Mutex(File())

    private struct File {
        var descriptor: FileDescriptor?
        /// Whether the last write failed, and may have left the beginning of a line.
        var isTorn = false
    }

    /// Creates a destination. The file is opened with the first event, or with ``open()``.
    /// - Parameter path: The file's path; its directory must exist.
    public init(path: String) { self.path = path }

    deinit {
        file.withLock { file in
            try? file.descriptor?.close()
            file.descriptor = nil
        }
    }

    /// Opens the file now, so that a wrong path is found before the first event.
    /// - Throws: ``EventDestinationError``.
    public func open() throws(EventDestinationError) { try append([]) }

    /// Appends a line.
    public func take(_ event: [UInt8]) async throws(EventDestinationError) {
        try append(event + [UInt8(ascii: "\n")])
    }

    private func append(_ bytes: [UInt8]) throws(EventDestinationError) {
        let result: Result<Void, any Error> = file.withLock { file in
            Result {
                if let open = file.descriptor, !Self.isSame(open, path) {
                    file = File()
                    try open.close()
                }
                let open =
                    try file.descriptor
                    ?? FileDescriptor.open(
                        FilePath(path), .writeOnly, options: [.create, .append, .closeOnExec],
                        permissions: [.ownerReadWrite])
                file.descriptor = open
                // What a full disk has cut off becomes a line of its own, which readers can skip.
                let line = file.isTorn ? [UInt8(ascii: "\n")] + bytes : bytes
                file.isTorn = true
                try open.writeAll(line)
                file.isTorn = false
            }
        }
        if case .failure(let error) = result {
            throw EventDestinationError(isRetryable: true, message: "\(path) cannot be written: \(error)")
        }
    }

    /// Whether an open file still is the one at the path.
    private static func isSame(_ descriptor: FileDescriptor, _ path: String) -> Bool {
        var (open, named) = (stat(), stat())
        guard fstat(descriptor.rawValue, &open) == 0, stat(path, &named) == 0 else { return false }
        return open.st_ino == named.st_ino && open.st_dev == named.st_dev
    }
}
