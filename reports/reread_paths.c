/*
 * entries[] and findings[] of a report read back: whatever has a path. The n-th step of a path is the call to the next one; the
 * last one is a frame, a cost, or in a circle the call back to the first.
 */
#include "reports/reread_parts.h"

#include <string.h>

static bool is_kind(const cJSON *step, const char *kind)
{
	const char *word = cJSON_GetStringValue(reread_member(step, "kind"));

	return word && !strcmp(word, kind);
}

static enum evidence evidence_of(const cJSON *step)
{
	const char *word = cJSON_GetStringValue(reread_member(step, "evidence"));

	for (enum evidence e = EVIDENCE_DIRECT; word && e < EVIDENCE_NONE; e++)
		if (!strcmp(word, evidence_name(e)))
			return e;
	return EVIDENCE_NONE;
}

static enum call_kind kind_of(const cJSON *step)
{
	bool tail = reread_true(step, "tail") || is_kind(step, "tail");

	if (is_kind(step, "indirect"))
		return tail ? CALL_INDIRECT_TAIL : CALL_INDIRECT;
	return tail ? CALL_TAIL : CALL_DIRECT;
}

static uint32_t add_external(struct rereader *r, const cJSON *step)
{
	const char *symbol = reread_text(r, step, "symbol");

	*vec_push(&r->to->externals) = (struct program_external){
		.symbol = symbol ? symbol : "unknown",
		.n_calls = 1,
		.cost_bytes = reread_bytes(step, "bytes"),
		.cost_why = reread_text(r, step, "why"),
	};
	return (uint32_t)r->to->externals.n - 1;
}

static uint32_t add_edge(struct rereader *r, const cJSON *step, const cJSON *next)
{
	struct fact_call *call = arena_alloc(&r->to->arena, sizeof(*call));
	struct program_edge *e = vec_push(&r->to->edges);

	call->kind = kind_of(step);
	call->depth_bytes = reread_bytes(step, "bytes");
	call->within = reread_text(r, step, "within");
	call->loc = reread_place(r, step);
	*e = (struct program_edge){
		.from = reread_function(r, step, "function"),
		.to = reread_function(r, next, "function"),
		.external = NO_ID,
		.through = NO_ID,
		.evidence = evidence_of(step),
		.kind = call->kind,
		.sure = reread_true(step, "sure"),
		.depth_bytes = call->depth_bytes,
		.call = call,
	};
	if (is_kind(next, "cost"))
		e->external = add_external(r, next);
	return (uint32_t)r->to->edges.n - 1;
}

/* Numbers of the edges in the arena; none when a step names no function that the report has. `circle`: the last step calls the
   first one's function. */
static uint32_t *read_edges(struct rereader *r, const cJSON *path, bool circle, uint32_t *n)
{
	uint32_t *edges =
		arena_array(&r->to->arena, (size_t)cJSON_GetArraySize(path) + 1, uint32_t);
	const cJSON *step;

	*n = 0;
	cJSON_ArrayForEach(step, path)
	{
		const cJSON *next = step->next ? step->next : circle ? path->child : NULL;

		if (!next)
			break;
		if (reread_function(r, step, "function") == NO_ID ||
		    (reread_function(r, next, "function") == NO_ID && !is_kind(next, "cost"))) {
			*n = 0;
			break;
		}
		edges[(*n)++] = add_edge(r, step, next);
	}
	return edges;
}

static const cJSON *last_step(const cJSON *path)
{
	int n = cJSON_GetArraySize(path);

	return n ? cJSON_GetArrayItem(path, n - 1) : NULL;
}

/* `external` is set once all paths are read: the list of them moves while it grows. */
static void read_entry(struct rereader *r, const cJSON *item, struct entry *e)
{
	const cJSON *path = reread_member(item, "path"), *headroom;

	e->func = reread_function(r, item, "id");
	headroom = reread_member(item, "headroom");
	e->has_headroom = cJSON_IsNumber(headroom);
	e->headroom = reread_number(item, "headroom", BYTES_UNKNOWN);
	e->over = reread_true(item, "over");
	e->path.bytes = r->to->depths.v[e->func].bytes;
	e->path.edges = read_edges(r, path, false, &e->path.n_edges);
	e->path.last = reread_function(r, last_step(path), "function");
	if (e->path.last == NO_ID)
		e->path.last = e->func;
}

static void set_ends(struct reread *to)
{
	for (size_t i = 0; i < to->report.n_entries; i++) {
		struct path *p = &to->entries[i].path;
		uint32_t external;

		if (!p->n_edges)
			continue;
		external = to->edges.v[p->edges[p->n_edges - 1]].external;
		if (external != NO_ID)
			p->external = &to->externals.v[external];
	}
}

static enum severity severity_of(const cJSON *item)
{
	const char *word = cJSON_GetStringValue(reread_member(item, "severity"));

	for (enum severity s = SEVERITY_NOTE; word && s < SEVERITY_ERROR; s++)
		if (!strcmp(word, severity_name(s)))
			return s;
	return SEVERITY_ERROR;
}

static enum finding_state state_of(const cJSON *item)
{
	const char *word = cJSON_GetStringValue(reread_member(item, "state"));

	if (word && !strcmp(word, "new"))
		return STATE_NEW;
	return word && !strcmp(word, "existing") ? STATE_EXISTING : STATE_UNKNOWN;
}

static const char *or_nothing(const char *text)
{
	return text ? text : "";
}

static void read_finding(struct rereader *r, const cJSON *item, struct finding *f)
{
	const cJSON *path = reread_member(item, "path"), *last = last_step(path);
	bool circle = last && !is_kind(last, "frame") && !is_kind(last, "cost");
	const char *fingerprint = cJSON_GetStringValue(reread_member(item, "fingerprint"));

	*f = (struct finding){
		.rule = or_nothing(reread_text(r, item, "rule")),
		.severity = severity_of(item),
		.func = reread_function(r, item, "function"),
		.loc = reread_place(r, item),
		.subject = or_nothing(reread_text(r, item, "subject")),
		.message = or_nothing(reread_text(r, item, "message")),
		.advice = reread_text(r, item, "advice"),
		.bytes = reread_bytes(item, "bytes"),
		.limit = reread_bytes(item, "limit"),
		.state = state_of(item),
		.suppressed = reread_true(item, "suppressed"),
		.suppressed_why = reread_text(r, item, "suppressed_why"),
	};
	f->edges = read_edges(r, path, circle, &f->n_edges);
	for (size_t i = 0; fingerprint && fingerprint[i] && i + 1 < sizeof(f->fingerprint); i++)
		f->fingerprint[i] = fingerprint[i];
}

void reread_entries(struct rereader *r)
{
	const cJSON *list = reread_member(r->root, "entries"), *item;
	struct entry *v =
		arena_array(&r->to->arena, (size_t)cJSON_GetArraySize(list) + 1, struct entry);
	size_t n = 0;

	cJSON_ArrayForEach(item, list) read_entry(r, item, &v[n++]);
	r->to->entries = v;
	r->to->report.entries = v;
	r->to->report.n_entries = n;
}

void reread_findings(struct rereader *r)
{
	const cJSON *list = reread_member(r->root, "findings"), *item;
	struct finding *v =
		arena_array(&r->to->arena, (size_t)cJSON_GetArraySize(list) + 1, struct finding);
	size_t n = 0;

	cJSON_ArrayForEach(item, list) read_finding(r, item, &v[n++]);
	r->to->report.findings = v;
	r->to->report.n_findings = n;
	set_ends(r->to);
}
