// SPDX-License-Identifier: Apache-2.0

extension ECS {
    /// Makes a service in Express mode, which needs a load balancer and Fargate (`ecs-control-plane.md` §1.7).
    public struct CreateExpressGatewayServiceRequest: APIRequest {
        /// The answer.
        public typealias Response = EmptyResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "CreateExpressGatewayService"

        /// Creates a request.
        public init() {}
    }

    /// Changes a service in Express mode; there are none.
    public struct UpdateExpressGatewayServiceRequest: APIRequest {
        /// The answer.
        public typealias Response = EmptyResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "UpdateExpressGatewayService"

        /// Creates a request.
        public init() {}
    }

    /// Deletes a service in Express mode; there are none.
    public struct DeleteExpressGatewayServiceRequest: APIRequest {
        /// The answer.
        public typealias Response = EmptyResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DeleteExpressGatewayService"

        /// Creates a request.
        public init() {}
    }

    /// Describes a service in Express mode; there are none.
    public struct DescribeExpressGatewayServiceRequest: APIRequest {
        /// The answer.
        public typealias Response = EmptyResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DescribeExpressGatewayService"

        /// Creates a request.
        public init() {}
    }
}
