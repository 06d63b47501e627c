// SPDX-License-Identifier: Apache-2.0

public import DryportCredentials
public import DryportMessages
public import DryportModel
import OrderedCollections

// Access keys of administrators. Secrets are derived, not stored; see `SessionCredentialIssuer`.

extension DryportAPI.CreateAccessKeyRequest: ControlPlaneRequest {
    /// Makes a key; its secret is in the answer and nowhere else.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> DryportAPI.CreateAccessKeyResponse {
        let name = try Check.required(name, "name")
        guard Self.isName(name) else {
            throw APIError(.invalidParameter, "Names of access keys have 1 to 64 letters, digits and _+=,.@-")
        }
        let (record, secret) = try plane.makeAccessKey(named: name, by: context.principal, at: now, using: &random)
        return DryportAPI.CreateAccessKeyResponse(
            accessKey: record.described(at: now.wall), secretAccessKey: secret.exposed)
    }

    /// Whether a text can be a key's name: what IAM allows as a user's. It can stand as a profile's name in a file of
    /// credentials.
    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "_+=,.@-".utf8.contains(byte)
                }
            }
    }
}

extension DryportAPI.ListAccessKeysRequest: ControlPlaneRequest {
    /// Lists the bootstrap keys, then the others in the order in which they were made.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> DryportAPI.ListAccessKeysResponse {
        let bootstrap = plane.configuration.bootstrapAccessKeyIDs.map { id in
            DryportAPI.AccessKey(accessKeyId: id, status: AccessKeyRecord.Status.active.rawValue, isBootstrap: true)
        }
        let stored = plane.account.accessKeys.values.filter { !plane.isBootstrap($0.id) }
            .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
            .map { $0.described(at: now.wall) }
        let page = try Page.cut(
            bootstrap + stored, after: nextToken, size: maxResults, maximum: 100, fallback: 100
        ) { $0.accessKeyId ?? "" }
        return DryportAPI.ListAccessKeysResponse(accessKeys: page.items, nextToken: page.next)
    }
}

extension DryportAPI.RotateAccessKeyRequest: ControlPlaneRequest {
    /// Makes a key of the same name, and lets the old one end now or after the grace period.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> DryportAPI.RotateAccessKeyResponse {
        var old = try plane.storedAccessKey(accessKeyId)
        let grace = gracePeriodSeconds ?? 0
        guard (0...Self.longestGrace).contains(grace) else {
            throw APIError(.invalidParameter, "gracePeriodSeconds must be between 0 and \(Self.longestGrace).")
        }
        guard !old.hasEnded(at: now.wall) else {
            throw APIError(.invalidParameter, "The access key \(old.id) has ended. Create a new one.")
        }
        let (record, secret) = try plane.makeAccessKey(
            named: old.name, rotatedFrom: old.id, by: context.principal, at: now, using: &random)
        let end = now.wall.advanced(by: .seconds(grace))
        old.expiresAt = old.expiresAt.map { min($0, end) } ?? end
        plane.account.put(old)
        plane.account.observations.append(.accessKeyChanged(id: old.id, .rotated, by: context.principal))
        return DryportAPI.RotateAccessKeyResponse(
            accessKey: record.described(at: now.wall), secretAccessKey: secret.exposed,
            rotatedAccessKey: old.described(at: now.wall))
    }

    /// 30 days. An old key that is valid for longer was not rotated.
    private static var longestGrace: Int { 30 * 24 * 3600 }
}

extension DryportAPI.RevokeAccessKeyRequest: ControlPlaneRequest {
    /// Ends a key: the next call that is signed with it is refused.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> DryportAPI.RevokeAccessKeyResponse {
        var key = try plane.storedAccessKey(accessKeyId)
        if !key.hasEnded(at: now.wall) {
            key.status = .inactive
            key.expiresAt = now.wall
            plane.account.put(key)
            plane.account.observations.append(.accessKeyChanged(id: key.id, .revoked, by: context.principal))
        }
        return DryportAPI.RevokeAccessKeyResponse(accessKey: key.described(at: now.wall))
    }
}

extension ControlPlaneMachine {
    /// Tells whether an administrator's access key that was made here may sign a request now.
    /// - Throws: ``SignatureError``: `UnrecognizedClientException` if there is no such key or it was revoked,
    ///   `ExpiredTokenException` if it has expired.
    public func requireAccessKey(_ id: String, at now: Timestamp) throws(SignatureError) {
        guard let key = account.accessKeys[id], key.status == .active else { throw .unrecognizedClient }
        guard !key.hasEnded(at: now) else { throw .expiredToken }
    }

    fileprivate func isBootstrap(_ id: String) -> Bool { configuration.bootstrapAccessKeyIDs.contains(id) }

    /// A key that the API can change.
    fileprivate func storedAccessKey(_ id: String?) throws(APIError) -> AccessKeyRecord {
        let id = try Check.required(id, "accessKeyId")
        guard !isBootstrap(id) else {
            throw APIError(
                .invalidParameter,
                "The access key \(id) is a bootstrap key. It ends when the server is started with another one.")
        }
        guard let key = account.accessKeys[id] else {
            // Not repeated: it may be a secret that was mistaken for an id.
            throw APIError(.resourceNotFound, "There is no access key of this id.")
        }
        return key
    }

    /// Makes a key, in the place of the one that ended first if there are as many as there may be.
    fileprivate mutating func makeAccessKey(
        named name: String, rotatedFrom: String? = nil, by principal: Principal, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> (AccessKeyRecord, Redacted<String>) {
        if account.accessKeys.count >= configuration.quotas.accessKeys {
            let ended = account.accessKeys.values.filter { $0.hasEnded(at: now.wall) }
            guard let first = ended.min(by: { ($0.end, $0.id) < ($1.end, $1.id) }) else {
                throw APIError(
                    .limitExceeded,
                    "There are \(account.accessKeys.count) access keys already, which is the limit. Revoke one.")
            }
            account.accessKeys[first.id] = nil
            account.changes.append(.delete(key: ControlPlaneRecord.accessKey(first).key))
        }
        let key = issuer.makeAccessKey(using: &random)
        let record = AccessKeyRecord(id: key.id, name: name, createdAt: now.wall, rotatedFrom: rotatedFrom)
        account.put(record)
        account.observations.append(.accessKeyChanged(id: key.id, .created, by: principal))
        return (record, key.secret)
    }
}

extension AccessKeyRecord {
    /// When a key that has ended did so.
    fileprivate var end: Timestamp { expiresAt ?? createdAt }

    fileprivate func described(at now: Timestamp) -> DryportAPI.AccessKey {
        let status = hasEnded(at: now) ? Status.inactive : .active
        return DryportAPI.AccessKey(
            accessKeyId: id, name: name, status: status.rawValue, isBootstrap: false, createdAt: createdAt,
            expiresAt: expiresAt, rotatedFrom: rotatedFrom)
    }
}
