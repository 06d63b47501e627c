// SPDX-License-Identifier: Apache-2.0

extension DryportServer {
    /// Where a server listens, and its limits.
    public struct Configuration: Sendable, Hashable {
        /// Files for TLS, both PEM.
        public struct TLS: Sendable, Hashable {
            /// The path of the certificate and its intermediates, leaf first. Stock agents that are limited to
            /// TLS 1.2 need an RSA certificate (`ecs-agent.md` §1.5).
            public var certificateChainPath: String
            /// The path of the certificate's private key, not encrypted.
            public var privateKeyPath: String

            /// Names the files; they are read when the server is created.
            public init(certificateChainPath: String, privateKeyPath: String) {
                self.certificateChainPath = certificateChainPath
                self.privateKeyPath = privateKeyPath
            }
        }

        /// The name or address to listen on.
        public var host: String
        /// The port to listen on; 0 takes a free one.
        public var port: Int
        /// TLS; nil serves plain HTTP.
        public var tls: TLS?
        /// The base URL under which agents reach the server, if it is not the one that they call the API by.
        public var advertisedURL: String?
        /// The largest body of a request, in bytes.
        public var maximumBodySize: Int = 1 << 20
        /// The largest message of an agent, in bytes of JSON.
        public var maximumMessageSize: Int = 1 << 20
        /// How many connections may be open. At the bound, new ones wait in the operating system's backlog.
        public var maximumConnections: Int = 16_384
        /// How many requests an HTTP/2 connection may have under way. A client that knows it and begins one more
        /// loses the connection.
        public var maximumConcurrentStreams: Int = 128
        /// How long a request may take to arrive, from the end of its headers on.
        public var requestTimeout: Duration = .seconds(30)
        /// How long a connection may be without a request; TLS's handshake and a request's headers count as well. Also
        /// how long a client may take to read an answer.
        public var idleTimeout: Duration = .seconds(75)
        /// After how long without a byte from the agent a session counts as broken; agents are pinged meanwhile.
        public var sessionIdleTimeout: Duration = .seconds(120)
        /// How long an agent may take to accept one message from the network.
        public var sendTimeout: Duration = .seconds(60)
        /// The time between two heartbeats on a telemetry session. Stock agents end one after 60 s of silence
        /// (`ecs-agent.md` §7.4).
        public var telemetryHeartbeatInterval: Duration = .seconds(30)
        /// How long a graceful shutdown waits for requests and sessions to end.
        public var shutdownTimeout: Duration = .seconds(5)

        /// Creates a configuration; everything else has a default and can be set afterwards.
        public init(
            host: String = "127.0.0.1", port: Int = 7070, tls: TLS? = nil, advertisedURL: String? = nil
        ) {
            self.host = host
            self.port = port
            self.tls = tls
            self.advertisedURL = advertisedURL
        }

        /// Finds settings that have no meaning.
        func check() throws(ServerError) {
            func require(_ holds: Bool, _ remedy: String) throws(ServerError) {
                if !holds { throw ServerError(code: .invalidConfiguration, message: remedy) }
            }
            try require((0...65535).contains(port), "the port is a number from 0 to 65535, not \(port)")
            try require(maximumConnections > 0, "maximumConnections must be positive")
            try require((1...65536).contains(maximumConcurrentStreams), "maximumConcurrentStreams is from 1 to 65536")
            // The decoder of WebSocket frames bounds both.
            let sizes = 1...(1 << 30)
            try require(sizes.contains(maximumBodySize), "maximumBodySize must be positive and at most 1 GiB")
            try require(sizes.contains(maximumMessageSize), "maximumMessageSize must be positive and at most 1 GiB")
            let durations = [
                requestTimeout, idleTimeout, sessionIdleTimeout, sendTimeout, telemetryHeartbeatInterval,
                shutdownTimeout,
            ]
            try require(durations.allSatisfy { $0 > .zero }, "every timeout and interval must be positive")
        }
    }

    /// Where a server listens.
    public struct Address: Sendable, Hashable, CustomStringConvertible {
        /// The address, as digits.
        public var host: String
        /// The port.
        public var port: Int
        /// Whether it speaks TLS.
        public var isSecure: Bool

        /// The base URL. With a wildcard address it is not one to call.
        public var url: String {
            let host = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
            return "\(isSecure ? "https" : "http")://\(host):\(port)"
        }

        /// The base URL.
        public var description: String { url }
    }
}
