// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import NIOCore
import NIOHTTP1

/// Gathers whole requests for the inbox, never more of a body than the bound, and writes whole answers.
final class RequestAggregator: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = Never
    typealias OutboundIn = APIFront.Response
    typealias OutboundOut = HTTPServerResponsePart

    enum State {
        case idle
        /// Can transition to `responding` and `refusing`.
        case receiving(HTTPRequestHead, ByteBuffer?)
        /// The request is complete. Can transition to `idle`, `closing` and `upgrading`.
        case responding(HTTPRequestHead)
        /// The request is too large; its rest is dropped. Can transition to `closing`.
        case refusing(HTTPRequestHead, isComplete: Bool)
        /// The answer is written; whatever else comes is dropped.
        case closing
        /// The connection becomes a WebSocket.
        case upgrading
    }

    /// How long the rest of a refused request is read: a socket that is closed with unread bytes would take the
    /// answer away from the client.
    static let lingering = TimeAmount.seconds(2)

    private let inbox: RequestInbox
    let http: HTTPHandlers
    private let maximumBodySize: Int
    var state = State.idle
    /// Whether the operating system has not taken the last answer yet.
    private var isWriting = false
    /// The next request, which waits for that: a client that does not read is not served any further.
    private var waiting: IncomingRequest?
    /// nil before it is in a pipeline, and after.
    private(set) var context: ChannelHandlerContext?

    init(inbox: RequestInbox, http: HTTPHandlers, maximumBodySize: Int) {
        self.inbox = inbox
        self.http = http
        self.maximumBodySize = maximumBodySize
    }

    var eventLoop: any EventLoop { inbox.channel.eventLoop }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelInactive(context: ChannelHandlerContext) {
        inbox.close()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        inbox.close()
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (state, Self.unwrapInboundIn(data)) {
        case (.idle, .head(let head)):
            begin(head, context)
        case (.receiving(let head, let body), .body(let part)):
            // Released first, so that the buffer is referenced once and grows in place.
            state = .idle
            receive(part, after: body, of: head)
        case (.receiving(let head, let body), .end):
            state = .responding(head)
            let request = APIFront.Request(head, body: body.map { Array($0.readableBytesView) } ?? [])
            if request.body.isEmpty, let kind = head.handshake {
                offer(.handshake(request, kind))
            } else {
                offer(.complete(request))
            }
        case (.refusing(let head, _), .end):
            state = .refusing(head, isComplete: true)
        case (.refusing, _):
            break
        case (.closing, .end):
            context.close(promise: nil)
        case (.closing, _), (.upgrading, _):
            break
        default:
            // The handlers before this one let only well-formed sequences through.
            context.close(promise: nil)
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), length > maximumBodySize {
            return refuse(head)
        }
        state = .receiving(head, nil)
        if head.version == .http1_1, head.headers[canonicalForm: "expect"].contains(where: { $0 == "100-continue" }) {
            let response = HTTPResponseHead(version: head.version, status: .continue)
            context.writeAndFlush(Self.wrapOutboundOut(.head(response)), promise: nil)
        }
    }

    private func receive(_ part: ByteBuffer, after body: ByteBuffer?, of head: HTTPRequestHead) {
        var part = part
        guard (body?.readableBytes ?? 0) + part.readableBytes <= maximumBodySize else { return refuse(head) }
        guard var body else {
            state = .receiving(head, part)
            return
        }
        body.writeBuffer(&part)
        state = .receiving(head, body)
    }

    private func refuse(_ head: HTTPRequestHead) {
        state = .refusing(head, isComplete: false)
        offer(.oversized)
    }

    private func offer(_ request: IncomingRequest) {
        if isWriting { waiting = request } else { inbox.offer(request) }
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let response = Self.unwrapOutboundIn(data)
        let channel = context.channel
        switch state {
        case .responding(let head) where head.isKeepAlive && !head.asksForUpgrade:
            state = .idle
            isWriting = true
            write(response, to: head, keepsAlive: true, context, promise).assumeIsolated().whenComplete(wasTaken)
        case .responding(let head), .refusing(let head, isComplete: true):
            state = .closing
            write(response, to: head, keepsAlive: false, context, promise)
                .whenComplete { _ in channel.close(promise: nil) }
        case .refusing(let head, isComplete: false):
            state = .closing
            write(response, to: head, keepsAlive: false, context, promise)
            context.eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
        case .idle, .receiving, .closing, .upgrading:
            promise?.fail(ChannelError.inappropriateOperationForState)
        }
    }

    private func wasTaken(_ result: Result<Void, any Error>) {
        if case .failure = result { context?.close(promise: nil) }
        isWriting = false
        guard let waiting else { return }
        self.waiting = nil
        inbox.offer(waiting)
    }

    @discardableResult
    private func write(
        _ response: APIFront.Response, to head: HTTPRequestHead, keepsAlive: Bool, _ context: ChannelHandlerContext,
        _ promise: EventLoopPromise<Void>?
    ) -> EventLoopFuture<Void> {
        var headers = HTTPHeaders()
        headers.reserveCapacity(response.headers.count + 1)
        for field in response.headers { headers.add(name: field.name, value: field.value) }
        if !keepsAlive {
            headers.add(name: "Connection", value: "close")
        } else if (head.version.major, head.version.minor) < (1, 1) {
            headers.add(name: "Connection", value: "keep-alive")
        }
        let status = HTTPResponseStatus(statusCode: response.status)
        let start = HTTPResponseHead(version: head.version, status: status, headers: headers)
        context.write(Self.wrapOutboundOut(.head(start)), promise: nil)
        if head.method != .HEAD, !response.body.isEmpty {
            let body = context.channel.allocator.buffer(bytes: response.body)
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        // The next request may come in during this call, so the state has changed before it.
        let promise = promise ?? context.eventLoop.makePromise(of: Void.self)
        context.write(Self.wrapOutboundOut(.end(nil)), promise: promise)
        return promise.futureResult
    }
}

extension APIFront.Request {
    /// The request that a head and a body describe. Two `Host` headers count as none.
    init(_ head: HTTPRequestHead, body: [UInt8]) {
        let hosts = head.headers["host"]
        let uri = head.uri[...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            method: head.method.rawValue, host: hosts.count == 1 ? hosts[0] : "",
            path: uri.first.map(String.init) ?? "", query: uri.count > 1 ? String(uri[1]) : "",
            headers: head.headers.map { HTTPField(name: $0.name, value: $0.value) }, body: body)
    }
}
