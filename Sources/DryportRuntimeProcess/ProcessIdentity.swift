// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif
import DryportModel

/// A process, told apart from a later one that got the same number: by when it started, and in which run of
/// the host.
struct ProcessIdentity: Hashable {
    /// The number; also that of the process group and the session that the process leads.
    var pid: pid_t
    /// Clock ticks between the host's start and the process's, field 22 of `/proc/<pid>/stat` (proc(5)).
    var startTime: UInt64
    /// See ``currentBootID``.
    var bootID: String

    /// Reads what a container's launcher wrote: number, start time and boot, separated by spaces.
    /// - Returns: nil if it is something else.
    init?(_ line: String) {
        let parts = line.split(separator: " ")
        guard parts.count == 3, let pid = pid_t(parts[0]), pid > 1, let startTime = UInt64(parts[1]) else {
            return nil
        }
        self.pid = pid
        self.startTime = startTime
        self.bootID = String(parts[2])
    }

    /// The identity in the form that is read above.
    var line: String { "\(pid) \(startTime) \(bootID)" }

    /// Whether the host has not been restarted since the process started.
    var isOfThisBoot: Bool { bootID == Self.currentBootID }

    /// Whether the process exists and has not ended. A zombie has.
    var isAlive: Bool {
        guard isOfThisBoot, let text = FileSystem.completeText(of: "/proc/\(pid)/stat") else { return false }
        // The name of the program, in parentheses, may hold anything; the fields after it do not.
        guard let end = text.lastIndex(of: ")") else { return false }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return false }
        return UInt64(fields[19]) == startTime
    }

    /// Sends a signal to the process's whole group, unless the process has ended.
    func signalGroup(_ signal: Int32) {
        guard isAlive else { return }
        _ = kill(-pid, signal)
    }

    /// A name of the time between two starts of the host.
    static let currentBootID = FileSystem.completeText(of: "/proc/sys/kernel/random/boot_id") ?? "unknown"

    /// When the host was started.
    static var bootTime: Timestamp? {
        guard let text = FileSystem.completeText(of: "/proc/stat"),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let seconds = Int64(line.dropFirst(6))
        else { return nil }
        return Timestamp(millisecondsSinceEpoch: seconds * 1000)
    }
}

extension Timestamp {
    /// The host's wall clock.
    static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(millisecondsSinceEpoch: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
#endif
