// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif
import DryportModel
import DryportRuntime

/// The directory of one container, which is all there is of it: any process that reads it knows the
/// container's state, and nothing is kept elsewhere.
///
/// | File | Written by | Says |
/// |---|---|---|
/// | `spec.json` | `create` | the specification; mode 0600, as environments hold secrets |
/// | `alive` | `create` | a FIFO that the supervisor holds open for writing as long as it lives |
/// | `launch` | `start` | the script that becomes the container's process |
/// | `process` | the launcher | the container was started, as which process |
/// | `failure` | the launcher | why it could not be started |
/// | `exit` | the supervisor | exit code and number of processes killed for want of memory |
/// | `stdout.log`, `stderr.log` | the container | its output |
struct ContainerDirectory {
    /// What the files say.
    enum Finding: Equatable {
        /// Made; not started, or could not be started.
        case created
        /// A supervisor is about to start it.
        case starting
        /// Running. `isSupervised` is false if the supervisor is gone and nobody will write the exit.
        case running(ProcessIdentity, isSupervised: Bool)
        /// Over.
        case exited(ContainerExit)
        /// Over, but the supervisor did not live to write the exit.
        case lost
    }

    let path: String

    var specPath: String { path + "/spec.json" }
    var lifelinePath: String { path + "/alive" }
    var launchPath: String { path + "/launch" }
    var processPath: String { path + "/process" }
    var failurePath: String { path + "/failure" }
    var exitPath: String { path + "/exit" }

    func logPath(_ source: LogChunk.Source) -> String { "\(path)/\(source.rawValue).log" }

    /// When the container was started last; nil before.
    var startedAt: Timestamp? { FileSystem.modificationTime(of: processPath) }

    /// What the files say now.
    func look() -> Finding {
        var process = self.process
        if process == nil {
            if isSupervised { return .starting }
            // The supervisor may have come this far, and even ended, between the two looks.
            process = self.process
        }
        guard let process else { return .created }
        if let exit = exit(of: process) { return .exited(exit) }
        if process.isOfThisBoot {
            if isSupervised { return .running(process, isSupervised: true) }
            // The supervisor writes the exit before it lets go of the FIFO: look again, in this order.
            if let exit = exit(of: process) { return .exited(exit) }
            if process.isAlive { return .running(process, isSupervised: false) }
        }
        return .lost
    }

    /// As ``look()``; an exit that nobody saw is put on record, so that its time does not change any more.
    func lookAndRecord() -> Finding {
        let finding = look()
        guard finding == .lost, let process else { return finding }
        // A container of an earlier run of the host ended when that did, before the present one began.
        let time = process.isOfThisBoot ? .now : ProcessIdentity.bootTime ?? .now
        let temporary = "\(exitPath).\(getpid()).\(UInt64.random(in: 0...UInt64.max))"
        do {
            // Says which process it is about: should somebody start the container again at this moment, the
            // record must not count for the new one.
            try FileSystem.save("unknown 0 \(time.millisecondsSinceEpoch) \(process.line)\n", to: temporary)
            // link, not rename: whoever comes first is right.
            if link(temporary, exitPath) != 0, exit(of: process) == nil {
                try FileSystem.move(temporary, to: exitPath)
            }
            try FileSystem.delete(temporary)
        } catch {
            return .exited(Self.unknownExit(at: time))
        }
        return .exited(exit(of: process) ?? Self.unknownExit(at: time))
    }

    /// Whether a supervisor lives. A FIFO without writers is at its end, one with writers is merely empty:
    /// unlike a process number, this cannot be mistaken.
    var isSupervised: Bool {
        guard let descriptor = openLifeline() else { return false }
        close(descriptor)
        return true
    }

    /// The reading end of the FIFO, which hangs up when the supervisor ends.
    /// - Returns: nil if there is no supervisor.
    func openLifeline() -> Int32? {
        let descriptor = open(lifelinePath, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var byte: UInt8 = 0
        if read(descriptor, &byte, 1) < 0, errno == EAGAIN { return descriptor }
        close(descriptor)
        return nil
    }

    /// Makes a container that has exited startable again.
    func forgetRun() throws(SystemFailure) {
        // In this order: without `process`, an `exit` says nothing.
        try FileSystem.delete(processPath)
        try FileSystem.delete(exitPath)
        try FileSystem.delete(failurePath)
    }

    private var process: ProcessIdentity? {
        FileSystem.completeText(of: processPath).flatMap(ProcessIdentity.init)
    }

    /// What is on record about the end of a process: a supervisor's `code killed`, whose time is the file's,
    /// or `unknown 0 milliseconds process` of ``lookAndRecord()``.
    private func exit(of process: ProcessIdentity) -> ContainerExit? {
        guard let line = FileSystem.completeText(of: exitPath), let time = FileSystem.modificationTime(of: exitPath)
        else { return nil }
        let parts = line.split(separator: " ")
        if parts.count == 2, let code = Int(parts[0]), let killed = Int(parts[1]) {
            return ContainerExit(code: code, finishedAt: time, isOutOfMemory: killed > 0)
        }
        guard parts.count == 6, let written = Int64(parts[2]) else { return Self.unknownExit(at: time) }
        guard ProcessIdentity(parts[3...].joined(separator: " ")) == process else { return nil }
        return Self.unknownExit(at: Timestamp(millisecondsSinceEpoch: written))
    }

    private static func unknownExit(at time: Timestamp) -> ContainerExit {
        ContainerExit(
            code: nil, finishedAt: time,
            reason: "the process ended while its supervisor was gone, so its exit code is unknown")
    }
}
#endif
