/* The members of an ar archive. For use inside input/. */
#ifndef STACKCHECK_INPUT_ARCHIVE_H
#define STACKCHECK_INPUT_ARCHIVE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct archive_member {
	const char *
		name; /* as the archive says it; of a thin archive the path of a file, relative to the archive */
	uint64_t offset, size; /* of its bytes in the archive; 0 and 0 in a thin one */
};

typedef VEC(struct archive_member) archive_members;

/* 1: an archive, its object members are in `out`, names in the arena; 0: something else; -1: it cannot be read or is damaged.
   Only headers and names are read here, never a member's bytes. */
int archive_list(const char *path, struct arena *a, archive_members *out, struct error *err);

#endif
