// SPDX-License-Identifier: Apache-2.0

public import DryportModel

/// An administrator's access key without its secret, which is derived from the control plane's master key: the record
/// alone lets nobody in.
public struct AccessKeyRecord: Sendable, Hashable, Codable {
    /// Whether a key can be used, apart from its end.
    public enum Status: String, Sendable, Hashable, Codable {
        /// Until it ends.
        case active = "ACTIVE"
        /// It was revoked.
        case inactive = "INACTIVE"
    }

    /// The access key id: `AKIA` and 16 characters of A–Z and 2–7.
    public var id: String
    /// Whose key it is, for people.
    public var name: String
    /// When it was made.
    public var createdAt: Timestamp
    /// Whether it was revoked.
    public var status: Status
    /// When it ends or has ended; nil if it has no end yet. A revoked key ended when it was revoked.
    public var expiresAt: Timestamp?
    /// The id of the key whose place it has taken.
    public var rotatedFrom: String?

    /// Creates a record.
    public init(
        id: String, name: String, createdAt: Timestamp, status: Status = .active, expiresAt: Timestamp? = nil,
        rotatedFrom: String? = nil
    ) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
        self.status = status
        self.expiresAt = expiresAt
        self.rotatedFrom = rotatedFrom
    }

    /// Whether it cannot be used any more.
    func hasEnded(at now: Timestamp) -> Bool { status == .inactive || expiresAt.map { $0 <= now } ?? false }
}
