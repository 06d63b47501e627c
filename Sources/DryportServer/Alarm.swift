// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// One timer for deadlines that mostly move away: it is moved only when it would ring too late, so that a request
/// costs a reading of the clock and no timer.
final class Alarm {
    private let eventLoop: NIOIsolatedEventLoop
    private let ring: () -> Void
    private var pending: (task: Scheduled<Void>, time: NIODeadline)?

    /// - Parameter ring: Called on the event loop; decides by its own deadline whether it is due.
    init(on eventLoop: any EventLoop, ring: @escaping () -> Void) {
        self.eventLoop = eventLoop.assumeIsolated()
        self.ring = ring
    }

    /// Rings at a time, or earlier.
    func set(_ time: NIODeadline) {
        if let pending, pending.time <= time { return }
        pending?.task.cancel()
        let task = eventLoop.scheduleTask(deadline: time) {
            self.pending = nil
            self.ring()
        }
        pending = (task, time)
    }

    /// Does not ring any more, unless it is set again.
    func stop() {
        pending?.task.cancel()
        pending = nil
    }
}
