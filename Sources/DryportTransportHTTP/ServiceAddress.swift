// SPDX-License-Identifier: Apache-2.0

import DryportTransport
import NIOCore

/// A base URL, taken apart as far as connecting and signing need it.
struct ServiceAddress: Sendable, Hashable {
    /// The URL as it was given.
    let url: String
    let isSecure: Bool
    /// Without the brackets of an IPv6 address, as one connects to it.
    let host: String
    let port: Int
    /// Begins with `/` and does not end with one, or is empty.
    let path: String
    /// The `Host` header: with the port unless it is the scheme's default.
    let hostHeader: String

    /// Takes a URL apart.
    /// - Throws: ``TransportError`` with code `invalidEndpoint` if it is not an `http`, `https`, `ws` or `wss` URL of
    ///   a host with at most a port and a path.
    init(_ url: String) throws(TransportError) {
        self.url = url
        func invalid(_ problem: String) -> TransportError {
            TransportError(
                code: .invalidEndpoint,
                message: "the endpoint '\(url)' \(problem); give one like https://host or http://host:7070/path")
        }
        guard let separator = url.utf8.firstRange(of: "://".utf8) else { throw invalid("has no scheme") }
        switch url[..<separator.lowerBound].lowercased() {
        case "http", "ws": isSecure = false
        case "https", "wss": isSecure = true
        default: throw invalid("has an unknown scheme")
        }
        let rest = url[separator.upperBound...]
        let isPlain = rest.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isPlain, !rest.contains(where: { "?#\\".contains($0) }) else {
            throw invalid("has a query, a fragment, or a character that must be encoded")
        }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash]
        guard !authority.contains("@") else { throw invalid("contains a user name") }
        var path = rest[slash...]
        while path.last == "/" { path.removeLast() }
        self.path = String(path)

        let name: Substring
        let portText: Substring?
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { throw invalid("has an unfinished IPv6 address") }
            name = authority[authority.index(after: authority.startIndex)..<end]
            let tail = authority[authority.index(after: end)...]
            guard tail.isEmpty || tail.first == ":" else { throw invalid("has something behind its IPv6 address") }
            portText = tail.isEmpty ? nil : tail.dropFirst()
        } else {
            let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            name = parts.first ?? ""
            portText = parts.count > 1 ? parts[1] : nil
        }
        guard !name.isEmpty else { throw invalid("has no host") }
        let defaultPort = isSecure ? 443 : 80
        guard let portText else {
            (host, port) = (String(name), defaultPort)
            hostHeader = authority.first == "[" ? "[\(name)]" : String(name)
            return
        }
        guard let port = Int(portText), (1...65535).contains(port) else { throw invalid("has no valid port") }
        (host, self.port) = (String(name), port)
        let shownHost = authority.first == "[" ? "[\(name)]" : String(name)
        hostHeader = port == defaultPort ? shownHost : "\(shownHost):\(port)"
    }

    /// Whether the host is an IP address, which TLS must not name in SNI.
    var isNumeric: Bool { (try? SocketAddress(ipAddress: host, port: port)) != nil }
}
