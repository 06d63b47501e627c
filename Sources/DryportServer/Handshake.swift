// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Carries the decision about a connection's handshake from the task that made it to the pipeline's closures.
final class Handshake: Sendable {
    private let made = Mutex<SessionFront.Decision?>(nil)

    /// nil if the connection did not begin with the handshake of a session.
    var decision: SessionFront.Decision? { made.withLock { $0 } }

    func decide(_ decision: SessionFront.Decision) {
        made.withLock { $0 = decision }
    }
}
