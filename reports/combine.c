#include "reports/combine.h"

#include "base/text.h"
#include "facts/facts.h"

#include <cjson/cJSON.h>
#include <string.h>

#define SCHEMA "stackcheck-report/1"

static const char *text_of(struct combined *c, const cJSON *object, const char *key)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsString(value) && *value->valuestring
		       ? arena_strdup(&c->arena, value->valuestring)
		       : NULL;
}

static int64_t number_of(const cJSON *object, const char *key)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsNumber(value) ? (int64_t)value->valuedouble : BYTES_UNKNOWN;
}

typedef VEC(struct combine_sentence) sentences;

static void say(struct combined *c, void *list, const char *text, size_t part)
{
	sentences *all = list;
	struct combine_sentence *s = NULL;

	for (size_t i = 0; i < all->n && !s; i++)
		if (!strcmp(all->v[i].text, text))
			s = &all->v[i];
	if (!s) {
		s = vec_push(all);
		s->text = arena_strdup(&c->arena, text);
	}
	*vec_push(&s->parts) = part;
}

static void say_all(struct combined *c, void *list, const cJSON *texts, size_t part)
{
	const cJSON *text;

	cJSON_ArrayForEach(text, texts) if (cJSON_IsString(text))
		say(c, list, text->valuestring, part);
}

static bool is_verdict(const char *word)
{
	return word &&
	       (!strcmp(word, "passed") || !strcmp(word, "failed") || !strcmp(word, "undecided"));
}

static int64_t deepest(const cJSON *entries)
{
	int64_t most = BYTES_UNKNOWN;
	const cJSON *entry;

	cJSON_ArrayForEach(entry, entries)
	{
		int64_t bytes =
			number_of(cJSON_GetObjectItemCaseSensitive(entry, "depth"), "bytes");

		most = bytes > most ? bytes : most;
	}
	return most;
}

/* NULL, or what is wrong with the report. */
static const char *read_part(struct combined *c, struct combine_part *p, const cJSON *report)
{
	const cJSON *run = cJSON_GetObjectItemCaseSensitive(report, "run");
	const cJSON *gate = cJSON_GetObjectItemCaseSensitive(report, "gate");
	const cJSON *coverage = cJSON_GetObjectItemCaseSensitive(report, "coverage");
	const char *schema = text_of(c, report, "schema"), *verdict = text_of(c, gate, "verdict");
	size_t number = c->parts.n - 1;

	if (!schema || strcmp(schema, SCHEMA) != 0)
		return "is no report of stackcheck";
	if (!is_verdict(verdict))
		return "was not written by a gate";
	if (text_of(c, run, "build"))
		p->name = text_of(c, run, "build");
	else if (text_of(c, run, "target"))
		p->name = text_of(c, run, "target");
	p->verdict = verdict;
	p->commit = text_of(c, run, "commit");
	p->base = text_of(c, gate, "base");
	p->base_commit = text_of(c, gate, "base_commit");
	p->units = number_of(coverage, "units_total");
	p->units_measured = number_of(coverage, "units_measured");
	p->deepest = deepest(cJSON_GetObjectItemCaseSensitive(report, "entries"));
	say_all(c, &c->reasons, cJSON_GetObjectItemCaseSensitive(gate, "reasons"), number);
	say_all(c, &c->notices, cJSON_GetObjectItemCaseSensitive(gate, "notices"), number);
	return NULL;
}

/* What is wrong with it, or NULL. */
static const char *read_document(struct combined *c, struct combine_part *p, const char *text)
{
	struct reread *document = arena_alloc(&c->arena, sizeof(*document));
	struct error err = {0};

	if (report_reread(document, text, strlen(text), p->file, &err))
		return arena_strdup(&c->arena, err.text);
	p->document = document;
	return NULL;
}

void combine_add(struct combined *c, const char *file, const char *text, const char *why)
{
	struct combine_part *p = vec_push(&c->parts);
	cJSON *report = text ? cJSON_ParseWithOpts(text, NULL, 1) : NULL;

	*p = (struct combine_part){.name = file,
				   .file = file,
				   .verdict = "undecided",
				   .units = BYTES_UNKNOWN,
				   .units_measured = BYTES_UNKNOWN,
				   .deepest = BYTES_UNKNOWN};
	if (text)
		why = report ? read_part(c, p, report) : "is no JSON";
	cJSON_Delete(report);
	if (text)
		why = why ? arena_printf(&c->arena, "the report %s %s", file, why)
			  : read_document(c, p, text);
	if (!why)
		return;
	p->verdict = "undecided";
	say(c, &c->reasons, why, c->parts.n - 1);
}

void combine_judge(struct combined *c)
{
	const char *commit = NULL;
	bool failed = false, undecided = false;

	for (size_t i = 0; i < c->parts.n; i++) {
		const struct combine_part *p = &c->parts.v[i];

		failed |= !strcmp(p->verdict, "failed");
		undecided |= !strcmp(p->verdict, "undecided");
		if (commit && p->commit && strcmp(commit, p->commit) != 0) {
			if (!strcmp(p->verdict, "passed"))
				c->parts.v[i].verdict = "undecided";
			say(c, &c->reasons,
			    arena_printf(&c->arena,
					 "the reports are of different commits, %.12s and %.12s",
					 commit, p->commit),
			    i);
			undecided = true;
		}
		commit = p->commit ? p->commit : commit;
	}
	c->verdict = failed ? "failed" : undecided ? "undecided" : "passed";
}

static void release_sentences(void *list)
{
	sentences *all = list;

	for (size_t i = 0; i < all->n; i++)
		vec_release(&all->v[i].parts);
	vec_release(all);
}

void combine_release(struct combined *c)
{
	for (size_t i = 0; i < c->parts.n; i++)
		if (c->parts.v[i].document)
			reread_release(c->parts.v[i].document);
	release_sentences(&c->reasons);
	release_sentences(&c->notices);
	vec_release(&c->parts);
	arena_release(&c->arena);
	*c = (struct combined){0};
}
