/* The member "tool" of a SARIF log: what the rules mean, and the kinds of notifications. */
#include "reports/escape.h"
#include "reports/sarif_parts.h"

#include <ctype.h>
#include <string.h>

enum { MAX_DESCRIPTION = 1000 };

static const struct {
	const char *id, *text, *help;
} notices[NOTICE_COUNT] = {
	[NOTICE_INCOMPLETE] =
		{"incomplete", "A unit was not measured, or only estimated",
		 "What lies in this unit is missing in the numbers, or estimated. Make "
		 "the unit compile with the flags of its compile command."},
	[NOTICE_LEFT_OUT] = {"left-out", "Something is not in this log, or does not count",
			     "Code scanning services take a limited number of results and steps. "
			     "The JSON report has all of them."},
	[NOTICE_ORIGIN] =
		{"origin", "Which compiler's code the numbers are true for",
		 "Another compiler gives the same source other frames. Numbers of recompiled "
		 "units are those of clang."},
	[NOTICE_GATE] = {"gate", "What the comparison with the base run decided",
			 "The gate fails when a change adds a finding, or makes a path or a frame "
			 "larger than its policy allows. Undecided means that it could not be "
			 "found out."},
};

const char *sarif_notice_id(enum sarif_notice n)
{
	return notices[n].id;
}

/* "path-budget" as "PathBudget", "recursion" as "StackRecursion": a name is not to be the id once more. */
static const char *rule_name(struct sarif *s, const char *id)
{
	const char *whole = strchr(id, '-') ? id : arena_printf(&s->arena, "stack-%s", id);
	char *name = arena_strdup(&s->arena, whole), *to = name;
	bool upper = true;

	for (id = whole; *id; id++) {
		if (*id == '-') {
			upper = true;
			continue;
		}
		*to++ = (char)(upper ? toupper((unsigned char)*id) : *id);
		upper = false;
	}
	*to = '\0';
	return name;
}

/* The help's first paragraph, as one line. */
static const char *first_paragraph(struct sarif *s, const char *help)
{
	const char *end = strstr(help, "\n\n");
	size_t len = end ? (size_t)(end - help) : strlen(help);
	char *text = arena_strndup(&s->arena, help, len < MAX_DESCRIPTION ? len : MAX_DESCRIPTION);

	for (char *p = text; *p; p++)
		if (*p == '\n')
			*p = ' ';
	for (len = strlen(text); len && text[len - 1] == ' ';)
		text[--len] = '\0';
	return text;
}

/* Texts of rules are our own: lines and lists in them are meant. */
static void rule(struct sarif *s, const char *id, enum severity severity, const char *summary,
		 const char *help)
{
	struct json_out *o = &s->out;

	json_object(o, NULL, JSON_LINES);
	json_str(o, "id", id);
	json_str(o, "name", rule_name(s, id));
	sarif_message(s, "shortDescription", summary);
	sarif_message(s, "fullDescription", first_paragraph(s, help));
	json_object(o, "help", JSON_INLINE);
	json_str(o, "text", help);
	json_str(o, "markdown", arena_printf(&s->arena, "## %s\n\n%s", summary, help));
	json_end(o);
	json_object(o, "defaultConfiguration", JSON_INLINE);
	json_str(o, "level", severity_name(severity));
	json_end(o);
	json_object(o, "properties", JSON_INLINE);
	json_array(o, "tags", JSON_INLINE);
	json_str(o, NULL, "kernel");
	json_str(o, NULL, "stack");
	json_end(o);
	json_end(o);
	json_end(o);
}

static bool is_used(const struct sarif *s, const char *id)
{
	for (size_t i = 0; i < s->issues.v.n; i++)
		if (!strcmp(s->issues.v.v[i].rule, id))
			return true;
	return false;
}

int sarif_rule_index(const struct sarif *s, const char *id)
{
	int index = 0;

	for (size_t i = 0; i < n_rules; i++) {
		if (!strcmp(rules[i]->id, id))
			return index;
		index += s->is_used[i];
	}
	return -1;
}

static void used_rules(struct sarif *s)
{
	for (size_t i = 0; i < n_rules; i++) {
		s->is_used[i] = is_used(s, rules[i]->id);
		if (s->is_used[i])
			rule(s, rules[i]->id, rules[i]->severity, rules[i]->summary,
			     rules[i]->help);
	}
}

static void notice(struct sarif *s, enum sarif_notice n)
{
	struct json_out *o = &s->out;

	json_object(o, NULL, JSON_INLINE);
	json_str(o, "id", notices[n].id);
	json_str(o, "name", rule_name(s, arena_printf(&s->arena, "notice-%s", notices[n].id)));
	sarif_message(s, "shortDescription", notices[n].text);
	sarif_message(s, "fullDescription", notices[n].help);
	json_object(o, "help", JSON_INLINE);
	json_str(o, "text", notices[n].help);
	json_str(o, "markdown", notices[n].help);
	json_end(o);
	json_end(o);
}

void sarif_tool(struct sarif *s)
{
	struct json_out *o = &s->out;

	json_object(o, "tool", JSON_LINES);
	json_object(o, "driver", JSON_LINES);
	json_str(o, "name", "stackcheck");
	json_str(o, "fullName", arena_printf(&s->arena, "stackcheck %s", s->r->tool_version));
	json_str(o, "semanticVersion", s->r->tool_version);
	json_str(o, "language", "en-US");
	json_array(o, "rules", JSON_LINES);
	s->is_used = arena_array(&s->arena, n_rules, bool);
	used_rules(s);
	json_end(o);
	json_array(o, "notifications", JSON_LINES);
	for (int i = 0; i < NOTICE_COUNT; i++)
		notice(s, (enum sarif_notice)i);
	json_end(o);
	json_end(o);
	json_end(o);
}
