// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif
import Dispatch
public import DryportRuntime
public import Logging

/// Runs containers as plain processes of a Linux host. No daemon, no images: the command of a container is a
/// program of the host, and `image` is a name without meaning.
///
/// - **They survive the agent.** Each container has a supervisor, a small shell script in a session of its
///   own, which waits for the process and puts its exit on record. All state is files below the state
///   directory, so that any later runtime on the same directory goes on where this one ended. Should the
///   supervisor itself be killed, the container goes on, and its exit code is unknown. (Under systemd the
///   agent's unit needs `KillMode=process`.)
/// - **They end completely.** Signals go to the container's process group. When the first process has ended,
///   the rest of the group is killed, and with control groups everything it ever started.
/// - **Limits** for memory and CPU are those of control groups, version 1 or 2, where the agent may make
///   them; see ``capabilities()``. Elsewhere containers run without.
/// - **What cannot be had** is refused with `unsupported`: mounts (except of a host path at itself), ports
///   mapped to other ports, links, network mode `none`, and other users unless the agent is root.
///   Network mode `bridge` is taken for `host`, as most task definitions do not say what they need.
/// - **Output** goes to files, see ``Configuration/logFileLimit``.
///
/// The environment of a process is exactly the specification's, and `PATH` and `HOME` if it lacks them.
/// Needs a POSIX shell at `/bin/sh`, and the programs `setsid`, `env` and `mv`; `setpriv` for other users and
/// `prlimit` for resource limits.
///
/// An instance owns a thread that sleeps until something happens. When the instance is released, containers
/// go on, and event streams end.
public final class ProcessRuntime: ContainerRuntime {
    /// What can be chosen.
    public struct Configuration: Sendable, Hashable {
        /// The most output in bytes that a container keeps, for each of its two streams, by default 64 MiB;
        /// nil for all. When there is more, the older half goes. It is looked at twice a minute while an
        /// instance exists, so for a while there may be more; on file systems without holes it is not bounded.
        public var logFileLimit: Int64?
        /// Where control groups are mounted; nil to run without limits.
        public var controlGroupRoot: String?
        /// The control group, below the root, in which every container gets its own.
        public var controlGroupName: String

        /// Creates a configuration.
        public init(
            logFileLimit: Int64? = 64 << 20, controlGroupRoot: String? = "/sys/fs/cgroup",
            controlGroupName: String = "dryport"
        ) {
            self.logFileLimit = logFileLimit
            self.controlGroupRoot = controlGroupRoot
            self.controlGroupName = controlGroupName
        }
    }

    let store: ContainerStore
    let watcher: DirectoryWatcher
    let logger: Logger
    let tools = HostTools()
    let controlGroups: ControlGroups
    /// Changes are made here, one at a time, so that no two make the same container; and away from Swift's
    /// own threads, as making a process may take milliseconds.
    private let changes = DispatchQueue(label: "dryport.process-runtime")

    /// Opens a state directory.
    /// - Parameters:
    ///   - stateDirectory: The absolute path of a directory of this runtime's own, on a local file system;
    ///     made if it does not exist. Several instances may share it, one after the other or at a time.
    ///   - configuration: What can be chosen.
    ///   - logger: Receives what goes wrong behind the scenes.
    /// - Throws: ``RuntimeError`` with code `unavailable` if the directory cannot be used or watched.
    public init(
        stateDirectory: String, configuration: Configuration = Configuration(), logger: Logger
    ) throws(RuntimeError) {
        guard stateDirectory.hasPrefix("/") else {
            throw RuntimeError(
                code: .unavailable, message: "the state directory '\(stateDirectory)' is not an absolute path")
        }
        do throws(SystemFailure) {
            store = try ContainerStore(stateDirectory: stateDirectory)
            watcher = try DirectoryWatcher.start(store, logFileLimit: configuration.logFileLimit, logger: logger)
        } catch {
            throw RuntimeError(code: .unavailable, message: "\(error)", cause: error)
        }
        controlGroups = ControlGroups(root: configuration.controlGroupRoot, name: configuration.controlGroupName)
        self.logger = logger
    }

    deinit { watcher.end() }

