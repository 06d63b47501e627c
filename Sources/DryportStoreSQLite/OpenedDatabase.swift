// SPDX-License-Identifier: Apache-2.0

import DryportStore
import GRDB

/// A database of the current schema with the settings that durability needs.
struct OpenedDatabase: Sendable {
    let pool: DatabasePool
    let revision: StoreRevision

    /// Marks a file as a store of Dryport in SQLite's header: "DRYP".
    static let applicationID: Int32 = 0x4452_5950

    /// Makes sure, without changing the file, that it is new or a store.
    static func checkOwner(of path: String) throws(StoreError) {
        do {
            var settings = GRDB.Configuration()
            settings.readonly = true
            let queue = try DatabaseQueue(path: path, configuration: settings)
            let isOurs = try queue.read { db in
                if try Int32.fetchOne(db, sql: "PRAGMA application_id") == applicationID { return true }
                // The first opening may have ended before the migration that sets the number.
                return try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'") == 0
            }
            try queue.close()
            guard !isOurs else { return }
        } catch {
            throw StoreError(sqlite: error, path: path, doing: "opening")
        }
        throw StoreError(
            code: .invalidLocation, message: "\(path) is a database of another program: give another path")
    }

    /// Opens the file, brings it to the current schema and makes everything in it durable.
    static func open(_ path: String, configuration: SQLiteStore.Configuration) throws(StoreError) -> OpenedDatabase {
        do {
            var settings = GRDB.Configuration()
            settings.busyMode = .timeout(configuration.busyTimeout / .seconds(1))
            settings.maximumReaderCount = configuration.maximumReaders
            settings.label = "dryport.store"
            let pool = try DatabasePool(path: path, configuration: settings)
            try pool.writeWithoutTransaction { db in
                try setDurability(of: db, configuration: configuration)
                // After a failed flush the kernel may show pages that the disk does not have. Copying the log
                // into the database flushes again, so that what is read from now on is durable.
                _ = try db.checkpoint(.full)
            }
            let migrator = Self.migrator
            if try pool.read({ try migrator.hasBeenSuperseded($0) }) {
                throw StoreError(
                    code: .invalidLocation,
                    message: "the store \(path) was written by a newer version of Dryport: run that version")
            }
            try migrator.migrate(pool)
            return OpenedDatabase(pool: pool, revision: try pool.read(EntryTable.revision))
        } catch {
            throw StoreError(sqlite: error, path: path, doing: "opening")
        }
    }

    private static func setDurability(of db: Database, configuration: SQLiteStore.Configuration) throws {
        // GRDB sets NORMAL for pools, which does not flush at each commit.
        try db.execute(sql: "PRAGMA synchronous = FULL")
        // On Apple's systems only this reaches the disk's own cache; elsewhere it does nothing.
        try db.execute(sql: "PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON")
        // More than SQLite's 2 MiB, so that the pages of a large group are not written to the log twice.
        try db.execute(sql: "PRAGMA cache_size = -\(configuration.cacheBytes / 1024)")
        try db.execute(sql: "PRAGMA wal_autocheckpoint = \(configuration.checkpointPages)")
        // A log that one large batch has blown up shrinks again; the usual one is never truncated.
        try db.execute(sql: "PRAGMA journal_size_limit = \(max(64 << 20, configuration.checkpointPages * 8192))")
    }

    /// The history of the schema. A published migration never changes; a new one is added.
    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(
                sql: """
                    PRAGMA application_id = \(applicationID);
                    CREATE TABLE entry (
                        key BLOB NOT NULL PRIMARY KEY,
                        value BLOB NOT NULL,
                        revision INTEGER NOT NULL
                    ) WITHOUT ROWID;
                    CREATE TABLE state (
                        id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
                        revision INTEGER NOT NULL
                    );
                    INSERT INTO state (id, revision) VALUES (1, 0);
                    """)
        }
        return migrator
    }
}
