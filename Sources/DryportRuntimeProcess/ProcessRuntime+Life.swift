// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif
public import DryportRuntime

/// Starting and stopping.
extension ProcessRuntime {
    /// How long the kernel may take to end a process that was killed: one that waits for a disk may take long.
    private static let killPatience: Duration = .seconds(30)

    /// Starts a container; see ``ContainerRuntime``.
    @discardableResult
    public func start(_ handle: ContainerHandle) async throws(RuntimeError) -> ContainerObservation {
        try await change { runtime throws(RuntimeError) in
            switch runtime.store.exists(handle.id) ? runtime.store.directory(handle.id).lookAndRecord() : .lost {
            case .running, .starting: return
            case .created, .exited: try runtime.launch(handle.id)
            case .lost: throw Self.vanished(handle)
            }
        }
        watcher.look(at: handle.id)
        for await _ in watcher.signals.changes(of: handle.id) {
            let directory = store.directory(handle.id)
            switch directory.lookAndRecord() {
            case .starting: continue
            case .running, .exited:
                if let observation = store.observe(handle.id) { return observation }
                throw Self.vanished(handle)
            case .created, .lost:
                guard store.exists(handle.id) else { throw Self.vanished(handle) }
                let failure = FileSystem.completeText(of: directory.failurePath)
                throw RuntimeError(
                    code: .cannotStartContainer,
                    message: failure ?? "the supervisor of container \(handle.id) ended before it started anything")
            }
        }
        // Only cancellation ends the loop. The supervisor goes on, and an inventory will tell how far it got.
        throw RuntimeError(code: .unavailable, message: "starting container \(handle.id) was cancelled")
    }

    /// Starts a supervisor for a container that does not run.
    private func launch(_ id: String) throws(RuntimeError) {
        guard let spec = store.spec(id) else {
            throw RuntimeError(
                code: .cannotStartContainer, message: "the specification of container \(id) cannot be read")
        }
        let plan = try LaunchPlan(spec, tools: tools)
        try plan.checkProgram()
        let directory = store.directory(id)
        do throws(SystemFailure) {
            try controlGroups.create(id, spec)
            try directory.forgetRun()
            let script = plan.script(directory: directory, processLists: controlGroups.processLists(id))
            try FileSystem.save(script, to: directory.launchPath)
            try Supervisor.spawn(id, directory, controlGroups: controlGroups, tools: tools)
        } catch {
            throw RuntimeError(code: .cannotStartContainer, message: "\(error)", cause: error)
        }
    }

    /// Ends a container; see ``ContainerRuntime``.
    public func stop(
        _ handle: ContainerHandle, signal: String?, gracePeriod: Duration
    ) async throws(RuntimeError) {
        let name = signal ?? "SIGTERM"
        guard let number = SignalName.number(name) else {
            throw RuntimeError(code: .cannotStopContainer, message: "there is no signal named '\(name)'")
        }
        guard let process = try await runningProcess(handle) else { return }
        if gracePeriod > .zero, number != SIGKILL {
            process.signalGroup(number)
            if try await hasEnded(handle, within: gracePeriod) {
                // The supervisor has seen to it, unless there is none.
                controlGroups.kill(handle.id)
                return
            }
        }
        process.signalGroup(SIGKILL)
        controlGroups.kill(handle.id)
        guard try await hasEnded(handle, within: Self.killPatience) else {
            throw RuntimeError(
                code: .cannotStopContainer,
                message: "process \(process.pid) of container \(handle.id) did not end although it was killed")
        }
    }

    /// The process of a container; nil if it does not run. Waits until a start that is under way gets there.
    private func runningProcess(_ handle: ContainerHandle) async throws(RuntimeError) -> ProcessIdentity? {
        guard store.exists(handle.id) else { return nil }
        watcher.look(at: handle.id)
        for await _ in watcher.signals.changes(of: handle.id) {
            switch store.directory(handle.id).lookAndRecord() {
            case .starting: continue
            case .created, .exited, .lost: return nil
            case .running(let process, _): return process
            }
        }
        throw Self.stopCancelled(handle)
    }

    /// Waits for the exit of a container.
    /// - Returns: Whether it came in time.
    private func hasEnded(_ handle: ContainerHandle, within duration: Duration) async throws(RuntimeError) -> Bool {
        let hasEnded = await withTaskGroup(of: Bool?.self) { group in
            group.addTask { [store, watcher] in
                for await _ in watcher.signals.changes(of: handle.id) {
                    if case .running = store.directory(handle.id).lookAndRecord() { continue }
                    return true
                }
                return nil
            }
            group.addTask {
                do { try await Task.sleep(for: duration) } catch { return nil }
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        guard let hasEnded else { throw Self.stopCancelled(handle) }
        return hasEnded
    }

    private static func stopCancelled(_ handle: ContainerHandle) -> RuntimeError {
        RuntimeError(code: .unavailable, message: "stopping container \(handle.id) was cancelled")
    }
}
#endif
