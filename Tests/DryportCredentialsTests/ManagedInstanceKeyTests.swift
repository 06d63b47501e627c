// SPDX-License-Identifier: Apache-2.0

import DryportModel
import Testing

@testable import DryportCredentials

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The RSA variant of the signature (`ssm-agent.md` §3.2), and the keys.
@Suite struct ManagedInstanceKeyTests {
    static let id = "mi-0123456789abcdef0"
    static let scope = SignatureV4.Scope(region: "test-1", services: ["ssm"])

    static func key() throws -> ManagedInstanceKey {
        try ManagedInstanceKey(privateKeyBase64: Redacted(RSAFixtures.privateKey))
    }

    static func verify(
        _ request: SignableRequest, publicKey: String = RSAFixtures.publicKey, at now: Timestamp = .managedInstance
    ) throws -> SignatureError? {
        let key = try ManagedInstancePublicKey(base64: publicKey)
        return signatureError { () throws(SignatureError) in
            let claim = try SignatureV4.parse(request)
            try SignatureV4.verifyManagedInstance(request, claim: claim, publicKey: key, at: now, scope: scope)
        }
    }

    static func withSignature(_ signature: String) -> SignableRequest {
        roleTokenRequest.adding([
            HTTPField(name: "X-Amz-Date", value: "20250102T030405Z"),
            HTTPField(name: "X-Amz-Content-Sha256", value: roleTokenRequest.bodySHA256),
            HTTPField(
                name: "Authorization",
                value: "AWS4-HMAC-SHA256 Credential=\(id)/20250102/test-1/ssm/aws4_request, "
                    + "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=\(signature)"),
        ])
    }

