// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportModel

/// SplitMix64: equal seeds give equal sequences in every process.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Always the smallest value of a range. One and not zero, which the standard library rejects to avoid bias, and
/// would go on rejecting.
struct LowestGenerator: RandomNumberGenerator {
    mutating func next() -> UInt64 { 1 }
}

extension Timestamp {
    /// 2015-08-30T12:36:00Z, the time of AWS's published test suite.
    static let suite = Timestamp(millisecondsSinceEpoch: 1_440_938_160_000)
    /// 2026-01-01T00:00:00Z.
    static let newYear = Timestamp(millisecondsSinceEpoch: 1_767_225_600_000)
    /// 2026-11-22T02:04:46Z.
    static let november = Timestamp(millisecondsSinceEpoch: 1_795_313_086_000)
    /// 2025-01-02T03:04:05Z, the time of the vector in `ssm-agent.md` §3.2.
    static let managedInstance = Timestamp(millisecondsSinceEpoch: 1_735_787_045_000)
}

extension Credentials {
    /// The key pair of AWS's documentation.
    static let example = Credentials(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: Redacted("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"))

    func with(token: String?) -> Credentials {
        var copy = self
        copy.sessionToken = token.map { Redacted($0) }
        return copy
    }
}

extension SignableRequest {
    /// The same request with the headers of a signature.
    func adding(_ fields: [HTTPField]) -> SignableRequest {
        var copy = self
        copy.headers += fields
        return copy
    }

    /// The same request after a change.
    func changed(_ change: (inout SignableRequest) -> Void) -> SignableRequest {
        var copy = self
        change(&copy)
        return copy
    }

    mutating func set(_ name: String, _ value: String?) {
        headers.removeAll { $0.name.lowercased() == name.lowercased() }
        if let value { headers.append(HTTPField(name: name, value: value)) }
    }

    func value(of name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// A JSON call as the AWS CLI makes it.
let listClusters = SignableRequest(
    method: "POST", host: "ecs.us-east-1.amazonaws.com", path: "/",
    headers: [
        HTTPField(name: "Content-Type", value: "application/x-amz-json-1.1"),
        HTTPField(name: "X-Amz-Target", value: "AmazonEC2ContainerServiceV20141113.ListClusters"),
    ], bodySHA256: SignableRequest.sha256Hex(Array(#"{"maxResults":10}"#.utf8)))

/// The request of `ssm-agent.md` §3.2.
let roleTokenRequest = SignableRequest(
    method: "POST", host: "ssm.test-1.example.com", path: "/",
    headers: [
        HTTPField(name: "Content-Type", value: "application/x-amz-json-1.1"),
        HTTPField(name: "X-Amz-Target", value: "AmazonSSM.RequestManagedInstanceRoleToken"),
        HTTPField(name: "User-Agent", value: "aws-sdk-go/1.51.20"),
    ],
    bodySHA256: SignableRequest.sha256Hex(
        Array(#"{"Fingerprint":"00000000-0000-4000-8000-000000000001"}"#.utf8)))

/// The error that `body` throws, or nil.
func signatureError(_ body: () throws(SignatureError) -> Void) -> SignatureError? {
    do throws(SignatureError) {
        try body()
        return nil
    } catch {
        return error
    }
}
