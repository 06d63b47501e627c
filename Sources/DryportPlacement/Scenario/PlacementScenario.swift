// SPDX-License-Identifier: Apache-2.0

public import DryportModel

/// A cluster, a workload and the policies to place it under: what a question "what if" consists of.
///
/// ```json
/// {
///   "name": "Two zones",
///   "cluster": {
///     "instances": [
///       {"id": "gpu-1", "cpu": 8192, "memory": 32768, "gpus": 2, "attributes": {"zone": "a", "disk": "ssd"}},
///       {"id": "i-{index:3}", "count": 40, "shapes": [{"cpu": 4096, "memory": 16384}, {"cpu": 8192, "memory": 32768}],
///        "attributes": {"zone": ["a", "b"], "rack": "r{index/10}"}}
///     ],
///     "tasks": [{"instance": "gpu-1", "service": "web", "count": 2, "cpu": 256, "memory": 512}]
///   },
///   "workload": [
///     {"name": "web", "count": 60, "service": "web", "cpu": 256, "memory": 512,
///      "constraints": [{"type": "memberOf", "expression": "attribute:zone in [a, b]"}],
///      "strategies": [{"type": "spread", "field": "attribute:zone"}, {"type": "binpack", "field": "memory"}]}
///   ],
///   "policies": [{"name": "pack", "strategies": [{"type": "binpack", "field": "cpu"}]}]
/// }
/// ```
///
/// **Several at once.** What has a `count` stands for so many, numbered from 0. Then its `shapes` and the values of an
/// attribute that are given as a list are taken in turn, and texts have places for the number: `{index}`, `{index:3}`
/// with at least three digits, `{index/10}` divided, `{index%10}` the rest. Without a `count` it is one, and its texts
/// are taken as they stand.
///
/// **Order.** Instances keep their order, which decides ties. The workload is placed from its first entry to its last.
///
/// **From a live cluster.** `cluster` may also have `containerInstances`, and in `tasks` what has a
/// `containerInstanceArn`: these are read as the output of `aws ecs describe-container-instances` and of
/// `aws ecs describe-tasks`. What `remainingResources` says is taken is taken, by the tasks that are listed as far as
/// they say so, and else by nobody in particular; tasks that are being stopped take nothing. Members of AWS's own
/// objects that are not used here are ignored. Everywhere else, an unknown member is an error, and so is one
/// that is given twice.
///
/// Numbers are whole, in whatever way JSON writes them.
public struct PlacementScenario: Sendable, Hashable {
    /// The most instances that a scenario has.
    public static let maximumInstances = 1_000_000
    /// The most tasks that a workload has, and the most that run already.
    public static let maximumTasks = 1_000_000

    /// What reports call it; empty for no name.
    public var name: String
    /// The instances, and what runs on them.
    public var cluster: Cluster
    /// The tasks to place, in this order; each entry has a name of its own.
    public var workload: [Workload]
    /// Ways of placing to try; each has a name of its own, which is not ``ownPolicyName``.
    public var policies: [Policy]

    /// Creates a scenario; it is checked by ``validate()``, and where it is used.
    public init(name: String = "", cluster: Cluster, workload: [Workload], policies: [Policy] = []) {
        self.name = name
        self.cluster = cluster
        self.workload = workload
        self.policies = policies
    }

    /// What the placement under each task's own strategies is called among policies.
    public static let ownPolicyName = "own"

    /// Instances and what runs on them.
    public struct Cluster: Sendable, Hashable {
        /// The instances; the order decides ties.
        public var instances: [InstanceGroup]
        /// What runs on them already.
        public var tasks: [RunningTask]

        /// Creates a cluster.
        public init(instances: [InstanceGroup], tasks: [RunningTask] = []) {
            self.instances = instances
            self.tasks = tasks
        }
    }

    /// What an instance has.
    public struct InstanceShape: Sendable, Hashable {
        /// CPU units, 1,024 to a CPU.
        public var cpu: Int
        /// MiB.
        public var memory: Int
        /// The ids of its GPUs; JSON may give their number instead.
        public var gpus: [String]

        /// Creates a shape.
        public init(cpu: Int, memory: Int, gpus: [String] = []) {
            self.cpu = cpu
            self.memory = memory
            self.gpus = gpus
        }
    }

    /// One instance, or a number of similar ones.
    public struct InstanceGroup: Sendable, Hashable {
        /// The id; of several, with a place for the number.
        public var id: String
        /// How many; nil for one, whose texts are taken as they stand.
        public var count: Int?
        /// What they have, in turn; at least one.
        public var shapes: [InstanceShape]
        /// For each attribute its values, in turn; nil for no value.
        public var attributes: [String: [String?]]
        /// Their status; only active ones take tasks.
        public var status: ContainerInstanceStatus
        /// Whether their agents are connected; only such take tasks.
        public var agentConnected: Bool
        /// TCP ports that are taken by something else than the tasks listed.
        public var tcpPorts: [Int]
        /// UDP ports that are taken by something else than the tasks listed.
        public var udpPorts: [Int]
        /// CPU, memory and GPUs that are taken by something else than the tasks listed.
        public var reserved: InstanceShape
        /// The version of their agents.
        public var agentVersion: String?
        /// What the query language calls `ec2InstanceId`; of several, with a place for the number.
        public var ec2InstanceID: String?
        /// When they registered.
        public var registeredAt: Timestamp?

