// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The private RSA key that a managed node registered, and by which it asks for credentials.
///
/// Descriptions and mirrors show nothing of it.
public struct ManagedInstanceKey: Sendable {
    /// The key as base64 of DER PKCS#1, the form in which the SSM agent stores it (`ssm-agent.md` §1.4 `privateKey`).
    public let privateKeyBase64: Redacted<String>
    /// The public half, as registered.
    public let publicKey: ManagedInstancePublicKey

    private let key: _RSA.Signing.PrivateKey

    /// Reads a stored key.
    /// - Parameter privateKeyBase64: Standard base64 of a DER PKCS#1 `RSAPrivateKey` of 2048 to 8192 bits.
    /// - Throws: ``ManagedInstanceKeyError`` with code `invalidEncoding` or `unsupportedSize`.
    public init(privateKeyBase64: Redacted<String>) throws(ManagedInstanceKeyError) {
        let parsed: _RSA.Signing.PrivateKey
        do {
            guard let der = Data(base64Encoded: privateKeyBase64.exposed) else { throw CryptoKitError.incorrectKeySize }
            parsed = try _RSA.Signing.PrivateKey(unsafeDERRepresentation: der)
        } catch {
            throw ManagedInstanceKeyError(
                code: .invalidEncoding,
                message: "the private key is not base64 of a DER RSAPrivateKey; register the node again")
        }
        try self.init(parsed)
    }

    /// Makes a new key of 2048 bits.
    ///
    /// Key generation draws on the system's randomness by nature and takes tens to hundreds of milliseconds.
    /// It is meant for shells; no machine of the core calls it.
    /// - Throws: ``ManagedInstanceKeyError`` with code `generationFailed`.
    public static func generate() throws(ManagedInstanceKeyError) -> ManagedInstanceKey {
        let made: _RSA.Signing.PrivateKey
        do {
            made = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        } catch {
            throw ManagedInstanceKeyError(
                code: .generationFailed, message: "no RSA key could be generated; check the system's random source")
        }
        return try ManagedInstanceKey(made)
    }

    private init(_ key: _RSA.Signing.PrivateKey) throws(ManagedInstanceKeyError) {
        self.key = key
        self.privateKeyBase64 = Redacted(key.derRepresentation.base64EncodedString())
        self.publicKey = try ManagedInstancePublicKey(base64: key.publicKey.derRepresentation.base64EncodedString())
    }

    /// RSASSA-PSS with SHA-256, MGF1-SHA-256 and a salt of 32 bytes, in standard base64.
    func signature(for bytes: [UInt8]) throws(ManagedInstanceKeyError) -> String {
        do {
            return try key.signature(for: SHA256.hash(data: bytes), padding: .PSS)
                .rawRepresentation.base64EncodedString()
        } catch {
            throw ManagedInstanceKeyError(
                code: .signingFailed, message: "the managed node's key cannot sign; register the node again")
        }
    }
}

extension ManagedInstanceKey: Hashable {
    /// Whether both are the same.
    public static func == (left: ManagedInstanceKey, right: ManagedInstanceKey) -> Bool {
        left.privateKeyBase64 == right.privateKeyBase64
    }

    /// Feeds what equality compares to the hasher.
    public func hash(into hasher: inout Hasher) {
        // Equal keys have equal public halves, and the public half is no secret.
        hasher.combine(publicKey)
    }
}

extension ManagedInstanceKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text form.
    public var description: String { "ManagedInstanceKey(redacted)" }
    /// The text form.
    public var debugDescription: String { description }
    /// Shows no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
