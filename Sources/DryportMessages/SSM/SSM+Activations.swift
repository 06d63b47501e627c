// SPDX-License-Identifier: Apache-2.0

public import DryportModel

extension SSM {
    /// Makes an activation: a permission to register a number of machines (`ssm-agent.md` §1.1).
    public struct CreateActivationRequest: APIRequest {
        /// The answer.
        public typealias Response = SSM.CreateActivationResponse
        /// The service that has the operation.
        public static let service = APIService.ssm
        /// The operation's name.
        public static let operation = "CreateActivation"

        /// What it is for; up to 256 characters.
        public var description: String?
        /// The name that registered machines get; up to 256 characters.
        public var defaultInstanceName: String?
        /// The role the machines act as: a name, not an ARN. Required.
        public var iamRole: String?
        /// How many machines may register, 1 to 1000; absent means 1.
        public var registrationLimit: Int?
        /// Until when, at most 30 days ahead; absent means 24 hours.
        public var expirationDate: Timestamp?
        /// Tags that registered machines get.
        public var tags: [Tag]?
        /// Reserved.
        public var registrationMetadata: [RegistrationMetadataItem]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            description: String? = nil, defaultInstanceName: String? = nil, iamRole: String? = nil,
            registrationLimit: Int? = nil, expirationDate: Timestamp? = nil, tags: [Tag]? = nil,
            registrationMetadata: [RegistrationMetadataItem]? = nil
        ) {
            self.description = description
            self.defaultInstanceName = defaultInstanceName
            self.iamRole = iamRole
            self.registrationLimit = registrationLimit
            self.expirationDate = expirationDate
            self.tags = tags
            self.registrationMetadata = registrationMetadata
        }

