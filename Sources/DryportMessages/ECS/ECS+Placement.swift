// SPDX-License-Identifier: Apache-2.0

public import DryportModel

extension ECS {
    /// A constraint on where tasks are placed (`ecs-control-plane.md` §6.2).
    public struct PlacementConstraint: Codable, Sendable, Hashable {
        /// `distinctInstance` or `memberOf`.
        public var type: String?
        /// With `memberOf`: an expression of the cluster query language.
        public var expression: String?

        /// Creates the value.
        public init(type: String? = nil, expression: String? = nil) {
            self.type = type
            self.expression = expression
        }
    }

    /// A preference for where tasks are placed (`ecs-control-plane.md` §6.3).
    public struct PlacementStrategy: Codable, Sendable, Hashable {
        /// `random`, `spread` or `binpack`.
        public var type: String?
        /// What to spread over or to pack by.
        public var field: String?

        /// Creates the value.
        public init(type: String? = nil, field: String? = nil) {
            self.type = type
            self.field = field
        }
    }

    /// The network of tasks in mode `awsvpc`.
    public struct NetworkConfiguration: Codable, Sendable, Hashable {
        /// The VPC's part of it.
        public var awsvpcConfiguration: AwsVpcConfiguration?

        /// Creates the value.
        public init(awsvpcConfiguration: AwsVpcConfiguration? = nil) {
            self.awsvpcConfiguration = awsvpcConfiguration
        }
    }

    /// Subnets and security groups of tasks in mode `awsvpc`.
    public struct AwsVpcConfiguration: Codable, Sendable, Hashable {
        /// Subnets.
        public var subnets: [String]?
        /// Security groups.
        public var securityGroups: [String]?
        /// `ENABLED` or `DISABLED`.
        public var assignPublicIp: String?

        /// Creates the value.
        public init(subnets: [String]? = nil, securityGroups: [String]? = nil, assignPublicIp: String? = nil) {
            self.subnets = subnets
            self.securityGroups = securityGroups
            self.assignPublicIp = assignPublicIp
        }
    }

    /// A volume that is configured when tasks start.
    public struct TaskVolumeConfiguration: Codable, Sendable, Hashable {
        /// The volume's name in the task definition.
        public var name: String?
        /// An EBS volume; external instances do not have it.
        public var managedEBSVolume: TaskManagedEBSVolumeConfiguration?

        /// Creates the value.
        public init(name: String? = nil, managedEBSVolume: TaskManagedEBSVolumeConfiguration? = nil) {
            self.name = name
            self.managedEBSVolume = managedEBSVolume
        }
    }

    /// An EBS volume for a task. Stored nowhere; only its presence matters.
    public struct TaskManagedEBSVolumeConfiguration: Codable, Sendable, Hashable {
        /// Whether it is encrypted.
        public var encrypted: Bool?
        /// The key.
        public var kmsKeyId: String?
        /// The type of volume.
        public var volumeType: String?
        /// The size in GiB.
        public var sizeInGiB: Int?
        /// The snapshot it is made from.
        public var snapshotId: String?
        /// How fast it is filled, in MiB/s.
        public var volumeInitializationRate: Int?
        /// Operations per second.
        public var iops: Int?
        /// Throughput in MiB/s.
        public var throughput: Int?
        /// Tags of the volume.
        public var tagSpecifications: [EBSTagSpecification]?
        /// The role that manages the volume.
        public var roleArn: String?
        /// What becomes of it.
        public var terminationPolicy: TaskManagedEBSVolumeTerminationPolicy?
        /// `ext3`, `ext4`, `xfs` or `ntfs`.
        public var filesystemType: String?

        /// Creates the value.
        public init(
            encrypted: Bool? = nil, kmsKeyId: String? = nil, volumeType: String? = nil, sizeInGiB: Int? = nil,
            snapshotId: String? = nil, volumeInitializationRate: Int? = nil, iops: Int? = nil, throughput: Int? = nil,
            tagSpecifications: [EBSTagSpecification]? = nil, roleArn: String? = nil,
            terminationPolicy: TaskManagedEBSVolumeTerminationPolicy? = nil, filesystemType: String? = nil
        ) {
            self.encrypted = encrypted
            self.kmsKeyId = kmsKeyId
            self.volumeType = volumeType
            self.sizeInGiB = sizeInGiB
            self.snapshotId = snapshotId
            self.volumeInitializationRate = volumeInitializationRate
            self.iops = iops
            self.throughput = throughput
            self.tagSpecifications = tagSpecifications
            self.roleArn = roleArn
            self.terminationPolicy = terminationPolicy
            self.filesystemType = filesystemType
        }
    }

    /// Tags of an EBS volume.
    public struct EBSTagSpecification: Codable, Sendable, Hashable {
        /// `volume`.
        public var resourceType: String?
        /// The tags.
        public var tags: [Tag]?
        /// `TASK_DEFINITION`, `SERVICE` or `NONE`.
        public var propagateTags: String?

        /// Creates the value.
        public init(resourceType: String? = nil, tags: [Tag]? = nil, propagateTags: String? = nil) {
            self.resourceType = resourceType
            self.tags = tags
            self.propagateTags = propagateTags
        }
    }

    /// What becomes of an EBS volume after its task.
    public struct TaskManagedEBSVolumeTerminationPolicy: Codable, Sendable, Hashable {
        /// Whether it is deleted.
        public var deleteOnTermination: Bool?

        /// Creates the value.
        public init(deleteOnTermination: Bool? = nil) {
            self.deleteOnTermination = deleteOnTermination
        }
    }
}
