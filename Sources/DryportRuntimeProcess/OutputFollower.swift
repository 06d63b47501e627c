// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
import DryportModel
import DryportRuntime

/// Hands out a container's output as it is asked for, and waits for more if it is to. Nothing is read ahead,
/// so a slow reader costs no memory.
actor OutputFollower {
    private let id: String
    private let follow: Bool
    /// Held, so that there is somebody who notices writing as long as somebody reads.
    private let runtime: ProcessRuntime
    private let reader: OutputReader
    private var isFollowing = false

    init(_ id: String, follow: Bool, runtime: ProcessRuntime) {
        self.id = id
        self.follow = follow
        self.runtime = runtime
        self.reader = OutputReader(runtime.store.directory(id))
    }

    deinit {
        if isFollowing { runtime.watcher.unfollow(id) }
    }

    /// The next piece; nil when there will be no more.
    func next() async -> LogChunk? {
        if let chunk = reader.next() { return chunk }
        guard follow else { return nil }
        if !isFollowing {
            isFollowing = true
            runtime.watcher.follow(id)
        }
        for await _ in runtime.watcher.signals.changes(of: id) {
            // First whether it is over, then what there is: the last words come before the exit.
            let isOver = isOver
            if let chunk = reader.next() { return chunk }
            if isOver { return nil }
        }
        return nil
    }

    private var isOver: Bool {
        guard runtime.store.exists(id) else { return true }
        return switch runtime.store.directory(id).lookAndRecord() {
        case .created, .starting, .running: false
        case .exited, .lost: true
        }
    }
}
#endif