        /// Creates a group.
        public init(
            id: String, count: Int? = nil, shapes: [InstanceShape], attributes: [String: [String?]] = [:],
            status: ContainerInstanceStatus = .active, agentConnected: Bool = true, tcpPorts: [Int] = [],
            udpPorts: [Int] = [], reserved: InstanceShape = InstanceShape(cpu: 0, memory: 0),
            agentVersion: String? = nil, ec2InstanceID: String? = nil, registeredAt: Timestamp? = nil
        ) {
            self.id = id
            self.count = count
            self.shapes = shapes
            self.attributes = attributes
            self.status = status
            self.agentConnected = agentConnected
            self.tcpPorts = tcpPorts
            self.udpPorts = udpPorts
            self.reserved = reserved
            self.agentVersion = agentVersion
            self.ec2InstanceID = ec2InstanceID
            self.registeredAt = registeredAt
        }
    }

    /// Tasks that run on an instance already. They may take more CPU and memory than it has, as where an instance
    /// came back smaller.
    public struct RunningTask: Sendable, Hashable {
        /// The instance's id.
        public var instance: String
        /// How many.
        public var count: Int
        /// What each takes.
        public var resources: TaskResources
        /// The GPUs that it has; if none are named, the first that are free.
        public var gpuIDs: [String]
        /// Whose tasks they are.
        public var scope: PlacementScope

        /// Creates running tasks.
        public init(
            instance: String, count: Int = 1, resources: TaskResources, gpuIDs: [String] = [], scope: PlacementScope
        ) {
            self.instance = instance
            self.count = count
            self.resources = resources
            self.gpuIDs = gpuIDs
            self.scope = scope
        }
    }

    /// Tasks to place.
    public struct Workload: Sendable, Hashable {
        /// In which order the tasks of an entry are placed, where they are not all alike.
        public enum Order: String, Sendable, Hashable, CaseIterable {
            /// Those that are alike together, as services and RunTask with a count do.
            case grouped
            /// One by one, in the order of their numbers.
            case single
        }

        /// What reports call them.
        public var name: String
        /// How many; nil for one, whose texts are taken as they stand.
        public var count: Int?
        /// What they take, in turn; at least one.
        public var shapes: [TaskResources]
        /// Whose tasks they are; of several, with places for the number. In JSON `service` or `group`, and
        /// `family:<name>` if neither is given.
        public var scope: PlacementScope
        /// Attributes that the instance must have: the name, and the value where one is given.
        public var requiredAttributes: [String: String?]
        /// Rules that the instance must satisfy.
        public var constraints: [PlacementConstraint]
        /// How to choose. None means what ECS does then: ``PlacementStrategy/serviceDefault`` for tasks of a service,
        /// ``PlacementStrategy/runTaskDefault`` for others.
        public var strategies: [PlacementStrategy]
        /// In which order they are placed.
        public var order: Order

        /// Creates an entry.
        public init(
            name: String, count: Int? = nil, shapes: [TaskResources], scope: PlacementScope? = nil,
            requiredAttributes: [String: String?] = [:], constraints: [PlacementConstraint] = [],
            strategies: [PlacementStrategy] = [], order: Order = .grouped
        ) {
            self.name = name
            self.count = count
            self.shapes = shapes
            self.scope = scope ?? .taskGroup("family:\(name)")
            self.requiredAttributes = requiredAttributes
            self.constraints = constraints
            self.strategies = strategies
            self.order = order
        }
    }

    /// Strategies that replace those of every task.
    public struct Policy: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// The strategies, in order of precedence. None means what ECS does for tasks that name none, see
        /// ``Workload/strategies``.
        public var strategies: [PlacementStrategy]

        /// Creates a policy.
        public init(name: String, strategies: [PlacementStrategy]) {
            self.name = name
            self.strategies = strategies
        }
    }
}

extension PlacementScenario.Policy {
    /// Reads a policy without a name, such as `spread(attribute:zone),binpack(memory)`.
    /// - Throws: ``PlacementScenarioError`` with code `invalidValue` that says which part is no strategy.
    public init(parsing text: String) throws(PlacementScenarioError) {
        var strategies: [PlacementStrategy] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let word = part.drop { $0 == " " }
            let type = word.prefix { $0 != "(" }
            var field: String?
            if type.endIndex != word.endIndex {
                guard word.last == ")" else {
                    throw PlacementScenarioError(.invalidValue, at: "", "'\(word)' has no closing parenthesis")
                }
                field = String(word[type.endIndex...].dropFirst().dropLast())
            }
            do {
                strategies.append(try PlacementStrategy(type: String(type), field: field))
            } catch {
                throw PlacementScenarioError(
                    .invalidValue, at: "",
                    "'\(word)' is no strategy, such as random, spread(instanceId), spread(attribute:zone) or "
                        + "binpack(memory)")
            }
        }
        self.init(name: text, strategies: strategies)
    }
}
