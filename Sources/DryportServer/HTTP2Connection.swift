// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import NIOCore
import NIOHPACK
import NIOHTTP2

/// Gathers the requests of an HTTP/2 connection, one per stream, and writes their answers as they come.
///
/// It works on the frames that `NIOHTTP2Handler` has validated, without a channel per stream: a request costs an
/// entry in a dictionary. Timeouts are those of HTTP/1.1, except that a request which is late ends its stream only.
final class HTTP2Connection: ChannelInboundHandler, NIOHTTP2FrameDelegate {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private struct Stream {
        enum Phase {
            case receiving
            /// The request is complete, and under way or answered.
            case responding
            /// The request is too large; its rest is dropped.
            case refusing
        }

        var request: APIFront.Request
        var phase = Phase.receiving
        /// When it is reset; nil while it is the server's turn.
        var deadline: NIODeadline?
    }

    struct Limits {
        /// The largest body, in bytes.
        var bodySize: Int
        /// How many bytes of bodies may be held at a time.
        var heldBytes: Int
        /// From the end of a request's headers to its end.
        var requestTimeout: TimeAmount
        /// How long there may be no stream, and how long a client may take to read an answer.
        var idleTimeout: TimeAmount
    }

    private let limits: Limits
    private let serve: (AsyncStream<HTTP2Request>) -> Void
    private let (requests, arriving) = AsyncStream.makeStream(of: HTTP2Request.self)
    private var streams: [HTTP2StreamID: Stream] = [:]
    private var lastStreamID = HTTP2StreamID.rootStream
    /// Of all bodies that are received or under way.
    private var heldBytes = 0
    /// When the connection is closed if it has no streams.
    private var idleDeadline: NIODeadline
    private var alarm: Alarm?
    private var isFlushScheduled = false
    private var isQuiescing = false
    /// Whether `NIOHTTP2Handler` has given the connection up.
    private var isBroken = false
    /// nil before it is in a pipeline, and after.
    private var context: ChannelHandlerContext?

    /// - Parameters:
    ///   - deadline: When the headers of the first request must have come.
    ///   - serve: Gets the requests, before the first one and once.
    init(deadline: NIODeadline, limits: Limits, serve: @escaping (AsyncStream<HTTP2Request>) -> Void) {
        idleDeadline = deadline
        self.limits = limits
        self.serve = serve
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        alarm = Alarm(on: context.eventLoop) { self.ring(context) }
        alarm?.set(idleDeadline)
        serve(requests)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        alarm?.stop()
        alarm = nil
        arriving.finish()
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = Self.unwrapInboundIn(data)
        switch frame.payload {
        case .headers(let headers):
            if streams[frame.streamID] == nil {
                begin(frame.streamID, headers.headers, isComplete: headers.endStream, context)
            }
            // Others are trailers, which nobody needs.
            if headers.endStream { complete(frame.streamID, context) }
        case .data(let data):
            if case .byteBuffer(let part) = data.data { receive(part, on: frame.streamID, context) }
            if data.endStream { complete(frame.streamID, context) }
        default:
            break
        }
    }

    private func begin(
        _ id: HTTP2StreamID, _ headers: HPACKHeaders, isComplete: Bool, _ context: ChannelHandlerContext
    ) {
        guard !isQuiescing else { return write(.rstStream(.refusedStream), on: id, context) }
        lastStreamID = id
        streams[id] = Stream(request: APIFront.Request(headers))
        if let length = headers.first(name: "content-length").flatMap({ Int($0) }), length > limits.bodySize {
            return refuse(id, context)
        }
        guard !isComplete else { return }
        move(id, to: context.eventLoop.now + limits.requestTimeout)
        if headers[canonicalForm: "expect"].contains("100-continue") {
            write(.headers(.init(headers: [":status": "100"])), on: id, context)
        }
    }

    private func receive(_ part: ByteBuffer, on id: HTTP2StreamID, _ context: ChannelHandlerContext) {
        guard streams[id]?.phase == .receiving, let size = streams[id]?.request.body.count else { return }
        guard size + part.readableBytes <= limits.bodySize else { return refuse(id, context) }
        guard heldBytes + part.readableBytes <= limits.heldBytes else {
            // Nothing of it was processed, so the client may send it again.
            drop(id)
            return write(.rstStream(.refusedStream), on: id, context)
        }
        heldBytes += part.readableBytes
        streams[id]?.request.body.append(contentsOf: part.readableBytesView)
    }

