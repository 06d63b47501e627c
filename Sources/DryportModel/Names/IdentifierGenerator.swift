// SPDX-License-Identifier: Apache-2.0

/// Makes the identifiers that ECS and SSM hand out, from the given generator and nothing else, so that
/// a machine of the core stays reproducible.
extension RandomNumberGenerator {
    /// `count` lower-case hexadecimal digits, sixteen of each number drawn: a draw may cost a call of the system.
    public mutating func hexadecimal(_ count: Int) -> String {
        String(unsafeUninitializedCapacity: count) { output in
            var bits: UInt64 = 0
            for index in 0..<count {
                if index % 16 == 0 { bits = next() }
                output[index] = Self.digit(bits & 15)
                bits >>= 4
            }
            return count
        }
    }

    /// The 32 lower-case hexadecimal digits that identify tasks and container instances (§2.1).
    public mutating func resourceID() -> String { hexadecimal(32) }

    /// A version 4 UUID in lower case.
    public mutating func uuid() -> String {
        let (high, low) = (next(), next())
        return String(unsafeUninitializedCapacity: 36) { output in
            var length = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    output[length] = UInt8(ascii: "-")
                    length += 1
                }
                let drawn = (index < 16 ? high : low) >> UInt64(index % 16 * 4) & 15
                // The version is 4, random; the variant is that of RFC 9562.
                output[length] = Self.digit(index == 12 ? 4 : index == 16 ? 8 | drawn & 3 : drawn)
                length += 1
            }
            return length
        }
    }

    private static func digit(_ value: UInt64) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: value)
        return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }

    /// A managed node's id: `mi-` and 17 lower-case hexadecimal digits (`ssm-agent.md` §1.3).
    public mutating func managedInstanceID() -> String { "mi-\(hexadecimal(17))" }

    /// The id of a service's deployment or task set: `ecs-svc/` and 19 digits (§2.1).
    public mutating func deploymentID() -> String { "ecs-svc/\(serviceRevisionNumber())" }

    /// The number of a service revision: 19 digits (§2.1).
    public mutating func serviceRevisionNumber() -> String {
        characters(1, from: "123456789") + characters(18, from: "0123456789")
    }

    /// The id of a service deployment: 21 letters and digits without look-alikes (§2.1).
    public mutating func serviceDeploymentID() -> String {
        characters(21, from: "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
    }

    /// `count` characters drawn uniformly from `alphabet`.
    /// - Precondition: `alphabet` is ASCII and not empty.
    public mutating func characters(_ count: Int, from alphabet: StaticString) -> String {
        let letters = alphabet.utf8CodeUnitCount
        precondition(letters > 0, "an alphabet has at least one letter")
        return alphabet.withUTF8Buffer { buffer in
            String(unsafeUninitializedCapacity: count) { output in
                for index in 0..<count {
                    output[index] = buffer[Int.random(in: 0..<letters, using: &self)]
                }
                return count
            }
        }
    }
}
