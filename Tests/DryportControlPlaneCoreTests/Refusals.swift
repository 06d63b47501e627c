// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

extension Bench {
    /// Makes a call that must be refused without having changed anything.
    /// - Returns: The error's code.
    mutating func refusal<Request: ControlPlaneRequest>(
        of request: Request, as principal: Principal? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) -> APIError.Code? {
        let before = stored
        let error = #expect(throws: APIError.self, sourceLocation: sourceLocation) {
            try call(request, as: principal)
        }
        #expect(stored == before, sourceLocation: sourceLocation)
        return error?.code
    }
}
