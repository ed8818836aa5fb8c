/* What makes a unit, or a finding, the same as in an earlier run: everything that would be stored of it. */
#include "base/hash.h"
#include "history/recorder.h"

#include <stdlib.h>
#include <string.h>

static void add_number(struct hash *h, int64_t n)
{
	hash_add(h, &n, sizeof(n));
}

static void add_part(struct hash *h, const struct snapshot_part *p)
{
	hash_add_str(h, p->kind);
	hash_add_str(h, p->name);
	hash_add_str(h, p->type);
	hash_add_str(h, p->declared_in);
	hash_add_str(h, p->file);
	add_number(h, p->line);
	add_number(h, p->bytes);
	add_number(h, p->counted);
}

static void add_list(struct hash *h, const char **v, size_t n)
{
	add_number(h, (int64_t)n);
	for (size_t i = 0; i < n; i++)
		hash_add_str(h, v[i]);
}

static void add_way(struct hash *h, const struct snapshot *s, const struct snapshot_function *f)
{
	add_number(h, f->way);
	if (f->way == WAY_FRAME)
		return;
	hash_add_str(h, f->way == WAY_CALL ? s->functions[f->to].unit : NULL);
	hash_add_str(h, f->way == WAY_CALL ? s->functions[f->to].symbol : f->outside);
	add_number(h, f->outside_bytes);
	add_number(h, f->call_bytes);
	hash_add_str(h, f->call_within);
	hash_add_str(h, f->call_file);
	add_number(h, f->call_line);
	hash_add_str(h, f->evidence);
}

static void add_function(struct hash *h, const struct snapshot *s,
			 const struct snapshot_function *f)
{
	struct buf reasons = {0};

	hash_add_str(h, f->label);
	hash_add_str(h, f->name);
	hash_add_str(h, f->symbol);
	hash_add_str(h, f->linkage);
	hash_add_str(h, f->file);
	add_number(h, f->line);
	add_number(h, f->frame_bytes);
	hash_add_str(h, f->frame_kind);
	add_number(h, f->depth_bytes);
	hash_add_str(h, f->bound);
	hash_add_str(h, reasons_text(f->reasons, &reasons));
	hash_add_str(h, f->context);
	add_number(h, f->budget_bytes == s->run.budget_bytes ? BYTES_UNKNOWN : f->budget_bytes);
	add_way(h, s, f);
	add_list(h, f->inlined, f->n_inlined);
	add_list(h, f->callees, f->n_callees);
	add_number(h, (int64_t)f->n_parts);
	for (size_t i = 0; i < f->n_parts; i++)
		add_part(h, &f->parts[i]);
	buf_release(&reasons);
}

static void finish(struct hash *h, unsigned char digest[DIGEST_SIZE])
{
	char hex[HASH_HEX_SIZE];

	hash_close(h, hex);
	for (int i = 0; i < DIGEST_SIZE; i++) {
		char two[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

		digest[i] = (unsigned char)strtoul(two, NULL, 16);
	}
}

void digest_unit(const struct snapshot *s, uint32_t first, uint32_t n,
		 unsigned char digest[DIGEST_SIZE])
{
	struct hash *h = hash_open();

	hash_add_str(h, s->functions[first].unit);
	hash_add_str(h, s->functions[first].module);
	for (uint32_t i = first; i < first + n; i++)
		add_function(h, s, &s->functions[i]);
	finish(h, digest);
}

void digest_finding(const struct snapshot_finding *f, unsigned char digest[DIGEST_SIZE])
{
	struct hash *h = hash_open();

	hash_add_str(h, f->fingerprint);
	hash_add_str(h, f->rule);
	hash_add_str(h, f->severity);
	hash_add_str(h, f->file);
	add_number(h, f->line);
	add_number(h, f->column);
	hash_add_str(h, f->subject);
	hash_add_str(h, f->message);
	add_number(h, f->bytes);
	add_number(h, f->limit);
	finish(h, digest);
}

const char *reasons_text(uint32_t reasons, struct buf *out)
{
	buf_clear(out);
	for (unsigned i = 0; i < REASON_COUNT; i++)
		if (reasons & 1u << i)
			buf_printf(out, "%s%s", out->len ? "," : "", reason_name((enum reason)i));
	return out->len ? buf_str(out) : NULL;
}

uint32_t reasons_bits(const char *text)
{
	uint32_t bits = 0;

	while (text && *text) {
		size_t n = strcspn(text, ",");

		for (unsigned i = 0; i < REASON_COUNT; i++) {
			const char *name = reason_name((enum reason)i);

			if (strlen(name) == n && !memcmp(name, text, n))
				bits |= 1u << i;
		}
		text += n + (text[n] == ',');
	}
	return bits;
}
