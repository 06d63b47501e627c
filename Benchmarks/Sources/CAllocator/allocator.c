// SPDX-License-Identifier: Apache-2.0

#include "allocator.h"

// Defines __GLIBC__ where that is the library.
#include <stdlib.h>

#if defined(__GLIBC__)
#include <malloc.h>

long dryport_allocated_bytes(void) {
    struct mallinfo2 info = mallinfo2();
    return (long)(info.uordblks + info.hblkhd);
}
#else
long dryport_allocated_bytes(void) { return -1; }
#endif
