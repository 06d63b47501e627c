// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// A request taken apart into its rules, each of which is looked at by itself. Decisions never use it: it is the slow
/// and plain way to the same answer.
struct DemandCheck {
    /// One rule, with what makes looking at it quick.
    enum Rule {
        case active
        case connection
        case attribute(StaticRules.Required, name: Int32?, value: Int32?)
        case cpu
        case memory
        case ports
        case gpus
        case memberOf(ClusterQuery)
        case distinctInstance
        case custom(CustomPlacementConstraint)
    }

    var request: PlacementRequest
    /// In the order in which they are looked at (`ecs-control-plane.md` §5.4).
    private(set) var rules: [Rule]
    /// What instances are taken to have besides what they have: room, GPUs, and ports that are free.
    private var extra = TaskResources()
    private let scope: Int?

    init(_ request: PlacementRequest, tables: InstanceTables) {
        self.request = request
        scope = tables.scopes.id(of: request.scope)
        rules = [.active, .connection]
        for name in request.requiredAttributes.keys.sorted() {
            let value = request.requiredAttributes[name] ?? nil
            rules.append(
                .attribute(
                    StaticRules.Required(name: name, value: value), name: tables.names.id(ofName: name),
                    value: value.flatMap { tables.names.id(ofValue: $0) }))
        }
        rules += [.cpu, .memory, .ports, .gpus]
        // What is asked twice is lacking once.
        var constraints: [PlacementConstraint] = []
        for constraint in request.constraints where !constraints.contains(constraint) {
            constraints.append(constraint)
        }
        for case .memberOf(let query) in constraints { rules.append(.memberOf(query)) }
        if constraints.contains(.distinctInstance) { rules.append(.distinctInstance) }
        for case .custom(let custom) in constraints { rules.append(.custom(custom)) }
    }

    /// What a slot lacks for one rule; nil if it satisfies the rule.
    func lack(_ rule: Rule, at slot: Slot, _ tables: InstanceTables) -> PlacementLack? {
        let room = tables.rooms[Int(slot)]
        switch rule {
        case .active: return tables.records[Int(slot)].status == .active ? nil : .active
        case .connection: return tables.records[Int(slot)].isConnected ? nil : .connection
        case .attribute(let required, let name, let value):
            let held = name.flatMap { tables.records[Int(slot)].attributes.value(of: $0) }
            if held != nil && (required.value == nil || held == value) { return nil }
            return .attribute(required.name, wanted: required.value, held: held.map { tables.names.value($0) })
        case .cpu:
            let missing = request.resources.cpu - room.cpu - extra.cpu
            return missing <= 0 ? nil : .cpu(missing)
        case .memory:
            let missing = request.resources.memory - room.memory - extra.memory
            return missing <= 0 ? nil : .memory(missing)
        case .ports:
            guard let devices = tables.devices[slot] else { return nil }
            let tcp = request.resources.tcpPorts.filter { devices.isTCPTaken($0) && !extra.tcpPorts.contains($0) }
            let udp = request.resources.udpPorts.filter { devices.isUDPTaken($0) && !extra.udpPorts.contains($0) }
            return tcp.isEmpty && udp.isEmpty ? nil : .ports(tcp: tcp, udp: udp)
        case .gpus:
            let missing = request.resources.gpus - Int(room.gpus) - extra.gpus
            return missing <= 0 ? nil : .gpus(missing)
        case .memberOf(let query):
            // That the agent is not connected is a lack of its own, and not one for each expression that asks for it.
            let subjects = LiveSubjects(tables: tables, slot: slot, assumesConnected: true)
            return query.matches(subjects) ? nil : .memberOf(query)
        case .distinctInstance:
            let count = scope.map { Int(tables.scopes.scopes[$0].counts[slot]) } ?? 0
            return count == 0 ? nil : .distinctInstance(count)
        case .custom(let custom):
            let view = tables.view(of: slot, for: request.scope).with(extra)
            return custom.rule.allows(view, for: request) ? nil : .custom(custom.rule.name)
        }
    }

    /// Takes instances to have what a change gives them. Changes of the request are for the caller to make.
    mutating func assume(_ change: PlacementLack) {
        switch change {
        case .active: rules.removeAll { if case .active = $0 { true } else { false } }
        case .connection: rules.removeAll { if case .connection = $0 { true } else { false } }
        case .cpu(let amount): extra.cpu += amount
        case .memory(let amount): extra.memory += amount
        case .gpus(let amount): extra.gpus += amount
        case .ports(let tcp, let udp):
            extra.tcpPorts += tcp
            extra.udpPorts += udp
        case .attribute, .memberOf, .distinctInstance, .custom: break
        }
    }

    func firstLack(at slot: Slot, _ tables: InstanceTables) -> PlacementLack? {
        for rule in rules { if let lack = lack(rule, at: slot, tables) { return lack } }
        return nil
    }

    func lacks(at slot: Slot, _ tables: InstanceTables) -> [PlacementLack] {
        rules.compactMap { lack($0, at: slot, tables) }
    }
}

extension PlacementInstanceView {
    /// The same instance, with more CPU, memory and GPUs.
    fileprivate func with(_ extra: TaskResources) -> PlacementInstanceView {
        PlacementInstanceView(
            id: id, registeredCPU: registeredCPU + extra.cpu, registeredMemory: registeredMemory + extra.memory,
            remainingCPU: remainingCPU + extra.cpu, remainingMemory: remainingMemory + extra.memory,
            remainingGPUs: remainingGPUs + extra.gpus, taskCount: taskCount, scopeTaskCount: scopeTaskCount,
            attributeSet: attributeSet, names: names)
    }
}
