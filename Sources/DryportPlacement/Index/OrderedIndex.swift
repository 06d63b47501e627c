// SPDX-License-Identifier: Apache-2.0

/// Slots in the order of how much of one resource they have left, then of adding: a B+ tree.
///
/// Each inner node knows of each child an upper bound of what its slots have of everything else, so that a search for
/// the first slot that fits skips children without one. Bounds only rise when entries change; a search that finds
/// nothing in a child makes its bound exact. A leaf that becomes empty is freed; leaves are not merged before that
/// (Johnson and Shasha, "B-trees with inserts and deletes: why free-at-empty is better than merge-at-half", 1993).
/// - Complexity: O(log *n*) to insert and remove. A search is O(log *n*) if one bound decides, as with two resources;
///   it visits more leaves where each bound is met by another slot of the leaf.
struct OrderedIndex: Sendable {
    /// The resource in the upper 40 bits, the slot in the lower 24.
    typealias Key = UInt64

    /// What a slot has, or a subtree at most.
    struct Bound: Sendable {
        var other: Int
        var mask: UInt64
        var gpus: Int32

        static let nothing = Bound(other: .min, mask: 0, gpus: 0)

        mutating func raise(to bound: Bound) {
            if bound.other > other { other = bound.other }
            mask |= bound.mask
            if bound.gpus > gpus { gpus = bound.gpus }
        }

        func allows(_ need: Bound) -> Bool {
            other >= need.other && mask & need.mask == need.mask && gpus >= need.gpus
        }
    }

    /// A child of an inner node, on its way from one place to another.
    struct Child: Sendable {
        /// No key in the child is lower.
        var firstKey: Key
        var node: Int32
        var bound: Bound
    }

    static let leafCapacity = 32
    static let fanOut = 32

    /// The keys of leaf *l* begin at *l* · ``leafCapacity``. A tree of one leaf has no more than its keys.
    var keys: [Key] = []
    var leafCounts: [Int] = [0]
    var freeLeaves: [Int32] = []
    /// The children of inner node *i* begin at *i* · ``fanOut``, in three arrays, since most steps look at the first
    /// keys alone.
    var firstKeys: [Key] = []
    var nodes: [Int32] = []
    var bounds: [Bound] = []
    var innerCounts: [Int] = []
    var freeInner: [Int32] = []
    /// The levels of inner nodes above the leaves.
    var height = 0
    var root: Int32 = 0
    private(set) var count = 0

    static func key(value: Int, slot: Slot) -> Key { UInt64(truncatingIfNeeded: value) << 24 | UInt64(slot) }

    static func slot(of key: Key) -> Slot { Slot(truncatingIfNeeded: key & 0xFF_FFFF) }

    static func value(of key: Key) -> Int { Int(truncatingIfNeeded: key >> 24) }

    mutating func insert(_ key: Key, _ bound: Bound) {
        count += 1
        if height == 0 {
            guard leafCounts[0] == Self.leafCapacity else {
                keys.insert(key, at: position(of: key, in: 0))
                leafCounts[0] += 1
                return
            }
            growRoot()
        }
        if var sibling = insert(key, bound, in: root, level: height) {
            sibling.bound = self.bound(of: sibling.node)
            let old = Child(firstKey: 0, node: root, bound: self.bound(of: root))
            root = newInner()
            setChild(old, at: Int(root) * Self.fanOut)
            setChild(sibling, at: Int(root) * Self.fanOut + 1)
            innerCounts[Int(root)] = 2
            height += 1
        }
    }

    /// Raises the bounds above a key that is in the tree.
    mutating func raise(_ key: Key, to bound: Bound) {
        var node = root
        for _ in 0..<height {
            let place = Int(node) * Self.fanOut + childIndex(of: key, in: node)
            bounds[place].raise(to: bound)
            node = nodes[place]
        }
    }

