// SPDX-License-Identifier: Apache-2.0

/// Who makes a call, as far as the control plane tells callers apart.
public enum Principal: Sendable, Hashable, Codable {
    /// Nobody: the call carried no signature. Only `RegisterManagedInstance` accepts this.
    case anonymous
    /// An operator, known by an access key.
    case administrator(accessKeyID: String)
    /// A managed node that proved to hold the private key of its registration, `mi-…`.
    case managedInstanceKey(id: String)
    /// A managed node with the role credentials issued to it, `mi-…`.
    case managedInstance(id: String)
    /// A task with the credentials of its role.
    case task(arn: String)
}

extension Principal: CustomStringConvertible {
    /// The text form.
    public var description: String {
        switch self {
        case .anonymous: "anonymous"
        case .administrator(let accessKeyID): "administrator \(accessKeyID)"
        case .managedInstanceKey(let id), .managedInstance(let id): "managed instance \(id)"
        case .task(let arn): "task \(arn)"
        }
    }
}
