// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
import DryportModel
import Testing

/// Two nodes with an instance and tasks each: whatever one of them sends, it changes nothing of the other's and learns
/// nothing about it. Every operation is called with random input that names the other's resources, once as they are
/// and once with names of the same form that mean nothing. The answers must be the same but for those names, or the
/// first must be a refusal that says nothing which the caller did not say itself.
@Suite struct NodeIsolationTests {
    /// One node, and what is its own.
    struct Node {
        var id: String
        var instance: String
        var task: String
        var session: AgentSessionID

        /// The parts of names that only this node's things have.
        var marks: [String] { [id, instance, task].map { $0.split(separator: "/").last.map(String.init) ?? $0 } }
    }

    var bench: Bench
    let mine: Node
    let other: Node
    /// What is told of the other's things, and was not said by the caller.
    private let facts = ["secret-family", "secret-tag", "secret-attribute", "secret-runtime"]

    init() throws {
        var configuration = ControlPlaneConfiguration()
        configuration.throttling.anonymous = nil
        configuration.throttling.nodes = nil
        configuration.throttling.tasks = nil
        bench = Bench(configuration: configuration)
        mine = try Self.node(in: &bench, family: "own")
        other = try Self.node(in: &bench, family: "secret-family")
        let tags = [Tag(key: "secret-tag", value: "1")]
        for arn in [other.instance, other.task] { try bench.call(ECS.TagResourceRequest(resourceArn: arn, tags: tags)) }
        try bench.call(
            ECS.PutAttributesRequest(attributes: [Attribute(name: "secret-attribute", targetId: other.instance)]))
        var change = ECS.ContainerStateChange()
        (change.containerName, change.status, change.runtimeId) = ("main", "RUNNING", "secret-runtime")
        var report = ECS.SubmitTaskStateChangeRequest()
        (report.task, report.status, report.containers) = (other.task, "RUNNING", [change])
        try bench.call(report, as: .managedInstance(id: other.id))
        bench.sent = []
    }

    private static let publicKey: String = {
        guard let key = try? ManagedInstanceKey.generate() else { preconditionFailure("RSA is available") }
        return key.publicKey.base64
    }()

