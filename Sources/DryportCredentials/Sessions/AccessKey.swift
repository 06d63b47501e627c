// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// A permanent access key of an administrator.
public struct AccessKey: Sendable, Hashable {
    /// The access key id: `AKIA` and 16 characters of A–Z and 2–7. Not a secret.
    public var id: String
    /// The secret access key: 40 characters of base64's alphabet.
    public var secret: Redacted<String>

    /// Creates an access key from its parts.
    public init(id: String, secret: Redacted<String>) {
        self.id = id
        self.secret = secret
    }

    /// Makes a new access key: 80 random bits of id, 240 of secret.
    /// - Parameter random: A cryptographically secure generator, outside of simulations.
    public static func generate(using random: inout some RandomNumberGenerator) -> AccessKey {
        AccessKey(id: "AKIA" + suffix(using: &random), secret: Redacted(random.characters(40, from: base64Alphabet)))
    }

    /// The key as credentials without end.
    public var credentials: Credentials {
        Credentials(accessKeyID: id, secretAccessKey: secret)
    }

    /// What follows the four letters of an access key id.
    static func suffix(using random: inout some RandomNumberGenerator) -> String {
        random.characters(16, from: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    }

    private static let base64Alphabet: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
}
