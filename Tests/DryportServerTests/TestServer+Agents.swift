// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import DryportServer
import Testing

/// What agents do before and with their sessions.
extension TestServer {
    /// Registers a task definition and returns what an instance needs to run it.
    func registerTaskDefinition() async throws -> [Attribute] {
        let definition = TestRequests.signed(
            "RegisterTaskDefinition",
            #"{"family":"web","containerDefinitions":[{"name":"web","image":"busybox","memory":16}]}"#,
            by: plane.administrator)
        let response = try await plane.front().respond(to: definition)
        try #require(response.status == 200, "\(response.error?.description ?? "")")
        let registered = try response.decoded(ECS.RegisterTaskDefinitionResponse.self)
        return registered.taskDefinition?.requiresAttributes ?? []
    }

    /// Registers a container instance and returns its ARN.
    func register() async throws -> String {
        var request = ECS.RegisterContainerInstanceRequest()
        request.cluster = "default"
        request.totalResources = [
            ECS.Resource(name: "CPU", type: "INTEGER", integerValue: 4096),
            ECS.Resource(name: "MEMORY", type: "INTEGER", integerValue: 8192),
            ECS.Resource(name: "PORTS", type: "STRINGSET", stringSetValue: ["22"]),
            ECS.Resource(name: "PORTS_UDP", type: "STRINGSET", stringSetValue: []),
        ]
        request.versionInfo = ECS.VersionInfo(agentVersion: "1.0.0")
        request.attributes =
            try await registerTaskDefinition() + [Attribute(name: "ecs.capability.external")]
        let response = try await call(request)
        return try #require(response.containerInstance?.containerInstanceArn)
    }

    func call<Request: APIRequest>(_ request: Request) async throws -> Request.Response {
        let response = try await plane.front().respond(
            to: TestRequests.signed(
                Request.operation, try json(request), by: plane.administrator, service: Request.service))
        try #require(response.status == 200, "\(response.error?.description ?? "")")
        return try response.decoded()
    }

    func parameters(_ arn: String) -> [String: String] {
        [
            "agentHash": "a8b3e7d3", "agentVersion": "1.105.1", "clusterArn": "default", "containerInstanceArn": arn,
            "dockerVersion": "DockerVersion: 20.10.24", "protocolVersion": "2", "sendCredentials": "true",
            "seqNum": "1",
        ]
    }

    func handshake(_ arn: String, path: String = "/acs/ws") -> APIFront.Request {
        TestRequests.handshake(
            path: path, parameters: parameters(arn), by: plane.administrator, host: host)
    }
}