    /// Removes a key that is in the tree.
    mutating func remove(_ key: Key) {
        count -= 1
        if height == 0 {
            keys.remove(at: position(of: key, in: 0))
            leafCounts[0] -= 1
        } else {
            _ = remove(key, in: root, level: height)
            // A root with one leaf stays, lest it grows and shrinks all the time.
            while height > 1, innerCounts[Int(root)] == 1 {
                freeInner.append(root)
                root = nodes[Int(root) * Self.fanOut]
                height -= 1
            }
            if count == 0 { self = OrderedIndex() }
        }
    }

    // MARK: Growing

    /// Turns a tree of one leaf into one with an inner node. From here on, leaves have their full size.
    private mutating func growRoot() {
        keys += Array(repeating: 0, count: Self.leafCapacity - keys.count)
        root = newInner()
        // Nothing is known of the leaf, so anything may be in it.
        setChild(
            Child(firstKey: 0, node: 0, bound: .init(other: .max, mask: .max, gpus: .max)),
            at: Int(root) * Self.fanOut)
        innerCounts[Int(root)] = 1
        height = 1
    }

    private mutating func insert(_ key: Key, _ bound: Bound, in node: Int32, level: Int) -> Child? {
        guard level > 0 else { return insert(key, inLeaf: node) }
        let index = childIndex(of: key, in: node)
        let place = Int(node) * Self.fanOut + index
        bounds[place].raise(to: bound)
        if key < firstKeys[place] { firstKeys[place] = key }
        guard var sibling = insert(key, bound, in: nodes[place], level: level - 1) else { return nil }
        // Nobody knows which half holds what made the bound.
        sibling.bound = bounds[place]
        return insert(sibling, at: index + 1, in: node)
    }

    private mutating func insert(_ key: Key, inLeaf leaf: Int32) -> Child? {
        let leafCount = leafCounts[Int(leaf)]
        guard leafCount == Self.leafCapacity else {
            let start = Int(leaf) * Self.leafCapacity
            let place = position(of: key, in: leaf)
            keys.move(place..<start + leafCount, by: 1)
            keys[place] = key
            leafCounts[Int(leaf)] += 1
            return nil
        }
        let half = Self.leafCapacity / 2
        let sibling = newLeaf()
        let from = Int(leaf) * Self.leafCapacity + half
        let to = Int(sibling) * Self.leafCapacity
        keys.move(from..<from + half, by: to - from)
        leafCounts[Int(leaf)] = half
        leafCounts[Int(sibling)] = half
        let firstKey = keys[to]
        _ = insert(key, inLeaf: key < firstKey ? leaf : sibling)
        return Child(firstKey: firstKey, node: sibling, bound: .nothing)
    }

    private mutating func insert(_ child: Child, at index: Int, in node: Int32) -> Child? {
        let nodeCount = innerCounts[Int(node)]
        guard nodeCount == Self.fanOut else {
            let start = Int(node) * Self.fanOut
            moveChildren(start + index..<start + nodeCount, by: 1)
            setChild(child, at: start + index)
            innerCounts[Int(node)] += 1
            return nil
        }
        let half = Self.fanOut / 2
        let sibling = newInner()
        let from = Int(node) * Self.fanOut + half
        let to = Int(sibling) * Self.fanOut
        moveChildren(from..<from + half, by: to - from)
        innerCounts[Int(node)] = half
        innerCounts[Int(sibling)] = half
        if index <= half {
            _ = insert(child, at: index, in: node)
        } else {
            _ = insert(child, at: index - half, in: sibling)
        }
        return Child(firstKey: firstKeys[to], node: sibling, bound: .nothing)
    }

    // MARK: Removing

