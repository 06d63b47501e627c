// SPDX-License-Identifier: Apache-2.0

#ifndef DRYPORT_ALLOCATOR_H
#define DRYPORT_ALLOCATOR_H

/// Bytes that are allocated and not freed, as the allocator counts them; -1 where it does not tell.
long dryport_allocated_bytes(void);

#endif
