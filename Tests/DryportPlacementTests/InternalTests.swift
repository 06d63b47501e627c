// SPDX-License-Identifier: Apache-2.0

import DryportModel
import Testing

@testable import DryportPlacement

/// The structures below the engine, at sizes that clusters in tests do not have.
@Suite struct InternalTests {
    /// Sizes around the ends of words, of words of words, and so on.
    @Test(arguments: [0, 1, 63, 64, 65, 4095, 4096, 4097, 64 * 64 * 64 - 1, 64 * 64 * 64 + 1, 1 << 20, 1 << 24])
    func bitTreesVisitInOrder(_ capacity: Int) {
        var random = SeededGenerator(seed: UInt64(capacity))
        var tree = BitTree(capacity: capacity)
        #expect(tree.isEmpty && tree.first == -1)
        var elements: Set<Int> = []
        for _ in 0..<min(300, capacity) {
            // Many close together, many far apart, and both ends.
            let far = Int.random(in: 0..<capacity, using: &random)
            for element in [far, min(far + 1, capacity - 1), far & 63, capacity - 1 - (far & 63) % capacity] {
                let element = min(max(0, element), capacity - 1)
                if Bool.random(using: &random) {
                    tree.insert(element)
                    elements.insert(element)
                } else {
                    tree.remove(element)
                    elements.remove(element)
                }
                #expect(tree.contains(element) == elements.contains(element))
            }
        }
        #expect(visited(tree) == elements.sorted())
        for element in elements.shuffled(using: &random) { tree.remove(element) }
        #expect(tree.isEmpty && tree.first == -1)
    }

    private func visited(_ tree: BitTree) -> [Int] {
        var visited: [Int] = []
        var element = tree.first
        while element >= 0 {
            visited.append(element)
            element = tree.next(after: element)
        }
        return visited
    }

    @Test func bitTreesGrow() {
        var tree = BitTree()
        var expected: [Int] = []
        for element in stride(from: 0, to: 20_000, by: 397) {
            tree.grow(toHold: element + 1)
            #expect(tree.capacity > element)
            tree.insert(element)
            expected.append(element)
        }
        #expect(visited(tree) == expected)
        tree.grow(toHold: 1)
        #expect(visited(tree) == expected)
    }

    @Test func bitTreesBeginFilled() {
        for count in [0, 1, 63, 64, 65, 4095, 4096, 4097, 4160, 9000] {
            #expect(visited(BitTree(filledTo: count)) == Array(0..<count))
        }
    }

    /// What is in two sets of different capacities, from any element on.
    @Test func bitTreesMeet() {
        var random = SeededGenerator(seed: 11)
        for capacities in [(1, 100), (64, 64), (5000, 300), (300, 300_000), (70_000, 70_000)] {
            for density in [3, 100, 2000] {
                var (left, right) = (BitTree(capacity: capacities.0), BitTree(capacity: capacities.1))
                var sets: (left: Set<Int>, right: Set<Int>) = ([], [])
                for _ in 0..<density {
                    let element = Int.random(in: 0..<capacities.0, using: &random)
                    left.insert(element)
                    sets.left.insert(element)
                    let other = Bool.random(using: &random) ? element : Int.random(in: 0..<capacities.1, using: &random)
                    guard other < capacities.1 else { continue }
                    right.insert(other)
                    sets.right.insert(other)
                }
                let common = sets.left.intersection(sets.right).sorted()
                var found: [Int] = []
                var element = left.first(in: right, from: 0)
                while element >= 0 {
                    found.append(element)
                    element = left.first(in: right, from: element + 1)
                }
                #expect(found == common)
                for _ in 0..<10 {
                    let start = Int.random(in: 0..<capacities.0, using: &random)
                    #expect(left.first(in: right, from: start) == common.first { $0 >= start } ?? -1)
                    #expect(right.first(in: left, from: start) == common.first { $0 >= start } ?? -1)
                }
            }
        }
    }

    @Test func slotCountsCountAsADictionary() {
        var random = SeededGenerator(seed: 9)
        for spread in [4, 40, 4000, 1 << 24] {
            var counts = SlotCounts()
            var expected: [Slot: Int32] = [:]
            for step in 0..<3000 {
                // Up for a while, then down, so that it fills and empties.
                let slot = Slot.random(in: 0..<Slot(spread), using: &random)
                if Int.random(in: 0..<10, using: &random) < (step % 1000 < 500 ? 7 : 3) {
                    #expect(counts.increment(slot) == expected[slot] ?? 0)
                    expected[slot, default: 0] += 1
                } else {
                    let known = expected.keys.sorted().randomElement(using: &random) ?? slot
                    #expect(counts.decrement(known) == expected[known] ?? 0)
                    if let count = expected[known] { expected[known] = count > 1 ? count - 1 : nil }
                }
                #expect(counts.count == expected.count)
            }
            #expect(counts.sortedSlots == expected.keys.sorted())
            #expect(counts.total == expected.values.reduce(0) { $0 + Int($1) })
            for slot in expected.keys { #expect(counts[slot] == expected[slot]) }
            var visited: [Slot: Int32] = [:]
            counts.forEach { visited[$0] = $1 }
            #expect(visited == expected)
        }
    }

    /// An index with three levels of inner nodes, from which everything is taken away again.
    @Test func largeIndexesFindTheFirstThatFits() throws {
        let count = 40_000
        var random = SeededGenerator(seed: 10)
        var tables = InstanceTables()
        var index = OrderedIndex()
        var keys: [OrderedIndex.Key] = []
        let request = PlacementRequest(resources: TaskResources(memory: 900), scope: .service("s"))
        let filter = Filter(
            shape: 0, key: Filter.Key(resources: request.resources, rule: -1, queries: [], request: nil), customs: [],
            request: request)
        for slot in 0..<Slot(count) {
            // One in a thousand has the memory.
            let memory = Int.random(in: 0..<1000, using: &random) == 0 ? 1000 : 100
            tables.rooms.append(
                InstanceTables.Room(
                    cpu: Int.random(in: 0..<1000, using: &random), memory: memory,
                    mask: InstanceTables.availableBit, gpus: 0, taskCount: 0))
            let key = OrderedIndex.key(value: tables.rooms[Int(slot)].cpu, slot: slot)
            keys.append(key)
            index.insert(key, tables.bound(of: slot, orderedBy: .cpu))
        }
        #expect(index.count == count && index.height >= 3)
        var fitting = keys.filter { tables.rooms[Int(OrderedIndex.slot(of: $0))].memory >= 900 }.sorted()
        func search(from lower: OrderedIndex.Key) -> OrderedIndex.Key? {
            var examined = 0
            let search = OrderedIndex.Search(
                lower: lower, need: filter.need(orderedBy: .cpu), filter: filter, wanted: BinpackIndex.Wanted(),
                field: .cpu)
            return index.first(search, tables, &examined)
        }
        for (step, key) in keys.shuffled(using: &random).enumerated() {
            index.remove(key)
            fitting.removeAll { $0 == key }
            guard step % 500 == 0 || index.count < 100 else { continue }
            let lower = OrderedIndex.key(value: Int.random(in: 0..<1000, using: &random), slot: 0)
            for lower in [0, lower] { #expect(search(from: lower) == fitting.first { $0 >= lower }) }
        }
        #expect(index.count == 0 && index.height == 0)
    }
}
