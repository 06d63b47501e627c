// SPDX-License-Identifier: Apache-2.0

public import DryportModel

// Instances that come, change and go.
extension PlacementEngine {
    /// Adds an instance with everything left.
    /// - Throws: ``PlacementError`` with code `invalidInstance`, `duplicateInstance` or `tooManyInstances`.
    /// - Complexity: O(1), amortised, for each index and view.
    public mutating func add(_ instance: PlacementInstance) throws(PlacementError) {
        try instance.validate()
        guard tables.slots[instance.id] == nil else {
            throw PlacementError(.duplicateInstance, "there is an instance '\(instance.id)' already")
        }
        guard tables.span < InstanceTables.maximumSlots else {
            throw PlacementError(
                .tooManyInstances, "an engine holds at most \(InstanceTables.maximumSlots) instances")
        }
        let slot = Slot(tables.span)
        tables.slots[instance.id] = slot
        tables.records.append(record(of: instance))
        tables.rooms.append(
            InstanceTables.Room(
                cpu: instance.cpu, memory: instance.memory, mask: 0, gpus: Int32(clamping: instance.gpus.count),
                taskCount: 0))
        setDevices(of: slot, instance, tasks: nil)
        tables.refreshMask(of: slot)
        for index in divisions.indices { divisions[index].append(tables.records[Int(slot)], names: tables.names) }
        for index in partitions.indices { partitions[index].append(slot, all: divisions) }
        for index in levels.indices { levels[index].add(slot, partitions[levels[index].partition]) }
        if tables.span > ChangeLogs.largestSpan(of: logs) { enlargeLogs() }
        note(slot, hasGrown: true)
    }

    /// Replaces what an instance registered. Its tasks stay charged, also if it is too small for them now; its place
    /// in the order of adding stays, too.
    /// - Throws: ``PlacementError`` with code `invalidInstance` or `unknownInstance`.
    /// - Complexity: O(1) for each index and view; O(*n*) at the next decision if an attribute changed that is spread
    ///   over.
    public mutating func update(_ instance: PlacementInstance) throws(PlacementError) {
        try instance.validate()
        let slot = try self.slot(of: instance.id)
        let old = tables.records[Int(slot)]
        let devices = tables.devices[slot]
        tables.rooms[Int(slot)].cpu += instance.cpu - old.cpu
        tables.rooms[Int(slot)].memory += instance.memory - old.memory
        var new = record(of: instance)
        new.runningTasksCount = old.runningTasksCount
        tables.records[Int(slot)] = new
        setDevices(of: slot, instance, tasks: devices)
        recordChanged(at: slot)
    }

    /// Changes the status of an instance: begins or ends draining.
    /// - Throws: ``PlacementError`` with code `unknownInstance`.
    public mutating func setStatus(_ status: ContainerInstanceStatus, of id: String) throws(PlacementError) {
        let slot = try self.slot(of: id)
        guard tables.records[Int(slot)].status != status else { return }
        tables.records[Int(slot)].status = status
        recordChanged(at: slot)
    }

    /// Says whether the agent of an instance is connected.
    /// - Throws: ``PlacementError`` with code `unknownInstance`.
    public mutating func setConnected(_ isConnected: Bool, of id: String) throws(PlacementError) {
        let slot = try self.slot(of: id)
        guard tables.records[Int(slot)].isConnected != isConnected else { return }
        tables.records[Int(slot)].isConnected = isConnected
        recordChanged(at: slot)
    }

    /// Replaces the attributes of an instance. Tasks that are there stay.
    /// - Throws: ``PlacementError`` with code `unknownInstance`, or `invalidInstance` for an empty name.
    public mutating func setAttributes(_ attributes: [String: String?], of id: String) throws(PlacementError) {
        let slot = try self.slot(of: id)
        guard attributes[""] == nil else {
            throw PlacementError(.invalidInstance, "instance \(id): an attribute has an empty name")
        }
        tables.records[Int(slot)].attributes = tables.names.intern(attributes)
        recordChanged(at: slot)
    }

    /// Says how many tasks of an instance are RUNNING, for `runningTasksCount` in expressions. Until it is said, the
    /// tasks that are charged count.
    /// - Parameter count: The number, not negative; nil to count the tasks that are charged.
    /// - Throws: ``PlacementError`` with code `unknownInstance`, or `invalidInstance` for a negative number.
    public mutating func setRunningTasksCount(_ count: Int?, of id: String) throws(PlacementError) {
        let slot = try self.slot(of: id)
        guard count ?? 0 >= 0 else {
            throw PlacementError(.invalidInstance, "instance \(id): runningTasksCount is \(count ?? 0)")
        }
        tables.records[Int(slot)].runningTasksCount = count.map { Int32(clamping: $0) } ?? -1
        note(slot, hasGrown: false)
    }

