// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif
import DryportRuntime

/// How a specification becomes a process of the host; or why it cannot.
struct LaunchPlan {
    /// The program and its arguments.
    let arguments: [String]
    /// The whole environment.
    let environment: [String: String]
    let workingDirectory: String
    /// Words in front of the command that take on limits and the user.
    private let wrappers: [String]

    /// Checks and translates a specification.
    /// - Throws: ``RuntimeError`` with code `unsupported` for what a plain process cannot have, or
    ///   `cannotCreateContainer` for what nothing can.
    init(_ spec: ContainerSpec, tools: HostTools) throws(RuntimeError) {
        arguments = (spec.entryPoint ?? []) + (spec.command ?? [])
        guard let program = arguments.first, !program.isEmpty else {
            throw RuntimeError(
                code: .cannotCreateContainer,
                message: "the process runtime needs a command: image '\(spec.image)' has no meaning here")
        }
        guard !program.contains("=") else {
            // env(1) takes such a word for a variable.
            throw Self.unsupported("a command with '=' in its name ('\(program)')")
        }
        try Self.checkSurroundings(spec)

        let user = try HostUser(spec.user, tools: tools)
        var environment = spec.environment
        if environment["PATH"] == nil { environment["PATH"] = HostTools.defaultPath }
        if environment["HOME"] == nil { environment["HOME"] = user.home }
        for name in environment.keys.sorted() where name.isEmpty || name.contains("=") {
            throw RuntimeError(
                code: .cannotCreateContainer, message: "'\(name)' cannot be the name of an environment variable")
        }
        self.environment = environment
        workingDirectory = spec.workingDirectory ?? "/"
        guard workingDirectory.hasPrefix("/") else {
            throw RuntimeError(
                code: .cannotCreateContainer, message: "working directory '\(workingDirectory)' is not absolute")
        }
        let texts = arguments + environment.flatMap { [$0.key, $0.value] } + [workingDirectory]
        guard !texts.contains(where: { $0.utf8.contains(0) }) else {
            throw RuntimeError(
                code: .cannotCreateContainer, message: "command and environment cannot hold a NUL character")
        }
        wrappers = try Self.limits(spec.resourceLimits, tools: tools) + user.wrapper
    }

    private static func checkSurroundings(_ spec: ContainerSpec) throws(RuntimeError) {
        guard spec.networkMode != .none else { throw unsupported("network mode 'none'") }
        for mapping in spec.portMappings where spec.networkMode == .bridge {
            guard mapping.hostPort == 0 || mapping.hostPort == mapping.containerPort else {
                throw unsupported(
                    "mapping container port \(mapping.containerPort) to host port \(mapping.hostPort)",
                    remedy: "a process listens on the host itself: use the same number for both, or host port 0")
            }
        }
        for mount in spec.mounts {
            guard case .hostPath(mount.containerPath) = mount.source, !mount.isReadOnly else {
                throw unsupported(
                    "mounting at '\(mount.containerPath)'",
                    remedy: "a process sees the host's files at the host's paths: mount a host path at itself")
            }
        }
        if let link = spec.links.first { throw unsupported("links ('\(link)')") }
        if let name = spec.volumesFrom.first { throw unsupported("volumesFrom ('\(name)')") }
    }

    /// The words that set limits (prlimit(1)).
    private static func limits(
        _ limits: [ContainerSpec.ResourceLimit], tools: HostTools
    ) throws(RuntimeError) -> [String] {
        guard !limits.isEmpty else { return [] }
        let known: Set = [
            "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss",
            "rtprio", "rttime", "sigpending", "stack",
        ]
        guard let prlimit = tools.find("prlimit") else {
            throw unsupported("ulimits", remedy: "install prlimit, which is part of util-linux")
        }
        var words = [prlimit]
        for limit in limits {
            guard known.contains(limit.name) else {
                throw RuntimeError(
                    code: .cannotCreateContainer, message: "there is no resource limit named '\(limit.name)'")
            }
            let values = [limit.soft, limit.hard].map { $0 < 0 ? "unlimited" : String($0) }
            words.append("--\(limit.name)=\(values[0]):\(values[1])")
        }
        return words
    }

    private static func unsupported(_ what: String, remedy: String? = nil) -> RuntimeError {
        RuntimeError(
            code: .unsupported,
            message: "the process runtime does not support \(what)" + (remedy.map { "; \($0)" } ?? ""))
    }
}

