/* Sections "rules" and "suppress" of the configuration. */
#include "config/reader.h"

#include "base/suggest.h"
#include "rules/rule.h"

#include <string.h>

/* Limits that have a key of their own at the top. */
static const struct {
	const char *rule, *key;
} own_keys[] = {
	{"frame-limit", "frame_limit"},
	{"large-local", "large_local"},
	{"path-budget", "budget"},
};

/* An unknown rule is an error that names a near one. */
static int check_rule(const struct reader *r, const struct yaml_node *n, const char *id)
{
	struct suggestion near = {.word = id};

	if (rule_find(id))
		return 0;
	for (size_t i = 0; i < n_rules; i++)
		suggest(&near, rules[i]->id);
	if (near.best)
		return error_set(r->err, "%s:%u:%u: there is no rule '%s'; did you mean '%s'?",
				 r->shown, n->line, n->column, id, near.best);
	return error_set(r->err,
			 "%s:%u:%u: there is no rule '%s'; 'stackcheck list rules' names them",
			 r->shown, n->line, n->column, id);
}

static int take_severity(const struct reader *r, const struct yaml_node *n, void *out)
{
	struct rule_setting *s = out;

	if (take_choice(r, n, "note|warning|error"))
		return -1;
	for (s->severity = SEVERITY_NOTE; strcmp(severity_name(s->severity), n->text) != 0;)
		s->severity++;
	s->has_severity = true;
	return 0;
}

static int take_limit(const struct reader *r, const struct yaml_node *n, void *out)
{
	struct rule_setting *s = out;

	for (size_t i = 0; i < sizeof(own_keys) / sizeof(own_keys[0]); i++) {
		if (!strcmp(own_keys[i].rule, s->rule))
			return reader_bad(r, n,
					  "of %s has a key of its own: write '%s:' at the top",
					  s->rule, own_keys[i].key);
	}
	if (!rule_find(s->rule)->limit)
		return reader_bad(r, n, "does not exist for %s", s->rule);
	return take_bytes(r, n, &s->limit);
}

static int take_frames(const struct reader *r, const struct yaml_node *n, void *out)
{
	struct rule_setting *s = out;

	if (strcmp(s->rule, "growth") != 0)
		return reader_bad(r, n, "does not exist for %s", s->rule);
	return take_bytes(r, n, &s->frames);
}

static const struct reader_key rule_keys[] = {
	{"severity", take_severity, 0},
	{"limit", take_limit, 0},
	{"frames", take_frames, 0},
};

static int read_rule(const struct reader *r, const struct yaml_node *n)
{
	struct rule_setting s = {.rule = n->key,
				 .limit = BYTES_UNKNOWN,
				 .frames = BYTES_UNKNOWN,
				 .loc = reader_loc(r, n)};

	if (!rule_find(n->key)) {
		struct yaml_node at = *n;

		at.line = n->key_line;
		at.column = n->key_column;
		return check_rule(r, &at, n->key);
	}
	if (n->kind != YAML_MAP) {
		if (n->kind != YAML_TEXT || n->quoted || strcmp(n->text, "off") != 0)
			return reader_bad(r, n, "must be off, or a map of severity and limit");
		s.off = true;
	} else if (reader_map(r, n, "a rule", rule_keys, sizeof(rule_keys) / sizeof(rule_keys[0]),
			      &s)) {
		return -1;
	}
	*vec_push(&r->c->policy.rules) = s;
	return 0;
}

int read_rules(const struct reader *r, const struct yaml_node *n, void *out)
{
	(void)out;
	if (n->kind != YAML_MAP)
		return reader_bad(r, n, "must be a map of rules");
	for (const struct yaml_node *m = n->children; m; m = m->next) {
		if (read_rule(r, m))
			return -1;
	}
	return 0;
}

static int take_rule(const struct reader *r, const struct yaml_node *n, void *out)
{
	if (take_text(r, n, out))
		return -1;
	return strchr(n->text, '*') ? 0 : check_rule(r, n, n->text);
}

static int take_until(const struct reader *r, const struct yaml_node *n, void *out)
{
	if (take_text(r, n, out))
		return -1;
	return is_date(n->text) ? 0 : reader_bad(r, n, "is not a day such as 2027-01-31");
}

enum { FINGERPRINT_FEWEST = 8 };

static int take_fingerprint(const struct reader *r, const struct yaml_node *n, void *out)
{
	if (take_text(r, n, out))
		return -1;
	if (strlen(n->text) < FINGERPRINT_FEWEST ||
	    strspn(n->text, "0123456789abcdef") != strlen(n->text))
		return reader_bad(r, n,
				  "must be at least %d of the digits that the JSON report shows",
				  FINGERPRINT_FEWEST);
	return 0;
}

static const struct reader_key suppress_keys[] = {
	{"rule", take_rule, offsetof(struct suppression, rule)},
	{"function", take_text, offsetof(struct suppression, function)},
	{"file", take_text, offsetof(struct suppression, file)},
	{"fingerprint", take_fingerprint, offsetof(struct suppression, fingerprint)},
	{"until", take_until, offsetof(struct suppression, until)},
	{"because", take_text, offsetof(struct suppression, because)},
};

static int read_suppression(const struct reader *r, const struct yaml_node *n, void *out)
{
	struct suppression s = {.loc = reader_loc(r, n)};

	(void)out;
	if (reader_map(r, n, "a suppression", suppress_keys,
		       sizeof(suppress_keys) / sizeof(suppress_keys[0]), &s))
		return -1;
	if (!s.rule)
		return reader_bad(r, n, "needs a 'rule' in each suppression");
	if (!s.because)
		return reader_bad(r, n,
				  "needs a 'because' in each suppression: why it is accepted");
	if (!s.function && !s.file && !s.fingerprint)
		return reader_bad(
			r, n,
			"needs a 'function', a 'file' or a 'fingerprint' in each suppression; "
			"to be rid of a rule, write '%s: off' under 'rules'",
			s.rule);
	*vec_push(&r->c->policy.suppressions) = s;
	return 0;
}

int read_suppress(const struct reader *r, const struct yaml_node *n, void *out)
{
	return reader_list(r, n, read_suppression, out);
}
