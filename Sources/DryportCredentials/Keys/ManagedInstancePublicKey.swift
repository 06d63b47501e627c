// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The public key that a managed node registers: RSA, 2048 to 8192 bits.
public struct ManagedInstancePublicKey: Sendable {
    /// Standard base64 of the DER SubjectPublicKeyInfo, as `RegisterManagedInstance` carries it
    /// (`ssm-agent.md` §1.3); 392 characters for 2048 bits.
    public let base64: String

    private let key: _RSA.Signing.PublicKey

    /// Reads a key.
    /// - Throws: ``ManagedInstanceKeyError``: `invalidEncoding` if the text is not base64 of the DER
    ///   SubjectPublicKeyInfo of an RSA key, `unsupportedSize` if the key is too small to trust or so large that
    ///   verifying with it would be an attack.
    public init(base64: String) throws(ManagedInstanceKeyError) {
        let invalid = ManagedInstanceKeyError(
            code: .invalidEncoding,
            message: "the public key is not base64 of a DER SubjectPublicKeyInfo of an RSA key")
        // 8192 bits take 1412 characters; whatever is much longer is not worth parsing.
        guard base64.utf8.count <= 2048, let der = Data(base64Encoded: base64) else { throw invalid }
        let key: _RSA.Signing.PublicKey
        do {
            key = try _RSA.Signing.PublicKey(unsafeDERRepresentation: der)
        } catch {
            throw invalid
        }
        guard key.keySizeInBits >= 2048, key.keySizeInBits <= 8192 else {
            throw ManagedInstanceKeyError(
                code: .unsupportedSize,
                message: "the public key has \(key.keySizeInBits) bits; 2048 to 8192 are supported, use RSA-2048")
        }
        // The parser also takes PKCS#1, which the protocol does not.
        guard key.derRepresentation == der else { throw invalid }
        self.base64 = base64
        self.key = key
    }

    /// Whether `signature` is RSASSA-PSS with SHA-256 of `bytes`.
    func isValid(signature: Data, for bytes: [UInt8]) -> Bool {
        key.isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: bytes), padding: .PSS)
    }
}

extension ManagedInstancePublicKey: Hashable {
    /// Whether both are the same.
    public static func == (left: ManagedInstancePublicKey, right: ManagedInstancePublicKey) -> Bool {
        left.base64 == right.base64
    }

    /// Feeds what equality compares to the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(base64)
    }
}

extension ManagedInstancePublicKey: Codable {
    /// Decodes ``base64`` and checks it as ``init(base64:)`` does.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        try self.init(base64: container.decode(String.self))
    }

    /// Encodes ``base64``.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(base64)
    }
}

extension ManagedInstancePublicKey: CustomStringConvertible {
    /// The text form.
    public var description: String { "ManagedInstancePublicKey(\(key.keySizeInBits) bits)" }
}
