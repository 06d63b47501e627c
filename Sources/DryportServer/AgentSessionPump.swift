// SPDX-License-Identifier: Apache-2.0

import DryportControlPlane
import DryportMessages
import DryportWebSocket
import Logging
import NIOCore

/// Passes messages on between an agent's WebSocket and its session, in order, in both directions.
struct AgentSessionPump: Sendable {
    let connection: WebSocketConnection
    let session: AgentSession
    let eventLoop: any EventLoop
    let sendTimeout: TimeAmount
    let logger: Logger

    /// Runs until the connection and the session are over.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.sendCommands() }
            await receiveMessages()
            session.close()
        }
        await connection.close(code: 1001, reason: "The session is over")
        let closure = connection.closure
        logger.debug(
            "session ended",
            metadata: [
                "session.kind": "agent", "code": "\(closure?.code ?? 1006)", "reason": "\(closure?.reason ?? "")",
            ])
    }

    private func sendCommands() async {
        for await command in session.commands {
            switch command {
            case .message(let message):
                guard await send(message) else { return }
            case .close(let code, let reason):
                return await connection.close(code: code, reason: reason)
            }
        }
        // The session was ended without a farewell: the agent has left, or lags too far behind.
        await connection.close(code: 1001, reason: "The session is over")
    }

    /// - Returns: Whether the connection can be used any further.
    private func send(_ message: ACS.ServerMessage) async -> Bool {
        let connection = connection
        guard let bytes = try? JSONCoding.encode(message) else {
            logger.error("message cannot be written as JSON", metadata: ["message.type": "\(message.type)"])
            await connection.close(code: 1011, reason: "A message cannot be written")
            return false
        }
        let deadline = eventLoop.scheduleTask(in: sendTimeout) { connection.abort() }
        defer { deadline.cancel() }
        do {
            try await connection.send(String(decoding: bytes, as: UTF8.self))
            return true
        } catch {
            return false
        }
    }

    private func receiveMessages() async {
        for await text in connection.messages {
            let message: ACS.AgentMessage
            do {
                message = try JSONCoding.decode(ACS.AgentMessage.self, from: Array(text.utf8))
            } catch {
                logger.info(
                    "message of an agent cannot be read",
                    metadata: ["message.type": "\(MessageType(of: text))", "error": "\(error.code.name)"])
                continue
            }
            do {
                try await session.receive(message)
            } catch {
                logger.error("message of an agent was not stored", metadata: ["message.type": "\(message.type)"])
                connection.startClosing(code: 1011, reason: error.code.name)
                return
            }
        }
    }
}

/// The type of a message that need not be understood beyond it.
struct MessageType: Decodable, CustomStringConvertible {
    /// The type; nil if there is none that can be read.
    let name: String?

    private enum CodingKeys: String, CodingKey {
        case name = "type"
    }

    init(of json: some StringProtocol) {
        self.init(of: Array(json.utf8))
    }

    init(of json: [UInt8]) {
        self = (try? JSONCoding.decode(MessageType.self, from: json)) ?? MessageType(name: nil)
    }

    private init(name: String?) {
        self.name = name
    }

    var description: String { String((name ?? "unknown").prefix(64)) }
}
