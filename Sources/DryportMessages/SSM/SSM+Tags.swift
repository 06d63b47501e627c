// SPDX-License-Identifier: Apache-2.0

extension SSM {
    /// Adds tags to a machine; the same key replaces the value.
    public struct AddTagsToResourceRequest: APIRequest {
        /// The answer.
        public typealias Response = SSM.AddTagsToResourceResponse
        /// The service that has the operation.
        public static let service = APIService.ssm
        /// The operation's name.
        public static let operation = "AddTagsToResource"

        /// `ManagedInstance`.
        public var resourceType: String?
        /// The machine's id.
        public var resourceId: String?
        /// The tags.
        public var tags: [Tag]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(resourceType: String? = nil, resourceId: String? = nil, tags: [Tag]? = nil) {
            self.resourceType = resourceType
            self.resourceId = resourceId
            self.tags = tags
        }

        private enum CodingKeys: String, CodingKey {
            case resourceType = "ResourceType"
            case resourceId = "ResourceId"
            case tags = "Tags"
        }
    }

    /// The answer of AddTagsToResource: nothing.
    public typealias AddTagsToResourceResponse = EmptyResponse

    /// Removes tags from a machine.
    public struct RemoveTagsFromResourceRequest: APIRequest {
        /// The answer.
        public typealias Response = SSM.RemoveTagsFromResourceResponse
        /// The service that has the operation.
        public static let service = APIService.ssm
        /// The operation's name.
        public static let operation = "RemoveTagsFromResource"

        /// `ManagedInstance`.
        public var resourceType: String?
        /// The machine's id.
        public var resourceId: String?
        /// The tags' keys.
        public var tagKeys: [String]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(resourceType: String? = nil, resourceId: String? = nil, tagKeys: [String]? = nil) {
            self.resourceType = resourceType
            self.resourceId = resourceId
            self.tagKeys = tagKeys
        }

        private enum CodingKeys: String, CodingKey {
            case resourceType = "ResourceType"
            case resourceId = "ResourceId"
            case tagKeys = "TagKeys"
        }
    }

    /// The answer of RemoveTagsFromResource: nothing.
    public typealias RemoveTagsFromResourceResponse = EmptyResponse

    /// Lists the tags of a machine.
    public struct ListTagsForResourceRequest: APIRequest {
        /// The answer.
        public typealias Response = SSM.ListTagsForResourceResponse
        /// The service that has the operation.
        public static let service = APIService.ssm
        /// The operation's name.
        public static let operation = "ListTagsForResource"

        /// `ManagedInstance`.
        public var resourceType: String?
        /// The machine's id.
        public var resourceId: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(resourceType: String? = nil, resourceId: String? = nil) {
            self.resourceType = resourceType
            self.resourceId = resourceId
        }

        private enum CodingKeys: String, CodingKey {
            case resourceType = "ResourceType"
            case resourceId = "ResourceId"
        }
    }

    /// The answer of ListTagsForResource.
    public struct ListTagsForResourceResponse: Codable, Sendable, Hashable {
        /// The tags.
        public var tagList: [Tag]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(tagList: [Tag]? = nil) {
            self.tagList = tagList
        }

        private enum CodingKeys: String, CodingKey {
            case tagList = "TagList"
        }
    }
}
