/* The configuration file: where it is, and its keys at the top. */
#include "config/config.h"
#include "base/file.h"
#include "base/text.h"
#include "config/reader.h"

#include <string.h>

enum { FILE_MAX = 256 * 1024 };

/* As on the command line: a '/' or ".json" makes it a path, else it is the name of a shipped file. */
static const char *name_or_path(const struct reader *r, const char *text)
{
	return strchr(text, '/') || str_ends(text, ".json") ? reader_path(r, text) : text;
}

static int read_platform(const struct reader *r, const struct yaml_node *n, void *out)
{
	struct config_text *platform = out;

	if (take_text_at(r, n, out))
		return -1;
	platform->value = name_or_path(r, platform->value);
	return 0;
}

static int read_verifier(const struct reader *r, const struct yaml_node *n, void *out)
{
	struct config_number *x = out;
	bool on;

	if (take_bool(r, n, &on))
		return -1;
	x->value = on;
	x->loc = reader_loc(r, n);
	return 0;
}

static int read_fail_on(const struct reader *r, const struct yaml_node *n, void *out)
{
	return take_choice(r, n, "note|warning|error|never") || take_text_at(r, n, out) ? -1 : 0;
}

static int read_new_suppressions(const struct reader *r, const struct yaml_node *n, void *out)
{
	return take_choice(r, n, "list|accept") || take_text_at(r, n, out) ? -1 : 0;
}

static int read_models(const struct reader *r, const struct yaml_node *n, void *out)
{
	struct texts texts = {0};
	int rc = take_texts(r, n, &texts);

	(void)out;
	for (size_t i = 0; !rc && i < texts.v.n; i++) {
		struct config_text *model = vec_push(&r->c->models);

		model->value = name_or_path(r, texts.v.v[i]->text);
		model->loc = reader_loc(r, texts.v.v[i]);
	}
	vec_release(&texts.v);
	return rc;
}

static const struct reader_key keys[] = {
	{"platform", read_platform, offsetof(struct config, platform)},
	{"budget", take_budget_at, offsetof(struct config, budget)},
	{"frame_limit", take_number_at, offsetof(struct config, frame_limit)},
	{"large_local", take_number_at, offsetof(struct config, large_local)},
	{"verifier", read_verifier, offsetof(struct config, verifier)},
	{"fail_on", read_fail_on, offsetof(struct config, fail_on)},
	{"new_suppressions", read_new_suppressions, offsetof(struct config, new_suppressions)},
	{"models", read_models, 0},
	{"modules", read_modules, 0},
	{"entries", read_entries, 0},
	{"externals", read_externals, 0},
	{"annotations", read_annotations, 0},
	{"rules", read_rules, 0},
	{"suppress", read_suppress, 0},
};

int config_parse(struct config *c, const char *text, size_t len, const char *shown,
		 const char *folder, struct error *err)
{
	struct reader r = {.c = c, .shown = shown, .folder = folder, .err = err};
	struct yaml_node *root = NULL;
	int rc;

	memset(c, 0, sizeof(*c));
	c->path = arena_strdup(&c->arena, shown);
	if (len > FILE_MAX)
		rc = error_set(err, "%s is larger than %d bytes", shown, FILE_MAX);
	else
		rc = yaml_tree_read(&c->arena, text, len, shown, &root, err);
	if (!rc && root)
		rc = reader_map(&r, root, "the configuration", keys, sizeof(keys) / sizeof(keys[0]),
				c);
	if (rc)
		config_release(c);
	return rc;
}

int config_load(struct config *c, const char *path, const char *shown, struct error *err)
{
	struct buf text = {0};
	struct arena a = {0};
	int rc;

	memset(c, 0, sizeof(*c));
	rc = file_read(path, FILE_MAX, &text, err);
	if (!rc)
		rc = config_parse(c, buf_str(&text), text.len, shown ? shown : path,
				  path_dir(&a, path_absolute(&a, NULL, path)), err);
	arena_release(&a);
	buf_release(&text);
	return rc;
}

const char *config_find(struct arena *a, const char *from, const char *root)
{
	if (root && !path_is_under(root, from))
		from = root;
	for (const char *folder = from;; folder = path_dir(a, folder)) {
		const char *path = path_absolute(a, folder, CONFIG_NAME);

		if (file_exists(path))
			return path;
		if (!strcmp(folder, "/") || (root && !strcmp(folder, root)))
			return NULL;
	}
}

void config_release(struct config *c)
{
	vec_release(&c->models);
	model_release(&c->model);
	policy_release(&c->policy);
	arena_release(&c->arena);
	memset(c, 0, sizeof(*c));
}
