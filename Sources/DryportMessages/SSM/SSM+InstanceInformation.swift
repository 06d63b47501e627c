// SPDX-License-Identifier: Apache-2.0

public import DryportModel

extension SSM {
    /// Lists machines (`ssm-agent.md` §4.3).
    public struct DescribeInstanceInformationRequest: APIRequest {
        /// The answer.
        public typealias Response = SSM.DescribeInstanceInformationResponse
        /// The service that has the operation.
        public static let service = APIService.ssm
        /// The operation's name.
        public static let operation = "DescribeInstanceInformation"

        /// Which ones, in the older form; excludes ``filters``.
        public var instanceInformationFilterList: [InstanceInformationFilter]?
        /// Which ones; absent means all.
        public var filters: [InstanceInformationStringFilter]?
        /// The size of a page, 5 to 50; absent means 10.
        public var maxResults: Int?
        /// Where the page before ended.
        public var nextToken: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            instanceInformationFilterList: [InstanceInformationFilter]? = nil,
            filters: [InstanceInformationStringFilter]? = nil, maxResults: Int? = nil, nextToken: String? = nil
        ) {
            self.instanceInformationFilterList = instanceInformationFilterList
            self.filters = filters
            self.maxResults = maxResults
            self.nextToken = nextToken
        }

