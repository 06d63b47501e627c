// SPDX-License-Identifier: Apache-2.0

/// What changed, in order, for readers that catch up when they are next used.
///
/// Old entries are overwritten. A reader that comes too late learns so, and builds itself anew.
/// - Complexity: O(1) to append and to read an entry.
struct ChangeLog<Entry: Sendable>: Sendable {
    private var ring: [Entry]
    /// The number of entries ever written; a reader that has seen this many is up to date.
    private(set) var end = 0

    /// Creates a log.
    /// - Parameters:
    ///   - capacity: How many entries are kept at least; more than a rebuild of a reader costs is a waste.
    ///   - filler: Any entry.
    init(capacity: Int, filler: Entry) {
        var size = 1024
        while size < capacity { size *= 2 }
        ring = Array(repeating: filler, count: size)
    }

    var capacity: Int { ring.count }

    mutating func append(_ entry: Entry) {
        ring[end & (ring.count - 1)] = entry
        end += 1
    }

    /// Whether everything since `cursor` is still there.
    func reaches(_ cursor: Int) -> Bool { end - cursor <= ring.count }

    /// Makes every reader build itself anew.
    mutating func skipAll() { end += ring.count + 1 }

    subscript(index: Int) -> Entry { ring[index & (ring.count - 1)] }
}

/// What has happened to the instances, for those that keep something derived from them.
struct ChangeLogs: Sendable {
    /// Slots that have more than before.
    var growth: ChangeLog<Growth>
    /// All slots that changed in any way; the complement of the slot if it only has less than before.
    var changes: ChangeLog<Slot>

    /// - Parameter span: The number of slots. Whoever is a quarter of them behind may as well look at all.
    init(span: Int) {
        growth = ChangeLog(capacity: span / 4, filler: Growth(of: 0))
        changes = ChangeLog(capacity: span / 2, filler: 0)
    }

    /// The most slots for which logs are long enough.
    static func largestSpan(of logs: ChangeLogs) -> Int { 4 * logs.growth.capacity }
}

/// A slot that has more than before, in numbers that are small enough to be read by the hundred: amounts beyond
/// `Int32.max` count as that, negative ones as −1.
struct Growth: Sendable {
    let slot: Slot
    let oldCPU: Int32
    let oldMemory: Int32
    let newCPU: Int32
    let newMemory: Int32

    /// Growth in CPU and memory only.
    init(of slot: Slot, fromCPU: Int, fromMemory: Int, toCPU: Int, toMemory: Int) {
        self.slot = slot
        oldCPU = Self.clamp(fromCPU)
        oldMemory = Self.clamp(fromMemory)
        newCPU = Self.clamp(toCPU)
        newMemory = Self.clamp(toMemory)
    }

    /// Any change that may make the slot acceptable.
    init(of slot: Slot) {
        self.slot = slot
        (oldCPU, oldMemory, newCPU, newMemory) = (-1, -1, .max, .max)
    }

    static func clamp(_ amount: Int) -> Int32 { amount < 0 ? -1 : Int32(clamping: amount) }
}

/// The slots that have become big enough for one amount of CPU and memory: what views of all filters with that amount
/// have in common to catch up with.
struct Shape: Sendable {
    let cpu: Int32
    let memory: Int32
    private var cursor: Int
    private(set) var revivals: ChangeLog<Slot>

    init(_ filter: Filter, span: Int, growth: ChangeLog<Growth>) {
        cpu = Growth.clamp(filter.cpu)
        memory = Growth.clamp(filter.memory)
        cursor = growth.end
        revivals = ChangeLog(capacity: span / 8, filler: 0)
    }

    /// The same with another log.
    init(_ other: Shape, span: Int, growth: ChangeLog<Growth>) {
        cpu = other.cpu
        memory = other.memory
        cursor = growth.end
        revivals = ChangeLog(capacity: span / 8, filler: 0)
    }

    /// Reads what has happened since the last time.
    @inline(__always)
    mutating func catchUp(_ growth: ChangeLog<Growth>) {
        guard cursor != growth.end else { return }
        read(growth)
    }

    private mutating func read(_ growth: ChangeLog<Growth>) {
        if !growth.reaches(cursor) {
            revivals.skipAll()
        } else {
            for index in cursor..<growth.end {
                let entry = growth[index]
                // What was big enough before is in every view already. At the end of the range of numbers, both count.
                let wasEnough =
                    entry.oldCPU >= cpu && entry.oldMemory >= memory && entry.oldCPU != .max
                    && entry.oldMemory != .max
                if !wasEnough && entry.newCPU >= cpu && entry.newMemory >= memory { revivals.append(entry.slot) }
            }
        }
        cursor = growth.end
    }
}
