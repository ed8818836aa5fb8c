/*
 * Growable arrays on malloc: `VEC(struct call) calls = {0}; *vec_push(&calls) = (struct call){..};`.
 * Elements move when the array grows: keep indices, not pointers. For use by everyone.
 */
#ifndef STACKCHECK_BASE_VEC_H
#define STACKCHECK_BASE_VEC_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define VEC(T)                                                                                     \
	struct {                                                                                   \
		T *v;                                                                              \
		size_t n, cap;                                                                     \
	}

/* Room for one more element; `pv` points to the array pointer. For use by the macros only. */
void vec_grow(void *pv, size_t *cap, size_t size);

/* Appends one zeroed element and gives its address. */
#define vec_push(V)                                                                                \
	(((V)->n == (V)->cap ? vec_grow(&(V)->v, &(V)->cap, sizeof(*(V)->v)) : (void)0),           \
	 memset(&(V)->v[(V)->n], 0, sizeof(*(V)->v)), &(V)->v[(V)->n++])

/* Frees the elements; the array is empty and usable again. */
#define vec_release(V) (free((V)->v), (V)->v = NULL, (V)->n = 0, (V)->cap = 0)

#endif
