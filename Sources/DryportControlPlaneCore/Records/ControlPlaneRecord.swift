// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Everything the control plane keeps: one record per thing, each under a key of its own.
///
/// Keys read like paths: `account/…` for what belongs to the account, `cluster/<name>/…` for what belongs to
/// one cluster, so that a cluster can be loaded, moved or watched by one prefix.
public enum ControlPlaneRecord: Sendable, Hashable {
    /// A family's counter of revisions.
    case family(FamilyRecord)
    /// A revision of a task definition.
    case taskDefinition(TaskDefinitionRecord)
    /// An activation.
    case activation(ActivationRecord)
    /// A managed node.
    case managedInstance(ManagedInstanceRecord)
    /// An account setting.
    case accountSetting(AccountSettingRecord)
    /// An administrator's access key, without its secret.
    case accessKey(AccessKeyRecord)
    /// A cluster.
    case cluster(ClusterRecord)
    /// A container instance of a cluster.
    case instance(ContainerInstanceRecord, cluster: String)
    /// A task of a cluster.
    case task(TaskRecord, cluster: String)
    /// What a client token stood for.
    case clientToken(ClientTokenRecord, cluster: String)
    /// A service of a cluster.
    case service(ServiceRecord, cluster: String)
    /// An event of a service.
    case serviceEvent(ServiceEventRecord, service: String, cluster: String)
    /// A revision of a service.
    case serviceRevision(ServiceRevisionRecord, service: String, cluster: String)
    /// The story of a deployment of a service.
    case serviceDeployment(ServiceDeploymentRecord, service: String, cluster: String)

    /// The prefix of all keys of the control plane.
    public static let keyPrefix = "control-plane/"

    /// The record's key, unique among all records.
    public var key: String { Self.keyPrefix + path }

    private var path: String {
        switch self {
        case .family(let record): "account/family/\(record.name)"
        case .taskDefinition(let record):
            "account/task-definition/\(record.definition.family)/\(record.definition.revision)"
        case .activation(let record): "account/activation/\(record.id)"
        case .managedInstance(let record): "account/managed-instance/\(record.id)"
        case .accountSetting(let record): "account/setting/\(record.name)/\(record.principalArn)"
        case .accessKey(let record): "account/access-key/\(record.id)"
        case .cluster(let record): "cluster/\(record.name)/cluster"
        case .instance(let record, let cluster): "cluster/\(cluster)/instance/\(record.id)"
        case .task(let record, let cluster):
            // The time first: what is written together then lies together in the store, instead of a page for each.
            "cluster/\(cluster)/task/\(Self.sortable(record.times.createdAt))/\(record.id)"
        case .clientToken(let record, let cluster): "cluster/\(cluster)/token/\(record.token)"
        case .service(let record, let cluster): "cluster/\(cluster)/service/\(record.name)"
        case .serviceEvent(let record, let service, let cluster):
            // A slot is written again when as many events have followed.
            "cluster/\(cluster)/service-event/\(service)/\(record.number % ServiceEventRecord.capacity)"
        case .serviceRevision(let record, let service, let cluster):
            "cluster/\(cluster)/service-revision/\(service)/\(record.number)"
        case .serviceDeployment(let record, let service, let cluster):
            "cluster/\(cluster)/service-deployment/\(service)/\(record.id)"
        }
    }

    /// A time as twelve hexadecimal digits, which last for some thousand years.
    private static func sortable(_ time: Timestamp) -> String {
        let digits = String(max(0, time.millisecondsSinceEpoch), radix: 16)
        return String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }

    /// The record as bytes (JSON).
    public func encoded() -> [UInt8] {
        do {
            switch self {
            case .family(let record): return try JSONCoding.encode(record)
            case .taskDefinition(let record): return try JSONCoding.encode(record)
            case .activation(let record): return try JSONCoding.encode(record)
            case .managedInstance(let record): return try JSONCoding.encode(record)
            case .accountSetting(let record): return try JSONCoding.encode(record)
            case .accessKey(let record): return try JSONCoding.encode(record)
            case .cluster(let record): return try JSONCoding.encode(record)
            case .instance(let record, _): return try JSONCoding.encode(record)
            case .task(let record, _): return try JSONCoding.encode(record)
            case .clientToken(let record, _): return try JSONCoding.encode(record)
            case .service(let record, _): return try JSONCoding.encode(record)
            case .serviceEvent(let record, _, _): return try JSONCoding.encode(record)
            case .serviceRevision(let record, _, _): return try JSONCoding.encode(record)
            case .serviceDeployment(let record, _, _): return try JSONCoding.encode(record)
            }
        } catch {
            // Records hold nothing that JSON cannot express: no non-finite numbers, no foreign types.
            preconditionFailure("a record of \(key) cannot be encoded: \(error)")
        }
    }

    /// Reads a record back.
    /// - Throws: ``RecordError`` if the key or the bytes are not what this version writes.
    public init(key: String, bytes: [UInt8]) throws(RecordError) {
        let segments = key.dropFirst(Self.keyPrefix.count).split(
            separator: "/", omittingEmptySubsequences: false)
        func decode<Record: Decodable>(_ type: Record.Type) throws(RecordError) -> Record {
            do {
                return try JSONCoding.decode(type, from: bytes)
            } catch {
                throw RecordError(key: key, message: error.message)
            }
        }
        guard key.hasPrefix(Self.keyPrefix), segments.count >= 3 else {
            throw RecordError(key: key, message: "the key is not one of the control plane's")
        }
        switch (segments[0], segments.count > 2 && segments[0] == "cluster" ? segments[2] : segments[1])
        {
        case ("account", "family"): self = .family(try decode(FamilyRecord.self))
        case ("account", "task-definition"):
            self = .taskDefinition(try decode(TaskDefinitionRecord.self))
        case ("account", "activation"): self = .activation(try decode(ActivationRecord.self))
        case ("account", "managed-instance"):
            self = .managedInstance(try decode(ManagedInstanceRecord.self))
        case ("account", "setting"): self = .accountSetting(try decode(AccountSettingRecord.self))
        case ("account", "access-key"): self = .accessKey(try decode(AccessKeyRecord.self))
        case ("cluster", "cluster"): self = .cluster(try decode(ClusterRecord.self))
        case ("cluster", "instance"):
            self = .instance(try decode(ContainerInstanceRecord.self), cluster: String(segments[1]))
        case ("cluster", "task"):
            self = .task(try decode(TaskRecord.self), cluster: String(segments[1]))
        case ("cluster", "token"):
            self = .clientToken(try decode(ClientTokenRecord.self), cluster: String(segments[1]))
        case ("cluster", "service"): self = .service(try decode(ServiceRecord.self), cluster: String(segments[1]))
        case ("cluster", "service-event") where segments.count == 5:
            self = .serviceEvent(
                try decode(ServiceEventRecord.self), service: String(segments[3]), cluster: String(segments[1]))
        case ("cluster", "service-revision") where segments.count == 5:
            self = .serviceRevision(
                try decode(ServiceRevisionRecord.self), service: String(segments[3]), cluster: String(segments[1]))
        case ("cluster", "service-deployment") where segments.count == 5:
            self = .serviceDeployment(
                try decode(ServiceDeploymentRecord.self), service: String(segments[3]), cluster: String(segments[1]))
        default:
            throw RecordError(
                key: key, message: "the key names no kind of record that this version knows")
        }
    }
}

/// A stored record that cannot be understood.
public struct RecordError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The record's key.
    public var key: String
    /// What is wrong.
    public var message: String

    /// The text form.
    public var description: String { "the stored record \(key) cannot be read: \(message)" }
}
