// SPDX-License-Identifier: Apache-2.0

/// What the encoders and containers of one text share.
///
/// It is a `ManagedBuffer` without elements because accesses to its header, unlike those to a property of a class, are
/// not recorded at run time in search of overlapping ones. That would take a tenth of all encoding. None overlap: what
/// ``update(_:)`` calls is the library's own.
typealias JSONWriter = ManagedBuffer<JSONText, Void>

extension JSONWriter {
    static func make(basePath: [any CodingKey] = []) -> JSONWriter {
        create(minimumCapacity: 0) { _ in JSONText(basePath: basePath) }
    }

    /// Encodes a whole value.
    /// - Throws: `EncodingError` if the value holds a number that JSON cannot express, or encodes nothing.
    static func encode<T: Encodable>(_ value: T) throws -> [UInt8] {
        let writer = make()
        try JSONValueEncoder(writer: writer, depth: 0).encode(value)
        guard let text = writer.update({ $0.finish() }) else {
            throw EncodingError.invalidValue(
                value, .init(codingPath: [], debugDescription: "\(T.self) did not encode any value"))
        }
        return text
    }

    @inline(__always)
    func update<Result>(_ body: (inout JSONText) -> Result) -> Result {
        withUnsafeMutablePointerToHeader { body(&$0.pointee) }
    }

    /// Encodes the value of the element or member that has been pushed.
    func encode<T: Encodable>(_ value: T, depth: Int) throws {
        do {
            try value.encode(to: JSONValueEncoder(writer: self, depth: depth))
        } catch {
            update { $0.abandon() }
            throw error
        }
        update { $0.pop() }
    }

    /// - Throws: `EncodingError` if JSON has no such number.
    func check(_ value: some FloatingPoint, at key: (any CodingKey)?, depth: Int) throws {
        if value.isFinite { return }
        let path = path(depth: depth) + (key.map { [$0] } ?? [])
        throw EncodingError.invalidValue(
            value, .init(codingPath: path, debugDescription: "JSON has no number for \(value)"))
    }

    func path(depth: Int) -> [any CodingKey] { update { $0.path(depth: depth) } }
}
