// SPDX-License-Identifier: Apache-2.0

/// A fast, deterministic generator: the same seed gives the same numbers on every machine and in every
/// release, so that a simulation or a property test replays from its seed alone.
///
/// It is xoshiro256** 1.0 by Blackman and Vigna (<https://prng.di.unimi.it/xoshiro256starstar.c>), its state
/// filled by SplitMix64 (<https://prng.di.unimi.it/splitmix64.c>) as its authors advise. Not for secrets.
public struct SeededGenerator: RandomNumberGenerator, Sendable, Hashable {
    /// The seed that the generator was made from; print it when a test fails.
    public let seed: UInt64

    @usableFromInline var word0: UInt64
    @usableFromInline var word1: UInt64
    @usableFromInline var word2: UInt64
    @usableFromInline var word3: UInt64

    /// Creates a generator.
    /// - Parameter seed: Any number. Neighbouring seeds give unrelated numbers.
    public init(seed: UInt64) {
        var filler = SplitMix64(state: seed)
        self.init(seed: seed, words: (filler.next(), filler.next(), filler.next(), filler.next()))
    }

    /// Creates a generator in a given state, for the published test vectors.
    init(seed: UInt64, words: (UInt64, UInt64, UInt64, UInt64)) {
        precondition(words != (0, 0, 0, 0), "the state of zeros yields nothing but zeros")
        self.seed = seed
        (word0, word1, word2, word3) = words
    }

    /// The next number.
    @inlinable
    public mutating func next() -> UInt64 {
        let scrambled = Self.rotate(word1 &* 5, by: 7) &* 9
        let shifted = word1 << 17
        word2 ^= word0
        word3 ^= word1
        word1 ^= word2
        word0 ^= word3
        word2 ^= shifted
        word3 = Self.rotate(word3, by: 45)
        return scrambled
    }

    /// A generator of its own for one part of a whole, for example one simulated host.
    ///
    /// It depends on ``seed`` and `stream` only, not on how many numbers were drawn before. So a part that
    /// draws more than it used to does not change what its neighbours draw, and a failing seed stays failing.
    /// Forks of forks are independent of each other: `fork(1).fork(2)` is not `fork(2).fork(1)`.
    /// - Parameter stream: The number of the part.
    public func fork(_ stream: UInt64) -> SeededGenerator {
        // Two rounds of mixing with different increments keep (seed, stream) pairs apart from each other and
        // from plain seeds; adding the two numbers unmixed would make (1, 2) and (2, 1) the same.
        var outer = SplitMix64(state: seed ^ 0x6A09_E667_F3BC_C908)
        var inner = SplitMix64(state: outer.next() &+ stream)
        return SeededGenerator(seed: inner.next())
    }

    @inlinable
    static func rotate(_ value: UInt64, by count: UInt64) -> UInt64 {
        value << count | value >> (64 - count)
    }
}

/// Steele, Lea and Flood's SplitMix64: turns any seed, even 0, into well-mixed words.
struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
