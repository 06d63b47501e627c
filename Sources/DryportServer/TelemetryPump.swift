// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportWebSocket
import Logging

/// Keeps a telemetry session alive: every report is acknowledged, and heartbeats go out (`ecs-agent.md` §7.4). What
/// the reports say is not used yet, and the signatures inside the frames are not verified: the handshake's was.
struct TelemetryPump: Sendable {
    let connection: WebSocketConnection
    let heartbeatInterval: Duration
    let logger: Logger

    /// Runs until the connection is over.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.beat() }
            await acknowledge()
            group.cancelAll()
        }
        await connection.close(code: 1001, reason: "The session is over")
        logger.debug(
            "session ended",
            metadata: ["session.kind": "telemetry", "code": "\(connection.closure?.code ?? 1006)"])
    }

    private func beat() async {
        do {
            while true {
                try await Task.sleep(for: heartbeatInterval)
                try await send(.heartbeat(TCS.HeartbeatMessage(healthy: true)))
            }
        } catch {
            // Cancelled, or the connection is over.
        }
    }

    private func acknowledge() async {
        for await text in connection.messages {
            let type = MessageType(of: TCS.Frame(parsing: Array(text.utf8)).body)
            guard let acknowledgment = Self.acknowledgment(of: type.name) else {
                logger.debug("telemetry message ignored", metadata: ["message.type": "\(type)"])
                continue
            }
            do {
                try await send(acknowledgment)
            } catch {
                return
            }
        }
    }

    private static func acknowledgment(of type: String?) -> TCS.ServerMessage? {
        switch type {
        case "PublishMetricsRequest": .ackPublishMetric(TCS.AckPublishMetric(message: "ok"))
        case "PublishHealthRequest": .ackPublishHealth(TCS.AckPublishHealth(message: "ok"))
        case "PublishInstanceStatusRequest": .ackPublishInstanceStatus(TCS.AckPublishInstanceStatus(message: "ok"))
        default: nil
        }
    }

    private func send(_ message: TCS.ServerMessage) async throws {
        try await connection.send(String(decoding: try JSONCoding.encode(message), as: UTF8.self))
    }
}
