// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif
import DryportModel
import DryportRuntime
import Logging
import Synchronization

/// Sees what happens to the containers of a state directory, whoever makes it happen, and tells those who
/// wait. One thread sleeps in poll(2) on inotify and on the lifelines of supervisors, so nothing is spent
/// while nothing happens.
final class DirectoryWatcher: Sendable {
    private struct Subscriber {
        var owner: String
        weak var buffer: RuntimeEventBuffer?
    }

    private struct State {
        var subscribers: [Subscriber] = []
        /// Containers to look at without waiting for an event.
        var pending: Set<String> = []
        /// Those who wait until the thread has looked.
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// How many follow the output of a container.
        var followers: [String: Int] = [:]
        var isClosed = false
    }

    /// Signalled whenever something about a container may have changed.
    let signals = ChangeSignals<String>()
    private let state = Mutex(State())
    private let wakeDescriptor: Int32

    private init(wakeDescriptor: Int32) { self.wakeDescriptor = wakeDescriptor }

    /// Starts watching; everything that happens after this returns is seen.
    /// - Throws: ``SystemFailure``, for example if the user has too many inotify instances.
    static func start(
        _ store: ContainerStore, logFileLimit: Int64?, logger: Logger
    ) throws(SystemFailure) -> DirectoryWatcher {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemFailure("make", "a pipe") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        let watcher = DirectoryWatcher(wakeDescriptor: ends[1])
        let loop: WatchLoop
        do throws(SystemFailure) {
            loop = try WatchLoop(
                watcher: watcher, store: store, wakeDescriptor: ends[0], logFileLimit: logFileLimit, logger: logger)
        } catch {
            close(ends[0])
            throw error
        }
        var thread = pthread_t()
        let box = Unmanaged.passRetained(loop)
        // Not a task: it sleeps in poll, which must not take a thread from Swift's pool.
        let result = pthread_create(&thread, nil, watchThread, box.toOpaque())
        guard result == 0 else {
            box.release()
            throw SystemFailure("start", "a thread", result)
        }
        pthread_detach(thread)
        return watcher
    }

    deinit { close(wakeDescriptor) }

    /// Ends the thread, and event streams with an error.
    func end() {
        let (subscribers, waiting) = state.withLock { state in
            state.isClosed = true
            defer { (state.subscribers, state.waiting) = ([], []) }
            return (state.subscribers, state.waiting)
        }
        for continuation in waiting { continuation.resume() }
        let error = RuntimeError(code: .unavailable, message: "the process runtime is gone")
        for subscriber in subscribers { subscriber.buffer?.finish(throwing: error) }
        wake()
    }

    /// A queue that receives all events of an owner from now on.
    func subscribe(owner: String) -> RuntimeEventBuffer {
        let buffer = RuntimeEventBuffer()
        state.withLock { state in
            state.subscribers.removeAll { $0.buffer == nil }
            state.subscribers.append(Subscriber(owner: owner, buffer: buffer))
        }
        return buffer
    }

    /// Has the thread look at a container now.
    func look(at id: String) {
        _ = state.withLock { $0.pending.insert(id) }
        wake()
    }

    /// Has the thread look at a container, and returns when subscribers have been told what it saw.
    func settle(_ id: String) async {
        await withCheckedContinuation { continuation in
            let isClosed = state.withLock { state in
                guard !state.isClosed else { return true }
                state.pending.insert(id)
                state.waiting.append(continuation)
                return false
            }
            if isClosed { continuation.resume() }
            wake()
        }
    }

    /// Has signals sent when a container writes, until ``unfollow(_:)`` is called as often.
    func follow(_ id: String) {
        state.withLock { $0.followers[id, default: 0] += 1 }
        look(at: id)
    }

    /// See ``follow(_:)``.
    func unfollow(_ id: String) {
        state.withLock { state in
            let count = state.followers[id, default: 0] - 1
            state.followers[id] = count > 0 ? count : nil
        }
        look(at: id)
    }

    private func wake() {
        var byte: UInt8 = 1
        // A full pipe wakes as well.
        _ = write(wakeDescriptor, &byte, 1)
    }
}

/// For the thread.
extension DirectoryWatcher {
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// What to look at, and whom to tell afterwards.
    func takePending() -> (ids: Set<String>, waiting: [CheckedContinuation<Void, Never>]) {
        state.withLock { state in
            defer { (state.pending, state.waiting) = ([], []) }
            return (state.pending, state.waiting)
        }
    }

    func isFollowed(_ id: String) -> Bool { state.withLock { $0.followers[id] != nil } }

    /// - Parameter owner: Whose subscribers; nil for all.
    func publish(_ event: RuntimeEvent, owner: String?) {
        state.withLock { state in
            for subscriber in state.subscribers where owner == nil || subscriber.owner == owner {
                subscriber.buffer?.append(event)
            }
        }
    }
}

private func watchThread(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let box else { return nil }
    Unmanaged<WatchLoop>.fromOpaque(box).takeRetainedValue().run()
    return nil
}
#endif
