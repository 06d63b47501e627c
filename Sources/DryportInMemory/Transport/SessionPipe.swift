// SPDX-License-Identifier: Apache-2.0

public import DryportTransport

/// One end of a session inside a process. Made in pairs: what one end sends the other receives, in order.
public final class SessionPipe: TransportSession {
    private let incoming: MessageLane
    private let outgoing: MessageLane

    private init(incoming: MessageLane, outgoing: MessageLane) {
        self.incoming = incoming
        self.outgoing = outgoing
    }

    /// Makes the two ends of a session.
    /// - Parameter capacity: How many messages may wait at each end before its peer's `send` waits; at least 1.
    public static func makePair(capacity: Int = 64) -> (client: SessionPipe, server: SessionPipe) {
        precondition(capacity > 0, "a pipe holds at least one message")
        let (up, down) = (MessageLane(capacity: capacity), MessageLane(capacity: capacity))
        return (SessionPipe(incoming: down, outgoing: up), SessionPipe(incoming: up, outgoing: down))
    }

    /// Sends one message, waiting while the other end has too many to read. The wait ends with the session only.
    /// - Throws: ``DryportTransport/TransportError`` with code `closed` if the session is over.
    public func send(_ text: String) async throws(TransportError) {
        if let end = await outgoing.send(text) { throw end.error }
    }

    /// The messages of the other end, as ``DryportTransport/TransportSession`` has it.
    public var messages: AsyncThrowingStream<String, any Error> {
        let lane = incoming
        return AsyncThrowingStream {
            if let message = await lane.next() { return message }
            try Task.checkCancellation()
            guard let end = lane.end, !end.isQuiet else { return nil }
            throw end.error
        }
    }

    /// The code with which the session ended, whoever ended it; nil while it is open.
    public var closeCode: UInt16? { incoming.end?.code }

    /// Ends the session for both ends, at once. What was sent before can still be received.
    public func close(code: UInt16, reason: String) async {
        finish(code: code, reason: reason)
    }

    /// Ends the session as a network does that breaks: both ends see code 1006.
    public func disconnect() {
        let end = MessageLane.End(code: 1006, reason: "the connection broke", isLocal: false)
        outgoing.finish(end)
        incoming.finish(end)
    }

    /// Ends the session with a code, as ``close(code:reason:)`` does. Messages sent before are still received.
    func finish(code: UInt16, reason: String) {
        outgoing.finish(MessageLane.End(code: code, reason: reason, isLocal: false))
        incoming.finish(MessageLane.End(code: code, reason: reason, isLocal: true))
    }
}
