// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Logging

/// Makes the logger of a command: to standard error, so that standard output carries results only.
func commandLogger(_ label: String, level: String?, default standard: Logger.Level) throws -> Logger {
    guard let chosen = level.map(Logger.Level.init(rawValue:)) ?? standard else {
        let known = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        throw UsageError("--log-level \(level ?? ""): not one of \(known)")
    }
    var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = chosen
    return logger
}
