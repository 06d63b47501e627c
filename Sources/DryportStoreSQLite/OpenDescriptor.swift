// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A file descriptor that is closed once.
final class OpenDescriptor: Sendable {
    private let number: Mutex<CInt?>

    init(_ number: CInt) { self.number = Mutex(number) }

    func close() {
        let open = number.withLock { number in
            defer { number = nil }
            return number
        }
        // Its result tells nothing that anyone could act on.
        if let open { _ = systemClose(open) }
    }
}

private func systemClose(_ descriptor: CInt) -> CInt { close(descriptor) }
