// SPDX-License-Identifier: Apache-2.0

/// Dryport's own operations, which AWS does not have: those of a control plane that has no IAM beside it.
///
/// They are spelled as ECS spells its own: members begin with small letters, all are optional, unknown ones are
/// ignored. They are signed for the service `dryport`, and only administrators may call them.
public enum DryportAPI: Sendable {}

extension DryportAPI.CreateAccessKeyResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// All members, secrets as `redacted`.
    public var description: String { secretFreeDescription }
    /// All members, secrets as `redacted`.
    public var debugDescription: String { secretFreeDescription }
    /// All members, secrets as `redacted`.
    public var customMirror: Mirror {
        Mirror(self, children: present(["accessKey": accessKey, "secretAccessKey": redacted(secretAccessKey)]))
    }
}

extension DryportAPI.RotateAccessKeyResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// All members, secrets as `redacted`.
    public var description: String { secretFreeDescription }
    /// All members, secrets as `redacted`.
    public var debugDescription: String { secretFreeDescription }
    /// All members, secrets as `redacted`.
    public var customMirror: Mirror {
        Mirror(
            self,
            children: present([
                "accessKey": accessKey, "secretAccessKey": redacted(secretAccessKey),
                "rotatedAccessKey": rotatedAccessKey,
            ]))
    }
}