        private enum CodingKeys: String, CodingKey {
            case instanceInformationFilterList = "InstanceInformationFilterList"
            case filters = "Filters"
            case maxResults = "MaxResults"
            case nextToken = "NextToken"
        }
    }

    /// The answer of DescribeInstanceInformation.
    public struct DescribeInstanceInformationResponse: Codable, Sendable, Hashable {
        /// The machines of this page.
        public var instanceInformationList: [InstanceInformation]?
        /// Where the next page starts; absent or empty on the last page.
        public var nextToken: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(instanceInformationList: [InstanceInformation]? = nil, nextToken: String? = nil) {
            self.instanceInformationList = instanceInformationList
            self.nextToken = nextToken
        }

        private enum CodingKeys: String, CodingKey {
            case instanceInformationList = "InstanceInformationList"
            case nextToken = "NextToken"
        }
    }

    /// Which machines to list, in the older form, whose members start with small letters.
    public struct InstanceInformationFilter: Codable, Sendable, Hashable {
        /// `InstanceIds`, `PingStatus`, …
        public var key: String?
        /// The values, any of which will do.
        public var valueSet: [String]?

        /// Creates the value.
        public init(key: String? = nil, valueSet: [String]? = nil) {
            self.key = key
            self.valueSet = valueSet
        }
    }

    /// Which machines to list.
    public struct InstanceInformationStringFilter: Codable, Sendable, Hashable {
        /// `InstanceIds`, `PingStatus`, `tag-key`, `tag:<key>`, …
        public var key: String?
        /// The values, any of which will do.
        public var values: [String]?

        /// Creates the value.
        public init(key: String? = nil, values: [String]? = nil) {
            self.key = key
            self.values = values
        }

        private enum CodingKeys: String, CodingKey {
            case key = "Key"
            case values = "Values"
        }
    }

    /// A registered machine.
    public struct InstanceInformation: Codable, Sendable, Hashable {
        /// The id.
        public var instanceId: String?
        /// `Online`, `ConnectionLost` or `Inactive`.
        public var pingStatus: String?
        /// When it last gave a sign of life.
        public var lastPingDateTime: Timestamp?
        /// The agent's version.
        public var agentVersion: String?
        /// Whether that is the latest.
        public var isLatestVersion: Bool?
        /// `Linux`, `Windows` or `MacOS`.
        public var platformType: String?
        /// The operating system's name.
        public var platformName: String?
        /// The operating system's version.
        public var platformVersion: String?
        /// The activation it registered with.
        public var activationId: String?
        /// The role it acts as.
        public var iamRole: String?
        /// When it registered.
        public var registrationDate: Timestamp?
        /// `ManagedInstance`.
        public var resourceType: String?
        /// The activation's default instance name.
        public var name: String?
        /// The address.
        public var ipAddress: String?
        /// The full name.
        public var computerName: String?
        /// The state of its associations.
        public var associationStatus: String?
        /// When associations last ran.
        public var lastAssociationExecutionDate: Timestamp?
        /// When associations last succeeded.
        public var lastSuccessfulAssociationExecutionDate: Timestamp?
        /// Its associations by state.
        public var associationOverview: InstanceAggregatedAssociationOverview?
        /// The id of the resource behind it.
        public var sourceId: String?
        /// The kind of resource behind it.
        public var sourceType: String?

        /// Creates the value.
        public init(
            instanceId: String? = nil, pingStatus: String? = nil, lastPingDateTime: Timestamp? = nil,
            agentVersion: String? = nil, isLatestVersion: Bool? = nil, platformType: String? = nil,
            platformName: String? = nil, platformVersion: String? = nil, activationId: String? = nil,
            iamRole: String? = nil, registrationDate: Timestamp? = nil, resourceType: String? = nil,
            name: String? = nil, ipAddress: String? = nil, computerName: String? = nil,
            associationStatus: String? = nil, lastAssociationExecutionDate: Timestamp? = nil,
            lastSuccessfulAssociationExecutionDate: Timestamp? = nil,
            associationOverview: InstanceAggregatedAssociationOverview? = nil, sourceId: String? = nil,
            sourceType: String? = nil
        ) {
            self.instanceId = instanceId
            self.pingStatus = pingStatus
            self.lastPingDateTime = lastPingDateTime
            self.agentVersion = agentVersion
            self.isLatestVersion = isLatestVersion
            self.platformType = platformType
            self.platformName = platformName
            self.platformVersion = platformVersion
            self.activationId = activationId
            self.iamRole = iamRole
            self.registrationDate = registrationDate
            self.resourceType = resourceType
            self.name = name
            self.ipAddress = ipAddress
            self.computerName = computerName
            self.associationStatus = associationStatus
            self.lastAssociationExecutionDate = lastAssociationExecutionDate
            self.lastSuccessfulAssociationExecutionDate = lastSuccessfulAssociationExecutionDate
            self.associationOverview = associationOverview
            self.sourceId = sourceId
            self.sourceType = sourceType
        }

        private enum CodingKeys: String, CodingKey {
            case instanceId = "InstanceId"
            case pingStatus = "PingStatus"
            case lastPingDateTime = "LastPingDateTime"
            case agentVersion = "AgentVersion"
            case isLatestVersion = "IsLatestVersion"
            case platformType = "PlatformType"
            case platformName = "PlatformName"
            case platformVersion = "PlatformVersion"
            case activationId = "ActivationId"
            case iamRole = "IamRole"
            case registrationDate = "RegistrationDate"
            case resourceType = "ResourceType"
            case name = "Name"
            case ipAddress = "IPAddress"
            case computerName = "ComputerName"
            case associationStatus = "AssociationStatus"
            case lastAssociationExecutionDate = "LastAssociationExecutionDate"
            case lastSuccessfulAssociationExecutionDate = "LastSuccessfulAssociationExecutionDate"
            case associationOverview = "AssociationOverview"
            case sourceId = "SourceId"
            case sourceType = "SourceType"
        }
    }

    /// A machine's associations by state.
    public struct InstanceAggregatedAssociationOverview: Codable, Sendable, Hashable {
        /// The state in detail.
        public var detailedStatus: String?
        /// How many are in which state.
        public var instanceAssociationStatusAggregatedCount: [String: Int]?

        /// Creates the value.
        public init(detailedStatus: String? = nil, instanceAssociationStatusAggregatedCount: [String: Int]? = nil) {
            self.detailedStatus = detailedStatus
            self.instanceAssociationStatusAggregatedCount = instanceAssociationStatusAggregatedCount
        }

        private enum CodingKeys: String, CodingKey {
            case detailedStatus = "DetailedStatus"
            case instanceAssociationStatusAggregatedCount = "InstanceAssociationStatusAggregatedCount"
        }
    }
}
