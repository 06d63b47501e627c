// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel

/// An operation that the control plane performs. Each conforms in a file of `Operations/`; adding one touches
/// nothing else but ``ControlPlaneMachine/operations``.
public protocol ControlPlaneRequest: APIRequest {
    /// Who may call it; administrators only, unless the operation says otherwise.
    static var access: OperationAccess { get }

    /// Performs the operation: validates everything first, then changes the machine.
    /// - Throws: The error to answer, with nothing changed.
    func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> Response
}

extension ControlPlaneRequest {
    /// Administrators only.
    public static var access: OperationAccess { .administrators }
}

/// Who may call an operation. What a node may do with a particular instance or task is decided where the
/// operation has found it. `AuthorisationTests` has the table of all operations.
public enum OperationAccess: Sendable, Hashable {
    /// Administrators only.
    case administrators
    /// Administrators, and managed nodes on their own behalf.
    case administratorsAndNodes
    /// Managed nodes on their own behalf, and nobody for them.
    case nodes
    /// Administrators, and tasks on their own behalf.
    case administratorsAndTasks
    /// Managed nodes that sign with their registered key.
    case nodeKeys
    /// Anybody; the request itself carries what proves it.
    case anybody

    /// - Parameter action: The operation as policies name it, such as `ecs:RunTask`.
    func check(_ principal: Principal, action: String) throws(APIError) {
        switch (self, principal) {
        case (.anybody, _), (.administrators, .administrator), (.administratorsAndNodes, .administrator),
            (.administratorsAndNodes, .managedInstance), (.nodes, .managedInstance),
            (.administratorsAndTasks, .administrator), (.administratorsAndTasks, .task),
            (.nodeKeys, .managedInstanceKey):
            return
        default:
            throw .notAuthorized(principal, action)
        }
    }
}

extension APIError {
    /// The refusal of a caller who is known.
    /// - Parameters:
    ///   - action: The operation as policies name it, such as `ecs:RunTask`.
    ///   - resource: What the caller named, if that matters. Nothing else may be in the message: it goes to somebody who
    ///     may not know it.
    static func notAuthorized(_ principal: Principal, _ action: String, on resource: String? = nil) -> APIError {
        let place = resource.map { " on resource: \($0)" } ?? ""
        return APIError(.accessDenied, "User: \(principal) is not authorized to perform: \(action)\(place)")
    }
}
