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

/* The length of the ending that the path has, or 0. */
static size_t matches(const char *path, const char *extension)
{
	return extension && str_ends(path, extension) ? strlen(extension) : 0;
}

/* The longest ending wins, so that ".x.json" can be another format than ".json". */
const struct writer *writer_for_file(const char *path)
{
	const struct writer *best = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < n_writers; i++) {
		size_t n = matches(path, writers[i]->extension);
		size_t also = matches(path, writers[i]->also);

		n = also > n ? also : n;
		if (n <= longest)
			continue;
		longest = n;
		best = writers[i];
	}
	return best;
}
