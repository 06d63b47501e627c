// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportControlPlaneCore
import DryportModel

/// The connection under an ACS session. Like TCP it keeps the order and repeats nothing, but it can break at any
/// point; what was on its way is lost then, and the two sides notice at different times.
struct Connection: Sendable {
    let agent: Int
    let agentLife: Int
    let session: SessionID
    var planeLife = 0
    var planeSession: AgentSessionID?
    /// When the last message of each direction arrives; a later one arrives later.
    var toPlaneAt = MonotonicTime.zero
    var toAgentAt = MonotonicTime.zero
    /// Whether nothing gets through any more.
    var isBroken = false
    /// Whether the agent knows that it is over.
    var agentIsDone = false
    /// Whether the control plane knows that it is over.
    var planeIsDone = false
}
