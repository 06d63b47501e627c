// SPDX-License-Identifier: Apache-2.0

/// Something that the user can mend: an argument, a file, a missing engine. One line, with the place and the remedy;
/// exit code 64 (EX_USAGE).
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Something that went wrong although the user did everything right; exit code 1.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
