// SPDX-License-Identifier: Apache-2.0

import DryportModel

// What tasks take of instances (`ecs-control-plane.md` §4.5).
extension PlacementEngine {
    /// Charges a task to an instance that the caller names: StartTask, or a placement that was planned elsewhere.
    /// - Parameters:
    ///   - request: What the task asks for. Its strategies have no say.
    ///   - id: The instance.
    /// - Returns: The placement, with the GPUs assigned.
    /// - Throws: ``PlacementError`` with code `refused` if the instance cannot take it now, `unknownInstance`, or
    ///   `invalidRequest`.
    public mutating func charge(_ request: PlacementRequest, to id: String) throws(PlacementError) -> Placement {
        let slot = try self.slot(of: id)
        if let refusal = try refusal(of: request, on: id) {
            throw PlacementError(
                .refused, "instance \(id) cannot take a task of \(request.scope.group): \(refusal.reason)")
        }
        return charge(slot, try specification(for: request))
    }

    /// Charges a task that runs on an instance already, whatever is left there: for what is restored after a restart.
    /// - Parameters:
    ///   - request: What the task asked for.
    ///   - placement: Where it was placed, with the GPUs that it has.
    /// - Throws: ``PlacementError`` with code `unknownInstance` or `invalidRequest`.
    public mutating func restore(_ request: PlacementRequest, at placement: Placement) throws(PlacementError) {
        let slot = try self.slot(of: placement.instance)
        try request.validate()
        let resources = request.resources
        take(slot, cpu: resources.cpu, memory: resources.memory, scope: tables.scopes.intern(request.scope))
        takeDevices(of: slot, tcp: resources.tcpPorts, udp: resources.udpPorts, gpus: placement.gpus)
    }

    /// Gives back what a task took.
    /// - Parameters:
    ///   - placement: Where it was placed.
    ///   - request: What it asked for.
    /// - Throws: ``PlacementError`` with code `notCharged` if the instance has no such task or not so much taken,
    ///   `unknownInstance`, or `invalidRequest`.
    /// - Complexity: O(1), and O(log *n*) for each index at its next use.
    public mutating func release(_ placement: Placement, of request: PlacementRequest) throws(PlacementError) {
        var slot = placement.slot
        if Int(slot) >= tables.span || tables.records[Int(slot)].id != placement.instance {
            slot = try self.slot(of: placement.instance)
        }
        var scope = Int(placement.scope)
        if scope >= tables.scopes.scopes.count || tables.scopes.scopes[scope].scope != request.scope {
            guard let known = tables.scopes.id(of: request.scope) else { throw notCharged(placement, request) }
            scope = known
        }
        let resources = request.resources
        let room = tables.rooms[Int(slot)]
        if resources.cpu < 0 || resources.memory < 0 { try request.validate() }
        guard
            resources.cpu <= tables.records[Int(slot)].cpu - room.cpu,
            resources.memory <= tables.records[Int(slot)].memory - room.memory
        else { throw notCharged(placement, request) }
        let before = tables.scopes.remove(slot, from: scope, divisions: divisions)
        guard before > 0 else { throw notCharged(placement, request) }
        tables.rooms[Int(slot)].cpu = room.cpu + resources.cpu
        tables.rooms[Int(slot)].memory = room.memory + resources.memory
        tables.rooms[Int(slot)].taskCount = room.taskCount - 1
        follow(slot, scope: scope, from: before, to: before - 1)
        if resources.tcpPorts.isEmpty && resources.udpPorts.isEmpty && placement.gpus.isEmpty {
            logs.growth.append(
                Growth(
                    of: slot, fromCPU: room.cpu, fromMemory: room.memory, toCPU: room.cpu + resources.cpu,
                    toMemory: room.memory + resources.memory))
            logs.changes.append(slot)
        } else {
            releaseDevices(of: slot, resources, gpus: placement.gpus)
            note(slot, hasGrown: true)
        }
    }

    private func notCharged(_ placement: Placement, _ request: PlacementRequest) -> PlacementError {
        PlacementError(
            .notCharged,
            "no task of \(request.scope.group) is charged to instance \(placement.instance); release each task once")
    }

    @inline(__always)
    mutating func charge(_ slot: Slot, _ specification: Specification) -> Placement {
        let id = tables.records[Int(slot)].id
        let wanted = Int(specification.filter.gpus)
        let gpus = wanted == 0 ? [] : Array((tables.devices[slot]?.freeGPUs ?? []).prefix(wanted))
        let filter = specification.filter
        take(slot, cpu: filter.cpu, memory: filter.memory, scope: specification.scope)
        if filter.isComplex || wanted > 0 {
            takeDevices(of: slot, tcp: filter.tcpPorts, udp: filter.udpPorts, gpus: gpus)
        }
        return Placement(instance: id, gpus: gpus, slot: slot, scope: Int32(clamping: specification.scope))
    }

    @inline(__always)
    private mutating func take(_ slot: Slot, cpu: Int, memory: Int, scope: Int) {
        tables.rooms[Int(slot)].cpu -= cpu
        tables.rooms[Int(slot)].memory -= memory
        tables.rooms[Int(slot)].taskCount += 1
        let before = tables.scopes.add(slot, to: scope, divisions: divisions)
        follow(slot, scope: scope, from: before, to: before + 1)
        logs.changes.append(~slot)
    }

    private mutating func takeDevices(of slot: Slot, tcp: [Int], udp: [Int], gpus: [String]) {
        guard !tcp.isEmpty || !udp.isEmpty || !gpus.isEmpty else { return }
        var devices = tables.devices[slot] ?? .none
        devices.tcp.formUnion(tcp)
        devices.udp.formUnion(udp)
        devices.takenGPUs.formUnion(gpus)
        tables.rooms[Int(slot)].gpus = Int32(clamping: devices.freeGPUs.count)
        tables.devices[slot] = devices
    }

    private mutating func releaseDevices(of slot: Slot, _ resources: TaskResources, gpus: [String]) {
        guard var devices = tables.devices[slot] else { return }
        devices.tcp.subtract(resources.tcpPorts)
        devices.udp.subtract(resources.udpPorts)
        devices.takenGPUs.subtract(gpus)
        tables.rooms[Int(slot)].gpus = Int32(clamping: devices.freeGPUs.count)
        tables.devices[slot] = devices.isEmpty ? nil : devices
    }

    /// Moves a slot among those that are sorted by the tasks of a scope.
    @inline(__always)
    mutating func follow(_ slot: Slot, scope: Int, from old: Int32, to new: Int32) {
        let following = tables.scopes.scopes[scope].levels
        for index in following {
            work.indexUpdates += 1
            levels[index].move(slot, from: old, to: new, partitions[levels[index].partition])
        }
    }
}
