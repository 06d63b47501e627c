// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import OrderedCollections

/// What belongs to the account rather than to a cluster: task definitions, activations, managed nodes, settings,
/// access keys.
struct AccountState: Sendable {
    var definitions = DefinitionCatalog()
    var activations: OrderedDictionary<String, ActivationRecord> = [:]
    var managedInstances: OrderedDictionary<String, ManagedInstanceRecord> = [:]
    var settings = AccountSettings()
    var accessKeys: OrderedDictionary<String, AccessKeyRecord> = [:]
    var changes: [RecordChange] = []
    var observations: [ControlPlaneObservation] = []

    mutating func restore(_ record: ControlPlaneRecord) {
        switch record {
        case .family(let family): definitions.restore(family)
        case .taskDefinition(let definition): definitions.restore(definition)
        case .activation(let activation): activations[activation.id] = activation
        case .managedInstance(let instance): managedInstances[instance.id] = instance
        case .accountSetting(let setting): settings.restore(setting)
        case .accessKey(let key): accessKeys[key.id] = key
        default: preconditionFailure("\(record.key) belongs to a cluster")
        }
    }

    mutating func put(_ activation: ActivationRecord) {
        activations[activation.id] = activation
        changes.append(.put(.activation(activation)))
    }

    mutating func put(_ instance: ManagedInstanceRecord) {
        managedInstances[instance.id] = instance
        changes.append(.put(.managedInstance(instance)))
    }

    mutating func put(_ key: AccessKeyRecord) {
        accessKeys[key.id] = key
        changes.append(.put(.accessKey(key)))
    }

    mutating func put(_ definition: TaskDefinitionRecord) {
        definitions.restore(definition)
        changes.append(.put(.taskDefinition(definition)))
    }
}

/// All revisions of all families.
struct DefinitionCatalog: Sendable {
    struct Family: Sendable {
        var lastRevision = 0
        /// In ascending order of revisions.
        var revisions: OrderedDictionary<Int, TaskDefinitionRecord> = [:]

        /// The highest active revision.
        var latestActive: TaskDefinitionRecord? { revisions.values.last { $0.definition.status == "ACTIVE" } }
    }

    private(set) var families: OrderedDictionary<String, Family> = [:]
    /// How log drivers deliver where a definition does not say (§2.6): `blocking` or `non-blocking`.
    var defaultLogMode = "non-blocking"
    /// Revisions that are to be forgotten once nothing uses them, by ARN.
    private(set) var deleted: OrderedDictionary<String, TaskDefinitionRecord> = [:]

    mutating func restore(_ family: FamilyRecord) {
        families[family.name, default: Family()].lastRevision = family.lastRevision
    }

    mutating func restore(_ record: TaskDefinitionRecord) {
        let (name, revision) = (record.definition.family, record.definition.revision)
        families[name, default: Family()].revisions[revision] = record
        // Keys order as text ("10" before "2"), so that a restart meets revisions out of order.
        if let before = families[name]!.revisions.keys.suffix(2).first, before > revision {
            families[name]!.revisions.sort { $0.key < $1.key }
        }
        if record.definition.status == "DELETE_IN_PROGRESS", let arn = record.definition.taskDefinitionArn {
            deleted[arn] = record
        }
    }

    /// Forgets a revision. Its family keeps its counter.
    mutating func remove(_ record: TaskDefinitionRecord) {
        families[record.definition.family]?.revisions[record.definition.revision] = nil
        deleted[record.definition.taskDefinitionArn ?? ""] = nil
    }

    /// A revision; nil if there is none.
    func record(family: String, revision: Int) -> TaskDefinitionRecord? { families[family]?.revisions[revision] }

    /// Finds what a reference means (`ecs-control-plane.md` §2.5): a family means its highest active revision;
    /// `family:revision` and ARNs mean that revision in whatever state.
    /// - Returns: nil if there is nothing.
    func resolve(_ reference: String) -> TaskDefinitionRecord? {
        guard let (family, revision) = Self.parse(reference) else { return nil }
        guard let revision else { return families[family]?.latestActive }
        return record(family: family, revision: revision)
    }

    /// Splits a reference into family and revision; the revision is nil if none is named.
    static func parse(_ reference: String) -> (family: String, revision: Int?)? {
        var text = Substring(reference)
        if reference.hasPrefix("arn:") {
            guard let arn = ARN(reference), arn.service == "ecs", arn.resource.hasPrefix("task-definition/") else {
                return nil
            }
            text = Substring(arn.resource.dropFirst("task-definition/".count))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return (String(parts[0]), nil)
        case 2: return Int(parts[1]).map { (String(parts[0]), $0) }
        default: return nil
        }
    }
}
