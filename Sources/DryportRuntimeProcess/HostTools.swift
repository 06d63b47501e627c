// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif
import DryportRuntime

/// Programs of the host that the runtime relies on.
struct HostTools {
    /// Where containers look for programs unless their specification says otherwise.
    static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The shell of supervisors.
    static let shell = "/bin/sh"

    /// Where supervisors look for their tools: the agent's own PATH, then the usual places.
    let path: String

    init() {
        let own = getenv("PATH").map { String(cString: $0) } ?? ""
        path = own.isEmpty ? Self.defaultPath : "\(own):\(Self.defaultPath)"
    }

    /// The path of a program; nil if the host does not have it.
    func find(_ name: String) -> String? { Self.find(name, path: path, workingDirectory: "/") }

    /// What every container needs and the host lacks.
    var missing: [String] {
        (Self.isExecutable(Self.shell) ? [] : [Self.shell]) + ["setsid", "env", "mv"].filter { find($0) == nil }
    }

    static func find(_ name: String, path: String, workingDirectory: String) -> String? {
        for directory in path.split(separator: ":", omittingEmptySubsequences: false) {
            // An empty element means the working directory.
            let place = directory.hasPrefix("/") ? String(directory) : "\(workingDirectory)/\(directory)"
            if isExecutable("\(place)/\(name)") { return "\(place)/\(name)" }
        }
        return nil
    }

    static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}

/// The user that a container runs as.
struct HostUser {
    /// The words in front of the command that make the process this user's; empty if it is already.
    let wrapper: [String]
    /// The home directory.
    let home: String

    /// Finds a user.
    /// - Parameters:
    ///   - text: `user`, `uid`, `user:group`, `uid:gid`, or nil for the agent's own.
    ///   - tools: Where to look for setpriv(1).
    /// - Throws: ``RuntimeError`` with code `cannotCreateContainer` if there is no such user or group, or
    ///   `unsupported` if the agent cannot become this user.
    init(_ text: String?, tools: HostTools) throws(RuntimeError) {
        guard let text, !text.isEmpty else {
            home = Self.account(id: geteuid())?.home ?? "/"
            wrapper = []
            return
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let account = uid_t(parts[0]).map { Self.account(id: $0) ?? (id: $0, group: 0, home: "/", isKnown: false) }
        guard let account = account ?? Self.account(name: parts[0]) else {
            throw RuntimeError(code: .cannotCreateContainer, message: "there is no user '\(parts[0])' on this host")
        }
        var group = account.group
        if parts.count > 1 {
            guard let id = gid_t(parts[1]) ?? Self.group(name: parts[1]) else {
                throw RuntimeError(
                    code: .cannotCreateContainer, message: "there is no group '\(parts[1])' on this host")
            }
            group = id
        }
        home = account.home
        if account.id == geteuid(), group == getegid() {
            wrapper = []
            return
        }
        guard geteuid() == 0, let setpriv = tools.find("setpriv") else {
            let remedy = geteuid() == 0 ? "install setpriv, which is part of util-linux" : "run the agent as root"
            throw RuntimeError(
                code: .unsupported, message: "the process runtime cannot run as user '\(text)' here; \(remedy)")
        }
        // As in an engine: the account's supplementary groups, unless a group is named.
        let groups = account.isKnown && parts.count == 1 ? "--init-groups" : "--clear-groups"
        wrapper = [setpriv, "--reuid=\(account.id)", "--regid=\(group)", groups]
    }

    private typealias Account = (id: uid_t, group: gid_t, home: String, isKnown: Bool)

    private static func account(name: String) -> Account? {
        account { getpwnam_r(name, $0, $1, $2, $3) }
    }

    private static func account(id: uid_t) -> Account? {
        account { getpwuid_r(id, $0, $1, $2, $3) }
    }

    private static func account(
        _ look: (
            UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
        ) -> Int32
    ) -> Account? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 << 10) { buffer -> Account? in
            guard let start = buffer.baseAddress, look(&entry, start, buffer.count, &found) == 0, found != nil else {
                return nil
            }
            return (entry.pw_uid, entry.pw_gid, entry.pw_dir.map { String(cString: $0) } ?? "/", true)
        }
    }

    private static func group(name: String) -> gid_t? {
        var entry = group_entry()
        var found: UnsafeMutablePointer<group_entry>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 << 10) { buffer in
            guard let start = buffer.baseAddress,
                getgrnam_r(name, &entry, start, buffer.count, &found) == 0, found != nil
            else {
                return nil
            }
            return entry.gr_gid
        }
    }
}

/// The C structure, which has the name of its function's neighbour here.
#if canImport(Glibc)
private typealias group_entry = Glibc.group
#else
private typealias group_entry = Musl.group
#endif
#endif
