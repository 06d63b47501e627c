// SPDX-License-Identifier: Apache-2.0

/// Signals by name, with Linux's numbers on every platform, as containers are Linux's.
package enum SignalName {
    private static let names = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ]

    /// The number of a signal.
    /// - Parameter name: `SIGTERM`, `TERM`, `15`, `RTMIN`, `RTMIN+3` or `RTMAX-1`, in any case.
    /// - Returns: nil if there is no such signal.
    package static func number(_ name: String) -> Int32? {
        if let number = Int32(name) { return (1...64).contains(number) ? number : nil }
        let upper = name.uppercased()
        let bare = upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper
        if let index = names.firstIndex(of: bare) { return Int32(index + 1) }
        if bare == "RTMIN" { return 34 }
        if bare == "RTMAX" { return 64 }
        if bare.hasPrefix("RTMIN+"), let offset = Int32(bare.dropFirst(6)), (0...30).contains(offset) {
            return 34 + offset
        }
        if bare.hasPrefix("RTMAX-"), let offset = Int32(bare.dropFirst(6)), (0...30).contains(offset) {
            return 64 - offset
        }
        return nil
    }
}
