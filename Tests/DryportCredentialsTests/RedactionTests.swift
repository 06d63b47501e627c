// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportModel
import Testing

/// No secret appears in any representation of any value that holds one.
@Suite struct RedactionTests {
    static let secret = "SeCrEtVaLuE+0123456789"
    static let master = Redacted(Array("SeCrEtMaStErKeY0SeCrEtMaStErKeY0".utf8))

    struct Holder {
        var value: Any
    }

    /// Every way in which a value commonly becomes text, also inside of containers.
    static func representations(_ value: some Any) -> [String] {
        let containers: [Any] = [
            value, [value], ["key": value], Optional(value) as Any, (value, 1), Holder(value: value),
            [Optional(value)], Result<Any, any Error>.success(value),
        ]
        return containers.flatMap { container in
            var dumped = ""
            dump(container, to: &dumped)
            return [String(describing: container), String(reflecting: container), "\(container)", dumped]
        }
    }

    static func expectNo(_ secrets: [String], in value: some Any, sourceLocation: SourceLocation = #_sourceLocation) {
        for text in representations(value) {
            for secret in secrets {
                #expect(!text.contains(secret), sourceLocation: sourceLocation)
            }
        }
    }

    @Test func theTestWouldNotice() {
        #expect(Self.representations(Self.secret).allSatisfy { $0.contains(Self.secret) })
    }

    @Test func redactedValues() {
        Self.expectNo([Self.secret], in: Redacted(Self.secret))
        #expect("\(Redacted(Self.secret))" == "redacted")
        // The bytes of "SeCr" as numbers.
        Self.expectNo(["83, 101, 67, 114", "- 83"], in: Self.master)
    }

    @Test func credentialsAndKeys() {
        let credentials = Credentials(
            accessKeyID: "AKID", secretAccessKey: Redacted(Self.secret), sessionToken: Redacted(Self.secret),
            expiration: .newYear)
        Self.expectNo([Self.secret], in: credentials)
        #expect("\(credentials)".contains("AKID"))
        Self.expectNo([Self.secret], in: AccessKey(id: "AKIA", secret: Redacted(Self.secret)))
        let key = SignatureV4.signingKey(secret: Redacted(Self.secret), date: "20260101", region: "r", service: "s")
        Self.expectNo([Self.secret, "SymmetricKey"], in: key)
        Self.expectNo(["83, 101", "SymmetricKey"], in: SessionCredentialIssuer(masterKey: Self.master))
        Self.expectNo([Self.secret], in: CredentialRotation(restored: credentials, retrievedAt: .newYear))
        Self.expectNo([Self.secret], in: CredentialRotation.Event.received(credentials))
        var random = SeededGenerator(seed: 1)
        var rotation = CredentialRotation()
        let start = Instant(monotonic: .zero, wall: Timestamp(millisecondsSinceEpoch: 0))
        _ = rotation.step(.start, at: start, using: &random)
        let output = rotation.step(.received(credentials), at: start, using: &random)
        #expect(output.publish == credentials)
        Self.expectNo([Self.secret], in: output)
    }

    @Test func managedInstanceKeys() throws {
        let key = try ManagedInstanceKey(privateKeyBase64: Redacted(RSAFixtures.privateKey))
        Self.expectNo([String(RSAFixtures.privateKey.prefix(40)), "_RSA", "PrivateKey("], in: key)
        #expect("\(key)" == "ManagedInstanceKey(redacted)")
        let error = #expect(throws: ManagedInstanceKeyError.self) {
            try ManagedInstanceKey(privateKeyBase64: Redacted(Self.secret))
        }
        Self.expectNo([Self.secret], in: error as Any)
    }

    @Test func requestsAndClaims() throws {
        let credentials = Credentials.example.with(token: Self.secret)
        let added = SignatureV4.sign(listClusters, with: credentials, region: "r", service: "ecs", at: .newYear)
        let signed = listClusters.adding(added)
        let claim = try SignatureV4.parse(signed)
        let secrets = [Self.secret, claim.signature]
        Self.expectNo(secrets, in: signed)
        Self.expectNo(secrets, in: added)
        Self.expectNo(secrets, in: claim)
        #expect("\(signed)".contains("ListClusters"))
        #expect("\(claim)" == "Claim(AKIDEXAMPLE/20260101/r/ecs, signed 20260101T000000Z)")
    }
}