    @Test func stringToSignIsTheVector() {
        let request = roleTokenRequest.adding([HTTPField(name: "X-Amz-Date", value: "20250102T030405Z")])
        let names = ["content-type", "host", "x-amz-date", "x-amz-target"]
        let canonical = Canonical.request(request, signedHeaders: names)
        #expect(
            SignableRequest.sha256Hex(canonical) == "25dfa95cede60d548986a8ec5fdf2cf1cb952db4cd5daf363b2ef88c9a4c0683")
        let toSign = Canonical.stringToSign(
            canonical, time: "20250102T030405Z", date: "20250102", region: "test-1", service: "ssm")
        #expect(String(decoding: toSign, as: UTF8.self) == RSAFixtures.stringToSign)
    }

    @Test func verifiesWhatOpenSSLSigned() throws {
        let request = Self.withSignature(RSAFixtures.signature)
        let claim = try SignatureV4.parse(request)
        #expect(claim.accessKeyID == Self.id && claim.isManagedInstanceKey)
        #expect(claim.signature == RSAFixtures.signature, "split at the first equal sign")
        #expect(claim.sessionToken == nil)
        #expect(try Self.verify(request) == nil)
    }

    @Test func refusesAnotherSaltLength() throws {
        #expect(try Self.verify(Self.withSignature(RSAFixtures.shortSaltSignature)) == .signatureDoesNotMatch)
    }

    @Test func signsWhatItVerifies() throws {
        let added = try SignatureV4.signManagedInstance(
            roleTokenRequest, id: Self.id, key: Self.key(), region: "test-1", at: .managedInstance)
        #expect(added.map(\.name) == ["X-Amz-Date", "X-Amz-Content-Sha256", "Authorization"])
        #expect(added[0].value == "20250102T030405Z")
        #expect(added[1].value == "9fb540f3dfc0ee2f632b27940e15e9f5d36eb0ab73c6efbbdc19d3e123870c7a")
        let prefix =
            "AWS4-HMAC-SHA256 Credential=mi-0123456789abcdef0/20250102/test-1/ssm/aws4_request, "
            + "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature="
        #expect(added[2].value.hasPrefix(prefix))
        #expect(added[2].value.count == prefix.count + 344)
        #expect(try Self.verify(roleTokenRequest.adding(added)) == nil)
        // Another salt each time.
        let again = try SignatureV4.signManagedInstance(
            roleTokenRequest, id: Self.id, key: Self.key(), region: "test-1", at: .managedInstance)
        #expect(again[2] != added[2])
    }

    static let tamperings: [@Sendable (inout SignableRequest) -> Void] = [
        { $0.method = "GET" }, { $0.host = "other" }, { $0.path = "/x" },
        { $0.query = [QueryItem(name: "a", value: "b")] },
        { $0.set("X-Amz-Target", "AmazonSSM.UpdateManagedInstancePublicKey") },
        { $0.set("Content-Type", "text/plain") },
        { $0.set("X-Amz-Date", "20250102T030406Z") }, { $0.set("X-Amz-Content-Sha256", "0") },
        {
            $0.bodySHA256 = SignableRequest.emptyBodySHA256
            $0.set("X-Amz-Content-Sha256", SignableRequest.emptyBodySHA256)
        },
        { $0.set("Authorization", $0.value(of: "Authorization")?.replacing("Signature=E", with: "Signature=F")) },
        { $0.set("Authorization", $0.value(of: "Authorization")?.replacing("==", with: "")) },
        { $0.set("Authorization", $0.value(of: "Authorization").map { String($0.dropLast(100)) }) },
    ]

    @Test(arguments: tamperings.indices) func refusesEveryChange(_ index: Int) throws {
        let request = Self.withSignature(RSAFixtures.signature).changed(Self.tamperings[index])
        #expect(request != Self.withSignature(RSAFixtures.signature), "the change must change something")
        #expect(try Self.verify(request) == .signatureDoesNotMatch)
    }

    @Test func refusesAnotherKeyAndAnotherTime() throws {
        let other = try ManagedInstanceKey.generate()
        let request = Self.withSignature(RSAFixtures.signature)
        #expect(try Self.verify(request, publicKey: other.publicKey.base64) == .signatureDoesNotMatch)
        let late = Timestamp.managedInstance.advanced(by: .seconds(301))
        #expect(try Self.verify(request, at: late)?.message.hasPrefix("Signature expired") == true)
    }

    @Test func anHMACSignatureIsNoRSASignature() throws {
        let signed = roleTokenRequest.adding(
            SignatureV4.sign(
                roleTokenRequest, with: .example, region: "test-1", service: "ssm", at: .managedInstance))
        #expect(try Self.verify(signed) == .signatureDoesNotMatch)
    }

    @Test func keysSurviveStorage() throws {
        let key = try ManagedInstanceKey.generate()
        #expect(key.privateKeyBase64.exposed.hasPrefix("MII"))
        let read = try ManagedInstanceKey(privateKeyBase64: key.privateKeyBase64)
        #expect(read == key && read.hashValue == key.hashValue)
        #expect(try ManagedInstanceKey.generate() != key)
        #expect(key.publicKey.base64.utf8.count == 392)
        #expect(try ManagedInstancePublicKey(base64: key.publicKey.base64) == key.publicKey)
    }

    /// Byte for byte what OpenSSL writes: PKCS#1 and SubjectPublicKeyInfo.
    @Test func formsAreThoseOfTheProtocol() throws {
        let key = try Self.key()
        #expect(key.privateKeyBase64.exposed == RSAFixtures.privateKey)
        #expect(key.publicKey.base64 == RSAFixtures.publicKey)
    }

    @Test func publicKeysAreCodable() throws {
        let key = try ManagedInstancePublicKey(base64: RSAFixtures.publicKey)
        let data = try JSONEncoder().encode([key])
        #expect(try JSONDecoder().decode([ManagedInstancePublicKey].self, from: data) == [key])
        #expect(throws: ManagedInstanceKeyError.self) {
            try JSONDecoder().decode([ManagedInstancePublicKey].self, from: Data(#"["AAAA"]"#.utf8))
        }
    }

    @Test(arguments: [
        (RSAFixtures.smallPublicKey, ManagedInstanceKeyError.Code.unsupportedSize),
        (RSAFixtures.ellipticPublicKey, .invalidEncoding), (RSAFixtures.pkcs1PublicKey, .invalidEncoding),
        (RSAFixtures.publicKey + "AAAA", .invalidEncoding),
        (String(RSAFixtures.publicKey.dropLast(4)), .invalidEncoding),
        (RSAFixtures.privateKey, .invalidEncoding), ("", .invalidEncoding), ("not base64", .invalidEncoding),
        (String(repeating: "A", count: 100_000), .invalidEncoding),
    ])
    func refusesOtherPublicKeys(_ text: String, _ code: ManagedInstanceKeyError.Code) {
        #expect {
            try ManagedInstancePublicKey(base64: text)
        } throws: { ($0 as? ManagedInstanceKeyError)?.code == code }
    }

    @Test(arguments: [
        (RSAFixtures.smallPrivateKey, ManagedInstanceKeyError.Code.unsupportedSize),
        (RSAFixtures.publicKey, .invalidEncoding), ("", .invalidEncoding), ("%", .invalidEncoding),
    ])
    func refusesOtherPrivateKeys(_ text: String, _ code: ManagedInstanceKeyError.Code) {
        #expect {
            try ManagedInstanceKey(privateKeyBase64: Redacted(text))
        } throws: { ($0 as? ManagedInstanceKeyError)?.code == code }
    }
}
