// SPDX-License-Identifier: Apache-2.0

import DryportWebSocket
import NIOCore
import Synchronization

/// All open connections, so that a shutdown reaches them.
final class ConnectionRegistry: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var sockets: [ObjectIdentifier: WebSocketConnection] = [:]
        var isShuttingDown = false
    }

    private let state = Mutex(State())

    /// How many connections are open.
    var count: Int { state.withLock { $0.channels.count } }

    /// Adds a connection until it is closed. One that comes after the beginning of the shutdown is closed.
    func add(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let isLate = state.withLock { state in
            state.channels[id] = channel
            return state.isShuttingDown
        }
        channel.closeFuture.whenComplete { _ in
            self.state.withLock { $0.channels[id] = nil }
        }
        if isLate { channel.close(promise: nil) }
    }

    /// Runs `body` with the connection known as a WebSocket, which a shutdown closes with a close frame.
    func tracking(_ socket: WebSocketConnection, _ body: () async -> Void) async {
        let id = ObjectIdentifier(socket)
        let isLate = state.withLock { state in
            state.sockets[id] = socket
            return state.isShuttingDown
        }
        if isLate { Self.dismiss(socket) }
        await body()
        state.withLock { $0.sockets[id] = nil }
    }

    /// Closes idle connections, lets requests under way finish, and says goodbye on WebSockets.
    func beginShutdown() {
        let (channels, sockets) = state.withLock { state in
            state.isShuttingDown = true
            return (Array(state.channels.values), Array(state.sockets.values))
        }
        // WebSockets' pipelines ignore this.
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        for socket in sockets { Self.dismiss(socket) }
    }

    /// Closes everything at once.
    func closeAll() {
        let channels = state.withLock { state in
            state.isShuttingDown = true
            return Array(state.channels.values)
        }
        for channel in channels { channel.close(promise: nil) }
    }

    private static func dismiss(_ socket: WebSocketConnection) {
        socket.startClosing(code: 1001, reason: "The server is going away")
    }
}
