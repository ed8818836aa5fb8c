/*
 * Small helpers over libclang's C interface. For use by extract/ only.
 *
 * libclang hands out cursors and types as values around pointers into one syntax tree. The pointers are stable
 * while the translation unit lives, so tables keyed by them replace the expensive calls (spellings, file names,
 * references) by look-ups.
 */
#ifndef STACKCHECK_EXTRACT_CLANG_UTIL_H
#define STACKCHECK_EXTRACT_CLANG_UTIL_H

#include "base/arena.h"

#include <clang-c/Index.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Hash map from non-NULL pointers to 64-bit values. Zero-initialise. */
struct ptr_map {
	const void **keys;
	uint64_t *values;
	size_t n, n_slots;
};

/* The value under the key, or NULL. Valid until the next insertion. */
uint64_t *ptr_map_find(const struct ptr_map *m, const void *key);

/* The value under the key, made (as 0) when missing; `*made` (may be NULL) says which. */
uint64_t *ptr_map_put(struct ptr_map *m, const void *key, bool *made);

void ptr_map_release(struct ptr_map *m);

/* Copies the string into the arena and disposes of it; "" when libclang has none. */
const char *cx_string(struct arena *a, CXString s);

/* What identifies a declaration or an expression within its translation unit; NULL for neither. */
const void *cursor_key(CXCursor c);

/* The same node of the tree? Cheaper than clang_equalCursors(). */
bool cursor_same(CXCursor a, CXCursor b);

/* Puts the first `max` children into `out`; gives the number of all children. */
unsigned cursor_children(CXCursor c, CXCursor *out, unsigned max);

/* The last child, or a null cursor. */
CXCursor cursor_last_child(CXCursor c);

/* Value of a constant expression of integer or enumeration type; false for anything else. */
bool cursor_integer(CXCursor c, int64_t *value);

/* Questions about a type; typedefs are looked through. */
bool type_is_function(CXType t);
bool type_may_hold_function(CXType t); /* a pointer to a function or to void */
bool type_is_array(CXType t);
bool type_is_record(CXType t);

#endif
