// SPDX-License-Identifier: Apache-2.0

/// The instances by the value of one attribute.
struct AttributeDivision: Sendable {
    /// The bucket of the instances that lack the attribute.
    static let absent: Int32 = 0

    let attribute: String
    /// The bucket of each slot.
    private(set) var bucketOf: [Int32] = []
    private var bucketsOfValues: [Int32: Int32] = [:]

    init(attribute: String, tables: InstanceTables) {
        self.attribute = attribute
        for slot in 0..<tables.span { append(tables.records[slot], names: tables.names) }
    }

    mutating func append(_ record: InstanceTables.Record, names: AttributeNames) {
        let value = names.id(ofName: attribute).flatMap { record.attributes.value(of: $0) }
        guard let value else { return bucketOf.append(Self.absent) }
        if let known = bucketsOfValues[value] { return bucketOf.append(known) }
        let bucket = Int32(bucketsOfValues.count + 1)
        bucketsOfValues[value] = bucket
        bucketOf.append(bucket)
    }

    /// Whether a slot is where its record says.
    func isUpToDate(_ record: InstanceTables.Record, at slot: Slot, names: AttributeNames) -> Bool {
        let value = names.id(ofName: attribute).flatMap { record.attributes.value(of: $0) }
        guard let value else { return bucketOf[Int(slot)] == Self.absent }
        return bucketsOfValues[value] == bucketOf[Int(slot)]
    }
}

/// The instances by the values of several attributes at once: one cell for each combination that occurs.
struct Partition: Sendable {
    /// The divisions, in the order of the strategies that ask for them.
    let divisions: [Int]
    private(set) var cellOf: [Int32] = []
    /// The place of each slot among the members of its cell.
    private(set) var placeOf: [Int32] = []
    private(set) var members: [[Slot]] = []
    /// The buckets of cell *c* begin at *c* · the number of divisions.
    private(set) var buckets: [Int32] = []
    private var cellsOfBuckets: [[Int32]: Int32] = [:]

    /// Whether there is but one cell, of all instances; nothing is kept then.
    var isTrivial: Bool { divisions.isEmpty }
    var cellCount: Int { isTrivial ? 1 : members.count }

    init(divisions: [Int], all: [AttributeDivision], span: Int) {
        self.divisions = divisions
        guard !divisions.isEmpty else { return }
        for slot in 0..<span { append(Slot(slot), all: all) }
    }

    mutating func append(_ slot: Slot, all: [AttributeDivision]) {
        guard !isTrivial else { return }
        let key = divisions.map { all[$0].bucketOf[Int(slot)] }
        let cell: Int32
        if let known = cellsOfBuckets[key] {
            cell = known
        } else {
            cell = Int32(members.count)
            cellsOfBuckets[key] = cell
            members.append([])
            buckets += key
        }
        cellOf.append(cell)
        placeOf.append(Int32(members[Int(cell)].count))
        members[Int(cell)].append(slot)
    }

    @inline(__always)
    func cell(of slot: Slot) -> Int { isTrivial ? 0 : Int(cellOf[Int(slot)]) }

    @inline(__always)
    func place(of slot: Slot) -> Int { isTrivial ? Int(slot) : Int(placeOf[Int(slot)]) }

    @inline(__always)
    func slot(at place: Int, in cell: Int) -> Slot { isTrivial ? Slot(place) : members[cell][place] }

    func memberCount(of cell: Int, span: Int) -> Int { isTrivial ? span : members[cell].count }
}
