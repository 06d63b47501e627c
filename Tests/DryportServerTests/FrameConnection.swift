// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportServer
import NIOCore
import NIOHPACK

/// A connection on which tests say exactly which frames of HTTP/2 go over it (RFC 9113).
struct FrameConnection {
    enum Kind: UInt8 {
        case data, headers, priority, reset, settings, push, ping, goAway, windowUpdate, continuation
    }

    enum ErrorCode {
        static let none = 0
        static let `protocol` = 1
        static let refusedStream = 7
        static let cancel = 8
        static let enhanceYourCalm = 11
    }

    enum Flag {
        static let acknowledgement: UInt8 = 1
        static let endStream: UInt8 = 1
        static let endHeaders: UInt8 = 4
    }

    /// What came on a stream.
    struct Stream {
        var interimStatuses: [String] = []
        var headers: [String: String] = [:]
        var names: [String] = []
        var body: [UInt8] = []
        /// Whether the answer is complete.
        var isEnded = false
        /// The code of its reset.
        var reset: Int?

        var status: Int? { headers[":status"].flatMap { Int($0) } }
        var text: String { String(decoding: body, as: UTF8.self) }
        var isOver: Bool { isEnded || reset != nil }
    }

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    var raw: RawConnection
    private(set) var streams: [Int: Stream] = [:]
    /// The server's settings.
    private(set) var settings: [Int: Int] = [:]
    /// The farewells: their last stream and their code.
    private(set) var farewells: [(lastStream: Int, code: Int)] = []
    private var decoder = HPACKDecoder(allocator: ByteBufferAllocator())
    /// What may be sent, on the whole connection and on each stream.
    private var windows: [Int: Int] = [:]
    private var pings = 0
    private var nextStream = 1

    init(_ raw: RawConnection) {
        self.raw = raw
    }

    // MARK: Sending

    static func frame(_ kind: Kind, flags: UInt8 = 0, stream: Int = 0, _ payload: [UInt8] = []) -> [UInt8] {
        let length = payload.count
        return [UInt8(length >> 16), UInt8(length >> 8 & 255), UInt8(length & 255), kind.rawValue, flags]
            + number(stream) + payload
    }

    /// The frame of a request's headers; the host comes as `:authority` if there is one.
    static func headers(_ request: APIFront.Request, stream: Int, isComplete: Bool) -> [UInt8] {
        var fields = [(":method", request.method), (":scheme", "http")]
        fields.append((":path", request.query.isEmpty ? request.path : "\(request.path)?\(request.query)"))
        if !request.host.isEmpty { fields.append((":authority", request.host)) }
        fields += request.headers.map { ($0.name.lowercased(), $0.value) }
        let flags = Flag.endHeaders | (isComplete ? Flag.endStream : 0)
        return frame(.headers, flags: flags, stream: stream, block(fields))
    }

