// SPDX-License-Identifier: Apache-2.0

import Crypto
public import DryportModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// AWS Signature Version 4 in the `Authorization` header: signing, reading and verifying, and the variant that
/// managed nodes sign with an RSA key (`ssm-agent.md` §3.2).
///
/// The rules are those of every service but S3: a path is normalised and its wire form encoded once more.
/// Presigned query strings and streaming payloads are not part of ECS's and SSM's protocols and are refused.
public enum SignatureV4: Sendable {
    /// The algorithm's label, which the RSA variant keeps.
    public static let algorithm = "AWS4-HMAC-SHA256"

    /// What the credential scope of a request must say to be meant for this server.
    public struct Scope: Sendable, Hashable {
        /// The region.
        public var region: String
        /// The services that may be named, such as `ecs`; messages name them in this order.
        public var services: [String]

        /// Creates a scope.
        public init(region: String, services: [String]) {
            self.region = region
            self.services = services
        }
    }

    /// Signs a request with an access key.
    ///
    /// Signed are `host`, `x-amz-date`, `x-amz-security-token` and every given header but `authorization`,
    /// `user-agent` and those of the connection (`connection`, `transfer-encoding`, `sec-websocket-…` and the like),
    /// which proxies and HTTP libraries change.
    /// - Returns: The headers to add: `X-Amz-Date`, `X-Amz-Security-Token` if the credentials have a session token,
    ///   and `Authorization`. Headers of these names that the request already has are not signed; drop them.
    /// - Complexity: O(size of the headers), and five HMACs.
    public static func sign(
        _ request: SignableRequest, with credentials: Credentials, region: String, service: String, at now: Timestamp
    ) -> [HTTPField] {
        let time = SignatureDate.format(now)
        let date = String(time.prefix(8))
        var added = [HTTPField(name: "X-Amz-Date", value: time)]
        if let token = credentials.sessionToken {
            added.append(HTTPField(name: "X-Amz-Security-Token", value: token.exposed))
        }
        var signed = request
        signed.headers.removeAll { isReplaced($0) }
        signed.headers += added
        let names = signableNames(of: signed)
        let key = SigningKey(
            secret: credentials.secretAccessKey, date: date, region: region, service: service)
        let toSign = Canonical.stringToSign(
            Canonical.request(signed, signedHeaders: names), time: time, date: date, region: region, service: service)
        var signature: [UInt8] = []
        ASCII.appendHex(HMAC<SHA256>.authenticationCode(for: toSign, using: key.key), to: &signature)
        added.append(
            authorization(
                keyID: credentials.accessKeyID, scope: "\(date)/\(region)/\(service)/aws4_request", names: names,
                signature: String(decoding: signature, as: UTF8.self)))
        return added
    }

    /// Signs a request of a managed node with the key of its registration, for the service `ssm`
    /// (`ssm-agent.md` §3.2).
    ///
    /// Exactly `content-type`, `host`, `x-amz-date` and `x-amz-target` are signed, as far as the request has them.
    /// The signature is RSASSA-PSS with SHA-256 and a salt of 32 bytes. The salt is the system's random bytes, so two
    /// signatures of one request differ: this function, alone among those that sign, is not reproducible.
    /// - Returns: The headers to add: `X-Amz-Date`, `X-Amz-Content-Sha256` (sent but not signed) and `Authorization`.
    /// - Throws: ``ManagedInstanceKeyError`` with code `signingFailed` if the key cannot sign.
    public static func signManagedInstance(
        _ request: SignableRequest, id: String, key: ManagedInstanceKey, region: String, at now: Timestamp
    ) throws(ManagedInstanceKeyError) -> [HTTPField] {
        let time = SignatureDate.format(now)
        let date = String(time.prefix(8))
        var added = [HTTPField(name: "X-Amz-Date", value: time)]
        var signed = request
        signed.headers.removeAll { isReplaced($0) }
        signed.headers += added
        let names = ["content-type", "host", "x-amz-date", "x-amz-target"]
            .filter { $0 == "host" || signed.header($0) != nil }
        let toSign = Canonical.stringToSign(
            Canonical.request(signed, signedHeaders: names), time: time, date: date, region: region, service: "ssm")
        added.append(HTTPField(name: "X-Amz-Content-Sha256", value: request.bodySHA256))
        added.append(
            authorization(
                keyID: id, scope: "\(date)/\(region)/ssm/aws4_request", names: names,
                signature: try key.signature(for: toSign)))
        return added
    }

    /// Derives the key with which ``verify(_:claim:signingKey:at:maximumSkew:scope:)`` verifies requests of one
    /// access key, day, region and service. Keep it as long as the secret is valid, at most for its day.
    /// - Parameter date: The day, `yyyymmdd` in UTC, as ``Claim/date`` has it.
    public static func signingKey(
        secret: Redacted<String>, date: String, region: String, service: String
    ) -> SigningKey {
        SigningKey(secret: secret, date: date, region: region, service: service)
    }

    private static func authorization(keyID: String, scope: String, names: [String], signature: String) -> HTTPField {
        let signedHeaders = names.joined(separator: ";")
        return HTTPField(
            name: "Authorization",
            value: "\(algorithm) Credential=\(keyID)/\(scope), SignedHeaders=\(signedHeaders), Signature=\(signature)")
    }

    /// Headers that signing makes itself.
    private static func isReplaced(_ field: HTTPField) -> Bool {
        field.isNamed("x-amz-date") || field.isNamed("x-amz-security-token") || field.isNamed("authorization")
    }

    /// Sorted, in lower case, each once, `host` among them.
    private static func signableNames(of request: SignableRequest) -> [String] {
        var names = ["host"]
        for field in request.headers {
            let name = field.name.lowercased()
            if !unsignedHeaders.contains(name), !name.hasPrefix("sec-websocket-"), !names.contains(name) {
                names.append(name)
            }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static let unsignedHeaders: Set<String> = [
        "authorization", "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization",
        "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id",
    ]
}
