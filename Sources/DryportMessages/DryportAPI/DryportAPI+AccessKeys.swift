// SPDX-License-Identifier: Apache-2.0

public import DryportModel

// Access keys of administrators. A secret is in the answer that makes it and in no other.
extension DryportAPI {
    /// An administrator's access key, without its secret.
    public struct AccessKey: Codable, Sendable, Hashable {
        /// The access key id: `AKIA` and 16 characters of A–Z and 2–7. Not a secret.
        public var accessKeyId: String?
        /// Whose key it is, for people; absent for a bootstrap key.
        public var name: String?
        /// `ACTIVE`, or `INACTIVE` for a key that was revoked or has expired.
        public var status: String?
        /// Whether the server was started with the key, so that only whoever starts it can take it away.
        public var isBootstrap: Bool?
        /// When it was made; absent for a bootstrap key.
        public var createdAt: Timestamp?
        /// When it ends or ended; absent if it has no end yet.
        public var expiresAt: Timestamp?
        /// The id of the key whose place it has taken.
        public var rotatedFrom: String?

        /// Creates a description; a member that is not given is absent on the wire.
        public init(
            accessKeyId: String? = nil, name: String? = nil, status: String? = nil, isBootstrap: Bool? = nil,
            createdAt: Timestamp? = nil, expiresAt: Timestamp? = nil, rotatedFrom: String? = nil
        ) {
            self.accessKeyId = accessKeyId
            self.name = name
            self.status = status
            self.isBootstrap = isBootstrap
            self.createdAt = createdAt
            self.expiresAt = expiresAt
            self.rotatedFrom = rotatedFrom
        }
    }

    /// Makes an access key.
    ///
    /// Not idempotent: whoever has lost the answer revokes the key, since nobody can show its secret again.
    public struct CreateAccessKeyRequest: APIRequest {
        /// The answer.
        public typealias Response = DryportAPI.CreateAccessKeyResponse
        /// The service that has the operation.
        public static let service = APIService.dryport
        /// The operation's name.
        public static let operation = "CreateAccessKey"

        /// Whose key it is, for people: 1–64 letters, digits and `_+=,.@-`. Several keys may have one name. Required.
        public var name: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(name: String? = nil) {
            self.name = name
        }
    }

    /// The answer of CreateAccessKey. The secret never appears in a description or a mirror.
    public struct CreateAccessKeyResponse: Codable, Sendable, Hashable {
        /// The new key.
        public var accessKey: DryportAPI.AccessKey?
        /// Its secret, which nothing shows again; described as `redacted`.
        public var secretAccessKey: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(accessKey: DryportAPI.AccessKey? = nil, secretAccessKey: String? = nil) {
            self.accessKey = accessKey
            self.secretAccessKey = secretAccessKey
        }
    }

    /// Lists access keys: those that the server was started with, then the others by age. Ended ones are among them
    /// until newer keys need their place.
    public struct ListAccessKeysRequest: APIRequest {
        /// The answer.
        public typealias Response = DryportAPI.ListAccessKeysResponse
        /// The service that has the operation.
        public static let service = APIService.dryport
        /// The operation's name.
        public static let operation = "ListAccessKeys"

        /// How many to list at most, 1–100; 100 if absent.
        public var maxResults: Int?
        /// The token of the page before; absent for the first page.
        public var nextToken: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(maxResults: Int? = nil, nextToken: String? = nil) {
            self.maxResults = maxResults
            self.nextToken = nextToken
        }
    }

    /// The answer of ListAccessKeys.
    public struct ListAccessKeysResponse: Codable, Sendable, Hashable {
        /// The keys of this page.
        public var accessKeys: [DryportAPI.AccessKey]?
        /// The token of the next page; absent at the end.
        public var nextToken: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(accessKeys: [DryportAPI.AccessKey]? = nil, nextToken: String? = nil) {
            self.accessKeys = accessKeys
            self.nextToken = nextToken
        }
    }

    /// Makes an access key that takes the place of another, which ends.
    public struct RotateAccessKeyRequest: APIRequest {
        /// The answer.
        public typealias Response = DryportAPI.RotateAccessKeyResponse
        /// The service that has the operation.
        public static let service = APIService.dryport
        /// The operation's name.
        public static let operation = "RotateAccessKey"

        /// The id of the key to end. Required.
        public var accessKeyId: String?
        /// For how many seconds the old key goes on to be valid, 0–2,592,000 (30 days); 0 if absent.
        public var gracePeriodSeconds: Int?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(accessKeyId: String? = nil, gracePeriodSeconds: Int? = nil) {
            self.accessKeyId = accessKeyId
            self.gracePeriodSeconds = gracePeriodSeconds
        }
    }

    /// The answer of RotateAccessKey. The secret never appears in a description or a mirror.
    public struct RotateAccessKeyResponse: Codable, Sendable, Hashable {
        /// The new key, of the old one's name.
        public var accessKey: DryportAPI.AccessKey?
        /// Its secret, which nothing shows again; described as `redacted`.
        public var secretAccessKey: String?
        /// The old key, with its end.
        public var rotatedAccessKey: DryportAPI.AccessKey?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(
            accessKey: DryportAPI.AccessKey? = nil, secretAccessKey: String? = nil,
            rotatedAccessKey: DryportAPI.AccessKey? = nil
        ) {
            self.accessKey = accessKey
            self.secretAccessKey = secretAccessKey
            self.rotatedAccessKey = rotatedAccessKey
        }
    }

    /// Ends an access key at once. One that has ended already is answered as it is.
    public struct RevokeAccessKeyRequest: APIRequest {
        /// The answer.
        public typealias Response = DryportAPI.RevokeAccessKeyResponse
        /// The service that has the operation.
        public static let service = APIService.dryport
        /// The operation's name.
        public static let operation = "RevokeAccessKey"

        /// The id of the key. Required.
        public var accessKeyId: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(accessKeyId: String? = nil) {
            self.accessKeyId = accessKeyId
        }
    }

    /// The answer of RevokeAccessKey.
    public struct RevokeAccessKeyResponse: Codable, Sendable, Hashable {
        /// The key, with its end.
        public var accessKey: DryportAPI.AccessKey?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(accessKey: DryportAPI.AccessKey? = nil) {
            self.accessKey = accessKey
        }
    }
}
