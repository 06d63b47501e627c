// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportModel
import Testing

/// What must not be accepted, and what is said about it.
@Suite struct SignatureVerificationTests {
    static let scope = SignatureV4.Scope(region: "us-east-1", services: ["ecs"])
    static let credentials = Credentials.example.with(token: "TOKEN")
    static let original = listClusters.changed {
        $0.query = [QueryItem(name: "q", value: "1")]
        $0.set("Content-Length", "17")
    }
    static let signed = original.adding(
        SignatureV4.sign(original, with: credentials, region: "us-east-1", service: "ecs", at: .newYear))

    static func verify(
        _ request: SignableRequest, at now: Timestamp = .newYear, scope: SignatureV4.Scope = scope,
        secret: Redacted<String> = credentials.secretAccessKey
    ) -> SignatureError? {
        signatureError { () throws(SignatureError) in
            let claim = try SignatureV4.parse(request)
            try SignatureV4.verify(request, claim: claim, secret: secret, at: now, scope: scope)
        }
    }

    static func edited(_ edit: (String) -> String) -> SignableRequest {
        signed.changed { $0.set("Authorization", edit($0.value(of: "Authorization") ?? "")) }
    }

    @Test func acceptsTheOriginal() {
        #expect(Self.verify(Self.signed) == nil)
    }

    @Test func namesOfHeadersMatchInAnyCase() {
        let shouted = Self.signed.changed { request in
            for index in request.headers.indices {
                request.headers[index].name = request.headers[index].name.uppercased()
            }
        }
        #expect(Self.verify(shouted) == nil)
    }

    @Test func unsignedHeadersMayChange() {
        #expect(Self.verify(Self.signed.adding([HTTPField(name: "Via", value: "1.1 proxy")])) == nil)
    }

