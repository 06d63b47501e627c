// SPDX-License-Identifier: Apache-2.0

public import DryportModel

extension SSM {
    /// A machine registers with an activation, without a signature (`ssm-agent.md` §1.3). Not in the public service
    /// model. The code never appears in a description or a mirror.
    public struct RegisterManagedInstanceRequest: APIRequest {
        /// The answer.
        public typealias Response = SSM.RegisterManagedInstanceResponse
        /// The service that has the operation.
        public static let service = APIService.ssm
        /// The operation's name.
        public static let operation = "RegisterManagedInstance"

        /// The activation's code; described as `redacted`.
        public var activationCode: String?
        /// The activation's id.
        public var activationId: String?
        /// The hardware fingerprint: a UUID.
        public var fingerprint: String?
        /// The machine's RSA public key: base64 of a DER SubjectPublicKeyInfo, at least 392 characters.
        public var publicKey: String?
        /// `Rsa`.
        public var publicKeyType: String?
        /// Only where no activation is used.
        public var iamRole: String?
        /// Only where no activation is used.
        public var tags: [Tag]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            activationCode: String? = nil, activationId: String? = nil, fingerprint: String? = nil,
            publicKey: String? = nil, publicKeyType: String? = nil, iamRole: String? = nil, tags: [Tag]? = nil
        ) {
            self.activationCode = activationCode
            self.activationId = activationId
            self.fingerprint = fingerprint
            self.publicKey = publicKey
            self.publicKeyType = publicKeyType
            self.iamRole = iamRole
            self.tags = tags
        }

