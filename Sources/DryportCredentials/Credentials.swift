// SPDX-License-Identifier: Apache-2.0

public import DryportModel

/// A value that must never be printed: every description, debug description and mirror of it says
/// `redacted`. Only ``exposed`` gives it away, so that each use can be found by searching for that word.
public struct Redacted<Value: Sendable & Hashable>: Sendable, Hashable {
    /// The value itself.
    public let exposed: Value

    /// Wraps a value.
    public init(_ value: Value) { self.exposed = value }
}

extension Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text form.
    public var description: String { "redacted" }
    /// The text form.
    public var debugDescription: String { "redacted" }
    /// Shows no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// An access key with its secret, and a session token if it is temporary.
///
/// Not `Codable` on purpose: whoever stores credentials says so, member by member.
public struct Credentials: Sendable, Hashable {
    /// The access key id; not a secret.
    public var accessKeyID: String
    /// The secret access key.
    public var secretAccessKey: Redacted<String>
    /// The session token of temporary credentials.
    public var sessionToken: Redacted<String>?
    /// When temporary credentials end; nil for permanent ones.
    public var expiration: Timestamp?

    /// Creates credentials.
    public init(
        accessKeyID: String, secretAccessKey: Redacted<String>, sessionToken: Redacted<String>? = nil,
        expiration: Timestamp? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }
}