    static let tamperings: [(String, @Sendable (inout SignableRequest) -> Void)] = [
        ("method", { $0.method = "PUT" }), ("host", { $0.host = "ssm.us-east-1.amazonaws.com" }),
        ("port", { $0.host += ":443" }), ("path", { $0.path = "/x" }), ("query value", { $0.query[0].value = "2" }),
        ("query name", { $0.query[0].name = "Q" }), ("no query", { $0.query = [] }),
        ("more query", { $0.query.append(QueryItem(name: "r", value: "")) }),
        ("body", { $0.bodySHA256 = SignableRequest.emptyBodySHA256 }),
        ("target", { $0.set("X-Amz-Target", "AmazonEC2ContainerServiceV20141113.DeleteCluster") }),
        ("second target", { $0.headers.append(HTTPField(name: "X-Amz-Target", value: "A.B")) }),
        ("content type", { $0.set("Content-Type", "application/json") }),
        ("signed header gone", { $0.set("Content-Length", nil) }), ("token", { $0.set("X-Amz-Security-Token", "T") }),
        ("time", { $0.set("X-Amz-Date", "20260101T000001Z") }),
        ("announced digest", { $0.set("X-Amz-Content-Sha256", SignableRequest.emptyBodySHA256) }),
        ("unsigned payload", { $0.set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD") }),
        ("signature", { $0.set("Authorization", $0.value(of: "Authorization").map { String($0.dropLast()) + "g" }) }),
        ("short signature", { $0.set("Authorization", $0.value(of: "Authorization").map { String($0.dropLast(2)) }) }),
        ("longer signature", { $0.set("Authorization", $0.value(of: "Authorization").map { $0 + "00" }) }),
    ]

    @Test(arguments: tamperings.indices) func refusesEveryChange(_ index: Int) {
        let (name, change) = Self.tamperings[index]
        #expect(Self.verify(Self.signed.changed(change)) == .signatureDoesNotMatch, "\(name)")
    }

    @Test func refusesOneWrongDigitAnywhere() throws {
        let claim = try SignatureV4.parse(Self.signed)
        for position in [0, 1, 31, 62, 63] {
            var digits = Array(claim.signature)
            digits[position] = digits[position] == "0" ? "1" : "0"
            let forged = Self.edited { $0.replacing(claim.signature, with: String(digits)) }
            #expect(Self.verify(forged) == .signatureDoesNotMatch)
        }
        let upper = Self.edited { $0.replacing(claim.signature, with: claim.signature.uppercased()) }
        #expect(Self.verify(upper) == .signatureDoesNotMatch)
    }

    @Test func refusesAnotherSecretOrAnotherKeyID() {
        #expect(Self.verify(Self.signed, secret: Redacted("other")) == .signatureDoesNotMatch)
        // The key id is not part of what is signed: it selects the secret, which is the caller's part.
        #expect(Self.verify(Self.edited { $0.replacing("AKIDEXAMPLE", with: "AKIDOTHER") }) == nil)
    }

    @Test func refusesASigningKeyOfAnotherScope() throws {
        let claim = try SignatureV4.parse(Self.signed)
        for (date, region, service) in [
            ("20260102", "us-east-1", "ecs"), ("20260101", "r", "ecs"), ("20260101", "us-east-1", "ssm"),
        ] {
            let key = SignatureV4.signingKey(
                secret: Self.credentials.secretAccessKey, date: date, region: region, service: service)
            let error = signatureError { () throws(SignatureError) in
                try SignatureV4.verify(Self.signed, claim: claim, signingKey: key, at: .newYear, scope: Self.scope)
            }
            #expect(error == .signatureDoesNotMatch)
        }
    }

    @Test(
        arguments: [
            (-300_000, nil), (-299_001, nil), (300_000, nil), (300_999, nil),
            (
                301_000,
                "Signature expired: 20260101T000000Z is now earlier than 20260101T000001Z (20260101T000501Z - 5 min.)"
            ),
            (
                -300_001,
                "Signature not yet current: 20260101T000000Z is still later than 20251231T235959Z "
                    + "(20251231T235459Z + 5 min.)"
            ),
        ] as [(Int64, String?)])
    func allowsFiveMinutesOfSkew(_ milliseconds: Int64, _ message: String?) {
        let now = Timestamp.newYear.advanced(by: .milliseconds(milliseconds))
        #expect(Self.verify(Self.signed, at: now) == message.map { .invalid($0) })
    }

    @Test func theSkewIsTheCallers() throws {
        let claim = try SignatureV4.parse(Self.signed)
        let error = signatureError { () throws(SignatureError) in
            try SignatureV4.verify(
                Self.signed, claim: claim, secret: Self.credentials.secretAccessKey,
                at: Timestamp.newYear.advanced(by: .seconds(31)), maximumSkew: .seconds(30), scope: Self.scope)
        }
        #expect(error?.message.hasSuffix("(20260101T000031Z - 30 s.)") == true)
    }

    @Test func saysWhatIsWrongWithTheScope() {
        #expect(
            Self.verify(Self.signed, scope: SignatureV4.Scope(region: "eu-west-1", services: ["ecs"]))
                == .invalid("Credential should be scoped to a valid region."))
        #expect(
            Self.verify(Self.signed, scope: SignatureV4.Scope(region: "us-east-1", services: ["ssm"]))
                == .invalid("Credential should be scoped to correct service: 'ssm'."))
        #expect(
            Self.verify(Self.edited { $0.replacing("/20260101/", with: "/20251231/") })
                == .invalid(
                    "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                        + "'20251231' != '20260101', from '20260101T000000Z'."))
        for (part, other) in [("aws4_request", "aws5"), ("/20260101/", "/2026/")] {
            let error = Self.verify(Self.edited { $0.replacing(part, with: other) })
            #expect(error?.code == "InvalidSignatureException")
        }
    }

    @Test func hostAndTargetMustBeSigned() {
        #expect(
            Self.verify(Self.edited { $0.replacing("host;", with: "") })?.message
                == "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
        #expect(
            Self.verify(Self.edited { $0.replacing(";x-amz-target", with: "") })?.message
                == "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.")
    }

    @Test func missingAndEmptyAuthorization() {
        #expect(Self.verify(Self.signed.changed { $0.set("Authorization", nil) }) == .missingAuthenticationToken)
        #expect(Self.verify(Self.signed.changed { $0.set("Authorization", "  ") }) == .missingAuthenticationToken)
        #expect(SignatureError.missingAuthenticationToken.code == "MissingAuthenticationTokenException")
        #expect(SignatureError.missingAuthenticationToken.message == "Missing Authentication Token")
    }

    static let unreadable: [(String, String)] = [
        ("Basic c2VjcmV0OnBhc3N3b3Jk", "Unsupported algorithm"), ("AWS4-ECDSA-P256-SHA256 Credential=x", "Unsupported"),
        ("AWS4-HMAC-SHA256", "requires 'Credential' parameter."),
        ("AWS4-HMAC-SHA256 Credential", "missing equal-sign"),
        ("AWS4-HMAC-SHA256 Credential=a/20260101/r/s/aws4_request, Signature=5ec2e7", "requires 'SignedHeaders'"),
        ("AWS4-HMAC-SHA256 Credential=a/20260101/r/s/aws4_request, SignedHeaders=host", "requires 'Signature'"),
        ("AWS4-HMAC-SHA256 SignedHeaders=host, Signature=5ec2e7", "requires 'Credential'"),
        ("AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=5ec2e7", "exactly 5 slash-delimited"),
        ("AWS4-HMAC-SHA256 Credential=/b/c/d/e, SignedHeaders=host, Signature=5ec2e7", "exactly 5 slash-delimited"),
        ("AWS4-HMAC-SHA256 Signature=5ec2e7, Signature=5ec2e7", "more than once"),
    ]

