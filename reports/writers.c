#include "reports/writer.h"

#include "base/text.h"

#include <string.h>

#define WRITER(name) extern const struct writer writer_##name;
#include "reports/writers.def"
#undef WRITER

#define WRITER(name) &writer_##name,
const struct writer *const writers[] = {
#include "reports/writers.def"
};
#undef WRITER

const size_t n_writers = sizeof(writers) / sizeof(*writers);

const struct writer *writer_find(const char *name)
{
	for (size_t i = 0; i < n_writers; i++)
		if (!strcmp(writers[i]->name, name))
			return writers[i];
	return NULL;
}

/* The longest ending wins, so that ".x.json" can be another format than ".json". */
const struct writer *writer_for_file(const char *path)
{
	const struct writer *best = NULL;

	for (size_t i = 0; i < n_writers; i++)
		if (str_ends(path, writers[i]->extension) &&
		    (!best || strlen(writers[i]->extension) > strlen(best->extension)))
			best = writers[i];
	return best;
}
