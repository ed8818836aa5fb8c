/* What COFF objects and PE images have in common: headers, sections, symbols. For use by object_coff.c and object_pe.c. */
#ifndef STACKCHECK_EXTRACT_COFF_H
#define STACKCHECK_EXTRACT_COFF_H

#include "extract/object.h"

enum { COFF_HEADER_SIZE = 20 };

struct coff_input {
	const uint8_t *bytes;
	size_t len;
	const char *name;
	struct error *err;
	bool image; /* PE: sections have addresses, there are no relocations */
	const char *strings; /* the string table, its length field included */
	size_t strings_len;
};

static inline uint16_t coff_u16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t coff_u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline bool coff_inside(const struct coff_input *in, uint64_t offset, uint64_t size)
{
	return offset <= in->len && size <= in->len - offset;
}

static inline int coff_fail(const struct coff_input *in, const char *what)
{
	return error_set(in->err, "%s: %s", in->name, what);
}

/* Both expect that the file header at `header` lies within the file. */
int coff_read_arch(struct object *o, const struct coff_input *in, size_t header);
int coff_read_tables(struct object *o, struct coff_input *in, size_t header);

#endif
