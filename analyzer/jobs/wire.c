#include "jobs/wire.h"
#include "facts/facts.h"

#include <string.h>

enum { ARGC_MAX = 1 << 20, JOB_BYTES_MIN = 60 };

const char *wire_greeting(void)
{
	_Static_assert(FACTS_VERSION == 4, "say the new facts version in the greeting");
	return "stackcheck-worker " STACKCHECK_VERSION " wire 3 facts 4";
}

static void put_u32(struct buf *out, uint32_t v)
{
	unsigned char b[4];

	for (int i = 0; i < 4; i++)
		b[i] = (unsigned char)(v >> 8 * i);
	buf_add(out, b, sizeof(b));
}

static void put_u64(struct buf *out, uint64_t v)
{
	put_u32(out, (uint32_t)v);
	put_u32(out, (uint32_t)(v >> 32));
}

static void put_str(struct buf *out, const char *s)
{
	size_t n = s ? strlen(s) : 0;

	put_u32(out, s ? (uint32_t)n + 1 : 0);
	buf_add(out, s ? s : "", n);
}

void wire_put(struct buf *out, const void *payload, size_t len)
{
	put_u32(out, (uint32_t)len);
	buf_add(out, payload, len);
}

static void put_job(struct buf *p, const struct job *j)
{
	put_str(p, j->unit);
	put_str(p, j->root);
	put_str(p, j->directory);
	put_str(p, j->source);
	put_str(p, j->object);
	put_str(p, j->module);
	put_str(p, j->target);
	put_u32(p, j->frames);
	put_u32(p, j->object_only);
	put_u64(p, j->member_offset);
	put_u64(p, j->member_size);
	put_u32(p, j->check_su);
	put_u32(p, (uint32_t)j->argc);
	for (size_t i = 0; i < j->argc; i++)
		put_str(p, j->argv[i]);
}

void wire_put_order(struct buf *out, const struct order *o)
{
	struct buf p = {0};

	put_u32(&p, o->limits.timeout_seconds);
	put_u32(&p, o->limits.cpu_seconds);
	put_u32(&p, o->limits.memory_mib);
	put_str(&p, o->scratch);
	put_u32(&p, (uint32_t)o->n);
	for (size_t i = 0; i < o->n; i++)
		put_job(&p, &o->jobs[i]);
	wire_put(out, p.data, p.len);
	buf_release(&p);
}

void wire_put_answer(struct buf *out, const struct answer *a)
{
	struct buf p = {0};

	put_u32(&p, (uint32_t)a->status);
	put_u32(&p, a->timed_out);
	put_u64(&p, (uint64_t)a->peak_kib);
	put_u64(&p, (uint64_t)a->cpu_usec);
	put_u64(&p, (uint64_t)a->facts_of);
	put_u64(&p, (uint64_t)a->facts_at);
	put_u64(&p, (uint64_t)a->facts_bytes);
	wire_put(out, p.data, p.len);
	buf_release(&p);
}

/* What is still to be read of a payload. After the first bad read everything is 0 and `bad` stays set. */
struct reader {
	const unsigned char *p;
	size_t left;
	bool bad;
};

static uint32_t get_u32(struct reader *r)
{
	uint32_t v = 0;

	if (r->left < 4) {
		r->bad = true;
		return 0;
	}
	for (int i = 0; i < 4; i++)
		v |= (uint32_t)r->p[i] << 8 * i;
	r->p += 4;
	r->left -= 4;
	return v;
}

/* A number up to `most`. */
static uint32_t get_word(struct reader *r, uint32_t most)
{
	uint32_t v = get_u32(r);

	if (v > most)
		r->bad = true;
	return r->bad ? 0 : v;
}

static int64_t get_count(struct reader *r)
{
	uint64_t v = get_u32(r);

	v |= (uint64_t)get_u32(r) << 32;
	if (v > INT64_MAX)
		r->bad = true;
	return r->bad ? 0 : (int64_t)v;
}

static char *get_str(struct reader *r, struct arena *a)
{
	uint32_t n = get_u32(r);
	char *s;

	if (!n)
		return NULL;
	if (--n > r->left || memchr(r->p, '\0', n)) {
		r->bad = true;
		return NULL;
	}
	s = arena_strndup(a, (const char *)r->p, n);
	r->p += n;
	r->left -= n;
	return s;
}

static const char *get_path(struct reader *r, struct arena *a)
{
	const char *s = get_str(r, a);

	if (!s || s[0] != '/')
		r->bad = true;
	return s;
}

static void get_argv(struct reader *r, struct arena *a, struct job *j)
{
	uint32_t n = get_u32(r);

	/* Every argument takes at least its length: a huge count must not make a huge table. */
	if (n > ARGC_MAX || n > r->left / 4) {
		r->bad = true;
		return;
	}
	j->argc = n;
	j->argv = arena_array(a, n + 1, char *);
	for (size_t i = 0; i < n; i++) {
		j->argv[i] = get_str(r, a);
		if (!j->argv[i])
			r->bad = true;
	}
}

int wire_frame(const struct buf *in, size_t max, size_t *len)
{
	struct reader r = {(const unsigned char *)in->data, in->len, false};

	if (in->len < WIRE_HEADER)
		return 0;
	*len = get_u32(&r);
	if (*len > max)
		return -1;
	return r.left >= *len;
}

static void get_job(struct reader *r, struct arena *a, struct job *j)
{
	j->unit = get_str(r, a);
	j->root = get_path(r, a);
	j->directory = get_path(r, a);
	j->source = get_path(r, a);
	j->object = get_str(r, a);
	j->module = get_str(r, a);
	j->target = get_str(r, a);
	j->frames = (enum job_frames)get_word(r, FRAMES_OBJECTS);
	j->object_only = get_word(r, true);
	j->member_offset = (uint64_t)get_count(r);
	j->member_size = (uint64_t)get_count(r);
	j->check_su = get_word(r, true);
	get_argv(r, a, j);
	if (!j->unit || !j->target)
		r->bad = true;
}

int wire_get_order(struct arena *a, const char *payload, size_t len, struct order *o)
{
	struct reader r = {(const unsigned char *)payload, len, false};
	struct job *jobs;

	*o = (struct order){0};
	o->limits.timeout_seconds = get_u32(&r);
	o->limits.cpu_seconds = get_u32(&r);
	o->limits.memory_mib = get_u32(&r);
	o->scratch = get_path(&r, a);
	o->n = get_u32(&r);
	/* As with arguments: a job takes more bytes than its fixed numbers. */
	if (r.bad || !o->n || o->n > r.left / JOB_BYTES_MIN)
		return -1;
	o->jobs = jobs = arena_array(a, o->n, struct job);
	for (size_t i = 0; i < o->n && !r.bad; i++)
		get_job(&r, a, &jobs[i]);
	return r.bad || r.left ? -1 : 0;
}

int wire_get_answer(const char *payload, size_t len, struct answer *a)
{
	struct reader r = {(const unsigned char *)payload, len, false};
	uint32_t timed_out;

	*a = (struct answer){0};
	a->status = (int32_t)get_u32(&r);
	timed_out = get_u32(&r);
	a->timed_out = timed_out != 0;
	a->peak_kib = get_count(&r);
	a->cpu_usec = get_count(&r);
	a->facts_of = get_count(&r);
	a->facts_at = get_count(&r);
	a->facts_bytes = get_count(&r);
	return r.bad || r.left || timed_out > 1 ? -1 : 0;
}
