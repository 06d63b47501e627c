// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
import DryportModel
import DryportStore
import Testing

/// What the requests of the corpus are about: clusters, nodes, task definitions, tasks, services of each kind,
/// deployments, an activation, settings and tags, as records of a control plane that has come to rest.
struct PreparedWorld: Sendable {
    /// The records and the master key.
    private(set) var stored: [String: [UInt8]] = [:]
    /// What the `$names` of the corpus stand for.
    private(set) var names: [String: String] = [:]
    /// The time at which everything rests; the same in all worlds.
    private(set) var now = Instant(monotonic: .zero, wall: Timestamp(millisecondsSinceEpoch: 1_800_000_000_000))
    let configuration: ControlPlaneConfiguration
    /// The private key of the managed node.
    let nodeKey: ManagedInstanceKey
    let issuer: SessionCredentialIssuer

    private var machine: ControlPlaneMachine
    private var random = SeededGenerator(seed: 1)
    private var wakeAt: MonotonicTime?

    static let administrator = AccessKey(
        id: "AKIAIOSFODNN7EXAMPLE", secret: Redacted("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
    static let masterKey: [UInt8] = Array(repeating: 7, count: 32)

    /// - Parameter isThrottled: Whether callers have the allowance that they have by default. Without one, time that
    ///   stands still keeps nobody from calling.
    init(isThrottled: Bool = false) throws {
        var configuration = ControlPlaneConfiguration()
        configuration.bootstrapAccessKeyIDs = [Self.administrator.id]
        if !isThrottled {
            (configuration.throttling.nodes, configuration.throttling.tasks) = (nil, nil)
            configuration.throttling.anonymous = nil
        }
        self.configuration = configuration
        issuer = SessionCredentialIssuer(masterKey: Redacted(Self.masterKey))
        nodeKey = try Self.key.get()
        machine = ControlPlaneMachine(configuration: configuration, issuer: issuer)
        take(machine.createDefaultCluster(at: now))
        stored["control-plane-secrets/session-key"] = Self.masterKey
        try makeAccount()
        try makeInstances()
        // After a restart all agents count as connected, for a while.
        try rest()
        try makeTasksAndServices()
        try rest()
    }

    /// Drawn once, since that takes long.
    private static let key = Result { try ManagedInstanceKey.generate() }

    /// Puts everything into a store.
    func fill(_ store: some StateStore) async throws {
        let mutations = stored.sorted { $0.key < $1.key }.map { StoreMutation.put(StoreKey($0.key), $0.value) }
        try await store.commit(StoreBatch(mutations: mutations))
    }

    /// The records, in the order of their keys.
    func records() throws -> [ControlPlaneRecord] {
        try stored.filter { $0.key.hasPrefix(ControlPlaneRecord.keyPrefix) }.sorted { $0.key < $1.key }
            .map { try ControlPlaneRecord(key: $0.key, bytes: $0.value) }
    }

    // MARK: Making it

    private mutating func makeAccount() throws {
        try call(ECS.CreateClusterRequest(clusterName: "spare", tags: [Tag(key: "stage", value: "old")]))
        try call(ECS.PutAccountSettingDefaultRequest(name: "containerInsights", value: "enabled"))
        try call(ECS.PutAccountSettingRequest(name: "dualStackIPv6", value: "disabled"))
        names["accessKey"] = try call(DryportAPI.CreateAccessKeyRequest(name: "ci")).accessKey?.accessKeyId
        for _ in 0..<2 { try registerDefinition("web") }
        try registerDefinition("old")
        try call(ECS.DeregisterTaskDefinitionRequest(taskDefinition: "old:1"))
        names["webArn"] = configuration.scope.taskDefinition(family: "web", revision: 1)
        names["spareArn"] = configuration.scope.cluster("spare")
        names["defaultArn"] = configuration.scope.cluster("default")

        var activation = SSM.CreateActivationRequest()
        activation.iamRole = "ecsAnywhereRole"
        activation.registrationLimit = 10
        activation.tags = [SSM.Tag(key: "rack", value: "7")]
        let activated = try call(activation)
        names["activation"] = activated.activationId
        names["code"] = activated.activationCode
        var registration = SSM.RegisterManagedInstanceRequest()
        registration.activationId = activated.activationId
        registration.activationCode = activated.activationCode
        registration.fingerprint = "00000000-0000-4000-8000-000000000001"
        registration.publicKey = nodeKey.publicKey.base64
        names["publicKey"] = registration.publicKey
        names["fingerprint"] = registration.fingerprint
        names["node"] = try call(registration, as: .anonymous).instanceId
    }

    private mutating func registerDefinition(_ family: String) throws {
        var main = ContainerDefinition(name: "main", image: "busybox")
        (main.cpu, main.memory) = (128, 256)
        var helper = ContainerDefinition(name: "helper", image: "busybox")
        (helper.memory, helper.essential) = (64, false)
        var request = ECS.RegisterTaskDefinitionRequest()
        request.family = family
        request.taskRoleArn = "arn:aws:iam::123456789012:role/web"
        request.containerDefinitions = [main, helper]
        request.tags = [Tag(key: "stage", value: "old")]
        try call(request)
    }

    private mutating func makeInstances() throws {
        let definition = try call(ECS.DescribeTaskDefinitionRequest(taskDefinition: "web")).taskDefinition
        var request = ECS.RegisterContainerInstanceRequest()
        request.totalResources = ["CPU", "MEMORY"].map {
            ECS.Resource(name: $0, type: "INTEGER", integerValue: 1 << 20)
        }
        request.attributes =
            (definition?.requiresAttributes ?? []) + [Attribute(name: "ecs.capability.external")]
        request.tags = [Tag(key: "stage", value: "old")]
        for (name, principal) in [
            ("instance", Principal.managedInstance(id: names["node"] ?? "")), ("second", Self.root),
        ] {
            let arn = try #require(try call(request, as: principal).containerInstance?.containerInstanceArn)
            names["\(name)Arn"] = arn
            names["\(name)ID"] = Self.id(arn)
            try call(
                ECS.PutAttributesRequest(attributes: [Attribute(name: "stack", value: "blue", targetId: arn)]))
        }
    }

    private mutating func makeTasksAndServices() throws {
        var start = ECS.StartTaskRequest()
        start.containerInstances = [names["instanceArn"] ?? ""]
        start.taskDefinition = "web:1"
        start.enableExecuteCommand = true
        start.startedBy = "tests"
        start.tags = [Tag(key: "stage", value: "old")]
        let task = try #require(try call(start).tasks?.first?.taskArn)
        (names["taskArn"], names["taskID"]) = (task, Self.id(task))
        let stopped = try #require(try call(start).tasks?.first?.taskArn)
        try report(stopped, "STOPPED")

        for (name, strategy, count) in [
            ("replica", "REPLICA", 2), ("rolling", "REPLICA", 2), ("idle", "REPLICA", 0), ("daemon", "DAEMON", nil),
        ] {
            var service = ECS.CreateServiceRequest()
            service.serviceName = name
            service.taskDefinition = "web:1"
            service.schedulingStrategy = strategy
            service.desiredCount = count
            service.tags = [Tag(key: "stage", value: "old")]
            names["\(name)Arn"] = try call(service).service?.serviceArn
        }
        var external = ECS.CreateServiceRequest()
        external.serviceName = "external"
        external.desiredCount = 2
        external.deploymentController = ECS.DeploymentController(type: "EXTERNAL")
        names["externalArn"] = try call(external).service?.serviceArn
        var set = ECS.CreateTaskSetRequest()
        (set.cluster, set.service, set.taskDefinition) = ("default", "external", "web:1")
        set.tags = [Tag(key: "stage", value: "old")]
        let made = try call(set).taskSet
        (names["taskSet"], names["taskSetArn"]) = (made?.id, made?.taskSetArn)

        pass(.seconds(1))
        try reportAllRunning()
        pass(.seconds(60))
        var update = ECS.UpdateServiceRequest()
        (update.service, update.taskDefinition) = ("rolling", "web:2")
        let updated = try call(update).service
        names["deploymentArn"] = updated?.currentServiceDeployment
        names["revisionArn"] = updated?.currentServiceRevisions?.first?.arn
        pass(.seconds(1))
        let serviceTask = try #require(try call(ECS.ListTasksRequest(serviceName: "replica")).taskArns?.first)
        (names["serviceTaskArn"], names["serviceTaskID"]) = (serviceTask, Self.id(serviceTask))
    }

    private mutating func reportAllRunning() throws {
        for arn in try call(ECS.ListTasksRequest()).taskArns ?? [] { try report(arn, "RUNNING") }
    }

    private mutating func report(_ task: String, _ status: String) throws {
        var report = ECS.SubmitTaskStateChangeRequest()
        (report.task, report.status) = (task, status)
        report.containers = ["main", "helper"].map { ECS.ContainerStateChange(containerName: $0, status: status) }
        try call(report)
    }

    /// Restarts until a restart changes nothing any more.
    private mutating func rest() throws {
        for _ in 0..<10 {
            let before = stored
            machine = try ControlPlaneMachine(
                configuration: configuration, issuer: issuer, restoring: try records(), at: now)
            take(machine.wake(at: now, using: &random))
            pass(.zero)
            if stored == before { return }
        }
        Issue.record("the world does not come to rest")
    }

    // MARK: Calls

    private static let root = Principal.administrator(accessKeyID: administrator.id)

    private static func id(_ arn: String) -> String { arn.split(separator: "/").last.map(String.init) ?? "" }

    @discardableResult
    private mutating func call<Request: ControlPlaneRequest>(
        _ request: Request, as principal: Principal = root
    ) throws -> Request.Response {
        let context = CallContext(principal: principal, endpoint: "http://127.0.0.1:7070")
        let (response, output) = try machine.perform(request, in: context, at: now, using: &random)
        take(output)
        return response
    }

    private mutating func pass(_ duration: Duration) {
        let end = now.advanced(by: duration)
        while let wakeAt, wakeAt <= end.monotonic {
            now = now.advanced(by: max(.zero, now.monotonic.duration(to: wakeAt)))
            take(machine.wake(at: now, using: &random))
        }
        now = end
    }

    private mutating func take(_ output: ControlPlaneOutput) {
        for change in output.changes {
            switch change {
            case .put(let record): stored[record.key] = record.encoded()
            case .delete(let key): stored[key] = nil
            }
        }
        wakeAt = output.wakeAt
    }
}