    @Test(arguments: unreadable) func saysWhatCannotBeRead(_ authorization: String, _ part: String) throws {
        let error = try #require(Self.verify(Self.signed.changed { $0.set("Authorization", authorization) }))
        #expect(error.code == "IncompleteSignatureException")
        #expect(error.message.contains(part))
        #expect(!error.message.contains("5ec2e7") && !error.message.contains("c2VjcmV0"))
    }

    @Test func everythingMissingIsSaidAtOnce() {
        let request = Self.signed.changed {
            $0.set("Authorization", "AWS4-HMAC-SHA256 Foo=bar")
            $0.set("X-Amz-Date", nil)
        }
        #expect(
            Self.verify(request)
                == .incomplete(
                    "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' "
                        + "parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header "
                        + "requires existence of either a 'X-Amz-Date' or a 'Date' header. "
                        + "Authorization=AWS4-HMAC-SHA256 [redacted]"))
    }

    @Test func twoAuthorizationsAndPresignedQueriesAreIncomplete() {
        let twice = Self.signed.adding([HTTPField(name: "authorization", value: "AWS4-HMAC-SHA256 Credential=x")])
        #expect(Self.verify(twice)?.code == "IncompleteSignatureException")
        let presigned = SignableRequest(
            method: "GET", host: "h", path: "/", query: QueryItem.parse("X-Amz-Algorithm=AWS4-HMAC-SHA256"))
        #expect(Self.verify(presigned)?.code == "IncompleteSignatureException")
    }

    @Test(arguments: [
        "20260101", "2026-01-01T00:00:00Z", "20260101T000000", "20261301T000000Z", "20260230T000000Z",
        "20260101T240000Z", "20260101T006000Z", "20260101T000060Z", "20260101T00000-Z", "",
    ])
    func refusesTimesOfAnotherForm(_ time: String) {
        let error = Self.verify(Self.signed.changed { $0.set("X-Amz-Date", time) })
        #expect(error?.code == "IncompleteSignatureException")
    }

    /// Without `X-Amz-Date`, `Date` counts, in the standard's form or HTTP's.
    @Test(arguments: ["Thu, 01 Jan 2026 00:00:00 GMT", "20260101T000000Z"])
    func acceptsTheDateHeader(_ date: String) throws {
        let request = listClusters.adding([HTTPField(name: "Date", value: date)])
        // Made with `hmac` and `hashlib` of Python 3.11.
        let signatures = [
            "Thu, 01 Jan 2026 00:00:00 GMT":
                "3e0b19fdcaa1e4e7bb52d7e546f65a784e1c0e64aec382044ce43785b5687349",
            "20260101T000000Z": "610ad630f2de3be9b1cfc032cd772c43b197f69b596c9d3484ad5ca3a22d0a40",
        ]
        let signed = request.adding([
            HTTPField(
                name: "Authorization",
                value: "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/ecs/aws4_request,"
                    + "SignedHeaders=content-type;date;host;x-amz-target,Signature=\(signatures[date] ?? "")")
        ])
        #expect(try SignatureV4.parse(signed).requestTime == .newYear)
        #expect(Self.verify(signed) == nil)
    }

    @Test(arguments: [
        "Thu, 01 Jan 2026 00:00 GMT", "Thu, 01 Foo 2026 00:00:00 GMT", "Thu, 01 Jan 2026 00:00:00 CET", "yesterday",
    ])
    func refusesOtherDates(_ date: String) {
        let request = Self.signed.changed {
            $0.set("X-Amz-Date", nil)
            $0.set("Date", date)
        }
        #expect(Self.verify(request)?.code == "IncompleteSignatureException")
    }

    /// No message may contain the secret, the token or a signature, whatever is wrong.
    @Test func messagesKeepSecrets() throws {
        let signature = try SignatureV4.parse(Self.signed).signature
        var errors = Self.tamperings.map { Self.verify(Self.signed.changed($0.1)) }
        errors.append(Self.verify(Self.edited { $0.replacing("Credential=", with: "Credent=") }))
        errors.append(Self.verify(Self.edited { $0.replacing(", ", with: " ") }))
        for error in errors {
            let text = try String(describing: #require(error))
            for secret in [signature, "TOKEN", Self.credentials.secretAccessKey.exposed] {
                #expect(!text.contains(secret))
            }
        }
    }
}
