// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportModel
import Testing

/// Signatures that other implementations make of the same requests.
@Suite struct SignatureVectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var name: String
        var request: SignableRequest
        var token: String?
        var service = "service"
        var region = "us-east-1"
        var time = Timestamp.suite
        var signedHeaders = "host;x-amz-date"
        var signature: String

        var testDescription: String { name }
        var scope: SignatureV4.Scope { SignatureV4.Scope(region: region, services: [service]) }
        var date: String {
            time == .suite ? "20150830" : time == .newYear ? "20260101" : "20261122"
        }
    }

    static func get(_ path: String, query: Substring = "", headers: [HTTPField] = []) -> SignableRequest {
        SignableRequest(
            method: "GET", host: "example.amazonaws.com", path: path, query: QueryItem.parse(query), headers: headers)
    }

    /// The first six are of AWS's published suite; the others were made with botocore 1.43.
    static let vectors: [Vector] = [
        Vector(
            name: "get-vanilla", request: get("/"),
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Vector(
            name: "get-vanilla with an empty path", request: get(""),
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Vector(
            name: "get-vanilla-query-order-key-case", request: get("/", query: "Param2=value2&Param1=value1"),
            signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        Vector(
            name: "post-vanilla",
            request: SignableRequest(method: "POST", host: "example.amazonaws.com", path: "/"),
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        Vector(
            name: "get-utf8", request: get("/ሴ"),
            signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
        Vector(
            name: "get-space", request: get("/example space/"),
            signature: "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"),
        Vector(
            name: "a path that is encoded on the wire is encoded again, and normalised",
            request: get("/a%20b/c%2Fd/./x/../y//z/"),
            signature: "3b32f787e3fc96433970c02a9c57d6fb6551c77b9394ba4633bf68039d27aebf"),
        Vector(
            name: "header values are trimmed and collapsed",
            request: get(
                "/",
                headers: [
                    HTTPField(name: "My-Header2", value: "\"a   b   c\""),
                    HTTPField(name: "My-Header1", value: "  a   b   c "),
                ]),
            signedHeaders: "host;my-header1;my-header2;x-amz-date",
            signature: "07c5e7e57b80b59aa26a367ce3d444469bc2db738d90ce9331dcd15132b937a7"),
        Vector(
            name: "query parameters sort by name, then value, and need no value",
            request: get("/", query: "a-b=1&a=2&a=1&A=%C3%A9&z"),
            signature: "0e33487e7680e751502f4be98e993e68fce4ec9166106aa380a4b86f5e72c638"),
        Vector(
            name: "JSON call", request: listClusters, service: "ecs",
            signedHeaders: "content-type;host;x-amz-date;x-amz-target",
            signature: "6e989bed0ededc4db757af3fe789ca8700261bd46749348943a912083e123a24"),
        Vector(
            name: "JSON call with a token, to a port",
            request: listClusters.changed {
                $0.host = "127.0.0.1:8080"
                $0.bodySHA256 = SignableRequest.sha256Hex(Array("{}".utf8))
            }, token: "TOKEN/with+chars==", service: "ecs", region: "test-1", time: .newYear,
            signedHeaders: "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
            signature: "562e4d2c408c76e909bb634e13c57a176aa82f070c1a77e429bb7bf8ca79b9ba"),
        Vector(
            name: "the headers of the Go SDK (ecs-agent.md §1.4)",
            request: listClusters.adding([
                HTTPField(name: "Amz-Sdk-Invocation-Id", value: "6f9d2c1e-0b6b-4f5e-8a57-3d0a9d6f1a11"),
                HTTPField(name: "Amz-Sdk-Request", value: "attempt=1; max=3"),
                HTTPField(name: "Content-Length", value: "17"),
                HTTPField(name: "User-Agent", value: "Amazon ECS Agent - v1.105.1"),
            ]), token: "FwoGZXIvYXdzEXAMPLE", service: "ecs", time: .november,
            signedHeaders: "amz-sdk-invocation-id;amz-sdk-request;content-length;content-type;host;x-amz-date;"
                + "x-amz-security-token;x-amz-target",
            signature: "2a6847dc2ae5ffbd164a31f83f4bf5027b29a055d189546c066de0083d81b49c"),
        Vector(
            name: "WebSocket handshake whose query has a plus sign for a space (ecs-agent.md §4.1)",
            request: SignableRequest(
                method: "GET", host: "cp.example", path: "/acs/ws",
                query: QueryItem.parse(
                    "agentHash=a8b3e7d3&agentVersion=1.105.1&clusterArn=default&containerInstanceArn=arn%3Aaws%3Aecs"
                        + "%3Aus-east-1%3A123456789012%3Acontainer-instance%2Fdefault%2F0123&dockerVersion="
                        + "DockerVersion%3A+20.10.24&protocolVersion=2&sendCredentials=true&seqNum=1"),
                headers: [
                    HTTPField(name: "Connection", value: "Upgrade"), HTTPField(name: "Upgrade", value: "websocket"),
                    HTTPField(name: "Sec-WebSocket-Key", value: "dGhlIHNhbXBsZSBub25jZQ=="),
                    HTTPField(name: "User-Agent", value: "Go-http-client/1.1"),
                ]), token: "FwoGZXIvYXdzEXAMPLE", service: "ecs", time: .november,
            signedHeaders: "host;x-amz-date;x-amz-security-token",
            signature: "cb292a1e7f0ff21ac4ef16931225bc3a7f0b828baa4d805ed4ff726d893cb052"),
    ]

    @Test(arguments: vectors) func signsAsOthersDo(_ vector: Vector) {
        let added = SignatureV4.sign(
            vector.request, with: .example.with(token: vector.token), region: vector.region, service: vector.service,
            at: vector.time)
        let authorization =
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/\(vector.date)/\(vector.region)/\(vector.service)/aws4_request, "
            + "SignedHeaders=\(vector.signedHeaders), Signature=\(vector.signature)"
        #expect(added.last == HTTPField(name: "Authorization", value: authorization))
        let names = vector.token == nil ? ["X-Amz-Date"] : ["X-Amz-Date", "X-Amz-Security-Token"]
        #expect(added.dropLast().map(\.name) == names)
    }

    @Test(arguments: vectors) func verifiesWhatOthersSigned(_ vector: Vector) throws {
        let signed = vector.request.adding(
            SignatureV4.sign(
                vector.request, with: .example.with(token: vector.token), region: vector.region,
                service: vector.service, at: vector.time))
        let claim = try SignatureV4.parse(signed)
        #expect(claim.accessKeyID == "AKIDEXAMPLE")
        #expect(claim.signature == vector.signature)
        #expect(claim.signedHeaders.joined(separator: ";") == vector.signedHeaders)
        #expect(claim.requestTime == vector.time)
        #expect(claim.sessionToken?.exposed == vector.token)
        try SignatureV4.verify(
            signed, claim: claim, secret: Credentials.example.secretAccessKey, at: vector.time, scope: vector.scope)
        let key = SignatureV4.signingKey(
            secret: Credentials.example.secretAccessKey, date: vector.date, region: vector.region,
            service: vector.service)
        try SignatureV4.verify(signed, claim: claim, signingKey: key, at: vector.time, scope: vector.scope)
    }

    /// Captured from `curl --aws-sigv4 aws:amz:us-east-1:ecs` 7.88.1.
    @Test func verifiesCurl() throws {
        let request = SignableRequest(
            method: "POST", host: "127.0.0.1:18999", path: "/",
            headers: [
                HTTPField(name: "Host", value: "127.0.0.1:18999"),
                HTTPField(
                    name: "Authorization",
                    value: "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/us-east-1/ecs/aws4_request, "
                        + "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
                        + "Signature=589adaf5794d8f0313ff41af57e8c25566f33bf8257247c6dde0b454b878adab"),
                HTTPField(name: "X-Amz-Date", value: "20261123T112146Z"),
                HTTPField(name: "User-Agent", value: "curl/7.88.1"), HTTPField(name: "Accept", value: "*/*"),
                HTTPField(name: "X-Amz-Target", value: "AmazonEC2ContainerServiceV20141113.ListClusters"),
                HTTPField(name: "Content-Type", value: "application/x-amz-json-1.1"),
                HTTPField(name: "Content-Length", value: "17"),
            ], bodySHA256: listClusters.bodySHA256)
        let claim = try SignatureV4.parse(request)
        try SignatureV4.verify(
            request, claim: claim, secret: Credentials.example.secretAccessKey, at: claim.requestTime,
            scope: SignatureV4.Scope(region: "us-east-1", services: ["ssm", "ecs"]))
    }

    /// Captured from AWS CLI 1.45.11, which adds headers after signing.
    @Test func verifiesTheCommandLineInterface() throws {
        let request = SignableRequest(
            method: "POST", host: "127.0.0.1:18999", path: "/",
            headers: [
                HTTPField(name: "Accept-Encoding", value: "identity"),
                HTTPField(name: "X-Amz-Target", value: "AmazonEC2ContainerServiceV20141113.ListClusters"),
                HTTPField(name: "Content-Type", value: "application/x-amz-json-1.1"),
                HTTPField(name: "X-Amz-Date", value: "20261123T112147Z"),
                HTTPField(name: "X-Amz-Security-Token", value: "tok/en+x=="),
                HTTPField(
                    name: "Authorization",
                    value: "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/us-east-1/ecs/aws4_request, "
                        + "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, "
                        + "Signature=feab65ebeb8e5630419533079da73a74a9a8bb759943abee6a38c47ff97b3585"),
                HTTPField(name: "amz-sdk-invocation-id", value: "fa2e2386-52da-43f7-a0f5-062a6650331e"),
                HTTPField(name: "amz-sdk-request", value: "attempt=1"),
                HTTPField(name: "Content-Length", value: "2"),
            ], bodySHA256: SignableRequest.sha256Hex(Array("{}".utf8)))
        let claim = try SignatureV4.Claim.parse(request)
        #expect(claim.sessionToken == Redacted("tok/en+x=="))
        try SignatureV4.verify(
            request, claim: claim, secret: Credentials.example.secretAccessKey, at: claim.requestTime,
            scope: SignatureV4.Scope(region: "us-east-1", services: ["ecs"]))
    }

    @Test func headersThatSigningMakesAreReplaced() {
        let stale = listClusters.adding([
            HTTPField(name: "x-amz-date", value: "19990101T000000Z"),
            HTTPField(name: "X-Amz-Security-Token", value: "old"), HTTPField(name: "authorization", value: "Basic x"),
        ])
        let fresh = SignatureV4.sign(listClusters, with: .example, region: "r", service: "ecs", at: .suite)
        #expect(SignatureV4.sign(stale, with: .example, region: "r", service: "ecs", at: .suite) == fresh)
    }

    @Test func digestsAreThoseOfTheStandard() {
        #expect(SignableRequest.sha256Hex([UInt8]()) == SignableRequest.emptyBodySHA256)
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(SignableRequest.sha256Hex(Array("abc".utf8)) == abc)
        // A sequence without contiguous storage.
        #expect(SignableRequest.sha256Hex("abc".utf8.lazy.map { $0 }) == abc)
    }

    @Test(
        arguments: [
            ("a=b", [QueryItem(name: "a", value: "b")]), ("", []),
            ("a=b=c&&d", [QueryItem(name: "a", value: "b=c"), QueryItem(name: "d", value: "")]),
            ("x+y=%2B+%zz%4", [QueryItem(name: "x y", value: "+ %zz%4")]),
            ("%C3%A9=%ff", [QueryItem(name: "é", value: "\u{FFFD}")]), ("=v", [QueryItem(name: "", value: "v")]),
        ] as [(Substring, [QueryItem])])
    func parsesQueries(_ raw: Substring, _ items: [QueryItem]) {
        #expect(QueryItem.parse(raw) == items)
    }

    @Test func encodesQueries() {
        let items = [QueryItem(name: "b", value: "x y/+~é"), QueryItem(name: "a", value: "")]
        #expect(QueryItem.encode(items) == "a=&b=x%20y%2F%2B~%C3%A9")
        #expect(QueryItem.parse(QueryItem.encode(items)[...]) == items.reversed())
    }
}
