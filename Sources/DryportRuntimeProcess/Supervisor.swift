// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif
import Dispatch
import Synchronization

/// The shell that stays with a container from start to exit, whatever becomes of the agent.
///
/// It leads a session of its own, so that no terminal and no signal to the agent's or the container's group
/// reaches it; waits for the container's process; kills what that leaves behind; and puts the exit code on
/// record. swift-subprocess is not used to spawn it: there a child lives inside of a call of `run`, which
/// waits for it and tears it down, while a supervisor has to outlive its parent.
enum Supervisor {
    /// `$1` is the container's directory, `$2` the list of processes of its control group and `$3` that
    /// group's memory events, both empty where there are none. The script comes as an argument, not from a
    /// file: shells read files as they go, so an upgrade would pull the text from under those that run.
    ///
    /// Signals are caught instead of ignored, because what is ignored stays so in the container. Descriptor 9
    /// is the lifeline, see ``ContainerDirectory``.
    private static let script = """
        trap : HUP INT QUIT TERM USR1 USR2
        umask 022
        cd "$1" || exit 1
        setsid \(HostTools.shell) ./launch </dev/null >>stdout.log 2>>stderr.log 9>&-
        code=$?
        if [ -n "$2" ]; then
            n=0
            while [ $n -lt 200 ] && read -r p <"$2"; do
                while read -r p; do kill -KILL "$p"; done <"$2"
                n=$((n + 1))
                sleep 0.01 || sleep 1
            done
        elif read -r p rest <process; then
            kill -KILL "-$p"
        fi
        killed=0
        if [ -n "$3" ]; then
            while read -r key value; do
                if [ "$key" = oom_kill ]; then killed=$value; fi
            done <"$3"
        fi
        printf '%s %s\\n' "$code" "$killed" >exit.new && { sync -d exit.new; mv -f exit.new exit; }
        """

    /// Flags of posix_spawn(3). The C library shows the last one to GNU sources only; it has this value in
    /// both glibc and musl.
    private static let spawnFlags = Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK) | 0x80

    /// Supervisors that are children of this process, by the identifiers of their containers.
    private static let children = Mutex<[String: pid_t]>([:])

    /// Starts a supervisor. When this returns it holds the container's FIFO.
    /// - Throws: ``SystemFailure``.
    static func spawn(
        _ id: String, _ directory: ContainerDirectory, controlGroups: ControlGroups, tools: HostTools
    ) throws(SystemFailure) {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for descriptor in foreignDescriptors() { posix_spawn_file_actions_addclose(&actions, descriptor) }
        for descriptor in 0...2 {
            posix_spawn_file_actions_addopen(&actions, Int32(descriptor), "/dev/null", O_RDWR, 0)
        }
        // Both ends, because opening a FIFO for writing alone waits for a reader.
        posix_spawn_file_actions_addopen(&actions, 9, directory.lifelinePath, O_RDWR, 0)
        // The agent's own handling of signals, such as ignoring SIGPIPE, is not the container's.
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, spawnFlags)

        let arguments = [
            HostTools.shell, "-c", script, "dryport-supervisor", directory.path,
            controlGroups.processLists(id).first ?? "", controlGroups.memoryEvents(id) ?? "",
        ]
        var pid: pid_t = 0
        let result = withCStrings(arguments) { arguments in
            withCStrings(["PATH=\(tools.path)"]) { environment in
                posix_spawn(&pid, HostTools.shell, &actions, &attributes, arguments, environment)
            }
        }
        guard result == 0 else { throw SystemFailure("run", HostTools.shell, result) }
        children.withLock { $0[id] = pid }
    }

    /// Takes leave of a supervisor that has let go of its lifeline, and ends within moments.
    static func reap(_ id: String) {
        guard let pid = children.withLock({ $0.removeValue(forKey: id) }) else { return }
        DispatchQueue.global().async {
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        }
    }

    /// The descriptors that a child must not inherit: all that are open, and what other threads open before it is
    /// spawned, since careless libraries do not mark theirs. New ones fill holes first, hence a short way past the
    /// highest; to close what is not open is no error here.
    private static func foreignDescriptors() -> ClosedRange<Int32> {
        let open = (FileSystem.names(in: "/proc/self/fd") ?? []).compactMap { Int32($0) }
        return 3...(open.max() ?? 3) + 64
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }
}
#endif