    private func complete(_ id: HTTP2StreamID, _ context: ChannelHandlerContext) {
        guard let request = take(id, .responding) else { return }
        hand(request, heldBytes: request.body.count, id, context)
    }

    private func refuse(_ id: HTTP2StreamID, _ context: ChannelHandlerContext) {
        drop(id)
        hand(nil, heldBytes: 0, id, context)
    }

    private func drop(_ id: HTTP2StreamID) {
        heldBytes -= take(id, .refusing)?.body.count ?? 0
    }

    /// Ends the receiving of a request, and leaves the stream nothing but what its answer needs.
    private func take(_ id: HTTP2StreamID, _ phase: Stream.Phase) -> APIFront.Request? {
        guard let request = streams[id]?.request, streams[id]?.phase == .receiving else { return nil }
        streams[id] = Stream(
            request: APIFront.Request(method: request.method, host: "", path: request.path), phase: phase)
        return request
    }

    private func hand(
        _ request: APIFront.Request?, heldBytes: Int, _ id: HTTP2StreamID, _ context: ChannelHandlerContext
    ) {
        let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
        arriving.yield(HTTP2Request(request: request, id: id, heldBytes: heldBytes, connection: connection))
    }

    // MARK: Answers

    /// Writes an answer, unless its stream was closed meanwhile.
    fileprivate func answer(_ request: HTTP2Request, with response: APIFront.Response) {
        heldBytes -= request.heldBytes
        guard let context, let stream = streams[request.id] else { return }
        // The stream may be closed, and the next request come in, during a write: nothing is decided after it.
        let timeout = stream.phase == .refusing ? RequestAggregator.lingering : limits.idleTimeout
        move(request.id, to: context.eventLoop.now + timeout)
        let hasBody = stream.request.method != "HEAD" && !response.body.isEmpty
        write(.headers(.init(headers: HPACKHeaders(response), endStream: !hasBody)), on: request.id, context)
        if hasBody {
            let body = IOData.byteBuffer(context.channel.allocator.buffer(bytes: response.body))
            write(.data(.init(data: body, endStream: true)), on: request.id, context)
        }
    }

    /// Writes a frame. What is written in one turn of the event loop leaves together.
    private func write(
        _ payload: HTTP2Frame.FramePayload, on id: HTTP2StreamID, _ context: ChannelHandlerContext
    ) {
        context.write(Self.wrapOutboundOut(HTTP2Frame(streamID: id, payload: payload)), promise: nil)
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        context.eventLoop.assumeIsolated().execute {
            self.isFlushScheduled = false
            self.context?.flush()
        }
    }

    // MARK: Streams and windows

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let event as StreamClosedEvent:
            close(event.streamID, context)
        case let event as NIOHTTP2WindowUpdatedEvent:
            widen(event, context)
        case is ChannelShouldQuiesceEvent:
            isQuiescing = true
            sayGoodbye(context)
        default:
            break
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func close(_ id: HTTP2StreamID, _ context: ChannelHandlerContext) {
        guard let stream = streams.removeValue(forKey: id) else { return }
        heldBytes -= stream.request.body.count
        guard streams.isEmpty else { return }
        idleDeadline = context.eventLoop.now + limits.idleTimeout
        alarm?.set(idleDeadline)
        // The last answer is not flushed yet.
        if isQuiescing { context.eventLoop.assumeIsolated().execute { self.sayGoodbye(context) } }
    }

    /// Lets the client send more, when half of a window is used up.
    private func widen(_ event: NIOHTTP2WindowUpdatedEvent, _ context: ChannelHandlerContext) {
        guard let size = event.inboundWindowSize, size <= Self.window / 2 else { return }
        if event.streamID != .rootStream {
            guard streams[event.streamID]?.phase == .receiving else { return }
        }
        write(.windowUpdate(windowSizeIncrement: Self.window - size), on: event.streamID, context)
    }

    // MARK: The end

