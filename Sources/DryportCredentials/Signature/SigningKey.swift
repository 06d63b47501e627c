// SPDX-License-Identifier: Apache-2.0

import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The key that SigV4 derives from a secret for one day, region and service.
///
/// Deriving takes four HMACs, using it one: whoever verifies many requests of one access key keeps it. It is as
/// secret as the secret access key for its day and scope, and prints as redacted.
public struct SigningKey: Sendable {
    /// The day, `yyyymmdd` in UTC.
    public let date: String
    /// The region.
    public let region: String
    /// The service, such as `ecs`.
    public let service: String

    let key: SymmetricKey

    init(secret: Redacted<String>, date: String, region: String, service: String) {
        self.date = date
        self.region = region
        self.service = service
        var key = SymmetricKey(data: Array("AWS4".utf8) + Array(secret.exposed.utf8))
        for part in [date, region, service, "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
        self.key = key
    }
}

extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text form.
    public var description: String { "SigningKey(\(date)/\(region)/\(service), redacted)" }
    /// The text form.
    public var debugDescription: String { description }
    /// Shows no secret.
    public var customMirror: Mirror {
        Mirror(self, children: ["date": date, "region": region, "service": service], displayStyle: .struct)
    }
}
