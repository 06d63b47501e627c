// SPDX-License-Identifier: Apache-2.0

/// An error as AWS's JSON services answer it: `{"__type": code, "message": …}`.
///
/// | Code family | Whose fault | What a client does |
/// |---|---|---|
/// | `ClientException`, `InvalidParameterException`, … (HTTP 400) | the caller's | changes the call; stock agents give up for good |
/// | `ThrottlingException` (400), `ServerException` (500) | nobody's, for now | repeats the same call after a pause |
public struct APIError: Error, Sendable, Hashable {
    /// An error's name on the wire. Any name can be made; those used by Dryport are static members.
    public struct Code: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
        /// The name.
        public var name: String

        /// Creates a code from its name on the wire.
        public init(_ name: String) { self.name = name }
        /// Creates a code from its name on the wire.
        public init(stringLiteral value: String) { self.name = value }
        /// The text form.
        public var description: String { name }

        /// What the request refers to is in an unsuitable state, or its content is.
        public static let client: Code = "ClientException"
        /// A parameter of the request is wrong or refers to something missing.
        public static let invalidParameter: Code = "InvalidParameterException"
        /// Something failed that is not the caller's fault; HTTP 500.
        public static let server: Code = "ServerException"
        /// Too many calls.
        public static let throttling: Code = "ThrottlingException"
        /// The caller is known and may not do this.
        public static let accessDenied: Code = "AccessDeniedException"
        /// No such cluster, or it was deleted.
        public static let clusterNotFound: Code = "ClusterNotFoundException"
        /// The cluster still has container instances.
        public static let clusterContainsContainerInstances: Code = "ClusterContainsContainerInstancesException"
        /// The cluster still has capacity providers.
        public static let clusterContainsCapacityProvider: Code = "ClusterContainsCapacityProviderException"
        /// The cluster still has services.
        public static let clusterContainsServices: Code = "ClusterContainsServicesException"
        /// The cluster still has tasks.
        public static let clusterContainsTasks: Code = "ClusterContainsTasksException"
        /// The same token was used for other parameters.
        public static let conflict: Code = "ConflictException"
        /// A quota is used up.
        public static let limitExceeded: Code = "LimitExceededException"
        /// A feature that external instances do not have.
        public static let unsupportedFeature: Code = "UnsupportedFeatureException"
        /// No such resource.
        public static let resourceNotFound: Code = "ResourceNotFoundException"
        /// The service is not there.
        public static let serviceNotFound: Code = "ServiceNotFoundException"
        /// The service is being, or was, deleted.
        public static let serviceNotActive: Code = "ServiceNotActiveException"
        /// No such task set in the service.
        public static let taskSetNotFound: Code = "TaskSetNotFoundException"
        /// No such deployment of a service.
        public static let serviceDeploymentNotFound: Code = "ServiceDeploymentNotFoundException"
        /// No such namespace of Cloud Map.
        public static let namespaceNotFound: Code = "NamespaceNotFoundException"
        /// The container instance whose attributes are to change is not there.
        public static let targetNotFound: Code = "TargetNotFoundException"
        /// Nobody inside the container can carry out a command now.
        public static let targetNotConnected: Code = "TargetNotConnectedException"
        /// The container instance would have too many custom attributes.
        public static let attributeLimitExceeded: Code = "AttributeLimitExceededException"
        /// An earlier change of the same resource is still going on.
        public static let updateInProgress: Code = "UpdateInProgressException"
        /// The agent has the newest version.
        public static let noUpdateAvailable: Code = "NoUpdateAvailableException"
        /// The agent's version is not known.
        public static let missingVersion: Code = "MissingVersionException"
        /// The account may not start tasks.
        public static let blocked: Code = "BlockedException"
        /// The resource is used by others.
        public static let resourceInUse: Code = "ResourceInUseException"
        /// No such version of Fargate's platform.
        public static let platformUnknown: Code = "PlatformUnknownException"
        /// The version of Fargate's platform cannot run the task definition.
        public static let platformTaskDefinitionIncompatibility: Code =
            "PlatformTaskDefinitionIncompatibilityException"
        /// No such managed daemon.
        public static let daemonNotFound: Code = "DaemonNotFoundException"
        /// The managed daemon is being deleted.
        public static let daemonNotActive: Code = "DaemonNotActiveException"
        /// A deregistered instance asked for its session; see `ecs-agent.md` §4.8.
        public static let inactiveInstance: Code = "InactiveInstanceException"
        /// The operation does not exist.
        public static let unknownOperation: Code = "UnknownOperationException"
        /// The body is not what the operation's shape demands.
        public static let serialization: Code = "SerializationException"
        /// No, or no acceptable, authentication.
        public static let missingAuthenticationToken: Code = "MissingAuthenticationTokenException"
        /// The authorisation header lacks a part.
        public static let incompleteSignature: Code = "IncompleteSignatureException"
        /// The signature does not match, or is too old or too new.
        public static let invalidSignature: Code = "InvalidSignatureException"
        /// Nobody has this access key.
        public static let unrecognizedClient: Code = "UnrecognizedClientException"
        /// The temporary credentials' time is over.
        public static let expiredToken: Code = "ExpiredTokenException"
        /// SSM: activation unknown, or its code is wrong.
        public static let invalidActivation: Code = "InvalidActivation"
        /// SSM: no such activation id.
        public static let invalidActivationID: Code = "InvalidActivationId"
        /// SSM: the activation's time is over.
        public static let activationExpired: Code = "ActivationExpired"
        /// SSM: the activation has been used as often as it may.
        public static let registrationLimitExceeded: Code = "RegistrationLimitExceeded"
        /// SSM: the public key cannot be used.
        public static let invalidPublicKey: Code = "InvalidPublicKey"
        /// SSM: no such managed instance.
        public static let invalidInstanceID: Code = "InvalidInstanceId"
        /// SSM: the hardware is not the registered one.
        public static let machineFingerprintDoesNotMatch: Code = "MachineFingerprintDoesNotMatch"
        /// SSM: a parameter is wrong.
        public static let invalidParameters: Code = "InvalidParameters"
        /// SSM: a member is missing, or not of the form that the service model demands.
        public static let validation: Code = "ValidationException"
        /// SSM: a filter is wrong.
        public static let invalidFilter: Code = "InvalidFilter"
        /// SSM: a filter's key is wrong.
        public static let invalidFilterKey: Code = "InvalidFilterKey"
        /// SSM: a filter of managed nodes has a value that its key does not have.
        public static let invalidInstanceInformationFilterValue: Code = "InvalidInstanceInformationFilterValue"
        /// SSM: resources of this type cannot have tags here.
        public static let invalidResourceType: Code = "InvalidResourceType"
        /// SSM: no such resource.
        public static let invalidResourceID: Code = "InvalidResourceId"
        /// SSM: the resource would have too many tags.
        public static let tooManyTags: Code = "TooManyTagsError"
        /// SSM: the paging token is wrong.
        public static let invalidNextToken: Code = "InvalidNextToken"
    }

    /// The error's name.
    public var code: Code
    /// What happened, with the place and the remedy, for people.
    public var message: String
    /// Only with `conflict`: the resources that the token stands for.
    public var resourceIDs: [String]

    /// How many Unicode scalars of a message are kept: messages name what was wrong in what a caller has sent, however
    /// long that is.
    public static let maximumMessageLength = 1024

    /// Creates an error.
    /// - Parameter message: For people; what goes beyond ``maximumMessageLength`` is cut off.
    public init(_ code: Code, _ message: String, resourceIDs: [String] = []) {
        self.code = code
        self.message = Self.shortened(message)
        self.resourceIDs = resourceIDs
    }

    private static func shortened(_ message: String) -> String {
        // A text has at least as many bytes as scalars, and knows how many bytes it has.
        guard message.utf8.count > maximumMessageLength else { return message }
        let scalars = message.unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: maximumMessageLength, limitedBy: scalars.endIndex),
            end < scalars.endIndex
        else { return message }
        return String(scalars[..<end]) + "…"
    }

    /// The HTTP status that carries the error: 500 for `server`, else 400 (`ecs-control-plane.md` §0).
    public var httpStatus: Int { code == .server ? 500 : 400 }

    /// Whether the same call may succeed later without any change.
    public var isRetryable: Bool {
        code == .server || code == .throttling || code == .limitExceeded || code == "InternalServerError"
            || code == "TooManyUpdates"
    }
}

extension APIError: CustomStringConvertible {
    /// The text form.
    public var description: String { "\(code.name): \(message)" }
}

extension APIError: Codable {
    private enum Key: String, CodingKey {
        case type = "__type"
        case message
        case upperCaseMessage = "Message"
        case resourceIDs = "resourceIds"
    }

    /// Decodes either spelling of the message; a namespace before `#` in the type is dropped.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let type = try container.decode(String.self, forKey: .type)
        let name = type.split(separator: "#").last.map(String.init) ?? type
        let message =
            try container.decodeIfPresent(String.self, forKey: .message)
            ?? container.decodeIfPresent(String.self, forKey: .upperCaseMessage)
        self.init(
            Code(name), message ?? "",
            resourceIDs: try container.decodeIfPresent([String].self, forKey: .resourceIDs) ?? [])
    }

    /// Encodes the form on the wire.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(code.name, forKey: .type)
        try container.encode(message, forKey: .message)
        if !resourceIDs.isEmpty { try container.encode(resourceIDs, forKey: .resourceIDs) }
    }
}
