// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportModel
import Testing

/// Permanent access keys, whose secrets are derived from the master key.
@Suite struct AccessKeyDerivationTests {
    private let issuer = SessionCredentialIssuer(masterKey: SessionCredentialIssuerTests.masterKey)

    private func make(seed: UInt64, by issuer: SessionCredentialIssuer) -> AccessKey {
        var random = SeededGenerator(seed: seed)
        return issuer.makeAccessKey(using: &random)
    }

    /// HMAC-SHA-256 under HKDF-SHA-256 of the bytes 0…31 and "dryport access key secret 1", by another implementation.
    /// A change would make every key in the world invalid.
    @Test func theDerivationNeverChanges() {
        #expect(
            issuer.secrets(ofAccessKey: "AKIAIOSFODNN7EXAMPLE")
                == [Redacted("kpIegSDrbDOk/F63W1v9p/ndJGiJzJ0vwrSphZvC")])
    }

    @Test func keysHaveTheFormOfAWS() {
        let key = make(seed: 1, by: issuer)
        #expect(key.id.wholeMatch(of: /AKIA[A-Z2-7]{16}/) != nil)
        #expect(key.secret.exposed.wholeMatch(of: /[A-Za-z0-9+\/]{40}/) != nil)
        #expect(make(seed: 1, by: issuer) == key)
        #expect(make(seed: 2, by: issuer).id != key.id)
    }

    /// A session's access key id gives no secret of an access key, nor the other way about.
    @Test func secretsOfSessionsAndOfAccessKeysAreIndependent() {
        let session = SessionCredentialIssuerTests.issue(issuer)
        #expect(issuer.secrets(ofAccessKey: session.accessKeyID) != [session.secretAccessKey])
    }

    @Test func masterKeysRotate() {
        let old = make(seed: 1, by: issuer)
        let rotated = SessionCredentialIssuer(
            masterKeys: [SessionCredentialIssuerTests.otherKey, SessionCredentialIssuerTests.masterKey])
        let secrets = rotated.secrets(ofAccessKey: old.id)
        #expect(secrets.count == 2 && secrets[0] != secrets[1] && secrets[1] == old.secret)
        #expect(make(seed: 1, by: rotated).secret == secrets[0])
    }
}
