// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import Testing

@Suite struct JSONCodingTests {
    /// The message names the place and what was expected there.
    @Test(arguments: [
        (#"{"containerDefinitions":[{"cpu":"10"}]}"#, "containerDefinitions[0].cpu: expected a number"),
        (
            #"{"containerDefinitions":[{},{"portMappings":[{},{"hostPort":true}]}]}"#,
            "containerDefinitions[1].portMappings[1].hostPort: expected a number"
        ),
        (#"{"family":5}"#, "family: expected a string"),
        (#"{"enableFaultInjection":"yes"}"#, "enableFaultInjection: expected true or false"),
        (#"{"volumes":{}}"#, "volumes: expected a list"),
        (#"{"runtimePlatform":[]}"#, "runtimePlatform: expected an object"),
        (
            #"{"containerDefinitions":[{"dockerLabels":{"7":8}}]}"#,
            "containerDefinitions[0].dockerLabels.7: expected a string"
        ),
        (#"{"containerDefinitions":[null]}"#, "containerDefinitions[0]: expected an object"),
        ("[]", "the body: expected an object"),
    ])
    func errorsNameThePlace(text: String, message: String) {
        #expect(throws: APIError(.serialization, message)) {
            try decode(text, as: ECS.RegisterTaskDefinitionRequest.self)
        }
    }

    @Test(arguments: [
        "", "{", #"{"family":"a"}}"#, "\u{1}", #"{"containerDefinitions":[{"cpu":1e400}]}"#,
        #"{"containerDefinitions":[{"cpu":1.5}]}"#,
    ])
    func whatIsNotJSONIsRefused(text: String) throws {
        let error = try #require(throws: APIError.self) {
            try decode(text, as: ECS.RegisterTaskDefinitionRequest.self)
        }
        #expect(error.code == .serialization)
        #expect(!error.message.isEmpty)
    }

    @Test func nullCountsAsAbsent() throws {
        #expect(try decode(#"{"family":null}"#, as: ECS.RegisterTaskDefinitionRequest.self) == .init())
    }

    @Test func depthIsLimited() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try decode(nested(100), as: JSONTree.self)
        #expect(throws: APIError(.serialization, "the JSON is nested deeper than 100 levels")) {
            try decode(nested(101), as: JSONTree.self)
        }
        #expect(throws: APIError.self) { try decode(String(repeating: "{\"a\":", count: 1_000_000), as: JSONTree.self) }
    }

    /// Brackets in strings, quotes behind backslashes, and brackets side by side do not count as depth.
    @Test func depthIgnoresStringsAndSiblings() throws {
        let brackets = String(repeating: "[", count: 500)
        _ = try decode("[\"\(brackets)\"]", as: JSONTree.self)
        _ = try decode(#"["\"\#(brackets)\\"]"#, as: JSONTree.self)
        let siblings = String(repeating: "[],", count: 500)
        _ = try decode("[\(siblings)[]]", as: JSONTree.self)
        // The string ends at the quote after the escaped backslash, so these brackets do count.
        #expect(throws: APIError(.serialization, "the JSON is nested deeper than 100 levels")) {
            try decode(#"["\\",\#(brackets)"#, as: JSONTree.self)
        }
    }

    @Test func encodingIsCanonical() throws {
        let request = ECS.RunTaskRequest(cluster: "a/b", count: 1, tags: [], taskDefinition: "web:1")
        #expect(try text(request) == #"{"cluster":"a/b","count":1,"tags":[],"taskDefinition":"web:1"}"#)
    }

    @Test func timestampsAreSeconds() throws {
        let task = ECS.Task(
            createdAt: Timestamp(millisecondsSinceEpoch: 1_557_207_715_195),
            startedAt: Timestamp(millisecondsSinceEpoch: 1_557_207_716_000))
        #expect(try text(task) == #"{"createdAt":1557207715.195,"startedAt":1557207716}"#)
        #expect(try decode(text(task), as: ECS.Task.self) == task)
    }
}

/// How errors travel (`ecs-control-plane.md` §0).
@Suite struct APIErrorTests {
    @Test(arguments: [
        #"{"__type":"ClusterNotFoundException","message":"Cluster not found."}"#,
        #"{"__type":"com.amazonaws.ecs#ClusterNotFoundException","message":"Cluster not found."}"#,
        #"{"__type":"ClusterNotFoundException","Message":"Cluster not found."}"#,
    ])
    func errorsAreRead(text: String) throws {
        #expect(try decode(text, as: APIError.self) == APIError(.clusterNotFound, "Cluster not found."))
    }

    @Test func conflictsNameTheirResources() throws {
        let error = APIError(.conflict, "used", resourceIDs: ["arn:t"])
        #expect(try text(error) == #"{"__type":"ConflictException","message":"used","resourceIds":["arn:t"]}"#)
        #expect(try decode(text(error), as: APIError.self) == error)
        #expect(try text(APIError(.client, "m")) == #"{"__type":"ClientException","message":"m"}"#)
    }

    @Test func statusesAndRetries() {
        #expect(APIError(.server, "").httpStatus == 500)
        #expect(APIError(.throttling, "").httpStatus == 400)
        #expect(APIError(.throttling, "").isRetryable)
        #expect(!APIError(.client, "").isRetryable)
    }
}
