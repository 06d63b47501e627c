// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc

/// Bytes that are allocated and not freed, as the allocator counts them; nil where it does not.
var allocatedBytes: Int? {
    let info = mallinfo2()
    return Int(info.uordblks) + Int(info.hblkhd)
}
#else
/// Bytes that are allocated and not freed, as the allocator counts them; nil where it does not.
var allocatedBytes: Int? { nil }
#endif