    /// - Throws: ``RuntimeError`` with code `unavailable` if a program that every container needs is missing.
    public func capabilities() async throws(RuntimeError) -> RuntimeCapabilities {
        let missing = tools.missing
        guard missing.isEmpty else {
            throw RuntimeError(
                code: .unavailable,
                message: "the process runtime needs \(missing.joined(separator: ", ")), which this host lacks")
        }
        var names = utsname()
        uname(&names)
        let release = withUnsafeBytes(of: &names.release) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        // `json-file` is how ECS says that output stays on the host until it is asked for.
        return RuntimeCapabilities(
            name: "process", version: release, networkModes: [.bridge, .host], logDrivers: ["json-file"],
            hasImages: false, enforcesMemoryLimits: controlGroups.limitsMemory,
            enforcesCPULimits: controlGroups.limitsCPU, hasMounts: false, canRunPrivileged: geteuid() == 0,
            hasHealthChecks: false)
    }

    /// Succeeds at once: an image has no meaning here.
    public func pull(
        _ image: String, credentials: RegistryCredentials?, progress: @Sendable (PullProgress) -> Void
    ) async throws(RuntimeError) -> PulledImage {
        PulledImage(id: image)
    }

    /// Finds every image, see ``pull(_:credentials:progress:)``.
    public func localImage(_ image: String) async throws(RuntimeError) -> PulledImage? { PulledImage(id: image) }

    /// Makes a container; see ``ContainerRuntime``.
    public func create(_ spec: ContainerSpec) async throws(RuntimeError) -> ContainerHandle {
        _ = try LaunchPlan(spec, tools: tools)
        return try await change { runtime throws(RuntimeError) in
            do throws(SystemFailure) {
                let ids = try runtime.store.ids()
                if let existing = ids.first(where: { runtime.store.identity($0) == spec.identity }) {
                    return ContainerHandle(id: existing)
                }
                return ContainerHandle(id: try runtime.store.add(spec))
            } catch {
                throw RuntimeError(code: .cannotCreateContainer, message: "\(error)", cause: error)
            }
        }
    }

    /// Removes a container; see ``ContainerRuntime``.
    public func remove(_ handle: ContainerHandle, volumes: [String]) async throws(RuntimeError) {
        // Once the directory is gone, nobody can tell of the exit any more.
        await watcher.settle(handle.id)
        try await change { runtime throws(RuntimeError) in
            guard runtime.store.exists(handle.id) else { return }
            switch runtime.store.directory(handle.id).lookAndRecord() {
            case .running, .starting:
                throw RuntimeError(
                    code: .cannotRemoveContainer, message: "container \(handle.id) is running; stop it first")
            case .created, .exited, .lost: break
            }
            do throws(SystemFailure) {
                try runtime.controlGroups.remove(handle.id)
                try runtime.store.remove(handle.id)
            } catch {
                throw RuntimeError(code: .cannotRemoveContainer, message: "\(error)", cause: error)
            }
        }
    }

    /// Looks at a container; see ``ContainerRuntime``.
    public func inspect(_ handle: ContainerHandle) async throws(RuntimeError) -> ContainerObservation? {
        store.observe(handle.id)
    }

    /// Lists containers; see ``ContainerRuntime``.
    public func inventory(owner: String) async throws(RuntimeError) -> [ContainerObservation] {
        do throws(SystemFailure) {
            return try store.ids().filter { store.identity($0)?.owner == owner }.compactMap { store.observe($0) }
        } catch {
            throw RuntimeError(code: .unavailable, message: "\(error)", cause: error)
        }
    }

    /// Follows events; see ``ContainerRuntime``.
    public func events(owner: String) -> AsyncThrowingStream<RuntimeEvent, any Error> {
        watcher.subscribe(owner: owner).stream()
    }

    /// Follows the files; see ``ContainerRuntime/logs(_:follow:)``. Throws `containerVanished` if there is no
    /// such container.
    public func logs(_ handle: ContainerHandle, follow: Bool) -> AsyncThrowingStream<LogChunk, any Error> {
        guard store.exists(handle.id) else {
            return AsyncThrowingStream { $0.finish(throwing: Self.vanished(handle)) }
        }
        let follower = OutputFollower(handle.id, follow: follow, runtime: self)
        return AsyncThrowingStream(unfolding: { await follower.next() })
    }

    /// Makes a change on the queue of changes.
    func change<Value: Sendable>(
        _ body: @escaping @Sendable (ProcessRuntime) throws(RuntimeError) -> Value
    ) async throws(RuntimeError) -> Value {
        let result: Result<Value, RuntimeError> = await withCheckedContinuation { continuation in
            changes.async {
                do throws(RuntimeError) {
                    continuation.resume(returning: .success(try body(self)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    static func vanished(_ handle: ContainerHandle) -> RuntimeError {
        RuntimeError(code: .containerVanished, message: "there is no container \(handle.id)")
    }
}
#endif
