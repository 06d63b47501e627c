// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Prints a line and makes sure that it is seen now, also through a pipe.
func printNow(_ line: String) {
    print(line)
    fflush(nil)
}

/// Whether standard output is a terminal that can redraw a line.
var isTerminal: Bool {
    guard isatty(STDOUT_FILENO) == 1 else { return false }
    guard let term = getenv("TERM") else { return false }
    return strcmp(term, "dumb") != 0
}

/// Makes what was printed visible now.
func flushOutput() { fflush(nil) }

/// Prints a line to standard error.
func printError(_ line: String) {
    var text = line + "\n"
    text.withUTF8 { bytes in
        // A standard error that cannot be written to leaves nothing to be done.
        _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }
}
