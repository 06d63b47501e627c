// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `--listen HOST:PORT`; an IPv6 address stands in brackets.
struct ListenAddress {
    var host: String
    var port: Int

    init(_ text: String) throws {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port), colon != text.startIndex
        else {
            throw UsageError("--listen \(text): not HOST:PORT, such as 127.0.0.1:7070")
        }
        let host = text[..<colon]
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
        self.port = port
    }
}
