// SPDX-License-Identifier: Apache-2.0

/// An Amazon resource name: `arn:<partition>:<service>:<region>:<account>:<resource>`.
///
/// Forms of the resource part are listed in `ecs-control-plane.md` §2.1.
public struct ARN: Sendable, Hashable {
    /// The partition, such as `aws`, `aws-cn`.
    public var partition: String
    /// The service, such as `ecs`, `ssm`.
    public var service: String
    /// The region, such as `us-east-1`; empty for global services.
    public var region: String
    /// The twelve-digit account.
    public var account: String
    /// Everything after the fifth colon, such as `task/default/0123…`. It may contain colons itself.
    public var resource: String

    /// Creates a name from its parts; nothing is checked.
    public init(partition: String, service: String, region: String, account: String, resource: String) {
        self.partition = partition
        self.service = service
        self.region = region
        self.account = account
        self.resource = resource
    }

    /// Parses a name.
    /// - Returns: nil unless `text` starts with `arn:` and has six parts with a non-empty last one.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", !parts[5].isEmpty else { return nil }
        self.init(
            partition: String(parts[1]), service: String(parts[2]), region: String(parts[3]),
            account: String(parts[4]), resource: String(parts[5]))
    }

    /// The segments of ``resource`` between slashes.
    public var resourceSegments: [Substring] {
        resource.split(separator: "/", omittingEmptySubsequences: false)
    }
}

extension ARN: CustomStringConvertible {
    /// The text form.
    public var description: String { "arn:\(partition):\(service):\(region):\(account):\(resource)" }
}

/// Where the names of one deployment of the control plane live: partition, region, account.
public struct AccountScope: Sendable, Hashable, Codable {
    /// The partition, `aws` unless told otherwise.
    public var partition: String
    /// The region, such as `us-east-1`.
    public var region: String
    /// The twelve-digit account.
    public var account: String

    /// Creates a scope.
    /// - Parameters:
    ///   - partition: The partition.
    ///   - region: The region.
    ///   - account: The twelve-digit account; nothing is checked.
    public init(partition: String = "aws", region: String = "us-east-1", account: String = "123456789012") {
        self.partition = partition
        self.region = region
        self.account = account
    }

    /// An ECS name. Written piece by piece into a string of the right size, as every answer is full of them and
    /// interpolation takes several times as long.
    private func ecs(_ kind: StaticString, _ parts: String..., separator: Character = "/") -> String {
        var name = ""
        let length = parts.reduce(0) { $0 + $1.utf8.count + 1 }
        name.reserveCapacity(12 + partition.utf8.count + region.utf8.count + account.utf8.count + 24 + length)
        name += "arn:"
        name += partition
        name += ":ecs:"
        name += region
        name += ":"
        name += account
        name += ":"
        kind.withUTF8Buffer { name += String(decoding: $0, as: UTF8.self) }
        for (index, part) in parts.enumerated() {
            name.append(index == 0 ? "/" : separator)
            name += part
        }
        return name
    }

    /// The ARN of a cluster.
    public func cluster(_ name: String) -> String { ecs("cluster", name) }

    /// The ARN of a task; `id` is 32 lower-case hexadecimal digits.
    public func task(_ id: String, cluster: String) -> String { ecs("task", cluster, id) }

    /// The ARN of a container of a task.
    public func container(_ id: String, task: String, cluster: String) -> String {
        ecs("container", cluster, task, id)
    }

    /// The ARN of a container instance; `id` is 32 lower-case hexadecimal digits.
    public func containerInstance(_ id: String, cluster: String) -> String { ecs("container-instance", cluster, id) }

    /// The ARN of a task definition's revision.
    public func taskDefinition(family: String, revision: Int) -> String {
        ecs("task-definition", family, String(revision), separator: ":")
    }

    /// The ARN of a service.
    public func service(_ name: String, cluster: String) -> String { ecs("service", cluster, name) }

    /// The ARN of a service in the form of before 2018, without the cluster.
    public func service(_ name: String) -> String { ecs("service", name) }

    /// The ARN of a task set; `id` is `ecs-svc/` and digits.
    public func taskSet(_ id: String, service: String, cluster: String) -> String {
        ecs("task-set", cluster, service, id)
    }

    /// The ARN of a service deployment; `id` is about 21 letters and digits.
    public func serviceDeployment(_ id: String, service: String, cluster: String) -> String {
        ecs("service-deployment", cluster, service, id)
    }

    /// The ARN of a service revision; `number` is about 19 digits.
    public func serviceRevision(_ number: String, service: String, cluster: String) -> String {
        ecs("service-revision", cluster, service, number)
    }

    /// The ARN of an SSM managed node, `mi-` and 17 hexadecimal digits.
    public func managedInstance(_ id: String) -> String {
        "arn:\(partition):ssm:\(region):\(account):managed-instance/\(id)"
    }

    /// The ARN of an IAM role named `name`; a full ARN is returned as it is.
    public func role(_ name: String) -> String {
        name.hasPrefix("arn:") ? name : "arn:\(partition):iam::\(account):role/\(name)"
    }
}
