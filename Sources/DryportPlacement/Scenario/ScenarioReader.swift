// SPDX-License-Identifier: Apache-2.0

/// Any name of a member.
struct ScenarioKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ name: String) {
        stringValue = name
        intValue = nil
    }

    init(stringValue: String) { self.init(stringValue) }

    init(intValue: Int) {
        stringValue = "\(intValue)"
        self.intValue = intValue
    }
}

/// Reads one object of a scenario, with errors that people can act on.
struct ScenarioReader {
    private let container: KeyedDecodingContainer<ScenarioKey>
    /// Where the object is.
    let path: String

    /// Opens an object.
    /// - Parameter known: The members that it can have; nil for those that AWS defines, which may be more tomorrow.
    init(_ decoder: any Decoder, known: [String]?) throws {
        path = Self.path(decoder.codingPath)
        do {
            container = try decoder.container(keyedBy: ScenarioKey.self)
        } catch is DecodingError {
            let found = (try? decoder.singleValueContainer()).map(Self.kind) ?? "something else"
            throw PlacementScenarioError(.wrongType, at: path, "expected an object, found \(found)")
        }
        guard let known else { return }
        for name in container.allKeys.map(\.stringValue).sorted() where !known.contains(name) {
            let nearest = NearestName.of(name, among: known).map { "; is it \($0)?" }
            let hint = nearest ?? "; it can have \(known.joined(separator: ", "))"
            throw PlacementScenarioError(.unknownMember, at: place(name), "there is no such member\(hint)")
        }
    }

    /// The path of a member.
    func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    func contains(_ name: String) -> Bool { container.contains(ScenarioKey(name)) }

    func failure(
        _ code: PlacementScenarioError.Code, _ name: String, _ message: String
    ) -> PlacementScenarioError {
        PlacementScenarioError(code, at: place(name), message)
    }

    // MARK: Members

    /// - Parameter expected: What the value should have been, for the error.
    func value<Value: Decodable>(_ type: Value.Type, _ name: String, expected: String) throws -> Value? {
        guard contains(name) else { return nil }
        do {
            return try container.decode(type, forKey: ScenarioKey(name))
        } catch let error as PlacementScenarioError {
            throw error
        } catch {
            // Of numbers, the decoder throws errors of its own.
            throw failure(.wrongType, name, "expected \(expected), found \(kind(of: name, error))")
        }
    }

    func string(_ name: String) throws -> String? { try value(String.self, name, expected: "a string") }

    func integer(_ name: String) throws -> Int? { try value(Int.self, name, expected: "a whole number") }

    func bool(_ name: String) throws -> Bool? { try value(Bool.self, name, expected: "true or false") }

    func integers(_ name: String) throws -> [Int]? {
        try list(name) { decoder in try Self.single(Int.self, decoder, expected: "a whole number") }
    }

    func strings(_ name: String) throws -> [String]? {
        try list(name) { decoder in try Self.single(String.self, decoder, expected: "a string") }
    }

    func required<Value>(_ name: String, _ value: Value?) throws -> Value {
        guard let value else { throw failure(.missingMember, name, "it is missing") }
        return value
    }

    /// An object that reads itself.
    func object<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value? {
        try value(type, name, expected: "an object")
    }

    /// Elements that read themselves.
    func list<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> [Value]? {
        try list(name) { decoder in try Value(from: decoder) }
    }

    func list<Value>(_ name: String, _ read: (any Decoder) throws -> Value) throws -> [Value]? {
        guard contains(name) else { return nil }
        var list: any UnkeyedDecodingContainer
        do {
            list = try container.nestedUnkeyedContainer(forKey: ScenarioKey(name))
        } catch let error as DecodingError {
            throw failure(.wrongType, name, "expected a list, found \(kind(of: name, error))")
        }
        var values: [Value] = []
        values.reserveCapacity(list.count ?? 0)
        while !list.isAtEnd { values.append(try read(try list.superDecoder())) }
        return values
    }

    /// The members of an object whose names are the user's, in the order of the names.
    func members<Value>(_ name: String, _ read: (any Decoder) throws -> Value) throws -> [(String, Value)]? {
        guard contains(name) else { return nil }
        let object: KeyedDecodingContainer<ScenarioKey>
        do {
            object = try container.nestedContainer(keyedBy: ScenarioKey.self, forKey: ScenarioKey(name))
        } catch let error as DecodingError {
            throw failure(.wrongType, name, "expected an object, found \(kind(of: name, error))")
        }
        return try object.allKeys.sorted { $0.stringValue < $1.stringValue }.map { key in
            guard !key.stringValue.isEmpty else { throw failure(.invalidValue, name, "a name is empty") }
            return (key.stringValue, try read(try object.superDecoder(forKey: key)))
        }
    }

    // MARK: Values

    static func single<Value: Decodable>(
        _ type: Value.Type, _ decoder: any Decoder, expected: String
    ) throws -> Value {
        do {
            return try decoder.singleValueContainer().decode(type)
        } catch {
            let found = kind(try decoder.singleValueContainer())
            throw PlacementScenarioError(
                .wrongType, at: path(decoder.codingPath), "expected \(expected), found \(found)")
        }
    }

    private func kind(of name: String, _ error: any Error) -> String {
        guard let decoder = try? container.superDecoder(forKey: ScenarioKey(name)),
            let value = try? decoder.singleValueContainer()
        else { return "\(error)" }
        return Self.kind(value)
    }

    /// What a value is, for an error.
    static func kind(_ value: any SingleValueDecodingContainer) -> String {
        if value.decodeNil() { return "null" }
        if let bool = try? value.decode(Bool.self) { return "\(bool)" }
        if let text = try? value.decode(String.self) { return "the string '\(text.prefix(40))'" }
        if let number = try? value.decode(Int.self) { return "\(number)" }
        if let number = try? value.decode(Double.self), number.isFinite { return "\(number)" }
        if (try? value.decode([AnyValue].self)) != nil { return "a list" }
        if (try? value.decode([String: AnyValue].self)) != nil { return "an object" }
        return "a number that is too large"
    }

    /// Decodes whatever there is.
    private struct AnyValue: Decodable {
        init(from decoder: any Decoder) {}
    }

    static func path(_ keys: [any CodingKey]) -> String {
        var path = ""
        for key in keys {
            // A list's index calls itself "Index 3"; an object's numeric member calls itself "3".
            if let index = key.intValue, key.stringValue != "\(index)" {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        return path
    }
}

/// Finds what a misspelt name may have meant.
enum NearestName {
    /// The nearest of some names; nil if none is near.
    static func of(_ name: String, among known: [String]) -> String? {
        let lowered = Array(name.lowercased().utf8)
        // AWS calls them placementConstraints and placementStrategy, and has other spellings of the rest.
        let near = known.map { candidate -> (name: String, distance: Int) in
            let other = Array(candidate.lowercased().utf8)
            let stem = min(other.count, max(4, other.count - 3))
            let isInside = other.count >= 4 && contains(lowered, other.prefix(stem))
            return (candidate, isInside ? 1 : distance(lowered, other))
        }
        guard let best = near.min(by: { $0.distance < $1.distance }) else { return nil }
        // Two letters that have changed places are two changes.
        return best.distance <= (lowered.count < 4 ? 1 : max(2, lowered.count / 3)) ? best.name : nil
    }

    private static func contains(_ text: [UInt8], _ part: ArraySlice<UInt8>) -> Bool {
        guard text.count >= part.count else { return false }
        return (0...text.count - part.count).contains { text[$0...].starts(with: part) }
    }

    /// How many letters have to be added, removed or changed.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let changed = diagonal + (letter == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(changed, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
