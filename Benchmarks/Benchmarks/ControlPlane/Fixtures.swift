// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
import DryportModel

/// What the benchmarks work on.
enum Fixtures {
    static let now = Instant(monotonic: .zero, wall: Timestamp(millisecondsSinceEpoch: 1_800_000_000_000))

    /// The body that the AWS CLI sends for `run-task --launch-type EXTERNAL --task-definition web --count 1`, with
    /// overrides.
    static let runTask = """
        {"cluster": "default", "count": 1, "launchType": "EXTERNAL", "taskDefinition": "web", "startedBy": "bench", \
        "overrides": {"containerOverrides": [{"name": "main", "command": ["sleep", "60"], \
        "environment": [{"name": "COLOUR", "value": "blue"}, {"name": "SIZE", "value": "42"}]}]}, \
        "placementStrategy": [{"type": "spread", "field": "instanceId"}], \
        "tags": [{"key": "team", "value": "harbour"}]}
        """

    private static let attributes =
        ["ecs.capability.external", "com.amazonaws.ecs.capability.logging-driver.json-file"]
        + (17...30).map { "com.amazonaws.ecs.capability.docker-remote-api.1.\($0)" }
}

extension Fixtures {
    /// A call of RunTask as it comes over the wire, and what is needed to verify it.
    struct SignedCall {
        let request: SignableRequest
        let signingKey: SigningKey
        let scope = SignatureV4.Scope(region: "us-east-1", services: ["ecs"])

        init() {
            let credentials = Credentials(
                accessKeyID: "AKIAIOSFODNN7EXAMPLE",
                secretAccessKey: Redacted("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
            var request = SignableRequest(
                method: "POST", host: "127.0.0.1:7070", path: "/",
                headers: [
                    HTTPField(name: "Content-Type", value: "application/x-amz-json-1.1"),
                    HTTPField(name: "X-Amz-Target", value: ECS.RunTaskRequest.target),
                    HTTPField(name: "User-Agent", value: "aws-cli/2"),
                    HTTPField(name: "Content-Length", value: String(Fixtures.runTask.utf8.count)),
                ], bodySHA256: SignableRequest.sha256Hex(Array(Fixtures.runTask.utf8)))
            request.headers += SignatureV4.sign(
                request, with: credentials, region: "us-east-1", service: "ecs", at: Fixtures.now.wall)
            self.request = request
            signingKey = SignatureV4.signingKey(
                secret: credentials.secretAccessKey, date: "20270115", region: "us-east-1", service: "ecs")
        }
    }

    /// A control plane with instances whose agents are connected.
    struct Cluster {
        private static let context = CallContext(
            principal: .administrator(accessKeyID: "bench"), endpoint: "http://127.0.0.1:7070")
        private var machine: ControlPlaneMachine
        private var random = SplitMix(state: 1)

        init(instances: Int) throws {
            machine = ControlPlaneMachine(
                configuration: ControlPlaneConfiguration(),
                issuer: SessionCredentialIssuer(masterKey: Redacted(Array(repeating: 7, count: 32))))
            _ = machine.createDefaultCluster(at: now)
            var container = ContainerDefinition(name: "main", image: "busybox:latest")
            container.cpu = 1
            container.memory = 6
            _ = try call(
                ECS.RegisterTaskDefinitionRequest(
                    family: "web", containerDefinitions: [container], requiresCompatibilities: ["EXTERNAL"]))
            let request = ECS.RegisterContainerInstanceRequest(
                totalResources: [
                    ECS.Resource(name: "CPU", type: "INTEGER", integerValue: 1 << 20),
                    ECS.Resource(name: "MEMORY", type: "INTEGER", integerValue: 1 << 20),
                ],
                attributes: attributes.map { Attribute(name: $0) })
            for number in 0..<instances {
                let arn = try call(request).response.containerInstance?.containerInstanceArn ?? ""
                _ = try machine.openSession(
                    AgentSessionID(UInt64(number)),
                    handshake: AgentHandshake(cluster: nil, containerInstanceArn: arn, sendCredentials: false),
                    as: Self.context.principal, at: now, using: &random)
            }
        }

        mutating func runTask() throws -> (response: ECS.RunTaskResponse, output: ControlPlaneOutput) {
            let result = try call(ECS.RunTaskRequest(launchType: "EXTERNAL", taskDefinition: "web"))
            precondition(result.response.tasks?.count == 1, "the task was not placed")
            return result
        }

        private mutating func call<Request: ControlPlaneRequest>(
            _ request: Request
        ) throws -> (response: Request.Response, output: ControlPlaneOutput) {
            try machine.perform(request, in: Self.context, at: now, using: &random)
        }
    }
}

/// A small reproducible generator (SplitMix64), so that every run does the same work.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