        private enum CodingKeys: String, CodingKey {
            case activationCode = "ActivationCode"
            case activationId = "ActivationId"
            case fingerprint = "Fingerprint"
            case publicKey = "PublicKey"
            case publicKeyType = "PublicKeyType"
            case iamRole = "IamRole"
            case tags = "Tags"
        }
    }

    /// The answer of RegisterManagedInstance.
    public struct RegisterManagedInstanceResponse: Codable, Sendable, Hashable {
        /// `mi-` and 17 hexadecimal digits. Must be present.
        public var instanceId: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(instanceId: String? = nil) {
            self.instanceId = instanceId
        }

        private enum CodingKeys: String, CodingKey {
            case instanceId = "InstanceId"
        }
    }

    /// A machine asks for credentials, signed with its RSA key (`ssm-agent.md` §3.1). Not in the public service model.
    public struct RequestManagedInstanceRoleTokenRequest: APIRequest {
        /// The answer.
        public typealias Response = SSM.RequestManagedInstanceRoleTokenResponse
        /// The service that has the operation.
        public static let service = APIService.ssm
        /// The operation's name.
        public static let operation = "RequestManagedInstanceRoleToken"

        /// The hardware fingerprint.
        public var fingerprint: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(fingerprint: String? = nil) {
            self.fingerprint = fingerprint
        }

        private enum CodingKeys: String, CodingKey {
            case fingerprint = "Fingerprint"
        }
    }

    /// The answer of RequestManagedInstanceRoleToken. All members must be present; stock agents fail without one. The
    /// secret parts never appear in a description or a mirror.
    public struct RequestManagedInstanceRoleTokenResponse: Codable, Sendable, Hashable {
        /// The access key id; not a secret.
        public var accessKeyId: String?
        /// The secret access key; described as `redacted`.
        public var secretAccessKey: String?
        /// The session token; described as `redacted`.
        public var sessionToken: String?
        /// When the credentials end.
        public var tokenExpirationDate: Timestamp?
        /// Whether the machine shall change its key pair.
        public var updateKeyPair: Bool?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(
            accessKeyId: String? = nil, secretAccessKey: String? = nil, sessionToken: String? = nil,
            tokenExpirationDate: Timestamp? = nil, updateKeyPair: Bool? = nil
        ) {
            self.accessKeyId = accessKeyId
            self.secretAccessKey = secretAccessKey
            self.sessionToken = sessionToken
            self.tokenExpirationDate = tokenExpirationDate
            self.updateKeyPair = updateKeyPair
        }

        private enum CodingKeys: String, CodingKey {
            case accessKeyId = "AccessKeyId"
            case secretAccessKey = "SecretAccessKey"
            case sessionToken = "SessionToken"
            case tokenExpirationDate = "TokenExpirationDate"
            case updateKeyPair = "UpdateKeyPair"
        }
    }

    /// A machine changes its key pair, signed with the old key (`ssm-agent.md` §3.4). Not in the public service model.
    public struct UpdateManagedInstancePublicKeyRequest: APIRequest {
        /// The answer.
        public typealias Response = SSM.UpdateManagedInstancePublicKeyResponse
        /// The service that has the operation.
        public static let service = APIService.ssm
        /// The operation's name.
        public static let operation = "UpdateManagedInstancePublicKey"

        /// The new RSA public key: base64 of a DER SubjectPublicKeyInfo.
        public var newPublicKey: String?
        /// `Rsa`.
        public var newPublicKeyType: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(newPublicKey: String? = nil, newPublicKeyType: String? = nil) {
            self.newPublicKey = newPublicKey
            self.newPublicKeyType = newPublicKeyType
        }

        private enum CodingKeys: String, CodingKey {
            case newPublicKey = "NewPublicKey"
            case newPublicKeyType = "NewPublicKeyType"
        }
    }

    /// The answer of UpdateManagedInstancePublicKey: nothing.
    public typealias UpdateManagedInstancePublicKeyResponse = EmptyResponse

    /// A machine's sign of life (`ssm-agent.md` §4). Not in the public service model.
    public struct UpdateInstanceInformationRequest: APIRequest {
        /// The answer.
        public typealias Response = SSM.UpdateInstanceInformationResponse
        /// The service that has the operation.
        public static let service = APIService.ssm
        /// The operation's name.
        public static let operation = "UpdateInstanceInformation"

        /// `amazon-ssm-agent`.
        public var agentName: String?
        /// `Active`; absent in the short form.
        public var agentStatus: String?
        /// The agent's version.
        public var agentVersion: String?
        /// Empty outside AWS.
        public var availabilityZone: String?
        /// Empty outside AWS.
        public var availabilityZoneId: String?
        /// The machine's full name.
        public var computerName: String?
        /// The machine's address.
        public var ipAddress: String?
        /// The machine's id. Required.
        public var instanceId: String?
        /// The operating system's name.
        public var platformName: String?
        /// `Linux`, `Windows` or `MacOS`.
        public var platformType: String?
        /// The operating system's version.
        public var platformVersion: String?
        /// `ssmmessages`, `ec2messages`, or empty before either was tried.
        public var ssmConnectionChannel: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            agentName: String? = nil, agentStatus: String? = nil, agentVersion: String? = nil,
            availabilityZone: String? = nil, availabilityZoneId: String? = nil, computerName: String? = nil,
            ipAddress: String? = nil, instanceId: String? = nil, platformName: String? = nil,
            platformType: String? = nil, platformVersion: String? = nil, ssmConnectionChannel: String? = nil
        ) {
            self.agentName = agentName
            self.agentStatus = agentStatus
            self.agentVersion = agentVersion
            self.availabilityZone = availabilityZone
            self.availabilityZoneId = availabilityZoneId
            self.computerName = computerName
            self.ipAddress = ipAddress
            self.instanceId = instanceId
            self.platformName = platformName
            self.platformType = platformType
            self.platformVersion = platformVersion
            self.ssmConnectionChannel = ssmConnectionChannel
        }

        private enum CodingKeys: String, CodingKey {
            case agentName = "AgentName"
            case agentStatus = "AgentStatus"
            case agentVersion = "AgentVersion"
            case availabilityZone = "AvailabilityZone"
            case availabilityZoneId = "AvailabilityZoneId"
            case computerName = "ComputerName"
            case ipAddress = "IPAddress"
            case instanceId = "InstanceId"
            case platformName = "PlatformName"
            case platformType = "PlatformType"
            case platformVersion = "PlatformVersion"
            case ssmConnectionChannel = "SSMConnectionChannel"
        }
    }

    /// The answer of UpdateInstanceInformation: nothing.
    public typealias UpdateInstanceInformationResponse = EmptyResponse

    /// Ends a machine's registration.
    public struct DeregisterManagedInstanceRequest: APIRequest {
        /// The answer.
        public typealias Response = SSM.DeregisterManagedInstanceResponse
        /// The service that has the operation.
        public static let service = APIService.ssm
        /// The operation's name.
        public static let operation = "DeregisterManagedInstance"

        /// The machine's id.
        public var instanceId: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(instanceId: String? = nil) {
            self.instanceId = instanceId
        }

        private enum CodingKeys: String, CodingKey {
            case instanceId = "InstanceId"
        }
    }

    /// The answer of DeregisterManagedInstance: nothing.
    public typealias DeregisterManagedInstanceResponse = EmptyResponse

    /// Changes the role that a machine acts as.
    public struct UpdateManagedInstanceRoleRequest: APIRequest {
        /// The answer.
        public typealias Response = SSM.UpdateManagedInstanceRoleResponse
        /// The service that has the operation.
        public static let service = APIService.ssm
        /// The operation's name.
        public static let operation = "UpdateManagedInstanceRole"

        /// The machine's id.
        public var instanceId: String?
        /// The role: a name, not an ARN.
        public var iamRole: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(instanceId: String? = nil, iamRole: String? = nil) {
            self.instanceId = instanceId
            self.iamRole = iamRole
        }

        private enum CodingKeys: String, CodingKey {
            case instanceId = "InstanceId"
            case iamRole = "IamRole"
        }
    }

    /// The answer of UpdateManagedInstanceRole: nothing.
    public typealias UpdateManagedInstanceRoleResponse = EmptyResponse

    /// A machine asks for its State Manager associations; Dryport has none. Not in the public service model.
    public struct ListInstanceAssociationsRequest: APIRequest {
        /// The answer.
        public typealias Response = SSM.ListInstanceAssociationsResponse
        /// The service that has the operation.
        public static let service = APIService.ssm
        /// The operation's name.
        public static let operation = "ListInstanceAssociations"

        /// The machine's id.
        public var instanceId: String?
        /// The size of a page.
        public var maxResults: Int?
        /// Where the page before ended.
        public var nextToken: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(instanceId: String? = nil, maxResults: Int? = nil, nextToken: String? = nil) {
            self.instanceId = instanceId
            self.maxResults = maxResults
            self.nextToken = nextToken
        }

        private enum CodingKeys: String, CodingKey {
            case instanceId = "InstanceId"
            case maxResults = "MaxResults"
            case nextToken = "NextToken"
        }
    }

    /// The answer of ListInstanceAssociations: nothing, which agents accept.
    public typealias ListInstanceAssociationsResponse = EmptyResponse
}
