// SPDX-License-Identifier: Apache-2.0

/// The telemetry communication service: the messages of the WebSocket session through which agents report usage and
/// health (`ecs-agent.md` §7).
///
/// Members are spelled as on the wire. All are optional: nil is absent on the wire; unknown members are ignored.
public enum TCS: Sendable {
    /// An error that the server tells; agents only log it.
    public typealias ErrorMessage = ACS.ErrorMessage
}
