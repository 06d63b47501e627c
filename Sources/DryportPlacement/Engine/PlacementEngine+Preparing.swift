// SPDX-License-Identifier: Apache-2.0

// From requests to what is looked up for them.
extension PlacementEngine {
    /// Beyond these, everything derived is forgotten and made again as it is needed, so that a caller whose requests
    /// are never the same does not fill the memory.
    static let maximumSpecifications = 1 << 16
    static let maximumFilters = 1 << 10
    static let maximumRules = 1 << 12
    static let maximumPartitions = 16
    /// For how many scopes instances are sorted by their tasks.
    static let maximumLevels = 512
    /// Of a scope with tasks on at most this many instances, these are looked at one by one.
    static let smallScope = 32

    /// The request, prepared.
    /// - Throws: ``PlacementError`` with code `invalidRequest`.
    mutating func specification(for request: PlacementRequest) throws(PlacementError) -> Specification {
        if let known = specifications[request] { return known }
        try request.validate()
        if specifications.count >= Self.maximumSpecifications || filters.count >= Self.maximumFilters
            || tables.rules.rules.count >= Self.maximumRules || partitions.count > Self.maximumPartitions
        {
            dropCaches()
        }
        let order = Specification.Order(request.strategies)
        let scope = tables.scopes.intern(request.scope)
        let filter = self.filter(for: request)
        let partition = self.partition(for: order.attributes)
        var buckets: [Int] = []
        for division in partitions[partition].divisions {
            buckets.append(tables.scopes.buckets(of: division, in: scope, divisions: divisions))
        }
        let specification = Specification(
            request: request, scope: scope, filter: filter, partition: partition, buckets: buckets, order: order,
            view: view(filter: filter, partition: partition))
        specifications[request] = specification
        return specification
    }

    private mutating func filter(for request: PlacementRequest) -> Filter {
        var rule = StaticRules.Rule(required: [], queries: [])
        for name in request.requiredAttributes.keys.sorted() {
            rule.required.append(
                StaticRules.Required(name: name, value: request.requiredAttributes[name] ?? nil))
        }
        var key = Filter.Key(resources: request.resources, rule: -1, queries: [], request: nil)
        var customs: [CustomPlacementConstraint] = []
        for constraint in request.constraints {
            switch constraint {
            case .distinctInstance: break
            case .memberOf(let query) where query.dependsOnTasks: key.queries.append(query)
            case .memberOf(let query): rule.queries.append(query)
            case .custom(let custom): customs.append(custom)
            }
        }
        if !customs.isEmpty { key.request = request }
        if key.queries.contains(where: { $0.subjects.contains(.taskGroup) }) {
            tables.scopes.trackSlots(span: tables.span)
        }
        if !rule.isEmpty { key.rule = self.id(of: rule) }
        if let known = filters[key] { return known }
        var filter = Filter(shape: shapes.count, key: key, customs: customs, request: request)
        let shape = Shape(filter, span: tables.span, growth: logs.growth)
        if let known = shapes.firstIndex(where: { $0.cpu == shape.cpu && $0.memory == shape.memory }) {
            filter = Filter(shape: known, key: key, customs: customs, request: request)
        } else {
            shapes.append(shape)
        }
        filters[key] = filter
        return filter
    }

    /// Brings a view up to date.
    @inline(__always)
    mutating func catchUp(view index: Int) {
        let partition = views[index].partition
        let filter = views[index].filter
        if filter.dependsOnTasks {
            work.indexUpdates += views[index].catchUp(tables, partitions[partition], logs.changes)
        } else {
            shapes[filter.shape].catchUp(logs.growth)
            work.indexUpdates += views[index].catchUp(tables, partitions[partition], shapes[filter.shape].revivals)
        }
    }

    private mutating func id(of rule: StaticRules.Rule) -> Int32 {
        if let known = tables.rules.id(of: rule) { return known }
        let id = tables.rules.add(rule, instances: tables.records, names: tables.names)
        guard id < StaticRules.maskedRules else { return id }
        let bit: UInt64 = 1 << UInt64(id)
        for slot in 0..<Slot(tables.span) where tables.rules.contains(slot, rule: id) {
            tables.rooms[Int(slot)].mask |= bit
        }
        for index in indexes.indices { indexes[index].forgetBounds() }
        return id
    }

    private mutating func partition(for attributes: [String]) -> Int {
        let asked = attributes.map { attribute in
            if let known = divisions.firstIndex(where: { $0.attribute == attribute }) { return known }
            divisions.append(AttributeDivision(attribute: attribute, tables: tables))
            return divisions.count - 1
        }
        if let known = partitions.firstIndex(where: { $0.divisions == asked }) { return known }
        partitions.append(Partition(divisions: asked, all: divisions, span: tables.span))
        return partitions.count - 1
    }

    private mutating func view(filter: Filter, partition: Int) -> Int {
        if let known = views.firstIndex(where: { $0.filter === filter && $0.partition == partition }) { return known }
        views.append(OpenView(filter: filter, partition: partition))
        return views.count - 1
    }

    /// Where the instances are sorted by the scope's tasks; nil if these are on so few that it is not worth it.
    mutating func levels(for specification: Specification) -> Int? {
        let scope = specification.scope
        for index in tables.scopes.scopes[scope].levels where levels[index].partition == specification.partition {
            return index
        }
        guard tables.scopes.scopes[scope].counts.count > Self.smallScope else { return nil }
        let new = ScopeLevels(
            scope: scope, partition: specification.partition, tables, partitions[specification.partition])
        var index = levels.count
        if levels.count < Self.maximumLevels {
            levels.append(new)
        } else {
            // The one that was not used for the longest time goes.
            index = levels.indices.min { levels[$0].lastUse < levels[$1].lastUse } ?? 0
            tables.scopes.scopes[levels[index].scope].levels.removeAll { $0 == index }
            levels[index] = new
        }
        tables.scopes.scopes[scope].levels.append(index)
        return index
    }
}
