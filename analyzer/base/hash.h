/* SHA-256 (libcrypto): content keys and fingerprints. For use by everyone. */
#ifndef STACKCHECK_BASE_HASH_H
#define STACKCHECK_BASE_HASH_H

#include <stddef.h>

enum { HASH_HEX_SIZE = 65 }; /* 64 hex digits and a NUL */

struct hash;

/* One incremental hash: open, add, then close writes the lower-case hex digest and frees it. */
struct hash *hash_open(void);
void hash_add(struct hash *h, const void *p, size_t len);
/* Adds the string with its final NUL, so that ("ab","c") and ("a","bc") differ. NULL adds as "\1". */
void hash_add_str(struct hash *h, const char *s);
void hash_close(struct hash *h, char hex[HASH_HEX_SIZE]);

/* Digest of one block of bytes. */
void hash_hex(const void *p, size_t len, char hex[HASH_HEX_SIZE]);

#endif
