// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif
import DryportRuntime
import Logging

/// What the thread of ``DirectoryWatcher`` does, and what only it knows.
final class WatchLoop {
    private struct Tracked {
        /// The inotify watch of the directory.
        var watch: Int32
        /// Whether the watch tells of writing.
        var isFollowed = false
        /// The reading end of the FIFO, while there is a supervisor.
        var lifeline: Int32?
        /// What subscribers know; nil while the specification cannot be read.
        var observation: ContainerObservation?
        /// Running, and nobody else waits for the end.
        var isOrphan = false
    }

    private let watcher: DirectoryWatcher
    private let store: ContainerStore
    private let logger: Logger
    private let wakeDescriptor: Int32
    private let inotify: Int32
    private let rootWatch: Int32
    private let logFileLimit: Int64?
    private var tracked: [String: Tracked] = [:]
    private var ids: [Int32: String] = [:]

    /// How often the end of an orphan is looked for, and how often the size of output.
    private static let orphanPeriod: Int32 = 1000
    private static let trimPeriod: Int32 = 30_000

    init(
        watcher: DirectoryWatcher, store: ContainerStore, wakeDescriptor: Int32, logFileLimit: Int64?,
        logger: Logger
    ) throws(SystemFailure) {
        self.watcher = watcher
        self.store = store
        self.logger = logger
        self.wakeDescriptor = wakeDescriptor
        self.logFileLimit = logFileLimit
        let inotify = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        guard inotify >= 0 else { throw SystemFailure("watch", store.containersPath) }
        let mask = UInt32(IN_MOVED_TO) | UInt32(IN_MOVED_FROM) | UInt32(IN_DELETE)
        let rootWatch = inotify_add_watch(inotify, store.containersPath, mask)
        guard rootWatch >= 0 else {
            let failure = SystemFailure("watch", store.containersPath)
            close(inotify)
            throw failure
        }
        self.inotify = inotify
        self.rootWatch = rootWatch
        do throws(SystemFailure) {
            for id in try store.ids() { look(at: id, isNew: true) }
        } catch {
            close(inotify)
            throw error
        }
    }

    /// Returns when the watcher is closed.
    func run() {
        while true {
            let lifelines = tracked.compactMap { id, tracked in tracked.lifeline.map { (id, $0) } }
            var polled = ([wakeDescriptor, inotify] + lifelines.map(\.1)).map { descriptor in
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            }
            let count = poll(&polled, nfds_t(polled.count), timeout)
            if watcher.isClosed { break }
            if count == 0 {
                for (id, tracked) in tracked where tracked.isOrphan { look(at: id) }
                trimOutput()
            }
            guard count > 0 else { continue }
            if polled[0].revents != 0 { drainWake() }
            let pending = watcher.takePending()
            for id in pending.ids { look(at: id) }
            for continuation in pending.waiting { continuation.resume() }
            if polled[1].revents != 0 { readEvents() }
            for (index, (id, descriptor)) in lifelines.enumerated() where polled[index + 2].revents != 0 {
                // The supervisor is gone.
                guard tracked[id]?.lifeline == descriptor else { continue }
                close(descriptor)
                tracked[id]?.lifeline = nil
                Supervisor.reap(id)
                look(at: id)
            }
        }
        for lifeline in tracked.values.compactMap(\.lifeline) { close(lifeline) }
        close(inotify)
        close(wakeDescriptor)
    }

    private var timeout: Int32 {
        if tracked.values.contains(where: \.isOrphan) { return Self.orphanPeriod }
        let mayGrow = logFileLimit != nil && tracked.values.contains { $0.observation?.state == .running }
        return mayGrow ? Self.trimPeriod : -1
    }

    private func drainWake() {
        var buffer = [UInt8](repeating: 0, count: 256)
        while read(wakeDescriptor, &buffer, buffer.count) > 0 {}
    }

