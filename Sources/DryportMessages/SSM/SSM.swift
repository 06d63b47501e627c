// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// The operations of Amazon SSM, API version 2014-11-06, that external instances need: those for operators, and
/// the agents' own, which AWS does not publish (`ssm-agent.md` §1, §3, §4).
///
/// On the wire members start with capitals. All are optional: nil is absent on the wire. Unknown members are ignored.
public enum SSM: Sendable {}

extension SSM.CreateActivationResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// All members, secrets as `redacted`.
    public var description: String { secretFreeDescription }
    /// All members, secrets as `redacted`.
    public var debugDescription: String { secretFreeDescription }
    /// All members, secrets as `redacted`.
    public var customMirror: Mirror {
        Mirror(
            self,
            children: present(["activationId": activationId, "activationCode": redacted(activationCode)]))
    }
}

extension SSM.RegisterManagedInstanceRequest: CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// All members, secrets as `redacted`.
    public var description: String { secretFreeDescription }
    /// All members, secrets as `redacted`.
    public var debugDescription: String { secretFreeDescription }
    /// All members, secrets as `redacted`.
    public var customMirror: Mirror {
        Mirror(
            self,
            children: present([
                "activationCode": redacted(activationCode), "activationId": activationId,
                "fingerprint": fingerprint, "publicKey": publicKey,
                "publicKeyType": publicKeyType, "iamRole": iamRole, "tags": tags,
            ]))
    }
}

extension SSM.RequestManagedInstanceRoleTokenResponse: CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// All members, secrets as `redacted`.
    public var description: String { secretFreeDescription }
    /// All members, secrets as `redacted`.
    public var debugDescription: String { secretFreeDescription }
    /// All members, secrets as `redacted`.
    public var customMirror: Mirror {
        Mirror(
            self,
            children: present([
                "accessKeyId": accessKeyId, "secretAccessKey": redacted(secretAccessKey),
                "sessionToken": redacted(sessionToken),
                "tokenExpirationDate": tokenExpirationDate?.secondsSinceEpoch,
                "updateKeyPair": updateKeyPair,
            ]))
    }
}
