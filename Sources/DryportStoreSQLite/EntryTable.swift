// SPDX-License-Identifier: Apache-2.0

import DryportStore
import GRDB

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The statements on the tables. Connections keep them prepared.
///
/// Keys are blobs, because SQLite compares those byte by byte and, other than text, may hold a zero byte.
enum EntryTable {
    // MARK: Reading

    static func read(_ key: StoreKey, in db: Database) throws -> StoredValue? {
        let statement = try db.cachedStatement(sql: "SELECT value, revision FROM entry WHERE key = ?")
        let rows = try Row.fetchCursor(statement, arguments: [blob(key)])
        return try rows.next().map { row in
            StoredValue(bytes: try bytes(of: row, at: 0), revision: StoreRevision(row[1]))
        }
    }

    static func read(_ range: Range<StoreKey>, limit: Int?, in db: Database) throws -> StorePage {
        let statement = try db.cachedStatement(
            sql: "SELECT key, value, revision FROM entry WHERE key >= ? AND key < ? ORDER BY key")
        let rows = try Row.fetchCursor(statement, arguments: [blob(range.lowerBound), blob(range.upperBound)])
        var page = StorePage(entries: [], revision: try revision(in: db), isTruncated: false)
        while let row = try rows.next() {
            guard page.entries.count < limit ?? .max else {
                page.isTruncated = true
                break
            }
            let key = try row.withUnsafeData(atIndex: 0) { String(decoding: $0 ?? Data(), as: UTF8.self) }
            // Only a damaged file has a key that no caller could have written.
            guard !key.isEmpty, key.utf8.count <= 1024 else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
            let value = StoredValue(bytes: try bytes(of: row, at: 1), revision: StoreRevision(row[2]))
            page.entries.append(StorePage.Entry(key: StoreKey(key), value: value))
        }
        return page
    }

    static func revision(in db: Database) throws -> StoreRevision {
        let statement = try db.cachedStatement(sql: "SELECT revision FROM state WHERE id = 1")
        guard let number = try Int64.fetchOne(statement), number >= 0 else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the revision is missing")
        }
        return StoreRevision(number)
    }

    // MARK: Writing

    static func setRevision(_ revision: StoreRevision, in db: Database) throws {
        let statement = try db.cachedStatement(sql: "UPDATE state SET revision = ? WHERE id = 1")
        try statement.execute(arguments: [revision.number])
    }

    /// The first comparison that does not hold, as the error of its batch.
    static func conflict(among comparisons: [StoreComparison], in db: Database) throws -> StoreError? {
        guard !comparisons.isEmpty else { return nil }
        let statement = try db.cachedStatement(sql: "SELECT revision FROM entry WHERE key = ?")
        for comparison in comparisons {
            switch comparison {
            case .absent(let key):
                guard let found = try Int64.fetchOne(statement, arguments: [blob(key)]) else { continue }
                return StoreError(
                    code: .conflict, message: "key \(key) exists since revision \(found), expected to be absent")
            case .unchanged(let key, let since):
                let found = try Int64.fetchOne(statement, arguments: [blob(key)])
                guard found != since.number else { continue }
                let state = found.map { "is of revision \($0)" } ?? "does not exist"
                return StoreError(code: .conflict, message: "key \(key) \(state), expected revision \(since)")
            }
        }
        return nil
    }

    static func apply(_ mutations: [StoreMutation], revision: StoreRevision, in db: Database) throws {
        let put = try db.cachedStatement(
            sql: """
                INSERT INTO entry (key, value, revision) VALUES (?, ?, ?)
                ON CONFLICT (key) DO UPDATE SET value = excluded.value, revision = excluded.revision
                """)
        let delete = try db.cachedStatement(sql: "DELETE FROM entry WHERE key = ?")
        for mutation in mutations {
            switch mutation {
            case .put(let key, let bytes):
                try put.execute(arguments: [blob(key), Data(bytes), revision.number])
            case .delete(let key):
                try delete.execute(arguments: [blob(key)])
            }
        }
    }

    // MARK: Conversions

    private static func blob(_ key: StoreKey) -> Data { Data(key.text.utf8) }

    private static func bytes(of row: Row, at index: Int) throws -> [UInt8] {
        try row.withUnsafeData(atIndex: index) { $0.map { [UInt8]($0) } ?? [] }
    }
}
