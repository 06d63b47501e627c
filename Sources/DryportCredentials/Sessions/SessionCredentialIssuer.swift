// SPDX-License-Identifier: Apache-2.0

import Crypto
public import DryportModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Issues and recognises credentials without storing any: temporary ones, and administrators' access keys.
///
/// The session token is a claim sealed under the master key: who, until when, and for which access key id. The
/// secret is derived from the master key and the access key id, so that it need not travel in the token. Every
/// control plane that holds the master key recognises what another one issued, also after a restart.
///
/// The secret of an access key is derived likewise, under a key of its own: the first 30 bytes of HMAC-SHA-256 over the
/// access key id, as base64. So the caller keeps ids only, and a record of one that leaks opens nothing without the
/// master key.
///
/// Nothing can be revoked here: whether a principal or an access key still exists, the caller asks its own state.
///
/// To rotate the master key, put a new one first and keep the previous ones for as long as what they issued lives;
/// access keys live until they are rotated or revoked.
public struct SessionCredentialIssuer: Sendable {
    private struct Keys: Sendable {
        let token: SymmetricKey
        let secret: SymmetricKey
        let accessKey: SymmetricKey

        /// Independent keys, so that nothing learned about one use helps against the others.
        init(master: Redacted<[UInt8]>) {
            precondition(master.exposed.count == 32, "a master key has 32 bytes")
            let master = SymmetricKey(data: master.exposed)
            token = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: master, info: Array("dryport session token 1".utf8), outputByteCount: 32)
            secret = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: master, info: Array("dryport session secret 1".utf8), outputByteCount: 32)
            accessKey = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: master, info: Array("dryport access key secret 1".utf8), outputByteCount: 32)
        }

        /// 30 bytes of key stream, which are 40 characters of base64.
        func secretAccessKey(for accessKeyID: String) -> Redacted<String> {
            let key = HKDF<SHA256>.expand(
                pseudoRandomKey: secret, info: Array(accessKeyID.utf8), outputByteCount: 30)
            return Redacted(key.withUnsafeBytes { Data($0) }.base64EncodedString())
        }

        /// 240 bits, which are 40 characters of base64.
        func secret(ofAccessKey id: String) -> Redacted<String> {
            let code = HMAC<SHA256>.authenticationCode(for: Array(id.utf8), using: accessKey)
            return Redacted(Data(code.prefix(30)).base64EncodedString())
        }
    }

    private let keys: [Keys]

    /// Creates an issuer with one master key.
    /// - Precondition: The key has 32 bytes, from a cryptographically secure generator.
    public init(masterKey: Redacted<[UInt8]>) {
        self.init(masterKeys: [masterKey])
    }

    /// Creates an issuer that issues with the first master key and recognises what any of them issued.
    /// - Precondition: There is at least one key, and each has 32 bytes.
    public init(masterKeys: [Redacted<[UInt8]>]) {
        precondition(!masterKeys.isEmpty, "an issuer has at least one master key")
        keys = masterKeys.map { Keys(master: $0) }
    }

    /// Issues temporary credentials.
    /// - Parameters:
    ///   - principal: For whom; ``resolve(accessKeyID:sessionToken:at:)`` tells it again.
    ///   - lifetime: How long they are valid from `now`.
    ///   - random: A cryptographically secure generator, outside of simulations: the access key id and the seal's
    ///     nonce (96 bits; see the bound of 2³² tokens per master key in NIST SP 800-38D §8.3) come from it.
    /// - Complexity: O(length of the principal).
    public func issue(
        to principal: Principal, lifetime: Duration, at now: Timestamp, using random: inout some RandomNumberGenerator
    ) -> Credentials {
        let accessKeyID = "ASIA" + AccessKey.suffix(using: &random)
        let expiration = now.advanced(by: lifetime)
        let nonce = (0..<12).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let claim = SessionClaim(principal: principal, expiration: expiration)
        var token = Data([SessionClaim.version])
        do {
            let box = try AES.GCM.seal(
                claim.encoded, using: keys[0].token, nonce: AES.GCM.Nonce(data: nonce),
                authenticating: Array(accessKeyID.utf8))
            token += nonce
            token += box.ciphertext
            token += box.tag
        } catch {
            // The sizes of key and nonce are fixed above, and nothing else can go wrong.
            preconditionFailure("AES-GCM refused a key of 32 bytes and a nonce of 12 bytes")
        }
        return Credentials(
            accessKeyID: accessKeyID, secretAccessKey: keys[0].secretAccessKey(for: accessKeyID),
            sessionToken: Redacted(token.base64EncodedString()), expiration: expiration)
    }

    /// Tells to whom temporary credentials were issued, and the secret to verify their signatures with.
    /// - Throws: ``SignatureError``: `UnrecognizedClientException` if no master key issued this token for this
    ///   access key id, `ExpiredTokenException` if it has ended.
    /// - Complexity: O(length of the token · number of master keys).
    public func resolve(
        accessKeyID: String, sessionToken: Redacted<String>, at now: Timestamp
    ) throws(SignatureError) -> (principal: Principal, secret: Redacted<String>, expiration: Timestamp) {
        guard let token = Data(base64Encoded: sessionToken.exposed), token.count > 1 + 12 + 16,
            token.first == SessionClaim.version,
            let box = try? AES.GCM.SealedBox(combined: token.dropFirst())
        else { throw .unrecognizedClient }
        for key in keys {
            guard let opened = try? AES.GCM.open(box, using: key.token, authenticating: Array(accessKeyID.utf8)),
                let claim = SessionClaim(Array(opened))
            else { continue }
            guard now < claim.expiration else { throw .expiredToken }
            return (claim.principal, key.secretAccessKey(for: accessKeyID), claim.expiration)
        }
        throw .unrecognizedClient
    }

    /// Makes an administrator's access key. The caller keeps its id, and nothing else.
    /// - Parameter random: A cryptographically secure generator, outside of simulations. Only the id, 80 bits, comes
    ///   from it: the secret is as good as the master key.
    public func makeAccessKey(using random: inout some RandomNumberGenerator) -> AccessKey {
        let id = "AKIA" + AccessKey.suffix(using: &random)
        return AccessKey(id: id, secret: keys[0].secret(ofAccessKey: id))
    }

    /// The secrets that an access key of ``makeAccessKey(using:)`` can have: one for each master key, in their order.
    /// - Parameter id: The access key id. Whether that was ever made, the caller looks up.
    /// - Complexity: O(number of master keys).
    public func secrets(ofAccessKey id: String) -> [Redacted<String>] {
        keys.map { $0.secret(ofAccessKey: id) }
    }
}

extension SessionCredentialIssuer: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text form.
    public var description: String { "SessionCredentialIssuer(redacted)" }
    /// The text form.
    public var debugDescription: String { description }
    /// Shows no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
