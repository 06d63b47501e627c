// SPDX-License-Identifier: Apache-2.0

import DryportMessages

/// The base URL under which a caller reached the server: what the caller wrote into `Host`, unless the server was
/// told how it is to be called. DiscoverPollEndpoint gives it to agents (`ecs-agent.md` §3).
struct CallerEndpoint: Sendable {
    private let scheme: String
    private let advertisedURL: String?

    /// - Throws: `ServerError` with code `invalidConfiguration` if the advertised URL is not `http` or `https`,
    ///   `://`, a host, and perhaps a port.
    init(isSecure: Bool, advertisedURL: String?) throws(ServerError) {
        scheme = isSecure ? "https://" : "http://"
        guard let advertisedURL else {
            self.advertisedURL = nil
            return
        }
        let url = advertisedURL.hasSuffix("/") ? String(advertisedURL.dropLast()) : advertisedURL
        let prefix = ["http://", "https://"].first { url.hasPrefix($0) }
        guard let prefix, Self.isHost(url.dropFirst(prefix.count)) else {
            throw ServerError(
                code: .invalidConfiguration,
                message: "'\(advertisedURL)' cannot be advertised; give a URL like https://cp.example:7070")
        }
        self.advertisedURL = url
    }

    /// The base URL, without a slash at its end.
    /// - Throws: `InvalidParameterException` if the `Host` header is missing or malformed.
    func url(host: String) throws(APIError) -> String {
        guard Self.isHost(host[...]) else {
            throw APIError(.invalidParameter, "The Host header is missing or does not name a host and a port.")
        }
        return advertisedURL ?? scheme + host
    }

    /// Whether a text is a name or an address with an optional port (RFC 9110 §7.2). Escapes and the rarer
    /// punctuation of RFC 3986 are refused: no resolver knows such names, and the text becomes part of URLs.
    static func isHost(_ text: Substring) -> Bool {
        let bytes = text.utf8
        guard (1...261).contains(bytes.count) else { return false }
        let rest: Substring.UTF8View
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = bytes[bytes.index(after: bytes.startIndex)..<end]
            guard address.count >= 2, address.allSatisfy(isAddressByte) else { return false }
            rest = bytes[bytes.index(after: end)...]
        } else {
            let end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
            guard end > bytes.startIndex, bytes[..<end].allSatisfy(isNameByte) else { return false }
            rest = bytes[end...]
        }
        if rest.isEmpty { return true }
        guard rest.first == UInt8(ascii: ":"), rest.dropFirst().allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(Substring(rest.dropFirst())), (1...65535).contains(port)
        else { return false }
        return true
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x3A, 0x41...0x46, 0x61...0x66, UInt8(ascii: "."): true
        default: false
        }
    }
}
