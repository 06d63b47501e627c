// SPDX-License-Identifier: Apache-2.0

import DryportStore
import Foundation
import GRDB
import Logging
import Testing

@testable import DryportStoreSQLite

/// The place of the store: who may use it, what is made there, what is refused.
@Suite struct SQLiteStoreFileTests {
    private let directory: TemporaryDirectory
    private let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("store.sqlite")
    }

    private func open(_ path: String) async throws(StoreError) -> SQLiteStore {
        try await SQLiteStore.open(path: path, logger: Logger(label: "test"))
    }

    private func refusal(of path: String, at location: SourceLocation = #_sourceLocation) async throws -> StoreError {
        try #require(
            await #expect(throws: StoreError.self, sourceLocation: location) { try await open(path) },
            sourceLocation: location)
    }

    @Test func everythingIsPrivateToItsOwner() async throws {
        let path = directory.file("deep/er/store.sqlite")
        let store = try await open(path)
        try await store.commit(StoreBatch(mutations: [.put(StoreKey("a"), [1])]))
        for name in ["deep", "deep/er"] { #expect(try TemporaryDirectory.mode(of: directory.file(name)) == 0o700) }
        for suffix in ["", "-wal", "-shm", ".lock"] {
            #expect(try TemporaryDirectory.mode(of: path + suffix) == 0o600, "store.sqlite\(suffix)")
        }
        await store.close()
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let again = try await open(path)
        #expect(try TemporaryDirectory.mode(of: path) == 0o600)
        await again.close()
    }

    @Test func aSecondOpenerIsRefusedUntilTheFirstCloses() async throws {
        let store = try await open(path)
        let error = try await refusal(of: path)
        #expect(error.code == .invalidLocation)
        #expect(error.message.contains(path))
        #expect(error.message.contains("process \(ProcessInfo.processInfo.processIdentifier)"))
        // Not by another name either.
        let link = directory.file("link.sqlite")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        #expect(try await refusal(of: link).code == .invalidLocation)
        #expect(try await refusal(of: directory.file("./store.sqlite")).code == .invalidLocation)
        // The refused attempts have done the first one no harm.
        try await store.commit(StoreBatch(mutations: [.put(StoreKey("a"), [1])]))
        await store.close()
        let next = try await open(link)
        #expect(try await next.read(StoreKey("a"))?.bytes == [1])
        await next.close()
    }

    /// The lock is one that other processes see.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/flock"), "needs flock of util-linux"))
    func anotherProcessIsRefused() async throws {
        let store = try await open(path)
        #expect(try Self.canLock(path + ".lock") == false)
        await store.close()
        #expect(try Self.canLock(path + ".lock"))
    }

    private static func canLock(_ path: String) throws -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        process.arguments = ["--nonblock", path, "true"]
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    @Test func aReleasedStoreGivesItsPlaceBack() async throws {
        do {
            let store = try await open(path)
            try await store.commit(StoreBatch(mutations: [.put(StoreKey("a"), [1])]))
        }
        // The loop that has just answered the commit holds the store for a moment more.
        var next = try? await open(path)
        for _ in 0..<500 where next == nil {
            try await Task.sleep(for: .milliseconds(20))
            next = try? await open(path)
        }
        let store = try #require(next)
        #expect(try await store.read(StoreKey("a"))?.bytes == [1])
        await store.close()
    }

    @Test func garbageIsCorrupted() async throws {
        let garbage = Data("This is no database, and it is long enough to be read as the header of one. ".utf8)
        for copies in [1, 200] {
            let path = directory.file("garbage-\(copies)")
            let content = Data((0..<copies).flatMap { _ in garbage })
            try content.write(to: URL(fileURLWithPath: path))
            let error = try await refusal(of: path)
            #expect(error.code == .corrupted, "\(error)")
            #expect(error.message.contains(path))
            // Somebody may still want it.
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == content)
            #expect(try await refusal(of: path).code == .corrupted, "the lock is free again")
        }
    }

    @Test func aDamagedStoreIsCorrupted() async throws {
        let store = try await open(path)
        let mutations = (0..<200).map { StoreMutation.put(StoreKey("key/\($0)"), [UInt8](repeating: 7, count: 300)) }
        try await store.commit(StoreBatch(mutations: mutations))
        await store.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        let size = try file.seekToEnd()
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 4096))
        try file.close()
        let error = try await refusal(of: path)
        #expect(error.code == .corrupted, "\(error)")
    }

    @Test func aForeignDatabaseIsRefusedAndLeftAlone() async throws {
        let foreign = try DatabaseQueue(path: path)
        try await foreign.write { try $0.execute(sql: "CREATE TABLE theirs (a)") }
        try foreign.close()
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let error = try await refusal(of: path)
        #expect(error.code == .invalidLocation)
        #expect(error.message.contains("another program"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        #expect(try TemporaryDirectory.mode(of: path) == 0o644)
    }

    @Test func aNewerStoreIsRefused() async throws {
        let store = try await open(path)
        try await store.withWriter { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('from the future')") }
        await store.close()
        let error = try await refusal(of: path)
        #expect(error.code == .invalidLocation)
        #expect(error.message.contains("newer version"))
    }

    @Test func placesThatCannotWorkAreRefused() async throws {
        let file = directory.file("file")
        try Data().write(to: URL(fileURLWithPath: file))
        for path in ["", directory.path + "/", directory.path, file + "/store.sqlite", file + "/deep/store.sqlite"] {
            let error = try await refusal(of: path)
            #expect(error.code == .invalidLocation, "\(path): \(error)")
        }
        #expect(!FileManager.default.fileExists(atPath: directory.path + ".lock"), "something was left behind")
    }

    @Test(.disabled(if: geteuid() == 0, "the superuser may write to read-only directories"))
    func aReadOnlyDirectoryIsRefused() async throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: directory.path)
        let error = try await refusal(of: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: directory.path)
        #expect(error.code == .invalidLocation)
        #expect(error.message.contains(directory.path))
    }
}
