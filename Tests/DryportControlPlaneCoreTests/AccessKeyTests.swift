// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
import DryportModel
import Testing

/// Administrators' access keys, from the first to the last call that is signed with one.
@Suite struct AccessKeyTests {
    var bench: Bench

    init() {
        var configuration = ControlPlaneConfiguration()
        configuration.bootstrapAccessKeyIDs = ["AKIABOOTSTRAP"]
        configuration.quotas.accessKeys = 4
        bench = Bench(configuration: configuration)
    }

    private mutating func create(_ name: String = "anna") throws -> (id: String, secret: String) {
        let answer = try bench.call(DryportAPI.CreateAccessKeyRequest(name: name))
        bench.pass(.seconds(1))
        return (try #require(answer.accessKey?.accessKeyId), try #require(answer.secretAccessKey))
    }

    private mutating func rotate(_ id: String, grace: Int? = nil) throws -> DryportAPI.RotateAccessKeyResponse {
        try bench.call(DryportAPI.RotateAccessKeyRequest(accessKeyId: id, gracePeriodSeconds: grace))
    }

    private mutating func list() throws -> [DryportAPI.AccessKey] {
        try bench.call(DryportAPI.ListAccessKeysRequest()).accessKeys ?? []
    }

    /// Why a call that is signed with a key is refused now; nil if it is not.
    private func refusal(_ id: String) -> SignatureError? {
        do throws(SignatureError) {
            try bench.machine.requireAccessKey(id, at: bench.now.wall)
            return nil
        } catch {
            return error
        }
    }

    // MARK: Life

    @Test mutating func aKeyHasTheFormOfAWSAndASecretThatCanBeDerived() throws {
        let (id, secret) = try create()
        #expect(id.wholeMatch(of: /AKIA[A-Z2-7]{16}/) != nil)
        #expect(secret.wholeMatch(of: /[A-Za-z0-9+\/]{40}/) != nil)
        #expect(Bench.issuer.secrets(ofAccessKey: id) == [Redacted(secret)])
        #expect(refusal(id) == nil)
        #expect(refusal("AKIANOBODY") == .unrecognizedClient)
        let other = try create()
        #expect(other.id != id && other.secret != secret)
    }

    /// Neither stored, nor said again, nor observed.
    @Test mutating func theSecretIsInOneAnswerOnly() throws {
        let made = try create()
        let rotated = try rotate(made.id, grace: 60)
        try bench.call(DryportAPI.RevokeAccessKeyRequest(accessKeyId: made.id))
        let secrets = [made.secret, try #require(rotated.secretAccessKey)]
        var said = "\(try list()) \(bench.observations) \(rotated)"
        dump(bench.observations, to: &said)
        for bytes in bench.stored.values { said += String(decoding: bytes, as: UTF8.self) }
        for secret in secrets { #expect(!said.contains(secret)) }
        #expect(said.contains(made.id))
    }

    @Test mutating func aRevokedKeyEndsAtOnce() throws {
        let (id, _) = try create()
        let revoked = try bench.call(DryportAPI.RevokeAccessKeyRequest(accessKeyId: id)).accessKey
        #expect(refusal(id) == .unrecognizedClient)
        #expect(revoked?.status == "INACTIVE" && revoked?.expiresAt == bench.now.wall)
        bench.pass(.seconds(60))
        // Once more is no error, and changes nothing.
        let stored = bench.stored
        #expect(try bench.call(DryportAPI.RevokeAccessKeyRequest(accessKeyId: id)).accessKey == revoked)
        #expect(bench.stored == stored)
        #expect(bench.refusal(of: DryportAPI.RotateAccessKeyRequest(accessKeyId: id)) == .invalidParameter)
    }

    @Test mutating func aRotatedKeyEndsNowOrAfterTheGracePeriod() throws {
        let (id, _) = try create()
        let second = try rotate(id, grace: 60)
        let end = bench.now.wall.advanced(by: .seconds(60))
        #expect(second.accessKey?.name == "anna" && second.accessKey?.rotatedFrom == id)
        #expect(second.accessKey?.status == "ACTIVE" && second.accessKey?.expiresAt == nil)
        #expect(second.rotatedAccessKey?.status == "ACTIVE" && second.rotatedAccessKey?.expiresAt == end)
        // The end comes no later for being set again.
        _ = try rotate(id, grace: 3600)
        bench.pass(.milliseconds(59_999))
        #expect(refusal(id) == nil)
        bench.pass(.milliseconds(1))
        #expect(refusal(id) == .expiredToken)
        #expect(try list().first { $0.accessKeyId == id }?.status == "INACTIVE")

        let secondID = try #require(second.accessKey?.accessKeyId)
        let third = try rotate(secondID)
        #expect(refusal(secondID) == .expiredToken)
        #expect(refusal(try #require(third.accessKey?.accessKeyId)) == nil)
        #expect(third.rotatedAccessKey?.status == "INACTIVE")
    }

    @Test mutating func keysSurviveARestart() throws {
        let (kept, _) = try create()
        let (revoked, _) = try create("bert")
        try bench.call(DryportAPI.RevokeAccessKeyRequest(accessKeyId: revoked))
        let (rotated, _) = try create("carl")
        _ = try rotate(rotated, grace: 60)
        let before = try list()
        try bench.restart()
        #expect(try list() == before)
        #expect(refusal(kept) == nil && refusal(revoked) == .unrecognizedClient && refusal(rotated) == nil)
        bench.pass(.seconds(60))
        #expect(refusal(rotated) == .expiredToken)
    }

    @Test mutating func changesAreObserved() throws {
        let (id, _) = try create()
        let second = try rotate(id)
        let secondID = try #require(second.accessKey?.accessKeyId)
        try bench.call(
            DryportAPI.RevokeAccessKeyRequest(accessKeyId: secondID), as: .administrator(accessKeyID: "AKIAOTHER"))
        let me = Bench.administrator.principal
        #expect(
            bench.observations == [
                .accessKeyChanged(id: id, .created, by: me), .accessKeyChanged(id: secondID, .created, by: me),
                .accessKeyChanged(id: id, .rotated, by: me),
                .accessKeyChanged(id: secondID, .revoked, by: .administrator(accessKeyID: "AKIAOTHER")),
            ])
    }

    // MARK: Bounds

    @Test mutating func newKeysTakeThePlaceOfTheOneThatEndedFirst() throws {
        var ids: [String] = []
        for _ in 0..<4 { ids.append(try create().id) }
        #expect(bench.refusal(of: DryportAPI.CreateAccessKeyRequest(name: "anna")) == .limitExceeded)
        #expect(bench.refusal(of: DryportAPI.RotateAccessKeyRequest(accessKeyId: ids[0])) == .limitExceeded)
        for id in [ids[2], ids[0]] {
            try bench.call(DryportAPI.RevokeAccessKeyRequest(accessKeyId: id))
            bench.pass(.seconds(1))
        }
        ids.append(try create().id)
        #expect(try list().compactMap(\.accessKeyId) == ["AKIABOOTSTRAP", ids[0], ids[1], ids[3], ids[4]])
        #expect(refusal(ids[2]) == .unrecognizedClient)
        ids.append(try create().id)
        #expect(try list().count == 5 && bench.stored.keys.count { $0.contains("/access-key/") } == 4)
        #expect(bench.refusal(of: DryportAPI.CreateAccessKeyRequest(name: "anna")) == .limitExceeded)
    }

    @Test mutating func theListHasPages() throws {
        let ids = ["AKIABOOTSTRAP"] + (try (0..<4).map { try create("name-\($0)").id })
        var seen: [String] = []
        var token: String?
        repeat {
            let page = try bench.call(DryportAPI.ListAccessKeysRequest(maxResults: 2, nextToken: token))
            #expect((1...2).contains(page.accessKeys?.count ?? 0))
            seen += (page.accessKeys ?? []).compactMap(\.accessKeyId)
            token = page.nextToken
        } while token != nil
        #expect(seen == ids)
        #expect(bench.refusal(of: DryportAPI.ListAccessKeysRequest(maxResults: 0)) == .invalidParameter)
        #expect(bench.refusal(of: DryportAPI.ListAccessKeysRequest(maxResults: 101)) == .invalidParameter)
        #expect(bench.refusal(of: DryportAPI.ListAccessKeysRequest(nextToken: "AKIANOBODY")) == .invalidParameter)
    }

    // MARK: Refusals

    @Test mutating func theBootstrapKeyIsListedAndCannotBeChanged() throws {
        #expect(
            try list() == [
                DryportAPI.AccessKey(accessKeyId: "AKIABOOTSTRAP", status: "ACTIVE", isBootstrap: true)
            ])
        let id = "AKIABOOTSTRAP"
        #expect(bench.refusal(of: DryportAPI.RevokeAccessKeyRequest(accessKeyId: id)) == .invalidParameter)
        #expect(bench.refusal(of: DryportAPI.RotateAccessKeyRequest(accessKeyId: id)) == .invalidParameter)
        // Its secret is the shell's, and nothing that could be derived.
        #expect(refusal(id) == .unrecognizedClient)
    }

    @Test mutating func wrongInputIsRefused() throws {
        for name in [nil, "", String(repeating: "x", count: 65), "two words", "new\nline", "ä", "a]"] {
            #expect(bench.refusal(of: DryportAPI.CreateAccessKeyRequest(name: name)) == .invalidParameter)
        }
        for name in ["a", String(repeating: "x", count: 64), "anna.b+c=d,e@example-1_2.com"] { _ = try create(name) }
        let id = try #require(try list().last?.accessKeyId)
        for grace in [-1, 30 * 24 * 3600 + 1, .max] {
            let request = DryportAPI.RotateAccessKeyRequest(accessKeyId: id, gracePeriodSeconds: grace)
            #expect(bench.refusal(of: request) == .invalidParameter)
        }
        #expect(try rotate(id, grace: 30 * 24 * 3600).rotatedAccessKey?.status == "ACTIVE")
        #expect(bench.refusal(of: DryportAPI.RevokeAccessKeyRequest()) == .invalidParameter)
        #expect(bench.refusal(of: DryportAPI.RotateAccessKeyRequest()) == .invalidParameter)
        let unknown = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
        let error = #expect(throws: APIError.self) {
            try bench.call(DryportAPI.RevokeAccessKeyRequest(accessKeyId: unknown))
        }
        #expect(error?.code == .resourceNotFound)
        #expect(error?.message.contains(unknown) == false, "what was mistaken for an id may be a secret")
    }
}
