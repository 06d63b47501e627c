// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// What a session token says once it is open: eight bytes of expiry (milliseconds since the epoch, big-endian), one
/// byte of kind, and the principal's name in UTF-8. Binary, because every call of a node opens one.
struct SessionClaim {
    /// The first byte of every token; another layout takes another number.
    static let version: UInt8 = 1

    var principal: Principal
    var expiration: Timestamp

    init(principal: Principal, expiration: Timestamp) {
        self.principal = principal
        self.expiration = expiration
    }

    /// Reads ``encoded``; nil if it is not that.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 9, let name = String(validating: bytes[9...], as: UTF8.self) else { return nil }
        let milliseconds = bytes[0..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        expiration = Timestamp(millisecondsSinceEpoch: Int64(bitPattern: milliseconds))
        switch bytes[8] {
        case 0 where name.isEmpty: principal = .anonymous
        case 1: principal = .administrator(accessKeyID: name)
        case 2: principal = .managedInstanceKey(id: name)
        case 3: principal = .managedInstance(id: name)
        case 4: principal = .task(arn: name)
        default: return nil
        }
    }

    var encoded: [UInt8] {
        let (kind, name): (UInt8, String) =
            switch principal {
            case .anonymous: (0, "")
            case .administrator(let accessKeyID): (1, accessKeyID)
            case .managedInstanceKey(let id): (2, id)
            case .managedInstance(let id): (3, id)
            case .task(let arn): (4, arn)
            }
        let milliseconds = UInt64(bitPattern: expiration.millisecondsSinceEpoch)
        let expiry = (0..<8).map { UInt8(truncatingIfNeeded: milliseconds >> (56 - 8 * UInt64($0))) }
        return expiry + [kind] + Array(name.utf8)
    }
}
