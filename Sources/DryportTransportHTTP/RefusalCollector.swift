// SPDX-License-Identifier: Apache-2.0

import DryportTransport
import NIOCore
import NIOHTTP1

/// Reads the answer of a server that refuses a handshake: the status and the beginning of the body.
final class RefusalCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    /// As much as AWS's agent reads (`ecs-agent.md` §4.2).
    static let bodyLimit = 1024

    private var answer = ServiceResponse(status: 0, body: [])
    private var promise: EventLoopPromise<ServiceResponse>?

    init(promise: EventLoopPromise<ServiceResponse>) {
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            answer.status = Int(head.status.code)
            answer.requestID = head.headers.first(name: "x-amzn-RequestId")
        case .body(let part):
            answer.body += part.readableBytesView.prefix(Self.bodyLimit - answer.body.count)
            if answer.body.count == Self.bodyLimit { finish(context) }
        case .end:
            finish(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(context)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What has been read is worth more to the reader than how the rest was lost.
        finish(context)
    }

    private func finish(_ context: ChannelHandlerContext) {
        guard let promise else { return }
        self.promise = nil
        promise.succeed(answer)
        context.close(promise: nil)
    }
}
