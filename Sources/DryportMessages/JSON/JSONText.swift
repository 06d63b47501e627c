// SPDX-License-Identifier: Apache-2.0

/// A JSON text that is being written, value by value.
///
/// Members are written where they come, and put in order when their object ends, unless they came in order. Values
/// begin and end one inside the other, except those of nested containers, which may be filled in any order: each of
/// these is a text of its own, inserted when the value around it ends.
struct JSONText {
    enum Kind: UInt8 { case empty, scalar, list, object }

    /// A value that has begun and not ended.
    private struct Frame {
        var kind = Kind.empty
        /// Whether the members came in order so far.
        var isSorted = true
        /// Where the value begins.
        var start: Int
        /// How many elements a list has.
        var count = 0
        /// Members and insertions are its own from these on.
        var firstMember: Int
        var firstInsertion: Int
    }

    /// A member of an object that has not ended.
    private struct Member {
        /// ``JSONBytes/prefix(of:)`` of its name.
        var prefix: UInt64
        /// Where it begins, with its name's quote.
        var start: Int
        var nameCount: Int
        /// Where its name is in `rawNames`; negative if the name stands without escapes in the text.
        var rawName = -1
    }

    private var output = JSONOutput()
    private var frame = Frame(start: 0, firstMember: 0, firstInsertion: 0)
    /// The values around the innermost one, outermost first.
    private var outer: [Frame] = []
    private var members: [Member] = []
    private var rawNames: [UInt8] = []
    private var insertions: [(place: Int, writer: JSONWriter)] = []

    /// How to get to the whole value, if it is part of another one.
    private let basePath: [any CodingKey]

    init(basePath: [any CodingKey]) {
        self.basePath = basePath
        members.reserveCapacity(32)
        outer.reserveCapacity(8)
    }

    /// Ends the whole value.
    /// - Returns: The text; nil if no value has been written.
    mutating func finish() -> [UInt8]? {
        if frame.kind == .empty { return nil }
        close()
        return output.text
    }

    // MARK: Values inside each other

    // Depth 0 is the whole value, depth 1 what is in it, and so on. Callers give theirs, so that a container that is
    // used outside of its value's `encode(to:)` cannot spoil another value.

    /// Writes a scalar as the value.
    @inline(__always)
    mutating func value(depth: Int, _ write: (inout JSONOutput) -> Void) {
        begin(.scalar, depth: depth)
        write(&output)
    }

    /// Writes a scalar as the list's next element.
    @inline(__always)
    mutating func element(depth: Int, _ write: (inout JSONOutput) -> Void) {
        beginElement(depth: depth)
        write(&output)
    }

    /// Writes a scalar as a member of the object.
    @inline(__always)
    mutating func member(_ name: consuming String, depth: Int, _ write: (inout JSONOutput) -> Void) {
        beginMember(name, depth: depth)
        write(&output)
    }

    /// Says what the value is. That it is a list or an object may be said again.
    mutating func begin(_ kind: Kind, depth: Int) {
        check(depth)
        if frame.kind == kind, kind != .scalar { return }
        precondition(frame.kind == .empty, "a second value was encoded in the place of one")
        frame.kind = kind
        if kind == .list { output.put(UInt8(ascii: "[")) }
        if kind == .object { output.put(UInt8(ascii: "{")) }
    }

    /// Begins an element of the list that is not a scalar.
    mutating func pushElement(depth: Int) {
        beginElement(depth: depth)
        push()
    }

    /// Begins a member of the object that is not a scalar.
    mutating func pushMember(_ name: consuming String, depth: Int) {
        beginMember(name, depth: depth)
        push()
    }

    @inline(__always)
    private mutating func beginElement(depth: Int) {
        check(depth)
        if frame.count > 0 { output.put(UInt8(ascii: ",")) }
        frame.count += 1
    }

    @inline(__always)
    private mutating func beginMember(_ name: consuming String, depth: Int) {
        check(depth)
        let isFirst = members.count == frame.firstMember
        name.withUTF8 { name in
            var member = Member(
                prefix: JSONBytes.prefix(of: name), start: output.count + (isFirst ? 0 : 1), nameCount: name.count)
            if output.name(name, isFirst: isFirst) {
                member.rawName = rawNames.count
                rawNames.append(contentsOf: name)
            }
            members.append(member)
            if frame.isSorted, !isFirst {
                let last = members.count - 1
                frame.isSorted = precedes((members[last - 1].prefix, last - 1), (member.prefix, last))
            }
        }
    }

    @inline(__always)
    private func check(_ depth: Int) {
        precondition(depth == outer.count, "a container was used outside of its value's encode(to:)")
    }

    private mutating func push() {
        outer.append(frame)
        frame = Frame(start: output.count, firstMember: members.count, firstInsertion: insertions.count)
    }

