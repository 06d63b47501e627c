// SPDX-License-Identifier: Apache-2.0

import Crypto

/// SigV4's two intermediate texts, as bytes. They may contain a session token, so they never leave this module.
enum Canonical {
    /// The canonical request: method, path, query, the signed headers, their names, and the body's digest.
    /// - Parameter signedHeaders: Names in lower case, in the order in which they are signed. One that the request
    ///   does not have is signed as an empty value.
    static func request(_ request: SignableRequest, signedHeaders: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        bytes += request.method.utf8
        bytes.append(ASCII.newline)
        appendPath(request.path, to: &bytes)
        bytes.append(ASCII.newline)
        QueryItem.appendCanonical(request.query, to: &bytes)
        bytes.append(ASCII.newline)
        for name in signedHeaders {
            bytes += name.utf8
            bytes.append(UInt8(ascii: ":"))
            if name == "host" {
                appendValue(request.host, to: &bytes)
            } else {
                appendValues(of: name, in: request, to: &bytes)
            }
            bytes.append(ASCII.newline)
        }
        bytes.append(ASCII.newline)
        for (index, name) in signedHeaders.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ";")) }
            bytes += name.utf8
        }
        bytes.append(ASCII.newline)
        bytes += request.bodySHA256.utf8
        return bytes
    }

    /// The string to sign: label, time, scope, and the canonical request's digest.
    static func stringToSign(
        _ canonicalRequest: [UInt8], time: String, date: String, region: String, service: String
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(192)
        bytes += SignatureV4.algorithm.utf8
        bytes.append(ASCII.newline)
        bytes += time.utf8
        bytes.append(ASCII.newline)
        for part in [date, region, service] {
            bytes += part.utf8
            bytes.append(ASCII.slash)
        }
        bytes += "aws4_request\n".utf8
        var hash = SHA256()
        canonicalRequest.withUnsafeBytes { hash.update(bufferPointer: $0) }
        ASCII.appendHex(hash.finalize(), to: &bytes)
        return bytes
    }

    /// Values of one name are joined by a comma in the order of the request.
    private static func appendValues(of name: String, in request: SignableRequest, to bytes: inout [UInt8]) {
        var isFirst = true
        for field in request.headers where field.isNamed(name) {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            appendValue(field.value, to: &bytes)
        }
    }

    /// Trimmed, and runs of spaces collapsed to one.
    private static func appendValue(_ value: String, to bytes: inout [UInt8]) {
        var pendingSpace = false
        var isEmpty = true
        var text = value.utf8[...]
        while let last = text.last, last == ASCII.space || last == ASCII.tab { text.removeLast() }
        for byte in text {
            if byte == ASCII.space || (isEmpty && byte == ASCII.tab) {
                pendingSpace = !isEmpty
            } else {
                if pendingSpace { bytes.append(ASCII.space) }
                pendingSpace = false
                isEmpty = false
                bytes.append(byte)
            }
        }
    }

    /// Empty, `.` and `..` segments are resolved, then the wire form is encoded once more, `/` excepted.
    private static func appendPath(_ path: String, to bytes: inout [UInt8]) {
        // Every JSON call and every handshake of the protocols has a path without anything to resolve or encode.
        if path == "/" || path.isEmpty {
            bytes.append(ASCII.slash)
            return
        }
        var segments: [Substring.UTF8View] = []
        for segment in path[...].utf8.split(separator: ASCII.slash) {
            if segment.elementsEqual("..".utf8) {
                _ = segments.popLast()
            } else if !segment.elementsEqual(".".utf8) {
                segments.append(segment)
            }
        }
        for segment in segments {
            bytes.append(ASCII.slash)
            ASCII.appendPercentEncoded(segment, keepingSlash: true, to: &bytes)
        }
        if segments.isEmpty || path.utf8.last == ASCII.slash { bytes.append(ASCII.slash) }
    }
}