extension LaunchPlan {
    /// Looks for the program as execvp(3) will, to say in words what is missing.
    /// - Throws: ``RuntimeError`` with code `cannotStartContainer`.
    func checkProgram() throws(RuntimeError) {
        var status = stat()
        guard stat(workingDirectory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw Self.cannotStart("working directory '\(workingDirectory)' does not exist on this host")
        }
        let program = arguments[0]
        if program.contains("/") {
            let path = program.hasPrefix("/") ? program : "\(workingDirectory)/\(program)"
            guard HostTools.isExecutable(path) else {
                throw Self.cannotStart(
                    "'\(program)' "
                        + (FileSystem.exists(path) ? "is not an executable file" : "does not exist on this host"))
            }
        } else {
            let path = environment["PATH"] ?? ""
            guard HostTools.find(program, path: path, workingDirectory: workingDirectory) != nil else {
                throw Self.cannotStart("'\(program)' was not found in PATH=\(path) of this host")
            }
        }
    }

    private static func cannotStart(_ message: String) -> RuntimeError {
        RuntimeError(code: .cannotStartContainer, message: message)
    }

    /// The script that turns into the container's process. It runs in the container's directory, as the
    /// leader of a session of its own, and needs a POSIX shell.
    ///
    /// Everything that comes from the specification stands in single quotes, between which a shell changes
    /// nothing. The environment is set by the shell where the shell can be trusted with a name. Other names,
    /// such as `discovery.type`, are left to env(1); while env starts (for less than a millisecond) these
    /// can be read in the list of processes.
    func script(directory: ContainerDirectory, processLists: [String]) -> String {
        let failure = Self.quoted(directory.failurePath)
        var lines = ["fail() { printf '%s\\n' \"$1\" >\(failure); exit 125; }"]
        for list in processLists {
            let message = Self.quoted("the process cannot join its control group: writing to \(list) failed")
            lines.append("printf '%s\\n' \"$$\" >\(Self.quoted(list)) || fail \(message)")
        }
        let message = Self.quoted("the process cannot enter its working directory '\(workingDirectory)'")
        lines += [
            "cd \(Self.quoted(workingDirectory)) || fail \(message)",
            "read -r stat </proc/$$/stat",
            "read -r boot </proc/sys/kernel/random/boot_id",
            "set -- $stat",
            "shift 21",
            "printf '%s %s %s\\n' \"$$\" \"$1\" \"$boot\" >\(Self.quoted(directory.processPath)) || exit 125",
        ]
        // Variables that shells make for themselves.
        var words = wrappers + ["env", "-u", "_", "-u", "OLDPWD", "-u", "PWD", "-u", "SHLVL"]
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            if Self.shellCanExport(name) {
                lines.append("export \(name)=\(Self.quoted(value))")
            } else {
                words.append("\(name)=\(value)")
            }
        }
        lines.append("exec " + (words + arguments).map(Self.quoted).joined(separator: " "))
        return lines.joined(separator: "\n") + "\n"
    }

    /// Whether a POSIX shell keeps a variable of this name, without giving it a meaning.
    private static func shellCanExport(_ name: String) -> Bool {
        let letters = name.utf8
        guard let first = letters.first, !(48...57).contains(first) else { return false }
        let isIdentifier = letters.allSatisfy { letter in
            letter == UInt8(ascii: "_") || (48...57).contains(letter) || (65...90).contains(letter)
                || (97...122).contains(letter)
        }
        return isIdentifier && !meaningful.contains(name) && !meaningfulPrefixes.contains { name.hasPrefix($0) }
    }

    /// Names by which shells, the dynamic linker or the tools in front of the command change their ways.
    private static let meaningful: Set = [
        "_", "CDPATH", "COLUMNS", "DIRSTACK", "ENV", "EPOCHREALTIME", "EPOCHSECONDS", "EUID", "FUNCNAME", "GROUPS",
        "HISTCMD", "HOSTNAME", "IFS", "LINENO", "LINES", "MACHTYPE", "OLDPWD", "OPTARG", "OPTERR", "OPTIND",
        "OSTYPE", "PATH", "PPID", "PS1", "PS2", "PS3", "PS4", "PWD", "RANDOM", "REPLY", "SECONDS", "SHELLOPTS",
        "SHLVL", "SRANDOM", "UID", "HOSTTYPE", "POSIXLY_CORRECT",
    ]
    private static let meaningfulPrefixes = ["BASH", "LD_", "GLIBC_TUNABLES", "KSH", "ZSH"]

    /// A word of a shell script that means exactly `text`.
    static func quoted(_ text: String) -> String {
        var result: [UInt8] = [UInt8(ascii: "'")]
        for byte in text.utf8 {
            if byte == UInt8(ascii: "'") { result += Array("'\\'".utf8) }
            result.append(byte)
        }
        result.append(UInt8(ascii: "'"))
        return String(decoding: result, as: UTF8.self)
    }
}
#endif
