// SPDX-License-Identifier: Apache-2.0

/// A volume of a task definition (`ecs-control-plane.md` §3.4). At most one of the configurations is given.
public struct Volume: Codable, Sendable, Hashable {
    /// The name that mount points refer to.
    public var name: String?
    /// A directory of the host; one without a path is a fresh directory of the task's own.
    public var host: HostVolumeProperties?
    /// A volume that the container runtime manages.
    public var dockerVolumeConfiguration: DockerVolumeConfiguration?
    /// Amazon EFS; external instances do not have it.
    public var efsVolumeConfiguration: EFSVolumeConfiguration?
    /// Amazon S3 Files; external instances do not have it.
    public var s3filesVolumeConfiguration: S3FilesVolumeConfiguration?
    /// Amazon FSx for Windows File Server.
    public var fsxWindowsFileServerVolumeConfiguration: FSxWindowsFileServerVolumeConfiguration?
    /// Whether RunTask says what it is (EBS); external instances do not have it.
    public var configuredAtLaunch: Bool?

    /// Creates the value.
    public init(
        name: String? = nil, host: HostVolumeProperties? = nil,
        dockerVolumeConfiguration: DockerVolumeConfiguration? = nil,
        efsVolumeConfiguration: EFSVolumeConfiguration? = nil,
        s3filesVolumeConfiguration: S3FilesVolumeConfiguration? = nil,
        fsxWindowsFileServerVolumeConfiguration: FSxWindowsFileServerVolumeConfiguration? = nil,
        configuredAtLaunch: Bool? = nil
    ) {
        self.name = name
        self.host = host
        self.dockerVolumeConfiguration = dockerVolumeConfiguration
        self.efsVolumeConfiguration = efsVolumeConfiguration
        self.s3filesVolumeConfiguration = s3filesVolumeConfiguration
        self.fsxWindowsFileServerVolumeConfiguration = fsxWindowsFileServerVolumeConfiguration
        self.configuredAtLaunch = configuredAtLaunch
    }
}

/// A directory of the host.
public struct HostVolumeProperties: Codable, Sendable, Hashable {
    /// The path on the host; absent means a fresh directory that the task owns.
    public var sourcePath: String?

    /// Creates the value.
    public init(sourcePath: String? = nil) {
        self.sourcePath = sourcePath
    }
}

/// A volume that the container runtime manages.
public struct DockerVolumeConfiguration: Codable, Sendable, Hashable {
    /// `task` (what absence means): lives as long as the task; `shared`: outlives it.
    public var scope: String?
    /// Whether a missing `shared` volume is created.
    public var autoprovision: Bool?
    /// The volume driver; absent means `local`.
    public var driver: String?
    /// The driver's options.
    public var driverOpts: [String: String]?
    /// Labels of the volume.
    public var labels: [String: String]?

    /// Creates the value.
    public init(
        scope: String? = nil, autoprovision: Bool? = nil, driver: String? = nil, driverOpts: [String: String]? = nil,
        labels: [String: String]? = nil
    ) {
        self.scope = scope
        self.autoprovision = autoprovision
        self.driver = driver
        self.driverOpts = driverOpts
        self.labels = labels
    }
}

/// An Amazon EFS file system.
public struct EFSVolumeConfiguration: Codable, Sendable, Hashable {
    /// The file system.
    public var fileSystemId: String?
    /// The directory of it to mount.
    public var rootDirectory: String?
    /// `ENABLED` or `DISABLED`.
    public var transitEncryption: String?
    /// The port of the encrypted connection.
    public var transitEncryptionPort: Int?
    /// Who mounts it.
    public var authorizationConfig: EFSAuthorizationConfig?

    /// Creates the value.
    public init(
        fileSystemId: String? = nil, rootDirectory: String? = nil, transitEncryption: String? = nil,
        transitEncryptionPort: Int? = nil, authorizationConfig: EFSAuthorizationConfig? = nil
    ) {
        self.fileSystemId = fileSystemId
        self.rootDirectory = rootDirectory
        self.transitEncryption = transitEncryption
        self.transitEncryptionPort = transitEncryptionPort
        self.authorizationConfig = authorizationConfig
    }
}

/// Who mounts an EFS file system.
public struct EFSAuthorizationConfig: Codable, Sendable, Hashable {
    /// The access point.
    public var accessPointId: String?
    /// `ENABLED` or `DISABLED`: whether the task role is used.
    public var iam: String?

    /// Creates the value.
    public init(accessPointId: String? = nil, iam: String? = nil) {
        self.accessPointId = accessPointId
        self.iam = iam
    }
}

/// An Amazon S3 Files file system.
public struct S3FilesVolumeConfiguration: Codable, Sendable, Hashable {
    /// The file system.
    public var fileSystemArn: String?
    /// The directory of it to mount.
    public var rootDirectory: String?
    /// The port of the encrypted connection.
    public var transitEncryptionPort: Int?
    /// The access point.
    public var accessPointArn: String?

    /// Creates the value.
    public init(
        fileSystemArn: String? = nil, rootDirectory: String? = nil, transitEncryptionPort: Int? = nil,
        accessPointArn: String? = nil
    ) {
        self.fileSystemArn = fileSystemArn
        self.rootDirectory = rootDirectory
        self.transitEncryptionPort = transitEncryptionPort
        self.accessPointArn = accessPointArn
    }
}

/// A share of Amazon FSx for Windows File Server.
public struct FSxWindowsFileServerVolumeConfiguration: Codable, Sendable, Hashable {
    /// The file system.
    public var fileSystemId: String?
    /// The share.
    public var rootDirectory: String?
    /// Who mounts it.
    public var authorizationConfig: FSxWindowsFileServerAuthorizationConfig?

    /// Creates the value.
    public init(
        fileSystemId: String? = nil, rootDirectory: String? = nil,
        authorizationConfig: FSxWindowsFileServerAuthorizationConfig? = nil
    ) {
        self.fileSystemId = fileSystemId
        self.rootDirectory = rootDirectory
        self.authorizationConfig = authorizationConfig
    }
}

/// Who mounts an FSx share.
public struct FSxWindowsFileServerAuthorizationConfig: Codable, Sendable, Hashable {
    /// Where user name and password are.
    public var credentialsParameter: String?
    /// The Active Directory domain.
    public var domain: String?

    /// Creates the value.
    public init(credentialsParameter: String? = nil, domain: String? = nil) {
        self.credentialsParameter = credentialsParameter
        self.domain = domain
    }
}
