// SPDX-License-Identifier: Apache-2.0

public import DryportModel

extension SignatureV4 {
    /// What the `Authorization` header of a request claims, before anything of it is believed.
    public struct Claim: Sendable, Hashable {
        /// The access key id, or a managed node's id (`mi-…`).
        public let accessKeyID: String
        /// The scope's day, `yyyymmdd`: eight decimal digits.
        public let date: String
        /// The scope's region.
        public let region: String
        /// The scope's service.
        public let service: String
        /// The names of the signed headers in lower case, in the client's order.
        public let signedHeaders: [String]
        /// The signature: hexadecimal, or base64 from a managed node's key.
        public let signature: String
        /// When the request says it was signed.
        public let requestTime: Timestamp
        /// The session token, if the request has one.
        public let sessionToken: Redacted<String>?

        /// Whether this is the claim of a managed node that signs with its key rather than with credentials.
        public var isManagedInstanceKey: Bool { accessKeyID.hasPrefix("mi-") }

        /// Reads a request's claim; the same as ``SignatureV4/parse(_:)``.
        public static func parse(_ request: SignableRequest) throws(SignatureError) -> Claim {
            try SignatureV4.parse(request)
        }
    }

    /// Reads what the `Authorization` header of a request claims. Header names match in any case.
    /// - Throws: ``SignatureError`` with code `MissingAuthenticationTokenException` if there is no such header, or
    ///   `IncompleteSignatureException` if it cannot be read; a presigned query string counts as such.
    /// - Complexity: O(size of the headers).
    public static func parse(_ request: SignableRequest) throws(SignatureError) -> Claim {
        var values = request.headers.lazy.filter { $0.isNamed("authorization") }.makeIterator()
        guard let header = values.next()?.value, header.utf8.contains(where: { $0 != ASCII.space }) else {
            if request.query.contains(where: { $0.name.lowercased() == "x-amz-algorithm" }) {
                throw .incomplete("Signatures in the query string are not supported: sign the Authorization header.")
            }
            throw .missingAuthenticationToken
        }
        guard values.next() == nil else { throw .incomplete("The request has more than one Authorization header.") }
        let parameters = try parameters(of: header)
        let time = try requestTime(of: request, parameters: parameters)
        let scope = try scope(of: parameters.credential)
        let names = parameters.signedHeaders.utf8.split(separator: UInt8(ascii: ";"))
            .map { String(decoding: $0.map(ASCII.lowercased), as: UTF8.self) }
        return Claim(
            accessKeyID: scope.keyID, date: scope.date, region: scope.region, service: scope.service,
            signedHeaders: names, signature: String(parameters.signature), requestTime: time,
            sessionToken: request.header("x-amz-security-token").map { Redacted(trimmed($0)) })
    }

    private struct Parameters {
        var credential: Substring = ""
        var signedHeaders: Substring = ""
        var signature: Substring = ""
    }

    private static func parameters(of header: String) throws(SignatureError) -> Parameters {
        let text = Substring(trimmed(header))
        let head = text.utf8.prefix { $0 != ASCII.space }
        guard Substring(head) == algorithm else {
            // The rest may be another scheme's password, so nothing of it is repeated.
            throw .incomplete("Unsupported algorithm in the Authorization header: use '\(algorithm)'.")
        }
        var parameters = Parameters()
        for part in text.utf8[head.endIndex...].split(separator: UInt8(ascii: ",")) {
            let pair = Substring(trimmed(Substring(part)))
            // The first `=` only: an RSA signature in base64 ends in more of them.
            guard let equals = pair.utf8.firstIndex(of: UInt8(ascii: "=")) else {
                if pair.isEmpty { continue }
                throw .incomplete("Invalid key=value pair (missing equal-sign) in Authorization header.")
            }
            let value = pair[pair.utf8.index(after: equals)...]
            let target: WritableKeyPath<Parameters, Substring>
            switch pair[..<equals] {
            case "Credential": target = \.credential
            case "SignedHeaders": target = \.signedHeaders
            case "Signature": target = \.signature
            default: continue
            }
            guard parameters[keyPath: target].isEmpty else {
                throw .incomplete("The Authorization header has '\(pair[..<equals])' more than once.")
            }
            parameters[keyPath: target] = value
        }
        return parameters
    }

    /// Also says everything that is missing, in AWS's one sentence per parameter.
    private static func requestTime(
        of request: SignableRequest, parameters: Parameters
    ) throws(SignatureError) -> Timestamp {
        var missing: [String] = []
        if parameters.credential.isEmpty { missing.append("Authorization header requires 'Credential' parameter.") }
        if parameters.signature.isEmpty { missing.append("Authorization header requires 'Signature' parameter.") }
        if parameters.signedHeaders.isEmpty {
            missing.append("Authorization header requires 'SignedHeaders' parameter.")
        }
        let amzDate = request.header("x-amz-date")
        let date = amzDate ?? request.header("date")
        if date == nil {
            missing.append(
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
        }
        guard missing.isEmpty, let date else {
            throw .incomplete(missing.joined(separator: " ") + " Authorization=\(algorithm) [redacted]")
        }
        let text = Substring(trimmed(date))
        guard let time = amzDate == nil ? SignatureDate.parseHeader(text) : SignatureDate.parseBasic(text) else {
            throw .incomplete(
                "Date must be in ISO-8601 'basic format'. Got '\(text.prefix(40))'. "
                    + "See http://en.wikipedia.org/wiki/ISO_8601")
        }
        return time
    }

    private static func scope(
        of credential: Substring
    ) throws(SignatureError) -> (keyID: String, date: String, region: String, service: String) {
        let parts = credential.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5, parts.allSatisfy({ !$0.isEmpty }) else {
            throw .incomplete(
                "Credential must have exactly 5 slash-delimited elements, "
                    + "e.g. keyid/date/region/service/term, got \(parts.count).")
        }
        guard parts[4] == "aws4_request" else {
            throw .invalid("Credential should be scoped with a valid terminator: 'aws4_request'.")
        }
        guard parts[1].utf8.count == 8, parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .invalid("Date in Credential scope must have the form YYYYMMDD.")
        }
        return (String(parts[0]), String(parts[1]), String(parts[2]), String(parts[3]))
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var bytes = Substring(text)
        while let first = bytes.utf8.first, first == ASCII.space || first == ASCII.tab { bytes.removeFirst() }
        while let last = bytes.utf8.last, last == ASCII.space || last == ASCII.tab { bytes.removeLast() }
        return String(bytes)
    }
}

extension SignatureV4.Claim: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text form.
    public var description: String {
        "Claim(\(accessKeyID)/\(date)/\(region)/\(service), signed \(SignatureDate.format(requestTime)))"
    }
    /// The text form.
    public var debugDescription: String { description }
    /// Shows no secret.
    public var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "accessKeyID": accessKeyID, "date": date, "region": region, "service": service,
                "signedHeaders": signedHeaders, "requestTime": requestTime,
            ], displayStyle: .struct)
    }
}
