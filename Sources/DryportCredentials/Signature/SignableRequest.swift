// SPDX-License-Identifier: Apache-2.0

import Crypto

/// What a signature covers of an HTTP request, whoever signs or verifies it.
public struct SignableRequest: Sendable, Hashable {
    /// The method in upper case, such as `POST`.
    public var method: String
    /// The `Host` header exactly as it is sent: with the port if the URL names one that is not its scheme's default.
    public var host: String
    /// The path as on the wire, percent-encoded and without the query. Empty means `/`.
    public var path: String
    /// The decoded query in any order.
    public var query: [QueryItem]
    /// The headers, several of one name in their order. `Host` may be left out: ``host`` is what counts.
    public var headers: [HTTPField]
    /// The SHA-256 of the body as 64 lower-case hexadecimal digits; ``emptyBodySHA256`` if there is no body.
    public var bodySHA256: String

    /// Creates a description of a request.
    public init(
        method: String, host: String, path: String, query: [QueryItem] = [], headers: [HTTPField] = [],
        bodySHA256: String = SignableRequest.emptyBodySHA256
    ) {
        self.method = method
        self.host = host
        self.path = path
        self.query = query
        self.headers = headers
        self.bodySHA256 = bodySHA256
    }

    /// The SHA-256 of no bytes.
    public static let emptyBodySHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// The SHA-256 of a body as 64 lower-case hexadecimal digits.
    /// - Complexity: O(count); contiguous bytes are not copied.
    public static func sha256Hex(_ bytes: some Sequence<UInt8>) -> String {
        var hash = SHA256()
        let wasContiguous: Void? = bytes.withContiguousStorageIfAvailable {
            hash.update(bufferPointer: UnsafeRawBufferPointer($0))
        }
        if wasContiguous == nil {
            Array(bytes).withUnsafeBytes { hash.update(bufferPointer: $0) }
        }
        var digits: [UInt8] = []
        digits.reserveCapacity(64)
        ASCII.appendHex(hash.finalize(), to: &digits)
        return String(decoding: digits, as: UTF8.self)
    }

    /// The first header of a name in lower case.
    func header(_ name: String) -> String? {
        headers.first { $0.isNamed(name) }?.value
    }
}
