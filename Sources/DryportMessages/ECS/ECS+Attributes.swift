// SPDX-License-Identifier: Apache-2.0

extension ECS {
    /// Sets custom attributes of container instances (`ecs-control-plane.md` §4.3).
    public struct PutAttributesRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.PutAttributesResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "PutAttributes"

        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// The attributes, 1 to 10, each with its target.
        public var attributes: [Attribute]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(cluster: String? = nil, attributes: [Attribute]? = nil) {
            self.cluster = cluster
            self.attributes = attributes
        }
    }

    /// The answer of PutAttributes.
    public struct PutAttributesResponse: Codable, Sendable, Hashable {
        /// The attributes.
        public var attributes: [Attribute]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(attributes: [Attribute]? = nil) {
            self.attributes = attributes
        }
    }

    /// Removes custom attributes of container instances.
    public struct DeleteAttributesRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DeleteAttributesResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DeleteAttributes"

        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// The attributes, 1 to 10, each with its target and without a value.
        public var attributes: [Attribute]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(cluster: String? = nil, attributes: [Attribute]? = nil) {
            self.cluster = cluster
            self.attributes = attributes
        }
    }

    /// The answer of DeleteAttributes.
    public struct DeleteAttributesResponse: Codable, Sendable, Hashable {
        /// The attributes that were removed.
        public var attributes: [Attribute]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(attributes: [Attribute]? = nil) {
            self.attributes = attributes
        }
    }

    /// Lists attributes of container instances, one line for each attribute of each instance.
    public struct ListAttributesRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.ListAttributesResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "ListAttributes"

        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// `container-instance`.
        public var targetType: String?
        /// Only attributes of this name.
        public var attributeName: String?
        /// Only attributes of this value; needs a name.
        public var attributeValue: String?
        /// Where the page before ended.
        public var nextToken: String?
        /// The size of a page, 1 to 100; absent means 100.
        public var maxResults: Int?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            cluster: String? = nil, targetType: String? = nil, attributeName: String? = nil,
            attributeValue: String? = nil, nextToken: String? = nil, maxResults: Int? = nil
        ) {
            self.cluster = cluster
            self.targetType = targetType
            self.attributeName = attributeName
            self.attributeValue = attributeValue
            self.nextToken = nextToken
            self.maxResults = maxResults
        }
    }

    /// The answer of ListAttributes.
    public struct ListAttributesResponse: Codable, Sendable, Hashable {
        /// The attributes of this page.
        public var attributes: [Attribute]?
        /// Where the next page starts; absent on the last page.
        public var nextToken: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(attributes: [Attribute]? = nil, nextToken: String? = nil) {
            self.attributes = attributes
            self.nextToken = nextToken
        }
    }
}
