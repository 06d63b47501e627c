// SPDX-License-Identifier: Apache-2.0

import DryportControlPlane
import DryportCredentials
import DryportMessages
import DryportModel
import DryportWebSocket
import Logging

/// Keeps a telemetry session alive: every report is acknowledged, and heartbeats go out (`ecs-agent.md` §7.4).
/// Containers' health goes to the control plane; metrics and the instance's status are not used. The signatures
/// inside the frames are not verified: the handshake's was.
struct TelemetryPump: Sendable {
    let connection: WebSocketConnection
    let controlPlane: ControlPlane
    let principal: Principal
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
            let body = TCS.Frame(parsing: Array(text.utf8)).body
            let type = MessageType(of: body)
            guard let acknowledgment = Self.acknowledgment(of: type.name) else {
                logger.debug("telemetry message ignored", metadata: ["message.type": "\(type)"])
                continue
            }
            if acknowledgment.isOfHealth { await passOn(body) }
            do {
                try await send(acknowledgment)
            } catch {
                return
            }
        }
    }

    /// A report that cannot be used is acknowledged all the same: agents would not say it better the next time.
    private func passOn(_ body: [UInt8]) async {
        do {
            switch try JSONCoding.decode(TCS.AgentMessage.self, from: body) {
            case .publishHealth(let report): try await controlPlane.receive(report, as: principal)
            case .publishInstanceStatus(let report): try await controlPlane.receive(report, as: principal)
            default: break
            }
        } catch {
            logger.debug("health report ignored", metadata: ["error": "\(error)"])
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

extension TCS.ServerMessage {
    /// Whether it answers a report that the control plane wants to know.
    fileprivate var isOfHealth: Bool {
        switch self {
        case .ackPublishHealth, .ackPublishInstanceStatus: true
        default: false
        }
    }
}
