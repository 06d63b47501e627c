// SPDX-License-Identifier: Apache-2.0

public import DryportTransport
import Synchronization

/// The server's end of a session, as a test server gives it to ``TransportConformanceService``.
public protocol TransportConformancePeer: Sendable {
    /// Sends one message.
    func send(_ text: String) async throws
    /// The client's messages, in order; ended or broken as those of ``DryportTransport/TransportSession``.
    var messages: AsyncThrowingStream<String, any Error> { get }
    /// Sends a close frame and waits a moment for the client's.
    func close(code: UInt16, reason: String) async
    /// Ends the connection without a close frame.
    func abort() async
    /// The code with which the session ended: the client's, or 1006 if the connection broke; nil while it is open.
    var closeCode: UInt16? { get }
}

/// What the test server behind a transport has to do: hand every request and every session to this object.
public final class TransportConformanceService: Sendable {
    private struct State {
        var endings: [String: UInt16] = [:]
        var waiting: [String: [CheckedContinuation<UInt16, Never>]] = [:]
    }

    private let state = Mutex(State())

    /// Creates the service of one run.
    public init() {}

    /// Answers a request. Cancel the task when the client goes away.
    public func respond(operation: String, body: [UInt8]) async -> ServiceResponse {
        switch operation {
        case "Echo":
            return ServiceResponse(status: 200, body: body, requestID: "request-of-\(operation)")
        case "Fail":
            let status = Int(String(decoding: body, as: UTF8.self)) ?? 200
            return ServiceResponse(status: status, body: Array(#"{"__type":"ClientException"}"#.utf8))
        case "Hang":
            // Longer than any check takes; ended by cancellation.
            try? await Task.sleep(for: .seconds(300))
            return ServiceResponse(status: 200, body: [])
        default:
            return ServiceResponse(status: 404, body: Array("no operation \(operation)".utf8))
        }
    }

    /// Whether a handshake is to be refused.
    /// - Returns: The answer to refuse it with; nil to accept it.
    public func refusal(of parameters: [String: String]) -> ServiceResponse? {
        guard parameters["behaviour"] == "refuse" else { return nil }
        return ServiceResponse(status: 403, body: Array(Self.refusalBody.utf8))
    }

    static let refusalBody = #"{"type":"InactiveInstanceException","message":{"message":"gone"}}"#

    /// Serves one session that was accepted. Returns when the session is over.
    public func serve(_ parameters: [String: String], _ peer: any TransportConformancePeer) async {
        do {
            switch parameters["behaviour"] {
            case "echo":
                for try await message in peer.messages { try await peer.send(message) }
            case "parameters":
                for key in parameters.keys.sorted() { try await peer.send("\(key)=\(parameters[key] ?? "")") }
                for try await _ in peer.messages {}
            case "flood":
                // At once, so that the first messages may share a packet with the answer to the handshake.
                for index in 0..<1000 { try await peer.send(Self.floodMessage(index)) }
                for try await _ in peer.messages {}
            case "close":
                await peer.close(code: UInt16(parameters["code"] ?? "") ?? 1000, reason: "as told")
            case "abort":
                try await peer.send("last words")
                // The client must have them before the connection breaks, or it may rightly lose them.
                for try await _ in peer.messages { break }
                await peer.abort()
            default:
                await peer.close(code: 4000, reason: "no such behaviour")
            }
        } catch {
            // How the session ended is told by its code.
        }
        if let id = parameters["id"] { ended(id, code: peer.closeCode ?? 0) }
    }

    static func floodMessage(_ index: Int) -> String {
        "\(index):" + String(repeating: "x", count: 1024)
    }

    private func ended(_ id: String, code: UInt16) {
        let waiting = state.withLock { state in
            state.endings[id] = code
            return state.waiting.removeValue(forKey: id) ?? []
        }
        for continuation in waiting { continuation.resume(returning: code) }
    }

    /// The code that the server saw at the end of a session, as soon as it has ended.
    func ending(of id: String) async -> UInt16 {
        await withCheckedContinuation { continuation in
            let code = state.withLock { state -> UInt16? in
                if let code = state.endings[id] { return code }
                state.waiting[id, default: []].append(continuation)
                return nil
            }
            if let code { continuation.resume(returning: code) }
        }
    }
}
