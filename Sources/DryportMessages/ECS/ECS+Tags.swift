// SPDX-License-Identifier: Apache-2.0

extension ECS {
    /// Adds tags to a resource; the same key replaces the value.
    public struct TagResourceRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.TagResourceResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "TagResource"

        /// The resource.
        public var resourceArn: String?
        /// The tags.
        public var tags: [Tag]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(resourceArn: String? = nil, tags: [Tag]? = nil) {
            self.resourceArn = resourceArn
            self.tags = tags
        }
    }

    /// The answer of TagResource: nothing.
    public typealias TagResourceResponse = EmptyResponse

    /// Removes tags from a resource.
    public struct UntagResourceRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.UntagResourceResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "UntagResource"

        /// The resource.
        public var resourceArn: String?
        /// The tags' keys.
        public var tagKeys: [String]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(resourceArn: String? = nil, tagKeys: [String]? = nil) {
            self.resourceArn = resourceArn
            self.tagKeys = tagKeys
        }
    }

    /// The answer of UntagResource: nothing.
    public typealias UntagResourceResponse = EmptyResponse

    /// Lists the tags of a resource.
    public struct ListTagsForResourceRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.ListTagsForResourceResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "ListTagsForResource"

        /// The resource.
        public var resourceArn: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(resourceArn: String? = nil) {
            self.resourceArn = resourceArn
        }
    }

    /// The answer of ListTagsForResource.
    public struct ListTagsForResourceResponse: Codable, Sendable, Hashable {
        /// The tags.
        public var tags: [Tag]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(tags: [Tag]? = nil) {
            self.tags = tags
        }
    }
}
