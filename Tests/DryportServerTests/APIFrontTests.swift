// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
import DryportModel
import DryportServer
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct APIFrontTests {
    // MARK: Refusals

    struct Refusal: Sendable, CustomTestStringConvertible {
        var name: String
        var status: Int
        var code: String
        var make: @Sendable (Credentials) -> APIFront.Request
        var testDescription: String { name }

        init(
            _ name: String, _ status: Int, _ code: String, _ make: @escaping @Sendable (Credentials) -> APIFront.Request
        ) {
            (self.name, self.status, self.code, self.make) = (name, status, code, make)
        }

        /// A signed ListClusters, damaged.
        static func damaged(
            _ name: String, _ status: Int, _ code: String,
            _ damage: @escaping @Sendable (inout APIFront.Request) -> Void
        ) -> Refusal {
            Refusal(name, status, code) { credentials in
                var request = TestRequests.signed("ListClusters", "{}", by: credentials)
                damage(&request)
                return request
            }
        }

        /// A ListClusters with another body, properly signed.
        static func body(_ name: String, _ status: Int, _ code: String, _ bytes: [UInt8]) -> Refusal {
            Refusal(name, status, code) { credentials in
                var request = TestRequests.unsigned(target: ECS.ListClustersRequest.target, body: bytes)
                TestRequests.sign(&request, by: credentials, service: "ecs")
                return request
            }
        }
    }

    static let refusals: [Refusal] = [
        .body("malformed JSON", 400, "SerializationException", Array("{".utf8)),
        .body("JSON of another type", 400, "SerializationException", Array("[]".utf8)),
        .body("null", 400, "SerializationException", Array("null".utf8)),
        .body("member of another type", 400, "SerializationException", Array(#"{"maxResults":"a"}"#.utf8)),
        .body("invalid UTF-8", 400, "SerializationException", [0x7B, 0x22, 0xC3, 0x28, 0x22, 0x3A, 0x31, 0x7D]),
        .body("bytes of no encoding", 400, "SerializationException", [0xFF, 0xFE, 0x00, 0x80]),
        .body(
            "deep nesting", 400, "SerializationException",
            Array(repeating: UInt8(ascii: "["), count: 500_000)),
        .body(
            "body too large", 413, "RequestEntityTooLargeException",
            Array(repeating: UInt8(ascii: " "), count: (1 << 20) - 1) + Array("{}".utf8)),
        Refusal("no target", 400, "UnknownOperationException") { _ in
            TestRequests.unsigned(target: nil, body: [])
        },
        Refusal("unknown operation", 400, "UnknownOperationException") { _ in
            TestRequests.unsigned(target: "AmazonEC2ContainerServiceV20141113.LaunchRocket", body: [])
        },
        Refusal("operation of another service", 400, "UnknownOperationException") { _ in
            TestRequests.unsigned(target: "AmazonSSM.ListClusters", body: [])
        },
        Refusal("no target prefix", 400, "UnknownOperationException") { _ in
            TestRequests.unsigned(target: "ListClusters", body: [])
        },
        Refusal("no signature", 400, "MissingAuthenticationTokenException") { _ in
            TestRequests.unsigned(target: ECS.ListClustersRequest.target, body: Array("{}".utf8))
        },
        Refusal("no signature and malformed JSON", 400, "MissingAuthenticationTokenException") { _ in
            TestRequests.unsigned(target: ECS.ListClustersRequest.target, body: Array("{".utf8))
        },
        Refusal("wrong secret", 400, "InvalidSignatureException") { credentials in
            let wrong = Credentials(accessKeyID: credentials.accessKeyID, secretAccessKey: Redacted("wrong"))
            return TestRequests.signed("ListClusters", "{}", by: wrong)
        },
        Refusal("unknown key", 400, "UnrecognizedClientException") { credentials in
            let unknown = Credentials(accessKeyID: "AKIAUNKNOWN", secretAccessKey: credentials.secretAccessKey)
            return TestRequests.signed("ListClusters", "{}", by: unknown)
        },
        Refusal("unknown node", 400, "UnrecognizedClientException") { credentials in
            let node = Credentials(
                accessKeyID: "mi-0123456789abcdef0", secretAccessKey: credentials.secretAccessKey)
            return TestRequests.signed("RequestManagedInstanceRoleToken", "{}", by: node, service: .ssm)
        },
        Refusal("six minutes late", 400, "InvalidSignatureException") { credentials in
            TestRequests.signed(
                "ListClusters", "{}", by: credentials, at: TestRequests.now.advanced(by: .seconds(-360)))
        },
        Refusal("six minutes early", 400, "InvalidSignatureException") { credentials in
            TestRequests.signed("ListClusters", "{}", by: credentials, at: TestRequests.now.advanced(by: .seconds(360)))
        },
        Refusal("signed for another service", 400, "InvalidSignatureException") { credentials in
            TestRequests.signed("ListClusters", "{}", by: credentials, signingService: "ssm")
        },
        .damaged("another body than signed", 400, "InvalidSignatureException") { $0.body = Array(#"{ }"#.utf8) },
        .damaged("another host than signed", 400, "InvalidSignatureException") { $0.host = "elsewhere:7070" },
        .damaged("another query than signed", 400, "InvalidSignatureException") { $0.query = "a=b" },
        .damaged("another target than signed", 400, "InvalidSignatureException") {
            $0.replace("X-Amz-Target") { _ in ECS.ListTasksRequest.target }
        },
        .damaged("no date", 400, "IncompleteSignatureException") { request in
            request.headers.removeAll { $0.name == "X-Amz-Date" }
        },
        .damaged("malformed date", 400, "IncompleteSignatureException") {
            $0.replace("X-Amz-Date") { _ in "yesterday" }
        },
        .damaged("no credential", 400, "IncompleteSignatureException") {
            $0.replace("Authorization") { $0.split(separator: ", ").dropFirst().joined(separator: ", ") }
        },
        .damaged("no signed headers", 400, "IncompleteSignatureException") {
            $0.replace("Authorization") { value in
                value.split(separator: ", ").filter { !$0.hasPrefix("SignedHeaders") }.joined(separator: ", ")
            }
        },
        .damaged("no signature part", 400, "IncompleteSignatureException") {
            $0.replace("Authorization") { $0.split(separator: ", ").dropLast().joined(separator: ", ") }
        },
        .damaged("another scheme", 400, "IncompleteSignatureException") {
            $0.replace("Authorization") { _ in "Basic dXNlcjpwYXNz" }
        },
        .damaged("no host", 400, "InvalidParameterException") { $0.host = "" },
        .damaged("host with a path", 400, "InvalidParameterException") { $0.host = "cp.example/path" },
        .damaged("host with a user", 400, "InvalidParameterException") { $0.host = "user@cp.example" },
        .damaged("host with a port too large", 400, "InvalidParameterException") { $0.host = "cp.example:65536" },
        .damaged("host with an open bracket", 400, "InvalidParameterException") { $0.host = "[::1" },
        .damaged("GET", 405, "UnknownOperationException") { $0.method = "GET" },
        .damaged("another path", 404, "UnknownOperationException") { $0.path = "/clusters" },
        .damaged("a session without an upgrade", 426, "InvalidParameterException") {
            ($0.method, $0.path) = ("GET", "/acs/ws")
        },
    ]

    /// Every refusal is JSON as AWS's services answer it, and names its error in the header as well.
    @Test(arguments: refusals)
    func refuses(_ refusal: Refusal) async throws {
        try await withTestPlane { plane in
            let response = try await plane.front().respond(to: refusal.make(plane.administrator))
            #expect(response.status == refusal.status)
            #expect(response.error?.code.name == refusal.code)
            #expect(response.error?.message.isEmpty == false)
            #expect(response.header("X-Amzn-ErrorType") == refusal.code)
            #expect(response.header("content-type") == "application/x-amz-json-1.1")
            #expect(response.header("content-length") == String(response.body.count))
        }
    }

    // MARK: Answers

    @Test func answersWithAWSHeaders() async throws {
        try await withTestPlane { plane in
            let front = try plane.front()
            let first = await front.respond(
                to: TestRequests.signed("CreateCluster", #"{"clusterName":"a"}"#, by: plane.administrator))
            let second = await front.respond(to: TestRequests.signed("ListClusters", "", by: plane.administrator))
            #expect(first.status == 200)
            let clusters = try second.decoded(ECS.ListClustersResponse.self).clusterArns ?? []
            #expect(clusters.contains("arn:aws:ecs:us-east-1:123456789012:cluster/a"))
            #expect(second.header("Content-Type") == "application/x-amz-json-1.1")
            let ids = [first, second].compactMap { $0.header("x-amzn-RequestId") }
            #expect(Set(ids).count == 2)
            #expect(ids.allSatisfy { UUID(uuidString: $0) != nil })
        }
    }

    /// The body may be as large as the bound, and the clock five minutes off.
    @Test func acceptsTheExtremes() async throws {
        try await withTestPlane { plane in
            let front = try plane.front()
            let padding = String(repeating: " ", count: (1 << 20) - 2)
            let large = TestRequests.signed("ListClusters", padding + "{}", by: plane.administrator)
            #expect(await front.respond(to: large).status == 200)
            for seconds in [-295, 295] {
                let time = TestRequests.now.advanced(by: .seconds(seconds))
                let skewed = TestRequests.signed("ListClusters", "{}", by: plane.administrator, at: time)
                #expect(await front.respond(to: skewed).status == 200)
            }
        }
    }

    /// Whatever is asked for without any parameter has an answer of AWS's shape.
    @Test(arguments: APIFront.operations.map { Name(service: $0.service, operation: $0.operation) })
    func answersEmptyInput(_ name: Name) async throws {
        try await withTestPlane { plane in
            let front = try plane.front()
            for body in ["{}", ""] {
                let request = TestRequests.signed(
                    name.operation, body, by: plane.administrator, service: name.service)
                let response = await front.respond(to: request)
                switch response.status {
                case 200: #expect(response.body.first == UInt8(ascii: "{"))
                case 400: #expect(response.error?.message.isEmpty == false)
                default: Issue.record("\(name.operation) answered \(response.status)")
                }
            }
        }
    }

    struct Name: Sendable, CustomTestStringConvertible {
        var service: APIService
        var operation: String
        var testDescription: String { "\(service.targetPrefix).\(operation)" }
    }

    /// No operation of the control plane is left out of the list.
    @Test func servesEveryOperation() throws {
        let sources = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
        let folder = "/\(sources)/Sources/DryportControlPlaneCore/Operations"
        var declared: Set<String> = []
        for file in try FileManager.default.contentsOfDirectory(atPath: folder) where file.hasSuffix(".swift") {
            let data = try #require(FileManager.default.contents(atPath: "\(folder)/\(file)"))
            for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
                guard line.hasPrefix("extension "), line.contains(": ControlPlaneRequest {") else { continue }
                declared.insert(String(line.dropFirst("extension ".count).prefix { $0 != ":" }))
            }
        }
        let served = APIFront.operations.map { String(String(reflecting: $0).dropFirst("DryportMessages.".count)) }
        #expect(declared.count > 30)
        #expect(declared == Set(served))
    }

    // MARK: Who calls

    /// The registration of a node needs no signature; what it lacks is another thing.
    @Test func letsAnybodyRegisterWithAnActivation() async throws {
        try await withTestPlane { plane in
            let front = try plane.front()
            let response = await front.respond(
                to: TestRequests.unsigned(target: SSM.RegisterManagedInstanceRequest.target, body: Array("{}".utf8)))
            #expect(response.status == 400)
            #expect(response.error?.code != .missingAuthenticationToken)
            var signed = TestRequests.signed(
                "RegisterManagedInstance", "{}", by: plane.administrator, service: .ssm)
            signed.body = Array("{ }".utf8)
            #expect(await front.respond(to: signed).error?.code == .invalidSignature)
        }
    }

    @Test(arguments: [
        ("127.0.0.1:7070", false, nil, "http://127.0.0.1:7070"),
        ("cp.example", true, nil, "https://cp.example"),
        ("[::1]:7070", false, nil, "http://[::1]:7070"),
        ("10.0.0.1:7070", false, "https://cp.example:8443/", "https://cp.example:8443"),
    ])
    func tellsAgentsWhereTheyReachedIt(
        host: String, isSecure: Bool, advertised: String?, expected: String
    ) async throws {
        try await withTestPlane { plane in
            let front = try plane.front(isSecure: isSecure, advertisedURL: advertised)
            let response = await front.respond(
                to: TestRequests.signed("DiscoverPollEndpoint", "{}", by: plane.administrator, host: host))
            let endpoints = try response.decoded(ECS.DiscoverPollEndpointResponse.self)
            #expect(endpoints.endpoint == expected + "/acs")
            #expect(endpoints.telemetryEndpoint == expected + "/tcs")
        }
    }

    @Test(arguments: ["cp.example", "ftp://cp.example", "https://", "https://cp.example/base", "https://a b"])
    func refusesToAdvertise(_ url: String) async throws {
        try await withTestPlane { plane in
            #expect { try plane.front(advertisedURL: url) } throws: { error in
                (error as? ServerError)?.code == .invalidConfiguration
            }
        }
    }

    // MARK: Health, dates, logs

    @Test func tellsItsHealthToAnybody() async throws {
        try await withTestPlane { plane in
            let front = try plane.front()
            let get = await front.respond(to: APIFront.Request(method: "GET", host: "", path: "/healthz"))
            #expect(get.status == 200)
            #expect(String(decoding: get.body, as: UTF8.self) == #"{"status":"ok"}"#)
            let post = await front.respond(to: APIFront.Request(method: "POST", host: "", path: "/healthz"))
            #expect(post.status == 405)
            #expect(post.header("Allow") == "GET, HEAD")
        }
    }

    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
    ])
    func dates(second: Int64, expected: String) async throws {
        try await withTestPlane { plane in
            let time = Instant(
                monotonic: MonotonicTime(sinceStart: .zero),
                wall: Timestamp(millisecondsSinceEpoch: second * 1000 + 999))
            let front = try APIFront(controlPlane: plane.controlPlane, logger: TestPlane.silent, now: { time })
            for _ in 0..<2 {
                let response = await front.respond(to: APIFront.Request(method: "GET", host: "", path: "/healthz"))
                #expect(response.header("Date") == expected)
            }
        }
    }

    /// The log says who did what, and nothing of what they said or proved it with.
    @Test func logsNoSecrets() async throws {
        try await withTestPlane { plane in
            let log = RecordingLog()
            let front = try plane.front(logger: log.logger)
            let request = TestRequests.signed(
                "CreateCluster", #"{"clusterName":"very-secret"}"#, by: plane.administrator)
            let response = await front.respond(to: request)
            let entry = try #require(log.entries.first { $0.contains("CreateCluster") })
            #expect(entry.contains("principal.kind=administrator"))
            #expect(entry.contains("status=200"))
            let requestID = try #require(response.header("x-amzn-RequestId"))
            #expect(entry.contains(requestID))
            let authorization = try #require(request.headers.first { $0.name == "Authorization" })
            let signature = try #require(authorization.value.split(separator: "Signature=").last)
            let shown = log.entries + ["\(request)", "\(response)", String(reflecting: request)]
            for text in shown {
                #expect(!text.contains("very-secret"))
                #expect(!text.contains(signature))
            }
        }
    }
}

extension APIFront.Request {
    fileprivate mutating func replace(_ name: String, with value: (String) -> String) {
        for index in headers.indices where headers[index].name == name {
            headers[index].value = value(headers[index].value)
        }
    }
}
