// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The operating system's random numbers, 32 at a time: the standard library asks for each number, and a call that
/// starts tasks needs some hundred bits for identifiers while others wait.
package struct SystemRandom: RandomNumberGenerator, Sendable {
    private var drawn: [UInt64] = []

    /// Draws nothing yet.
    package init() {}

    /// The next number.
    package mutating func next() -> UInt64 {
        if let number = drawn.popLast() { return number }
        // 256 bytes are what getentropy(3) gives in one call.
        drawn = Array(unsafeUninitializedCapacity: 32) { buffer, count in
            guard getentropy(buffer.baseAddress, 256) == 0 else {
                fatalError("the system gives no random numbers: error \(errno)")
            }
            count = 32
        }
        return drawn.removeLast()
    }
}