    /// Fields as literals that are not indexed (RFC 7541 §6.2.2).
    static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { name, value in [0] + text(name) + text(value) }
    }

    private static func text(_ text: String) -> [UInt8] {
        var length = text.utf8.count
        guard length >= 127 else { return [UInt8(length)] + text.utf8 }
        var bytes: [UInt8] = [127]
        length -= 127
        while length >= 128 {
            bytes.append(UInt8(length & 127 | 128))
            length >>= 7
        }
        return bytes + [UInt8(length)] + text.utf8
    }

    static func number(_ value: Int) -> [UInt8] { (0..<4).reversed().map { UInt8(value >> ($0 * 8) & 255) } }

    /// Reserves the next stream.
    mutating func newStream() -> Int {
        defer { nextStream += 2 }
        return nextStream
    }

    /// Sends a request on a new stream, as far as the server lets it.
    mutating func send(_ request: APIFront.Request) async throws -> Int {
        let stream = newStream()
        try await raw.send(Self.headers(request, stream: stream, isComplete: request.body.isEmpty))
        if !request.body.isEmpty { try await send(body: request.body, stream: stream) }
        return stream
    }

    /// Sends a body within the server's windows, until it is sent or the stream is over.
    mutating func send(body: [UInt8], isLast: Bool = true, stream: Int) async throws {
        var rest = body[...]
        while !rest.isEmpty {
            try await receive { $0.window(of: stream) > 0 || $0.streams[stream]?.isOver == true }
            guard streams[stream]?.isOver != true else { return }
            let part = rest.prefix(min(16384, window(of: stream)))
            guard !part.isEmpty else { return }
            rest = rest.dropFirst(part.count)
            for id in [0, stream] { windows[id, default: 65535] -= part.count }
            let flags = isLast && rest.isEmpty ? Flag.endStream : 0
            try await send(.data, flags: flags, stream: stream, Array(part))
        }
    }

    private func window(of stream: Int) -> Int { min(windows[0, default: 65535], windows[stream, default: 65535]) }

    /// A request without a body larger than a frame.
    static func bytes(of request: APIFront.Request, stream: Int) -> [UInt8] {
        let isComplete = request.body.isEmpty
        let headers = headers(request, stream: stream, isComplete: isComplete)
        return isComplete ? headers : headers + frame(.data, flags: Flag.endStream, stream: stream, request.body)
    }

    func send(_ kind: Kind, flags: UInt8 = 0, stream: Int = 0, _ payload: [UInt8] = []) async throws {
        try await raw.send(Self.frame(kind, flags: flags, stream: stream, payload))
    }

    /// Begins the connection.
    func begin(settings: [(Int, Int)] = []) async throws {
        let payload = settings.flatMap { [UInt8(0), UInt8($0.0)] + Self.number($0.1) }
        try await raw.send(Self.preface + Self.frame(.settings, payload))
    }

    // MARK: Receiving

    /// Sends a request and waits for its answer, or for its end without one.
    mutating func answer(to request: APIFront.Request) async throws -> Stream {
        try await stream(try await send(request))
    }

    /// Waits for the end of a stream or of the connection.
    mutating func stream(_ id: Int) async throws -> Stream {
        try await receive { $0.streams[id]?.isOver ?? false }
        return streams[id] ?? Stream()
    }

    /// Whether the connection ends.
    mutating func isAtEnd() async throws -> Bool { try await !receive { _ in false } }

    /// Waits until the server has processed everything that was sent.
    mutating func settle() async throws {
        let expected = pings + 1
        try await send(.ping, Array(repeating: 0, count: 8))
        try await receive { $0.pings == expected }
    }

    /// Receives frames until a condition holds.
    /// - Returns: Whether it did before the end of the connection.
    @discardableResult
    mutating func receive(until condition: (Self) -> Bool) async throws -> Bool {
        while !condition(self) {
            guard let head = try await raw.bytes(9) else { return false }
            let length = head[..<3].reduce(0) { $0 << 8 | Int($1) }
            guard let payload = try await raw.bytes(length) else { return false }
            let stream = head[5...].reduce(0) { $0 << 8 | Int($1) }
            try await take(Kind(rawValue: head[3]), flags: head[4], stream: stream, payload)
        }
        return true
    }

    private mutating func take(_ kind: Kind?, flags: UInt8, stream: Int, _ payload: [UInt8]) async throws {
        func number(_ place: Int) -> Int { payload[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) } }
        switch kind {
        case .headers:
            var block = ByteBuffer(bytes: payload)
            let fields = try decoder.decodeHeaders(from: &block).map { ($0.name, $0.value) }
            if let status = fields.first?.1, status.hasPrefix("1") {
                streams[stream, default: Stream()].interimStatuses.append(status)
            } else {
                streams[stream, default: Stream()].headers = Dictionary(fields) { $1 }
                streams[stream]?.names = fields.map(\.0)
            }
        case .data: streams[stream, default: Stream()].body += payload
        case .reset: streams[stream, default: Stream()].reset = number(0)
        case .settings where flags & Flag.acknowledgement == 0:
            for place in stride(from: 0, to: payload.count, by: 6) {
                settings[Int(payload[place + 1])] = number(place + 2)
            }
            try? await send(.settings, flags: Flag.acknowledgement)
        case .ping where flags & Flag.acknowledgement != 0: pings += 1
        case .windowUpdate: windows[stream, default: 65535] += number(0)
        case .goAway: farewells.append((number(0), number(4)))
        default: break
        }
        if kind == .headers || kind == .data, flags & Flag.endStream != 0 { streams[stream]?.isEnded = true }
    }
}

/// Connects to a server on the loopback interface with HTTP/2, runs a body with the connection, and closes it.
func withFrameConnection<Result: Sendable>(
    to port: Int, settings: [(Int, Int)] = [], _ body: (inout FrameConnection) async throws -> Result
) async throws -> Result {
    try await withRawConnection(to: port) { raw in
        var connection = FrameConnection(raw)
        try await connection.begin(settings: settings)
        return try await body(&connection)
    }
}