    /// Ends the element or member.
    mutating func pop() {
        close()
        frame = outer.removeLast()
    }

    /// Forgets the element or member, which failed.
    mutating func abandon() {
        members.removeLast(members.count - frame.firstMember)
        insertions.removeLast(insertions.count - frame.firstInsertion)
        var start = frame.start
        frame = outer.removeLast()
        if frame.kind == .object {
            start = members.removeLast().start
            if members.count > frame.firstMember { start -= 1 }
        } else {
            frame.count -= 1
            if frame.count > 0 { start -= 1 }
        }
        output.truncate(to: start)
    }

    private mutating func close() {
        if insertions.count > frame.firstInsertion { insertTexts() }
        switch frame.kind {
        case .scalar: break
        case .list: output.put(UInt8(ascii: "]"))
        case .object:
            if !frame.isSorted { sortMembers() }
            output.put(UInt8(ascii: "}"))
            members.removeLast(members.count - frame.firstMember)
        case .empty: output.put("{}")
        }
    }

    /// How many elements the list has.
    func count(depth: Int) -> Int { depth < outer.count ? outer[depth].count : frame.count }

    /// How to get to the value from the whole one.
    func path(depth: Int) -> [any CodingKey] {
        basePath
            + (0..<depth).map { depth -> any CodingKey in
                guard outer[depth].kind == .object else { return JSONKey(intValue: outer[depth].count - 1) }
                let value = depth + 1 < outer.count ? outer[depth + 1] : frame
                return JSONKey(stringValue: String(decoding: name(of: members[value.firstMember - 1]), as: UTF8.self))
            }
    }

    // MARK: Order

    private mutating func sortMembers() {
        var order: [(prefix: UInt64, member: Int)] = []
        order.reserveCapacity(members.count - frame.firstMember)
        for member in frame.firstMember..<members.count { order.append((members[member].prefix, member)) }
        if order.count > 100 {
            order.sort { precedes($0, $1) }
        } else {
            // Most objects have few members, and these mostly in order.
            for index in order.indices {
                let entry = order[index]
                var place = index
                while place > 0, precedes(entry, order[place - 1]) {
                    order[place] = order[place - 1]
                    place -= 1
                }
                order[place] = entry
            }
        }
        var parts: [Range<Int>] = []
        parts.reserveCapacity(order.count)
        for (index, entry) in order.enumerated() {
            // Of members of one name, which are still in the order of writing, the last one counts.
            if index + 1 < order.count, !precedes(entry, order[index + 1]) { continue }
            let end = entry.member + 1 < members.count ? members[entry.member + 1].start - 1 : output.count
            parts.append(members[entry.member].start..<end)
        }
        output.rearrange(from: frame.start + 1, as: parts)
    }

    @inline(__always)
    private func precedes(_ left: (prefix: UInt64, member: Int), _ right: (prefix: UInt64, member: Int)) -> Bool {
        if left.prefix != right.prefix { return left.prefix < right.prefix }
        return nameOf(members[left.member], precedes: members[right.member])
    }

    @inline(never)
    private func nameOf(_ left: Member, precedes right: Member) -> Bool {
        name(of: left).lexicographicallyPrecedes(name(of: right))
    }

    private func name(of member: Member) -> ArraySlice<UInt8> {
        if member.rawName >= 0 { return rawNames[member.rawName..<member.rawName + member.nameCount] }
        return output.slice(member.start + 1..<member.start + 1 + member.nameCount)
    }

    // MARK: Nested containers

    /// Keeps a place for what the writer writes as an element.
    mutating func insertElement(_ writer: JSONWriter, depth: Int) {
        beginElement(depth: depth)
        insertions.append((output.count, writer))
    }

    /// Keeps a place for what the writer writes as a member.
    mutating func insertMember(_ name: String, _ writer: JSONWriter, depth: Int) {
        beginMember(name, depth: depth)
        insertions.append((output.count, writer))
    }

    private mutating func insertTexts() {
        var text: [UInt8] = []
        var copied = frame.start
        var member = frame.firstMember
        func move(membersBefore end: Int) {
            let distance = text.count - (copied - frame.start)
            while member < members.count, members[member].start < end {
                members[member].start += distance
                member += 1
            }
        }
        for (place, writer) in insertions[frame.firstInsertion...] {
            move(membersBefore: place)
            text.append(contentsOf: output.slice(copied..<place))
            text.append(contentsOf: writer.update({ $0.finish() }) ?? Array("{}".utf8))
            copied = place
        }
        move(membersBefore: output.count)
        text.append(contentsOf: output.slice(copied..<output.count))
        insertions.removeLast(insertions.count - frame.firstInsertion)
        output.replace(from: frame.start, with: text)
    }
}
