// SPDX-License-Identifier: Apache-2.0

import DryportStore
import GRDB

extension StoreError {
    /// Translates an error of GRDB.
    /// - Parameters:
    ///   - error: The error; it becomes the cause.
    ///   - path: The file, for the message.
    ///   - action: What was being done, such as "reading".
    init(sqlite error: any Error, path: String, doing action: String) {
        if let error = error as? StoreError {
            self = error
            return
        }
        if error is CancellationError {
            self.init(code: .unavailable, message: "\(action) \(path) was cancelled", cause: error)
            return
        }
        let (code, reason) = Self.verdict(on: (error as? DatabaseError)?.resultCode)
        self.init(code: code, message: "\(action) \(path) failed: \(reason)", cause: error)
    }

    private static func verdict(on result: ResultCode?) -> (Code, String) {
        switch result {
        case .SQLITE_NOTADB:
            (.corrupted, "the file is not a store; give another path, or restore the store from a backup")
        case .SQLITE_CORRUPT, .SQLITE_FORMAT, .SQLITE_MISMATCH:
            (.corrupted, "the file is damaged; restore it from a backup")
        case .SQLITE_FULL:
            (.unavailable, "the disk or a quota is full; make room and try again")
        case .SQLITE_IOERR:
            (.unavailable, "the disk failed; check the system's log and the disk")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            (.unavailable, "another program locks the file; end it and try again")
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            (.invalidLocation, "the file cannot be opened for writing; check its owner and permissions")
        case .SQLITE_NOMEM, .SQLITE_TOOBIG:
            (.unavailable, "it takes too much memory; use smaller values")
        default:
            (.unavailable, "see the cause")
        }
    }
}