    private static func node(in bench: inout Bench, family: String) throws -> Node {
        let activation = try bench.call(SSM.CreateActivationRequest(iamRole: "edge"))
        let registration = SSM.RegisterManagedInstanceRequest(
            activationCode: activation.activationCode, activationId: activation.activationId, fingerprint: family,
            publicKey: publicKey, publicKeyType: "Rsa")
        let id = try #require(try bench.call(registration, as: .anonymous).instanceId)
        let instance = try bench.registerInstance(principal: .managedInstance(id: id))
        let session = try bench.connect(instance, principal: .managedInstance(id: id))
        try bench.registerDefinition(family: family, taskRole: "role")
        let started = try bench.call(ECS.StartTaskRequest(containerInstances: [instance], taskDefinition: family))
        return Node(
            id: id, instance: instance, task: try #require(started.tasks?.first?.taskArn), session: session)
    }

    // MARK: Random calls

    /// Input for whatever operation: members of all of them, about the other node's things.
    private func input(_ random: inout SeededGenerator) -> String {
        func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &random)] }
        func quoted(_ text: String) -> String { "\"\(text)\"" }
        let (instanceID, taskID) = (other.marks[1], other.marks[2])
        let instance = quoted(pick([other.instance, instanceID]))
        let task = quoted(pick([other.task, taskID]))
        let any = quoted(pick([other.instance, other.task, instanceID, taskID, other.id]))
        let change = #"{"containerName":"main","status":"STOPPED","exitCode":1,"runtimeId":"r"}"#
        let cluster = pick(["default", "arn:aws:ecs:us-east-1:123456789012:cluster/default"])
        let members: [(name: String, value: String)] = [
            ("cluster", quoted(cluster)), ("containerInstance", pick([instance, any])),
            ("containerInstanceArn", instance), ("containerInstances", "[\(pick([instance, any]))]"),
            ("task", pick([task, any])), ("tasks", "[\(pick([task, any]))]"),
            ("resourceArn", quoted(pick([other.instance, other.task]))),
            ("targetType", quoted("container-instance")),
            ("attributes", #"[{"name":"x","value":"y","targetId":\#(instance),"targetType":"container-instance"}]"#),
            ("status", quoted(pick(["RUNNING", "STOPPED", "ACTIVE", "DRAINING"]))), ("reason", quoted("because")),
            ("force", pick(["true", "false"])), ("containers", "[\(change)]"), ("containerName", quoted("main")),
            ("runtimeId", quoted("r")), ("exitCode", "1"), ("protectionEnabled", pick(["true", "false"])),
            ("tags", #"[{"key":"k","value":"v"}]"#), ("tagKeys", #"["secret-tag"]"#),
            ("taskDefinition", quoted("own")), ("family", quoted("own")), ("clientToken", quoted(taskID)),
            ("InstanceId", quoted(other.id)), ("ResourceId", quoted(other.id)),
            ("ResourceType", quoted("ManagedInstance")), ("TagKeys", #"["k"]"#), ("IamRole", quoted("r")),
            ("Tags", #"[{"Key":"k","Value":"v"}]"#), ("ComputerName", quoted("c")), ("Fingerprint", quoted("own")),
            ("PublicKey", quoted(Self.publicKey)), ("NewPublicKey", quoted(Self.publicKey)),
        ]
        let chosen = members.filter { _ in Int.random(in: 0..<10, using: &random) < 8 }
        return "{\(chosen.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ","))}"
    }

    /// A name of the same form for each of the other's, which means nothing.
    private func withoutMeaning(_ text: String) -> String {
        var text = text
        for mark in other.marks {
            let isNode = mark.hasPrefix("mi-")
            let stranger = isNode ? "mi-" + String(mark.dropFirst(3).reversed()) : String(mark.reversed())
            text = text.replacing(mark, with: stranger)
        }
        return text
    }

    /// What a caller hears: the answer or the error, as text.
    private func answer<Request: ControlPlaneRequest>(
        to _: Request.Type, _ input: String, as principal: Principal, on bench: inout Bench
    ) -> (text: String, code: APIError.Code?)? {
        // Members that another operation has with another type.
        guard let request = try? JSONCoding.decode(Request.self, from: Array(input.utf8)) else { return nil }
        do {
            let response = try bench.call(request, as: principal)
            return (String(decoding: try JSONCoding.encode(response), as: UTF8.self), nil)
        } catch {
            return ("\(error)", (error as? APIError)?.code)
        }
    }

    /// What is wrong about how a call was answered; nil if nothing is.
    private func breach(of operation: any ControlPlaneRequest.Type, _ input: String, as principal: Principal) -> String?
    {
        var real = bench
        guard let heard = answer(to: operation, input, as: principal, on: &real) else { return nil }
        for (key, value) in bench.stored where real.stored[key] != value && !mine.marks.contains(where: key.contains) {
            return "it changed \(key)"
        }
        for case .send(other.session, let message) in real.sent { return "it sent \(message.type) to the other" }
        for case .close(other.session, _, let reason) in real.sent { return "it closed the other's session: \(reason)" }
        if heard.code == .accessDenied {
            let known = input + principal.description
            let said = (facts + other.marks).first { heard.text.contains($0) && !known.contains($0) }
            return said.map { "the refusal speaks of \($0): \(heard.text)" }
        }
        var unreal = bench
        let expected = answer(to: operation, withoutMeaning(input), as: principal, on: &unreal)
        return withoutMeaning(heard.text) == expected?.text
            ? nil : "it was answered \(heard.text), and without meaning \(expected?.text ?? "")"
    }

    /// Looks for breaches by a caller in many random calls of each operation.
    /// - Returns: The actions with a breach, and the first breach of each.
    private func breaches(by principal: Principal, seed: UInt64, calls: Int) -> [String: String] {
        var random = SeededGenerator(seed: seed)
        var found: [String: String] = [:]
        for operation in ControlPlaneMachine.operations {
            let action = "\(operation.service.signingName):\(operation.operation)"
            for _ in 0..<calls where found[action] == nil {
                let input = input(&random)
                found[action] = breach(of: operation, input, as: principal).map { "\($0), asked with \(input)" }
            }
        }
        return found
    }

    @Test(arguments: 0..<4) func nothingIsChangedOrLearnt(kind: Int) {
        let principals: [Principal] = [
            .managedInstance(id: mine.id), .managedInstanceKey(id: mine.id), .task(arn: mine.task), .anonymous,
        ]
        for (action, breach) in breaches(by: principals[kind], seed: 26 + UInt64(kind), calls: 25) {
            Issue.record("\(principals[kind]) and \(action): \(breach)")
        }
    }

    /// The search finds what there is to find: whoever may do it changes or learns something.
    @Test func theOwnerAndAdministratorsWouldBeCaught() {
        let byOwner = breaches(by: .managedInstance(id: other.id), seed: 1, calls: 25)
        #expect(
            Set(byOwner.keys) == [
                "ecs:DeregisterContainerInstance", "ecs:DiscoverPollEndpoint", "ecs:ListTagsForResource",
                "ecs:RegisterContainerInstance", "ecs:SubmitContainerStateChange", "ecs:SubmitTaskStateChange",
                "ecs:UpdateContainerInstancesState", "ssm:UpdateInstanceInformation",
            ])
        let byTask = breaches(by: .task(arn: other.task), seed: 1, calls: 25)
        #expect(Set(byTask.keys) == ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"])
        let byAdministrator = breaches(by: Bench.administrator.principal, seed: 1, calls: 25)
        #expect(byAdministrator.count > 20)
        for action in [
            "ecs:DescribeTasks", "ecs:StopTask", "ecs:PutAttributes", "ecs:TagResource", "ssm:AddTagsToResource",
        ] {
            #expect(byAdministrator[action] != nil, "\(action)")
        }
    }

    // MARK: Single calls

    /// What stock agents ask for on behalf of containers.
    @Test mutating func aNodeListsTheTagsOfItsInstanceAndTasksOnly() throws {
        let me = Principal.managedInstance(id: mine.id)
        try bench.call(ECS.TagResourceRequest(resourceArn: mine.task, tags: [Tag(key: "k", value: "v")]))
        #expect(
            try bench.call(ECS.ListTagsForResourceRequest(resourceArn: mine.task), as: me).tags
                == [Tag(key: "k", value: "v")])
        #expect(try bench.call(ECS.ListTagsForResourceRequest(resourceArn: mine.instance), as: me).tags == [])
        let prefix = "arn:aws:ecs:us-east-1:123456789012:"
        for resource in ["cluster/default", "service/default/none", "task-definition/own:1", "task/none/none"] {
            let code = bench.refusal(of: ECS.ListTagsForResourceRequest(resourceArn: prefix + resource), as: me)
            #expect(code == .accessDenied)
        }
    }

    /// What a node's own session says of the other's tasks means as little as what it says of none.
    @Test mutating func aSessionSpeaksForItsOwnTasksOnly() throws {
        let before = bench.stored.filter { pair in other.marks.contains { pair.key.contains($0) } }
        try bench.connect(mine.instance, principal: .managedInstance(id: mine.id))
        let session = AgentSessionID(bench.lastSession)
        let manifest = try #require(bench.messages().manifests.last)
        let none = withoutMeaning(other.task)
        bench.receive(
            .taskStopVerification(
                ACS.TaskStopVerificationMessage(
                    messageId: manifest.messageId,
                    stopCandidates: [other.task, none].map { ACS.TaskIdentifier(taskArn: $0) })),
            on: session)
        var stops: [String?] = []
        for case .taskStopVerificationAck(let answer) in bench.messages() {
            stops += (answer.stopTasks ?? []).map(\.taskArn)
        }
        #expect(stops == [other.task, none])
        var report = TCS.PublishHealthRequest()
        report.metadata = TCS.HealthMetadata(cluster: "default", containerInstance: mine.instance)
        report.tasks = [
            TCS.TaskHealth(
                taskArn: other.task,
                containers: [TCS.ContainerHealth(containerName: "main", healthStatus: "UNHEALTHY")])
        ]
        bench.take(try bench.machine.receive(report, as: .managedInstance(id: mine.id), at: bench.now))
        report.metadata?.containerInstance = other.instance
        let error = #expect(throws: APIError.self) {
            try bench.machine.receive(report, as: .managedInstance(id: mine.id), at: bench.now)
        }
        #expect(error?.code == .accessDenied)
        #expect(bench.stored.filter { pair in other.marks.contains { pair.key.contains($0) } } == before)
    }

    /// Which clusters there are is no business of a task's.
    @Test mutating func aTaskLearnsOfNoOtherCluster() throws {
        try bench.call(ECS.CreateClusterRequest(clusterName: "secret"))
        for cluster in ["secret", "none"] {
            let request = ECS.GetTaskProtectionRequest(cluster: cluster, tasks: [mine.task])
            #expect(bench.refusal(of: request, as: .task(arn: mine.task)) == .accessDenied)
        }
        let own = ECS.GetTaskProtectionRequest(cluster: "default", tasks: [mine.task])
        #expect(try bench.call(own, as: .task(arn: mine.task)).failures?.map(\.reason) == ["TASK_NOT_VALID"])
    }

    /// A session lives on what its handshake proved, so it must end with that.
    @Test mutating func aDeregisteredNodeLosesItsSession() throws {
        try bench.call(SSM.DeregisterManagedInstanceRequest(instanceId: mine.id))
        #expect(
            bench.sent == [.close(mine.session, code: 1000, reason: "The managed node was deregistered")])
        bench.pass(.seconds(61))
        let answer = try bench.call(
            ECS.DescribeContainerInstancesRequest(containerInstances: [mine.instance, other.instance]))
        #expect(answer.containerInstances?.map(\.agentConnected) == [false, true])
    }

    /// Agents send custom attributes once. Sent with new names each time, they must not add up.
    @Test mutating func registeringAgainDoesNotAddUpAttributes() throws {
        let me = Principal.managedInstance(id: mine.id)
        for round in 0..<2 {
            var request = ECS.RegisterContainerInstanceRequest()
            request.attributes = (0..<6).map { Attribute(name: "round-\(round)-\($0)") }
            if round == 0 {
                try bench.call(request, as: me)
            } else {
                #expect(bench.refusal(of: request, as: me) == .client)
            }
        }
    }
}