    /// - Returns: Whether the node is empty now, and freed.
    private mutating func remove(_ key: Key, in node: Int32, level: Int) -> Bool {
        guard level > 0 else { return remove(key, inLeaf: node) }
        let start = Int(node) * Self.fanOut
        let index = childIndex(of: key, in: node)
        guard remove(key, in: nodes[start + index], level: level - 1) else { return false }
        let nodeCount = innerCounts[Int(node)] - 1
        moveChildren(start + index + 1..<start + nodeCount + 1, by: -1)
        innerCounts[Int(node)] = nodeCount
        guard nodeCount == 0, node != root else { return false }
        freeInner.append(node)
        return true
    }

    private mutating func remove(_ key: Key, inLeaf leaf: Int32) -> Bool {
        let place = position(of: key, in: leaf)
        let end = Int(leaf) * Self.leafCapacity + leafCounts[Int(leaf)]
        precondition(place < end && keys[place] == key, "the index lost a key")
        keys.move(place + 1..<end, by: -1)
        leafCounts[Int(leaf)] -= 1
        guard leafCounts[Int(leaf)] == 0 else { return false }
        freeLeaves.append(leaf)
        return true
    }

    // MARK: Nodes

    /// The child that holds a key, or would.
    @inline(__always)
    func childIndex(of key: Key, in node: Int32) -> Int {
        let start = Int(node) * Self.fanOut
        return max(firstKeys.lowerBound(of: key &+ 1, in: start..<start + innerCounts[Int(node)]) - start - 1, 0)
    }

    /// Where in ``keys`` the first key of a leaf is that is not below another.
    @inline(__always)
    func position(of key: Key, in leaf: Int32) -> Int {
        let start = Int(leaf) * Self.leafCapacity
        return keys.lowerBound(of: key, in: start..<start + leafCounts[Int(leaf)])
    }

    private mutating func setChild(_ child: Child, at place: Int) {
        firstKeys[place] = child.firstKey
        nodes[place] = child.node
        bounds[place] = child.bound
    }

    private mutating func moveChildren(_ places: Range<Int>, by distance: Int) {
        firstKeys.move(places, by: distance)
        nodes.move(places, by: distance)
        bounds.move(places, by: distance)
    }

    private func bound(of node: Int32) -> Bound {
        var bound = Bound.nothing
        for index in 0..<innerCounts[Int(node)] { bound.raise(to: bounds[Int(node) * Self.fanOut + index]) }
        return bound
    }

    private mutating func newLeaf() -> Int32 {
        if let free = freeLeaves.popLast() { return free }
        keys += repeatElement(0, count: Self.leafCapacity)
        leafCounts.append(0)
        return Int32(leafCounts.count - 1)
    }

    private mutating func newInner() -> Int32 {
        if let free = freeInner.popLast() { return free }
        firstKeys += repeatElement(0, count: Self.fanOut)
        nodes += repeatElement(0, count: Self.fanOut)
        bounds += repeatElement(.nothing, count: Self.fanOut)
        innerCounts.append(0)
        return Int32(innerCounts.count - 1)
    }
}

extension [UInt64] {
    /// The first index in a range whose element is not below a key, in a rising array; the range's end if there is
    /// none. Without branches that depend on what is found: those are mispredicted half of the time.
    @inline(__always)
    fileprivate func lowerBound(of key: UInt64, in range: Range<Int>) -> Int {
        precondition(range.upperBound <= count)
        return withUnsafeBufferPointer { elements in
            var base = range.lowerBound
            var length = range.count
            while length > 1 {
                let half = length >> 1
                base = elements[base + half - 1] < key ? base + half : base
                length -= half
            }
            return length == 1 && elements[base] < key ? base + 1 : base
        }
    }
}

extension Array {
    /// Copies elements that are plain values to where they may overlap with themselves.
    @inline(__always)
    fileprivate mutating func move(_ range: Range<Int>, by distance: Int) {
        precondition(range.lowerBound + distance >= 0 && range.upperBound + Swift.max(0, distance) <= count)
        withUnsafeMutableBufferPointer { elements in
            guard let base = elements.baseAddress else { return }
            (base + range.lowerBound + distance).update(from: base + range.lowerBound, count: range.count)
        }
    }
}
