// SPDX-License-Identifier: Apache-2.0

/// A service whose wire Dryport speaks: AWS JSON 1.1 over `POST /`.
public enum APIService: String, Sendable, Hashable, Codable, CaseIterable {
    /// Amazon ECS, API version 2014-11-13.
    case ecs
    /// Amazon SSM, API version 2014-11-06; the slice that external instances need.
    case ssm
    /// Dryport's own operations, which AWS does not have; see ``DryportAPI``.
    case dryport

    /// What stands before the operation's name in `X-Amz-Target`, without the dot.
    public var targetPrefix: String {
        switch self {
        case .ecs: "AmazonEC2ContainerServiceV20141113"
        case .ssm: "AmazonSSM"
        case .dryport: "Dryport_20261126"
        }
    }

    /// The service's name in a SigV4 credential scope.
    public var signingName: String { rawValue }
}

/// The input of one operation, which knows what the operation is called and what it answers.
///
/// Every member of a request is optional in Swift, because the control plane itself, not the decoder, says
/// which required member is missing; unknown members are ignored (`ecs-control-plane.md` §0).
public protocol APIRequest: Codable, Sendable, Hashable {
    /// What the operation answers.
    associatedtype Response: Codable & Sendable & Hashable

    /// The service that has the operation.
    static var service: APIService { get }

    /// The operation's name, such as `RunTask`.
    static var operation: String { get }
}

extension APIRequest {
    /// The value of `X-Amz-Target`.
    public static var target: String { "\(service.targetPrefix).\(operation)" }
}

/// The answer of operations that answer nothing: `{}`.
public struct EmptyResponse: Codable, Sendable, Hashable {
    /// Creates the answer.
    public init() {}
}
