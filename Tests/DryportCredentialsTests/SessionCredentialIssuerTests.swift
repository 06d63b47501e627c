// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportModel
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Temporary credentials without a store.
@Suite struct SessionCredentialIssuerTests {
    static let masterKey = Redacted((0..<32).map { UInt8($0) })
    static let otherKey = Redacted((0..<32).map { UInt8($0 + 100) })
    static let node = Principal.managedInstance(id: "mi-0123456789abcdef0")

    static func issue(
        _ issuer: SessionCredentialIssuer = SessionCredentialIssuer(masterKey: masterKey),
        to principal: Principal = node, seed: UInt64 = 1
    ) -> Credentials {
        var random = SeededGenerator(seed: seed)
        return issuer.issue(to: principal, lifetime: .seconds(3600), at: .newYear, using: &random)
    }

    static func error(
        _ accessKeyID: String, _ token: String, at now: Timestamp = .newYear,
        from issuer: SessionCredentialIssuer = SessionCredentialIssuer(masterKey: masterKey)
    ) -> SignatureError? {
        signatureError { () throws(SignatureError) in
            _ = try issuer.resolve(accessKeyID: accessKeyID, sessionToken: Redacted(token), at: now)
        }
    }

    @Test(
        arguments: [
            .anonymous, .administrator(accessKeyID: "AKIAEXAMPLE"), .managedInstanceKey(id: "mi-1"), node,
            .task(arn: "arn:aws:ecs:us-east-1:123456789012:task/default/é"),
        ] as [Principal])
    func recognisesWhatItIssued(_ principal: Principal) throws {
        let credentials = Self.issue(to: principal)
        let token = try #require(credentials.sessionToken)
        // Another process with the same master key.
        let resolved = try SessionCredentialIssuer(masterKey: Self.masterKey)
            .resolve(accessKeyID: credentials.accessKeyID, sessionToken: token, at: .newYear)
        #expect(resolved.principal == principal)
        #expect(resolved.secret == credentials.secretAccessKey)
        #expect(resolved.expiration == credentials.expiration)
        #expect(credentials.expiration == Timestamp.newYear.advanced(by: .seconds(3600)))
    }

    @Test func credentialsHaveTheFormOfAWS() {
        let credentials = Self.issue()
        #expect(credentials.accessKeyID.wholeMatch(of: /ASIA[A-Z2-7]{16}/) != nil)
        #expect(credentials.secretAccessKey.exposed.wholeMatch(of: /[A-Za-z0-9+\/]{40}/) != nil)
        #expect(credentials.sessionToken?.exposed.wholeMatch(of: /[A-Za-z0-9+\/]+=*/) != nil)
    }

    @Test func equalSeedsGiveEqualCredentialsAndOthersDiffer() {
        #expect(Self.issue(seed: 7) == Self.issue(seed: 7))
        let one = Self.issue(seed: 7)
        let two = Self.issue(seed: 8)
        #expect(one.accessKeyID != two.accessKeyID)
        #expect(one.secretAccessKey != two.secretAccessKey)
        #expect(one.sessionToken != two.sessionToken)
        let elsewhere = Self.issue(SessionCredentialIssuer(masterKey: Self.otherKey), seed: 7)
        #expect(one.accessKeyID == elsewhere.accessKeyID && one.secretAccessKey != elsewhere.secretAccessKey)
    }

    @Test func endsOnTime() throws {
        let credentials = Self.issue()
        let token = try #require(credentials.sessionToken).exposed
        let end = try #require(credentials.expiration)
        #expect(Self.error(credentials.accessKeyID, token, at: end.advanced(by: .milliseconds(-1))) == nil)
        #expect(Self.error(credentials.accessKeyID, token, at: end) == .expiredToken)
        #expect(SignatureError.expiredToken.code == "ExpiredTokenException")
    }

    @Test func everyBitOfATokenCounts() throws {
        let credentials = Self.issue()
        let token = try #require(Data(base64Encoded: credentials.sessionToken?.exposed ?? ""))
        for index in token.indices {
            for bit in [UInt8(1), 0x80] {
                var forged = token
                forged[index] ^= bit
                #expect(
                    Self.error(credentials.accessKeyID, forged.base64EncodedString()) == .unrecognizedClient,
                    "byte \(index)")
            }
        }
        for count in [0, 1, 13, 28, 29, token.count - 1] {
            let short = token.prefix(count).base64EncodedString()
            #expect(Self.error(credentials.accessKeyID, short) == .unrecognizedClient)
        }
        #expect(Self.error(credentials.accessKeyID, "not base64!") == .unrecognizedClient)
    }

    @Test func aTokenBelongsToItsAccessKey() throws {
        let one = Self.issue(seed: 1)
        let two = Self.issue(seed: 2)
        let token = try #require(one.sessionToken).exposed
        #expect(Self.error(two.accessKeyID, token) == .unrecognizedClient)
        #expect(Self.error("", token) == .unrecognizedClient)
    }

    @Test func masterKeysRotate() throws {
        let old = Self.issue()
        let token = try #require(old.sessionToken)
        let rotated = SessionCredentialIssuer(masterKeys: [Self.otherKey, Self.masterKey])
        let resolved = try rotated.resolve(accessKeyID: old.accessKeyID, sessionToken: token, at: .newYear)
        #expect(resolved.principal == Self.node && resolved.secret == old.secretAccessKey)
        // New ones are of the first key, so that the second can be dropped.
        let new = Self.issue(rotated)
        let first = SessionCredentialIssuer(masterKey: Self.otherKey)
        #expect(Self.error(new.accessKeyID, new.sessionToken?.exposed ?? "", from: first) == nil)
        #expect(Self.error(old.accessKeyID, token.exposed, from: first) == .unrecognizedClient)
    }

    /// From issuing to a verified call, as a control plane does it.
    @Test func signedCallsVerify() throws {
        let credentials = Self.issue()
        let signed = listClusters.adding(
            SignatureV4.sign(listClusters, with: credentials, region: "us-east-1", service: "ecs", at: .newYear))
        let claim = try SignatureV4.parse(signed)
        let resolved = try SessionCredentialIssuer(masterKey: Self.masterKey)
            .resolve(accessKeyID: claim.accessKeyID, sessionToken: #require(claim.sessionToken), at: .newYear)
        try SignatureV4.verify(
            signed, claim: claim, secret: resolved.secret, at: .newYear,
            scope: SignatureV4.Scope(region: "us-east-1", services: ["ecs"]))
    }

    @Test func accessKeysHaveTheFormOfAWS() {
        var random = SeededGenerator(seed: 3)
        let key = AccessKey.generate(using: &random)
        #expect(key.id.wholeMatch(of: /AKIA[A-Z2-7]{16}/) != nil)
        #expect(key.secret.exposed.wholeMatch(of: /[A-Za-z0-9+\/]{40}/) != nil)
        #expect(AccessKey.generate(using: &random) != key)
        var again = SeededGenerator(seed: 3)
        #expect(AccessKey.generate(using: &again) == key)
        #expect(key.credentials == Credentials(accessKeyID: key.id, secretAccessKey: key.secret))
    }
}
