// SPDX-License-Identifier: Apache-2.0

extension ECS {
    /// A load balancer in front of a service.
    public struct LoadBalancer: Codable, Sendable, Hashable {
        /// The target group.
        public var targetGroupArn: String?
        /// The name of a classic one.
        public var loadBalancerName: String?
        /// The container it speaks to.
        public var containerName: String?
        /// The port inside.
        public var containerPort: Int?

        /// Creates the value.
        public init(
            targetGroupArn: String? = nil, loadBalancerName: String? = nil, containerName: String? = nil,
            containerPort: Int? = nil
        ) {
            self.targetGroupArn = targetGroupArn
            self.loadBalancerName = loadBalancerName
            self.containerName = containerName
            self.containerPort = containerPort
        }
    }

    /// A place in Cloud Map where tasks are listed.
    public struct ServiceRegistry: Codable, Sendable, Hashable {
        /// Its ARN.
        public var registryArn: String?
        /// The port of `SRV` records.
        public var port: Int?
        /// The container that is listed.
        public var containerName: String?
        /// The port inside.
        public var containerPort: Int?

        /// Creates the value.
        public init(
            registryArn: String? = nil, port: Int? = nil, containerName: String? = nil, containerPort: Int? = nil
        ) {
            self.registryArn = registryArn
            self.port = port
            self.containerName = containerName
            self.containerPort = containerPort
        }
    }

    /// Service Connect of a service.
    public struct ServiceConnectConfiguration: Codable, Sendable, Hashable {
        /// Whether it is on.
        public var enabled: Bool?
        /// A namespace of Cloud Map, by name or ARN.
        public var namespace: String?
        /// The ports that others can reach.
        public var services: [ServiceConnectService]?

        /// Creates the value.
        public init(enabled: Bool? = nil, namespace: String? = nil, services: [ServiceConnectService]? = nil) {
            self.enabled = enabled
            self.namespace = namespace
            self.services = services
        }
    }

    /// A port that others reach through Service Connect.
    public struct ServiceConnectService: Codable, Sendable, Hashable {
        /// The name of a port mapping.
        public var portName: String?
        /// Its name in Cloud Map.
        public var discoveryName: String?

        /// Creates the value.
        public init(portName: String? = nil, discoveryName: String? = nil) {
            self.portName = portName
            self.discoveryName = discoveryName
        }
    }

    /// A target group of VPC Lattice.
    public struct VpcLatticeConfiguration: Codable, Sendable, Hashable {
        /// The role that lists tasks in it.
        public var roleArn: String?
        /// Its ARN.
        public var targetGroupArn: String?
        /// The name of a port mapping.
        public var portName: String?

        /// Creates the value.
        public init(roleArn: String? = nil, targetGroupArn: String? = nil, portName: String? = nil) {
            self.roleArn = roleArn
            self.targetGroupArn = targetGroupArn
            self.portName = portName
        }
    }

    /// A volume that is configured when tasks start. Only its presence matters, as external instances have no EBS.
    public struct ServiceVolumeConfiguration: Codable, Sendable, Hashable {
        /// The volume's name in the task definition.
        public var name: String?

        /// Creates the value.
        public init(name: String? = nil) {
            self.name = name
        }
    }

    /// How many tasks of a service run a revision.
    public struct ServiceCurrentRevisionSummary: Codable, Sendable, Hashable {
        /// The service revision's ARN.
        public var arn: String?
        /// Tasks that should run.
        public var requestedTaskCount: Int?
        /// Tasks whose last status is `RUNNING`.
        public var runningTaskCount: Int?
        /// Tasks whose last status is `PENDING`.
        public var pendingTaskCount: Int?

        /// Creates the value.
        public init(
            arn: String? = nil, requestedTaskCount: Int? = nil, runningTaskCount: Int? = nil,
            pendingTaskCount: Int? = nil
        ) {
            self.arn = arn
            self.requestedTaskCount = requestedTaskCount
            self.runningTaskCount = runningTaskCount
            self.pendingTaskCount = pendingTaskCount
        }
    }
}
