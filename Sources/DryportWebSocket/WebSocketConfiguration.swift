// SPDX-License-Identifier: Apache-2.0

/// Which end of a WebSocket a connection is. A client masks what it sends and a server must not (RFC 6455 §5.1).
public enum WebSocketRole: Sendable, Hashable {
    /// The end that asked for the upgrade.
    case client
    /// The end that granted it.
    case server
}

/// The limits of one WebSocket connection.
public struct WebSocketConfiguration: Sendable, Hashable {
    /// The largest message accepted, in bytes of UTF-8, whether it comes in one frame or in several. A larger one
    /// closes the connection with code 1009. At most 4 GiB − 1, since that bounds the frame decoder as well.
    public var maximumMessageSize: Int {
        willSet { precondition((1...Int(UInt32.max)).contains(newValue), "maximumMessageSize is out of range") }
    }

    /// How many bytes of received messages may wait for the consumer before the connection stops reading from the
    /// network. The bound is soft: what one read from the socket brought is always taken in.
    public var inboundBufferSize: Int {
        willSet { precondition(newValue > 0, "inboundBufferSize must be positive") }
    }

    /// How long a closing connection waits for the peer's close frame before it closes the socket anyway.
    public var closeTimeout: Duration

    /// After how long without a byte from the peer the connection counts as broken; nil waits for ever. A ping is
    /// sent after half of it, so that a live peer always has something to answer. Time during which the consumer
    /// lags behind and nothing is read does not count.
    public var idleTimeout: Duration?

    /// Creates the limits.
    public init(
        maximumMessageSize: Int = 4 * 1024 * 1024, inboundBufferSize: Int = 256 * 1024,
        closeTimeout: Duration = .seconds(2), idleTimeout: Duration? = nil
    ) {
        precondition((1...Int(UInt32.max)).contains(maximumMessageSize), "maximumMessageSize is out of range")
        precondition(inboundBufferSize > 0, "inboundBufferSize must be positive")
        self.maximumMessageSize = maximumMessageSize
        self.inboundBufferSize = inboundBufferSize
        self.closeTimeout = closeTimeout
        self.idleTimeout = idleTimeout
    }
}
