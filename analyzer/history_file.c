#include "history_file.h"

#include "base/file.h"
#include "places.h"

#include <string.h>

static const char *find_database(const struct options *o, struct arena *a)
{
	const char *folder;

	if (o->v[OPT_DB].given)
		return o->v[OPT_DB].text;
	if (o->v[OPT_ROOT].given)
		return place_history(a, path_absolute(a, NULL, o->v[OPT_ROOT].text));
	for (folder = path_absolute(a, NULL, ".");; folder = path_dir(a, folder)) {
		const char *path = place_history(a, folder);

		if (file_exists(path))
			return path;
		if (!strcmp(folder, "/"))
			return NULL;
	}
}

struct history *history_file_open(const struct options *o, bool read_only, struct arena *a,
				  struct error *err)
{
	const char *path = find_database(o, a);

	if (!path) {
		error_set(err, "no .stackcheck/history.db here or in a folder above; scan first, "
			       "or name one with --db");
		return NULL;
	}
	if (!read_only && !file_exists(path)) {
		error_set(err, "there is no history in %s: stackcheck scan makes it", path);
		return NULL;
	}
	return history_open(path, read_only, err);
}

int history_file_wants_json(const struct options *o, bool *json, struct error *err)
{
	const struct option_value *v = &o->v[OPT_FORMAT];
	const char *name = v->list.n ? v->list.v[0] : "text";

	*json = !strcmp(name, "json");
	if (v->list.n > 1)
		return error_set(err, "--format may be given once to 'stackcheck %s'",
				 command_table[o->command].name);
	if (!*json && strcmp(name, "text") != 0)
		return error_set(err, "'stackcheck %s' writes text or json, not '%s'",
				 command_table[o->command].name, name);
	return 0;
}
