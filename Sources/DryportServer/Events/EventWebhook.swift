// SPDX-License-Identifier: Apache-2.0

public import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A URL that gets each event in a POST with `Content-Type: application/json`.
///
/// Any status of the 200s is success. 408, 429 and the 500s, and every failure of the network, are tried again; other
/// statuses mean that the event is refused for good.
public struct EventWebhook: EventDestination {
    private let url: String
    private let client: HTTPClient

    /// Creates a destination.
    /// - Parameters:
    ///   - url: An `http` or `https` URL.
    ///   - client: Sends the requests. Whoever gives it shuts it down.
    public init(url: String, client: HTTPClient = .shared) {
        self.url = url
        self.client = client
    }

    /// Posts an event; at most ten seconds are waited for the answer.
    public func take(_ event: [UInt8]) async throws(EventDestinationError) {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(event)
        let status: UInt
        do {
            let response = try await client.execute(request, timeout: .seconds(10))
            // An answer's body is of no interest; it is read so that the connection can be used again.
            _ = try await response.body.collect(upTo: 1 << 16)
            status = response.status.code
        } catch {
            throw EventDestinationError(isRetryable: true, message: "the webhook cannot be reached: \(error)")
        }
        guard !(200..<300).contains(status) else { return }
        throw EventDestinationError(
            isRetryable: status >= 500 || status == 408 || status == 429,
            message: "the webhook answered with status \(status)")
    }
}