    /// Tells the client that no new streams are served, and closes the connection when there are no old ones.
    ///
    /// The frame goes past `NIOHTTP2Handler`. That would take what a client sends on new streams before it reads the
    /// farewell for an error of the connection, and the old ones would not be answered.
    private func sayGoodbye(_ context: ChannelHandlerContext) {
        guard let handler = try? context.pipeline.syncOperations.context(handlerType: NIOHTTP2Handler.self) else {
            return context.close(promise: nil)
        }
        // GOAWAY (RFC 9113 §6.8), without an error.
        var frame = ByteBuffer(bytes: [0, 0, 8, 7, 0, 0, 0, 0, 0])
        frame.writeMultipleIntegers(UInt32(Int(lastStreamID)), UInt32(0))
        let isOver = streams.isEmpty
        let written = handler.writeAndFlush(NIOAny(IOData.byteBuffer(frame)))
        if isOver { written.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
    }

    /// Errors of single streams come by as well; those of the connection follow a farewell with a reason.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is NIOHTTP2Errors.StreamError: break
        case is any NIOHTTP2Error: if isBroken { context.close(promise: nil) }
        default: context.close(promise: nil)
        }
    }

    func wroteFrame(_ frame: HTTP2Frame) {
        if case .goAway(_, let code, _) = frame.payload, code != .noError { isBroken = true }
    }

    private func move(_ id: HTTP2StreamID, to deadline: NIODeadline) {
        streams[id]?.deadline = deadline
        alarm?.set(deadline)
    }

    private func ring(_ context: ChannelHandlerContext) {
        let now = context.eventLoop.now
        if streams.isEmpty, idleDeadline <= now {
            sayGoodbye(context)
            return context.close(promise: nil)
        }
        let late = streams.filter { $0.value.deadline.map { $0 <= now } ?? false }
        // What cannot be written does not end a stream.
        if !late.isEmpty, !context.channel.isWritable { return context.close(promise: nil) }
        for (id, stream) in late {
            // A client that has its answer and still sends need not go on (RFC 9113 §8.1).
            write(.rstStream(stream.phase == .refusing ? .noError : .cancel), on: id, context)
        }
        let next = streams.isEmpty ? idleDeadline : streams.values.compactMap(\.deadline).min()
        if let next { alarm?.set(next) }
    }
}

extension HTTP2Connection {
    /// Of the connection and of each stream, in bytes; what HTTP/2 begins with.
    private static let window = 65535

    /// How many bodies of the largest size one connection may have under way. Requests of this API are small.
    private static let bodiesAtOnce = 16

    /// The handlers of an HTTP/2 connection.
    ///
    /// Against floods `NIOHTTP2Handler` closes a connection that sends, within 30 s, more than 200 RST_STREAM frames
    /// (CVE-2023-44487), 200 malformed requests, or 200 of PING, SETTINGS and PRIORITY; more than five CONTINUATION
    /// frames in a row; two empty DATA frames in a row; headers that are too large; or one stream too many.
    static func handlers(
        _ configuration: DryportServer.Configuration, deadline: NIODeadline,
        serve: @escaping (AsyncStream<HTTP2Request>) -> Void
    ) -> [any ChannelHandler] {
        let limits = Limits(
            bodySize: configuration.maximumBodySize, heldBytes: bodiesAtOnce * configuration.maximumBodySize,
            requestTimeout: TimeAmount(configuration.requestTimeout),
            idleTimeout: TimeAmount(configuration.idleTimeout))
        let connection = HTTP2Connection(deadline: deadline, limits: limits, serve: serve)
        var settings = NIOHTTP2Handler.ConnectionConfiguration()
        settings.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: configuration.maximumConcurrentStreams),
            HTTP2Setting(parameter: .maxHeaderListSize, value: HTTPHandlers.maximumHeaderSize),
        ]
        // A client may have sent parts of all its requests before it learns that they are refused.
        settings.maximumRecentlyResetStreams = configuration.maximumConcurrentStreams
        let frames = NIOHTTP2Handler(mode: .server, frameDelegate: connection, connectionConfiguration: settings)
        return [frames, connection]
    }
}

/// A request of an HTTP/2 connection, and where its answer belongs.
struct HTTP2Request: Sendable {
    /// nil if its body is larger than the bound; nothing of it was kept.
    let request: APIFront.Request?
    fileprivate let id: HTTP2StreamID
    /// What the connection counts for it until it is answered.
    fileprivate let heldBytes: Int
    fileprivate let connection: NIOLoopBound<HTTP2Connection>

    /// Answers it, once.
    func answer(_ response: APIFront.Response) {
        connection.eventLoop.execute { connection.value.answer(self, with: response) }
    }
}
