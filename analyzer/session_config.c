/* What is known beside the sources, put together: stackcheck.yml, the platform, model files, comments. */
#include "session.h"

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "places.h"
#include "rules/model_file.h"
#include "rules/verifier.h"

#include <string.h>
#include <time.h>

/* The deepest folder that holds everything that was named, from `first` on; NULL: nothing was named. */
static const char *folder_of_paths(struct session *s, size_t first)
{
	const struct options *o = s->options;
	const char *common = NULL;

	for (size_t i = first; i < o->operands.n; i++) {
		const char *path = path_absolute(&s->arena, NULL, o->operands.v[i]);

		if (!file_is_dir(path))
			path = path_dir(&s->arena, path);
		if (!common)
			common = path;
		while (!path_is_under(common, path))
			common = path_dir(&s->arena, common);
	}
	return common;
}

static const char *find_config(struct session *s, size_t first, const char *root)
{
	const struct options *o = s->options;
	const char *from;

	if (o->v[OPT_NO_CONFIG].given)
		return NULL;
	if (o->v[OPT_CONFIG].given)
		return path_absolute(&s->arena, NULL, o->v[OPT_CONFIG].text);
	from = folder_of_paths(s, first);
	return config_find(&s->arena, from ? from : root, root);
}

static void set_today(struct policy *p)
{
	time_t now = time(NULL);
	struct tm utc;

	if (gmtime_r(&now, &utc))
		strftime(p->today, sizeof(p->today), "%Y-%m-%d", &utc);
}

int session_config(struct session *s, size_t first, const char *root, struct error *err)
{
	const struct options *o = s->options;
	const char *path;

	if (o->v[OPT_CONFIG].given && o->v[OPT_NO_CONFIG].given)
		return error_set(err, "--config names a configuration, and --no-config says not to "
				      "read any");
	path = find_config(s, first, root);
	if (path && config_load(&s->config, path, path_relative(root, path), err))
		return -1;
	if (path)
		log_note("configuration %s", text_printable(&s->arena, path));
	set_today(&s->config.policy);
	return 0;
}

const char *session_platform_name(const struct session *s, const char *otherwise)
{
	if (s->options->v[OPT_PLATFORM].given)
		return s->options->v[OPT_PLATFORM].text;
	return s->config.platform.value ? s->config.platform.value : otherwise;
}

const char *session_fail_on(const struct session *s)
{
	const struct option_value *v = &s->options->v[OPT_FAIL_ON];

	return v->given || !s->config.fail_on.value ? v->text : s->config.fail_on.value;
}

/* As for platforms, a plain word names a shipped file. Files named later win. */
static int add_model_file(struct session *s, const char *path, struct error *err)
{
	const char *folder = place_platforms(&s->arena);
	struct model file = {0};
	int rc;

	if (!strchr(path, '/') && !str_ends(path, ".json"))
		path = arena_printf(&s->arena, "%s/models/%s.json", folder, path);
	rc = model_file_load(&file, path, folder, err);

	if (!rc)
		config_add_model(&s->model, &file);
	/* Its strings are in use: the arena moves, what points to it stays. */
	*vec_push(&s->model_arenas) = file.arena;
	file.arena = (struct arena){0};
	model_release(&file);
	return rc;
}

static void add_comments(struct session *s)
{
	struct config_warnings warnings = {0};
	struct model comments = {0};

	config_annotations(s->units, s->n_units, &comments, &s->config.policy, &warnings);
	for (size_t i = 0; i < warnings.v.n; i++)
		log_warning("%s", text_printable(&s->arena, warnings.v.v[i]));
	config_add_model(&s->model, &comments);
	*vec_push(&s->model_arenas) = comments.arena;
	comments.arena = (struct arena){0};
	model_release(&comments);
	vec_release(&warnings.v);
}

int session_model(struct session *s, struct error *err)
{
	const struct option_value *files = &s->options->v[OPT_MODEL];

	config_add_model(&s->model, &s->platform.model);
	for (size_t i = 0; i < s->config.models.n; i++) {
		if (add_model_file(s, s->config.models.v[i].value, err))
			return -1;
	}
	for (size_t i = 0; i < files->list.n; i++) {
		if (add_model_file(s, files->list.v[i], err))
			return -1;
	}
	config_add_model(&s->model, &s->config.model);
	s->config_digest = session_config_digest(s);
	add_comments(s);
	if (session_verifier(s)) {
		if (!s->platform.verifier.n)
			return error_set(err,
					 "the platform %s knows no Driver Verifier (--verifier, or "
					 "'verifier' in the configuration); the Windows ones do",
					 s->platform.name);
		verifier_apply(&s->platform, &s->model);
	}
	model_index(&s->model);
	return 0;
}

int64_t session_budget(const struct session *s)
{
	const struct option_value *asked = &s->options->v[OPT_BUDGET];
	const struct config_number *set = &s->config.budget;
	int64_t number = s->platform.budget_percent;
	bool percent = true;

	if (asked->given) {
		number = asked->number;
		percent = asked->percent;
	} else if (set->loc.line) {
		number = set->value;
		percent = set->percent;
	}
	return percent ? s->platform.stack_bytes * number / 100 : number;
}

int64_t session_frame_limit(const struct session *s)
{
	const struct option_value *asked = &s->options->v[OPT_FRAME_LIMIT];

	if (asked->given)
		return asked->number;
	return s->config.frame_limit.loc.line ? s->config.frame_limit.value
					      : s->platform.frame_limit;
}

int64_t session_large_local(const struct session *s)
{
	return s->config.large_local.loc.line ? s->config.large_local.value
					      : s->platform.large_local;
}

bool session_verifier(const struct session *s)
{
	return s->options->v[OPT_VERIFIER].given || s->config.verifier.value;
}

void session_release_models(struct session *s)
{
	model_release(&s->model);
	for (size_t i = 0; i < s->model_arenas.n; i++)
		arena_release(&s->model_arenas.v[i]);
	vec_release(&s->model_arenas);
	config_release(&s->config);
}
