// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOWebSocket

/// What a connection asks of its handler, through the pipeline, from any thread.
enum WebSocketCommand: Sendable {
    case text(String)
    case ping
    case close(code: UInt16, reason: String)
}

/// Sent as an outbound user event when the consumer has caught up.
enum WebSocketReadResumption: Sendable {
    case resume
}

/// The protocol's part on the event loop: answers pings and close frames, closes on violations, stops reading
/// while the consumer lags behind, and notices silence.
final class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = Never
    typealias OutboundIn = WebSocketCommand
    typealias OutboundOut = WebSocketFrame

    private enum Phase {
        /// Can transition to `closing` and `closed`.
        case open
        /// A close frame was sent. Can transition to `closed`.
        case closing
        case closed
    }

    private let role: WebSocketRole
    private let configuration: WebSocketConfiguration
    private let inbox: WebSocketInbox
    private var reader: WebSocketFrameReader
    private var phase = Phase.open
    private var isPaused = false
    private var hasPendingRead = false
    /// The answer to the latest ping, kept while the peer takes nothing from us: RFC 6455 §5.5.3 allows to answer
    /// only the latest, so a flood of pings costs one buffer.
    private var pendingPong: ByteBuffer?
    private var lastSignOfLife = NIODeadline.uptimeNanoseconds(0)
    private var idleCheck: Scheduled<Void>?
    private var closeDeadline: Scheduled<Void>?

    init(role: WebSocketRole, configuration: WebSocketConfiguration, inbox: WebSocketInbox) {
        self.role = role
        self.configuration = configuration
        self.inbox = inbox
        self.reader = WebSocketFrameReader(role: role, maximumMessageSize: configuration.maximumMessageSize)
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        guard context.channel.isActive else { return end(reason: "the connection broke") }
        lastSignOfLife = context.eventLoop.now
        scheduleIdleCheck(context, silence: .zero)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(reason: "the connection broke")
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(reason: "the connection broke")
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength:
            let limit = configuration.maximumMessageSize
            startClosing(context, code: 1009, reason: "a message may have at most \(limit) bytes", origin: .violation)
        case is NIOWebSocketError:
            startClosing(context, code: 1002, reason: "a control frame is malformed", origin: .violation)
        case is ByteToMessageDecoderError:
            // Bytes behind a malformed frame: the close frame is on its way, the deadline is running.
            break
        default:
            end(reason: "the connection broke: \(error)")
            context.close(promise: nil)
        }
    }

    private func end(reason: String) {
        phase = .closed
        idleCheck?.cancel()
        closeDeadline?.cancel()
        inbox.finish(WebSocketClosure(code: 1006, reason: reason, origin: .connection))
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastSignOfLife = context.eventLoop.now
        guard phase != .closed else { return }
        switch reader.receive(Self.unwrapInboundIn(data)) {
        case .none, .pong:
            break
        case .message(let text):
            // While closing, nobody waits for messages any more.
            if phase == .open, !inbox.offer(text) { isPaused = true }
        case .ping(let payload):
            guard phase == .open else { break }
            if context.channel.isWritable { pong(context, payload) } else { pendingPong = payload }
        case .close(let code, let reason):
            peerCloses(context, code: code, reason: reason)
        case .violation(let code, let reason):
            startClosing(context, code: code, reason: reason, origin: .violation)
        }
    }

    func read(context: ChannelHandlerContext) {
        if isPaused, phase == .open { hasPendingRead = true } else { context.read() }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is WebSocketReadResumption else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        resumeReading(context)
        promise?.succeed()
    }

    private func resumeReading(_ context: ChannelHandlerContext) {
        isPaused = false
        // What the peer sent in the meantime could not be seen, so its silence starts now.
        lastSignOfLife = context.eventLoop.now
        guard hasPendingRead else { return }
        hasPendingRead = false
        context.read()
    }

    // MARK: Writing

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch Self.unwrapOutboundIn(data) {
        case .text(let text):
            guard phase == .open else { return fail(promise) }
            write(context, .text, context.channel.allocator.buffer(string: text), promise)
        case .ping:
            guard phase == .open else { return fail(promise) }
            write(context, .ping, ByteBuffer(), promise)
        case .close(let code, let reason):
            startClosing(context, code: code, reason: reason, origin: .local)
            promise?.succeed()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, let payload = pendingPong {
            pendingPong = nil
            if phase == .open { pong(context, payload) }
        }
        context.fireChannelWritabilityChanged()
    }

    private func pong(_ context: ChannelHandlerContext, _ payload: ByteBuffer) {
        write(context, .pong, payload, nil)
        context.flush()
    }

    private func write(
        _ context: ChannelHandlerContext, _ opcode: WebSocketOpcode, _ data: ByteBuffer,
        _ promise: EventLoopPromise<Void>?
    ) {
        let mask: WebSocketMaskingKey? = role == .client ? .random() : nil
        let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: mask, data: data)
        context.write(Self.wrapOutboundOut(frame), promise: promise)
    }

    private func fail(_ promise: EventLoopPromise<Void>?) {
        promise?.fail(WebSocketClosedError(closure: inbox.closure))
    }

    // MARK: Closing

    private func peerCloses(_ context: ChannelHandlerContext, code: UInt16, reason: String) {
        switch phase {
        case .open:
            startClosing(context, code: code, reason: reason, origin: .peer)
        case .closing:
            context.close(promise: nil)
        case .closed:
            break
        }
    }

    /// Sends a close frame, and closes the socket when the frame is out (if the peer closed first) or when the
    /// peer has answered; at the deadline at the latest.
    private func startClosing(
        _ context: ChannelHandlerContext, code: UInt16, reason: String, origin: WebSocketClosure.Origin
    ) {
        guard phase == .open else { return }
        phase = .closing
        idleCheck?.cancel()
        let code = WebSocketClosure.isSendable(code) ? code : 1005
        let reason = Self.fitting(reason)
        inbox.finish(WebSocketClosure(code: code, reason: reason, origin: origin))
        let channel = context.channel
        closeDeadline = context.eventLoop.scheduleTask(in: TimeAmount(configuration.closeTimeout)) {
            channel.close(promise: nil)
        }
        var data = context.channel.allocator.buffer(capacity: 2 + reason.utf8.count)
        if code != 1005 {
            data.writeInteger(code)
            // An answer repeats the code; the reason was the peer's own.
            if origin != .peer { data.writeString(reason) }
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        write(context, .connectionClose, data, written)
        context.flush()
        if origin == .peer { written.futureResult.whenComplete { _ in channel.close(promise: nil) } }
        // The peer's answer can only be seen if reading goes on.
        resumeReading(context)
    }

    /// The longest prefix that fits into a control frame beside the code (RFC 6455 §5.5).
    private static func fitting(_ reason: String) -> String {
        var bytes = 0
        return String(
            reason.prefix { character in
                bytes += character.utf8.count
                return bytes <= 123
            })
    }

    // MARK: Silence

    private func scheduleIdleCheck(_ context: ChannelHandlerContext, silence: TimeAmount) {
        guard let timeout = configuration.idleTimeout.map({ TimeAmount($0) }) else { return }
        let half = TimeAmount.nanoseconds(timeout.nanoseconds / 2)
        let delay = silence < half ? half - silence : timeout - silence
        idleCheck = context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            self.checkIdle(context, timeout, half)
        }
    }

    private func checkIdle(_ context: ChannelHandlerContext, _ timeout: TimeAmount, _ half: TimeAmount) {
        guard phase == .open else { return }
        let silence = isPaused ? .zero : context.eventLoop.now - lastSignOfLife
        if silence >= timeout {
            end(reason: "nothing was received for \(configuration.idleTimeout ?? .zero)")
            context.close(promise: nil)
            return
        }
        if silence >= half {
            write(context, .ping, ByteBuffer(), nil)
            context.flush()
        }
        scheduleIdleCheck(context, silence: silence)
    }
}
