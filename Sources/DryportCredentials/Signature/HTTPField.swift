// SPDX-License-Identifier: Apache-2.0

/// One header line of an HTTP request.
///
/// The values of `Authorization` and `X-Amz-Security-Token` never appear in a description or a mirror.
public struct HTTPField: Sendable, Hashable {
    /// The name, in any case.
    public var name: String
    /// The value as on the wire; surrounding and repeated spaces do not matter to a signature.
    public var value: String

    /// Creates a header line.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// Whether the name is `other`, which is in lower case. ASCII only, as header names are.
    /// - Complexity: O(length of the name), without allocation.
    func isNamed(_ other: String) -> Bool {
        name.utf8.count == other.utf8.count
            && zip(name.utf8, other.utf8).allSatisfy { ASCII.lowercased($0) == $1 }
    }

    private var shownValue: String {
        let isSecret = isNamed("authorization") || isNamed("x-amz-security-token")
        return isSecret ? "redacted" : value
    }
}

extension HTTPField: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text form.
    public var description: String { "\(name): \(shownValue)" }
    /// The text form.
    public var debugDescription: String { description }
    /// Shows no secret.
    public var customMirror: Mirror {
        Mirror(self, children: ["name": name, "value": shownValue], displayStyle: .struct)
    }
}
