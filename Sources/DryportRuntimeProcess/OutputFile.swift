// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif
import DryportRuntime

/// A container's output on disk. The container appends to it directly: nothing stands between that could
/// stall it, and no agent is needed.
///
/// Files are bounded from the other end. When one holds more than its limit, its beginning is turned into a
/// hole (fallocate(2)), which frees the blocks, keeps every position valid and disturbs no writer. Looking
/// happens twice a minute while an agent runs; in between, and without an agent, a file may exceed its limit.
/// File systems without holes (neither ext4, xfs, btrfs nor tmpfs) do not bound output.
enum OutputFile {
    /// lseek(2)'s request for the next byte that is not in a hole.
    private static let seekData: Int32 = 3
    private static let blockSize: off_t = 4096

    private typealias Allocate = @convention(c) (Int32, Int32, off_t, off_t) -> Int32

    /// The C library declares fallocate for GNU sources only, which Swift's are not.
    private static let allocate: Allocate? = dlsym(nil, "fallocate").map { unsafeBitCast($0, to: Allocate.self) }

    /// Where output begins at or after `position`; nil if there is none yet.
    static func nextData(_ descriptor: Int32, from position: off_t) -> off_t? {
        let found = lseek(descriptor, position, seekData)
        return found >= 0 ? found : nil
    }

    /// Gives up the oldest output of a file that holds more than `limit` bytes, down to half of that.
    static func trim(_ path: String, to limit: Int64) {
        guard let allocate else { return }
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        guard let start = nextData(descriptor, from: 0), size - start > limit else { return }
        let end = (size - off_t(limit / 2)) / blockSize * blockSize
        // FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE
        _ = allocate(descriptor, 0x01 | 0x02, 0, end)
    }
}

/// Reads both outputs of a container piece by piece. Used by one stream, which asks for one piece at a time.
final class OutputReader {
    private struct File {
        var source: LogChunk.Source
        var descriptor: Int32
        var position: off_t = 0
    }

    private var files: [File] = []
    private static let pieceSize = 64 << 10

    /// Opens the files; those that cannot be opened have no output.
    init(_ directory: ContainerDirectory) {
        for source in [LogChunk.Source.standardOutput, .standardError] {
            let descriptor = open(directory.logPath(source), O_RDONLY | O_CLOEXEC)
            if descriptor >= 0 { files.append(File(source: source, descriptor: descriptor)) }
        }
    }

    deinit {
        for file in files { close(file.descriptor) }
    }

    /// The next piece of either file, the files taking turns; nil if there is none now.
    func next() -> LogChunk? {
        for index in files.indices {
            guard let bytes = read(&files[index]) else { continue }
            let source = files[index].source
            files.append(files.remove(at: index))
            return LogChunk(source: source, bytes: bytes)
        }
        return nil
    }

    private func read(_ file: inout File) -> [UInt8]? {
        guard let start = OutputFile.nextData(file.descriptor, from: file.position) else { return nil }
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, initialized in
            count = pread(file.descriptor, buffer.baseAddress, buffer.count, start)
            initialized = max(count, 0)
        }
        guard count > 0 else { return nil }
        file.position = start + off_t(count)
        return bytes
    }
}
#endif