    /// Reads what inotify(7) has to say.
    private func readEvents() {
        let headerSize = MemoryLayout<inotify_event>.size
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(inotify, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            var changed: [String] = []
            var offset = 0
            while offset + headerSize <= count {
                let (event, name) = buffer.withUnsafeBytes { bytes in
                    let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                    let start = offset + headerSize
                    let name = bytes[start..<min(start + Int(event.len), count)].prefix { $0 != 0 }
                    return (event, String(decoding: name, as: UTF8.self))
                }
                offset += headerSize + Int(event.len)
                if event.mask & UInt32(IN_Q_OVERFLOW) != 0 {
                    lookAtAll()
                } else if event.wd == rootWatch {
                    if ContainerStore.isID(name) { changed.append(name) }
                } else if let id = ids[event.wd], changed.last != id {
                    changed.append(id)
                }
            }
            for id in changed { look(at: id) }
        }
    }

    /// The kernel lost events: nobody knows what happened.
    private func lookAtAll() {
        logger.warning("inotify queue overflowed; looking at all containers")
        for id in Set(tracked.keys).union((try? store.ids()) ?? []) { look(at: id) }
        watcher.publish(.synchronised, owner: nil)
    }

    /// Compares a container's directory with what is known, and tells the difference.
    private func look(at id: String, isNew: Bool = false) {
        defer { watcher.signals.signal(id) }
        guard store.exists(id) else {
            forget(id)
            return
        }
        track(id)
        guard let observation = store.observe(id) else {
            if store.exists(id), tracked[id]?.observation == nil {
                logger.warning(
                    "container directory without readable specification", metadata: ["container.id": "\(id)"])
            }
            return
        }
        if tracked[id]?.lifeline == nil { tracked[id]?.lifeline = store.directory(id).openLifeline() }
        var isOrphan = false
        if observation.state == .running, tracked[id]?.lifeline == nil {
            // Not one that has just ended in the proper way.
            if case .running(_, isSupervised: false) = store.directory(id).look() { isOrphan = true }
        }
        if isOrphan, tracked[id]?.isOrphan == false {
            logger.warning(
                "supervisor is gone; the container's exit code will be unknown",
                metadata: ["container.id": "\(id)"])
        }
        tracked[id]?.isOrphan = isOrphan
        let before = tracked[id]?.observation
        tracked[id]?.observation = observation
        // A restart passes through `created` for a moment, and nothing happens when a container is made.
        guard !isNew, observation != before, observation.state != .created else { return }
        watcher.publish(.changed(observation), owner: observation.identity.owner)
    }

    /// Watches a container's directory, for as much as is wanted now.
    private func track(_ id: String) {
        let isFollowed = watcher.isFollowed(id)
        if let known = tracked[id], known.isFollowed == isFollowed { return }
        var mask = UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO) | UInt32(IN_CREATE) | UInt32(IN_ONLYDIR)
        if isFollowed { mask |= UInt32(IN_MODIFY) }
        let watch = inotify_add_watch(inotify, store.directory(id).path, mask)
        guard watch >= 0 else {
            // Gone again, or the user may not have more watches; then events of this container are missing.
            let failure = SystemFailure("watch", id)
            if failure.code != ENOENT {
                logger.error("cannot watch container", metadata: ["error": "\(failure)"])
            }
            return
        }
        ids[watch] = id
        tracked[id, default: Tracked(watch: watch)].isFollowed = isFollowed
    }

    private func forget(_ id: String) {
        guard let known = tracked.removeValue(forKey: id) else { return }
        ids[known.watch] = nil
        inotify_rm_watch(inotify, known.watch)
        if let lifeline = known.lifeline {
            close(lifeline)
            Supervisor.reap(id)
        }
        if let observation = known.observation {
            watcher.publish(.removed(observation.handle), owner: observation.identity.owner)
        }
    }

    private func trimOutput() {
        guard let logFileLimit else { return }
        for (id, tracked) in tracked where tracked.observation?.state == .running {
            OutputFile.trim(store.directory(id).logPath(.standardOutput), to: logFileLimit)
            OutputFile.trim(store.directory(id).logPath(.standardError), to: logFileLimit)
        }
    }
}
#endif
