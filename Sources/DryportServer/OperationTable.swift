// SPDX-License-Identifier: Apache-2.0

import DryportControlPlane
public import DryportControlPlaneCore
import DryportMessages

extension APIFront {
    /// Every operation that the control plane performs.
    public static let operations = ControlPlaneMachine.operations
}

/// The operations by the value of `X-Amz-Target`.
struct OperationTable: Sendable {
    /// One operation, its types erased.
    struct Operation: Sendable {
        let name: String
        let service: APIService
        let access: OperationAccess
        /// Decodes the body, performs, encodes the answer.
        let perform:
            @Sendable (
                _ body: [UInt8], _ controlPlane: ControlPlane, _ context: CallContext
            ) async throws(APIError) -> [UInt8]

        init<Request: ControlPlaneRequest>(_: Request.Type) {
            name = Request.operation
            service = Request.service
            access = Request.access
            perform = { (body, controlPlane, context) async throws(APIError) -> [UInt8] in
                // Operations without input may come without a body.
                let request = try JSONCoding.decode(Request.self, from: body.isEmpty ? Self.emptyObject : body)
                let response = try await controlPlane.perform(request, in: context)
                do {
                    return try JSONCoding.encode(response)
                } catch {
                    throw APIError(.server, "The answer cannot be written as JSON.")
                }
            }
        }

        private static let emptyObject = Array("{}".utf8)
    }

    private let operations: [String: Operation]

    init(_ requests: [any ControlPlaneRequest.Type]) {
        var operations: [String: Operation] = [:]
        for request in requests {
            let earlier = operations.updateValue(Operation(request), forKey: request.target)
            precondition(earlier == nil, "\(request.target) is given twice")
        }
        self.operations = operations
    }

    subscript(target: String) -> Operation? { operations[target] }
}