    /// Removes an instance, and with it the charges of its tasks.
    /// - Throws: ``PlacementError`` with code `unknownInstance`.
    /// - Complexity: O(*scopes*); amortised O(1) for the tables.
    public mutating func remove(_ id: String) throws(PlacementError) {
        let slot = try self.slot(of: id)
        tables.slots[id] = nil
        tables.devices[slot] = nil
        for scope in tables.scopes.scopes.indices {
            while true {
                let before = tables.scopes.remove(slot, from: scope, divisions: divisions)
                guard before > 0 else { break }
                follow(slot, scope: scope, from: before, to: before - 1)
            }
        }
        tables.records[Int(slot)] = .none
        tables.rooms[Int(slot)] = InstanceTables.Room(cpu: -1, memory: -1, mask: 0, gpus: 0, taskCount: 0)
        tables.refreshMask(of: slot)
        tables.removedCount += 1
        note(slot, hasGrown: false)
        if tables.removedCount > 64, 2 * tables.removedCount > tables.span { compact() }
    }

    // MARK: Parts

    private mutating func record(of instance: PlacementInstance) -> InstanceTables.Record {
        InstanceTables.Record(
            id: instance.id, attributes: tables.names.intern(instance.attributes),
            identity: InstanceTables.Identity(instance), cpu: instance.cpu, memory: instance.memory,
            runningTasksCount: -1, status: instance.status, isConnected: instance.isConnected)
    }

    /// - Parameter tasks: What the instance had so far, with what its tasks have of it.
    private mutating func setDevices(of slot: Slot, _ instance: PlacementInstance, tasks: InstanceTables.Devices?) {
        let devices = InstanceTables.Devices(instance, tasks: tasks)
        tables.rooms[Int(slot)].gpus = Int32(clamping: devices.freeGPUs.count)
        tables.devices[slot] = devices.isEmpty ? nil : devices
    }

    /// After any change of a slot's record.
    private mutating func recordChanged(at slot: Slot) {
        tables.refreshMask(of: slot)
        let record = tables.records[Int(slot)]
        if divisions.contains(where: { !$0.isUpToDate(record, at: slot, names: tables.names) }) { dropCaches() }
        note(slot, hasGrown: true)
    }

    /// Tells views and indexes of a change.
    @inline(__always)
    mutating func note(_ slot: Slot, hasGrown: Bool) {
        if hasGrown { logs.growth.append(Growth(of: slot)) }
        logs.changes.append(slot)
    }

    private mutating func enlargeLogs() {
        logs = ChangeLogs(span: 2 * tables.span)
        shapes = shapes.map { Shape($0, span: 2 * tables.span, growth: logs.growth) }
        for index in views.indices { views[index].isBuilt = false }
        for index in indexes.indices { indexes[index].isBuilt = false }
    }

    /// Closes the gaps that removed instances have left.
    private mutating func compact() {
        var moved: [Slot] = Array(repeating: .max, count: tables.span)
        var next: Slot = 0
        for slot in 0..<tables.span where !tables.isRemoved(Slot(slot)) {
            moved[slot] = next
            next += 1
        }
        let old = tables
        tables.rooms = []
        tables.records = []
        tables.devices = [:]
        tables.slots = [:]
        tables.removedCount = 0
        tables.rules = StaticRules()
        for slot in 0..<old.span where !old.isRemoved(Slot(slot)) {
            tables.slots[old.records[slot].id] = moved[slot]
            tables.devices[moved[slot]] = old.devices[Slot(slot)]
            tables.rooms.append(old.rooms[slot])
            tables.records.append(old.records[slot])
            tables.refreshMask(of: moved[slot])
        }
        tables.scopes.rebuild { moved[Int($0)] }
        dropCaches()
    }

    /// Forgets everything that can be derived from the tables; it is made again when it is needed.
    mutating func dropCaches() {
        tables.scopes.rebuild { $0 }
        divisions = []
        partitions = []
        filters = [:]
        shapes = []
        views = []
        levels = []
        indexes = []
        longSearches = [:]
        specifications = [:]
        if tables.rules.rules.count >= Self.maximumRules {
            tables.rules = StaticRules()
            for slot in 0..<Slot(tables.span) { tables.refreshMask(of: slot) }
        }
    }
}