        private enum CodingKeys: String, CodingKey {
            case description = "Description"
            case defaultInstanceName = "DefaultInstanceName"
            case iamRole = "IamRole"
            case registrationLimit = "RegistrationLimit"
            case expirationDate = "ExpirationDate"
            case tags = "Tags"
            case registrationMetadata = "RegistrationMetadata"
        }
    }

    /// The answer of CreateActivation. The code never appears in a description or a mirror.
    public struct CreateActivationResponse: Codable, Sendable, Hashable {
        /// The activation's id: a UUID in lower case.
        public var activationId: String?
        /// The secret that goes with the id, told only here; described as `redacted`.
        public var activationCode: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(activationId: String? = nil, activationCode: String? = nil) {
            self.activationId = activationId
            self.activationCode = activationCode
        }

        private enum CodingKeys: String, CodingKey {
            case activationId = "ActivationId"
            case activationCode = "ActivationCode"
        }
    }

    /// Lists activations, never with their codes.
    public struct DescribeActivationsRequest: APIRequest {
        /// The answer.
        public typealias Response = SSM.DescribeActivationsResponse
        /// The service that has the operation.
        public static let service = APIService.ssm
        /// The operation's name.
        public static let operation = "DescribeActivations"

        /// Which ones; absent means all.
        public var filters: [DescribeActivationsFilter]?
        /// The size of a page, 1 to 50.
        public var maxResults: Int?
        /// Where the page before ended.
        public var nextToken: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(filters: [DescribeActivationsFilter]? = nil, maxResults: Int? = nil, nextToken: String? = nil) {
            self.filters = filters
            self.maxResults = maxResults
            self.nextToken = nextToken
        }

        private enum CodingKeys: String, CodingKey {
            case filters = "Filters"
            case maxResults = "MaxResults"
            case nextToken = "NextToken"
        }
    }

    /// The answer of DescribeActivations.
    public struct DescribeActivationsResponse: Codable, Sendable, Hashable {
        /// The activations of this page.
        public var activationList: [Activation]?
        /// Where the next page starts; absent on the last page.
        public var nextToken: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(activationList: [Activation]? = nil, nextToken: String? = nil) {
            self.activationList = activationList
            self.nextToken = nextToken
        }

        private enum CodingKeys: String, CodingKey {
            case activationList = "ActivationList"
            case nextToken = "NextToken"
        }
    }

    /// Deletes an activation; machines stay registered.
    public struct DeleteActivationRequest: APIRequest {
        /// The answer.
        public typealias Response = SSM.DeleteActivationResponse
        /// The service that has the operation.
        public static let service = APIService.ssm
        /// The operation's name.
        public static let operation = "DeleteActivation"

        /// The activation's id.
        public var activationId: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(activationId: String? = nil) {
            self.activationId = activationId
        }

        private enum CodingKeys: String, CodingKey {
            case activationId = "ActivationId"
        }
    }

    /// The answer of DeleteActivation: nothing.
    public typealias DeleteActivationResponse = EmptyResponse

    /// An activation without its code.
    public struct Activation: Codable, Sendable, Hashable {
        /// The id.
        public var activationId: String?
        /// What it is for.
        public var description: String?
        /// The name that registered machines get.
        public var defaultInstanceName: String?
        /// The role the machines act as.
        public var iamRole: String?
        /// How many machines may register.
        public var registrationLimit: Int?
        /// How many have.
        public var registrationsCount: Int?
        /// Until when.
        public var expirationDate: Timestamp?
        /// Whether that is over.
        public var expired: Bool?
        /// When it was made.
        public var createdDate: Timestamp?
        /// Tags that registered machines get.
        public var tags: [Tag]?

        /// Creates the value.
        public init(
            activationId: String? = nil, description: String? = nil, defaultInstanceName: String? = nil,
            iamRole: String? = nil, registrationLimit: Int? = nil, registrationsCount: Int? = nil,
            expirationDate: Timestamp? = nil, expired: Bool? = nil, createdDate: Timestamp? = nil, tags: [Tag]? = nil
        ) {
            self.activationId = activationId
            self.description = description
            self.defaultInstanceName = defaultInstanceName
            self.iamRole = iamRole
            self.registrationLimit = registrationLimit
            self.registrationsCount = registrationsCount
            self.expirationDate = expirationDate
            self.expired = expired
            self.createdDate = createdDate
            self.tags = tags
        }

        private enum CodingKeys: String, CodingKey {
            case activationId = "ActivationId"
            case description = "Description"
            case defaultInstanceName = "DefaultInstanceName"
            case iamRole = "IamRole"
            case registrationLimit = "RegistrationLimit"
            case registrationsCount = "RegistrationsCount"
            case expirationDate = "ExpirationDate"
            case expired = "Expired"
            case createdDate = "CreatedDate"
            case tags = "Tags"
        }
    }

    /// Which activations to list.
    public struct DescribeActivationsFilter: Codable, Sendable, Hashable {
        /// `ActivationIds`, `DefaultInstanceName` or `IamRole`.
        public var filterKey: String?
        /// The values, any of which will do.
        public var filterValues: [String]?

        /// Creates the value.
        public init(filterKey: String? = nil, filterValues: [String]? = nil) {
            self.filterKey = filterKey
            self.filterValues = filterValues
        }

        private enum CodingKeys: String, CodingKey {
            case filterKey = "FilterKey"
            case filterValues = "FilterValues"
        }
    }

    /// A tag. SSM spells its members with capitals, ECS does not.
    public struct Tag: Codable, Sendable, Hashable {
        /// The key.
        public var key: String?
        /// The value.
        public var value: String?

        /// Creates the value.
        public init(key: String? = nil, value: String? = nil) {
            self.key = key
            self.value = value
        }

        private enum CodingKeys: String, CodingKey {
            case key = "Key"
            case value = "Value"
        }
    }

    /// Reserved.
    public struct RegistrationMetadataItem: Codable, Sendable, Hashable {
        /// The key.
        public var key: String?
        /// The value.
        public var value: String?

        /// Creates the value.
        public init(key: String? = nil, value: String? = nil) {
            self.key = key
            self.value = value
        }

        private enum CodingKeys: String, CodingKey {
            case key = "Key"
            case value = "Value"
        }
    }
}
