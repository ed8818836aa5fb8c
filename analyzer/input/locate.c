#include "input/locate.h"
#include "base/file.h"
#include "base/text.h"

#include <dirent.h>
#include <string.h>

enum { MAX_MAKEFILE = 1024 * 1024 };

static const char database_name[] = "compile_commands.json";

static bool has(struct arena *a, const char *dir, const char *name)
{
	return file_exists(arena_printf(a, "%s/%s", dir, name));
}

static const char *makefile(struct arena *a, const char *dir)
{
	static const char *const names[] = {"GNUmakefile", "makefile", "Makefile"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (has(a, dir, names[i]))
			return arena_printf(a, "%s/%s", dir, names[i]);
	}
	return NULL;
}

/* A kernel, or a module's folder: a Kbuild file, or a Makefile with its variables. */
static bool is_kbuild(struct arena *a, const char *dir)
{
	static const char *const marks[] = {"obj-m", "obj-y", "KBUILD_"};
	const char *path = makefile(a, dir);
	struct error ignored = {0};
	struct buf text = {0};
	bool found = has(a, dir, "Kbuild");

	if (!found && path && !file_read(path, MAX_MAKEFILE, &text, &ignored)) {
		for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]) && !found; i++)
			found = strstr(buf_str(&text), marks[i]) != NULL;
	}
	buf_release(&text);
	return found;
}

static bool is_cmake(struct arena *a, const char *dir)
{
	return has(a, dir, "CMakeLists.txt") || has(a, dir, "CMakeCache.txt");
}

static bool is_meson(struct arena *a, const char *dir)
{
	return has(a, dir, "meson.build") || has(a, dir, "meson-info");
}

static bool is_ninja(struct arena *a, const char *dir)
{
	return has(a, dir, "build.ninja");
}

static bool is_msbuild(struct arena *a, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	bool found = false;

	(void)a;
	while (d && !found && (e = readdir(d)))
		found = str_ends(e->d_name, ".vcxproj") || str_ends(e->d_name, ".sln");
	if (d)
		closedir(d);
	return found;
}

static bool is_make(struct arena *a, const char *dir)
{
	return makefile(a, dir) != NULL;
}

/* In the order in which they are looked for: the systems that write a Makefile or build.ninja come first. */
static const struct build_system {
	const char *name;
	bool (*is)(struct arena *a, const char *dir);
	const char *advice;
} systems[] = {
	{"CMake", is_cmake,
	 "run `cmake -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON` and give -p build"},
	{"Meson", is_meson, "its build folder holds one after `meson setup build`: give -p build"},
	{"Kbuild", is_kbuild,
	 "after a build, give its output tree with -p (the .cmd files there are read), or run "
	 "`make compile_commands.json`, for a module `make -C KERNEL M=$PWD "
	 "compile_commands.json`"},
	{"ninja", is_ninja,
	 "run `ninja -t compdb -x > compile_commands.json` in the folder of build.ninja"},
	{"MSBuild", is_msbuild,
	 "its logs of commands are read: give the project's intermediate folder, such as -p "
	 "x64/Release, and where the "
	 "sources are now, --map 'C:\\src=.'; or give the flags: "
	 "`stackcheck scan FOLDER -- --target=x86_64-pc-windows-msvc -DNAME -I FOLDER ...`"},
	{"make", is_make, "run `make clean`, then `bear -- make`"},
};

int locate_advise(const char *where, const char *dir, struct error *err)
{
	struct arena a = {0};
	const struct build_system *found = NULL;
	const char *at = path_absolute(&a, NULL, dir);

	for (;; at = path_dir(&a, at)) {
		for (size_t i = 0; !found && i < sizeof(systems) / sizeof(systems[0]); i++) {
			if (systems[i].is(&a, at))
				found = &systems[i];
		}
		if (found || !strcmp(at, "/"))
			break;
	}
	if (found)
		error_set(err, "there is no compile database %s; %s builds %s: %s", where,
			  found->name, at, found->advice);
	else
		error_set(
			err,
			"there is no compile database %s, and no build system that is known here; "
			"give one with -p, or the flags: `stackcheck scan FOLDER -- -DNAME -I "
			"FOLDER ...`",
			where);
	arena_release(&a);
	return -1;
}

/* In `dir`, dir/build and dir/out. */
static const char *look_in(struct arena *a, const char *dir)
{
	static const char *const folders[] = {"", "build/", "out/"};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		const char *path = arena_printf(a, "%s%s%s%s", dir, strcmp(dir, "/") ? "/" : "",
						folders[i], database_name);

		if (file_exists(path))
			return path;
	}
	return NULL;
}

static const char *look_above(struct arena *a, const char *dir)
{
	for (;; dir = path_dir(a, dir)) {
		const char *path = look_in(a, dir);

		if (path || !strcmp(dir, "/"))
			return path;
	}
}

const char *locate_database(struct arena *a, const struct input_request *request, struct error *err)
{
	const char *path;

	if (request->database) {
		path = path_absolute(a, NULL, request->database);
		if (!file_exists(path)) {
			error_set(err, "%s: there is no such file or folder", request->database);
			return NULL;
		}
		if (file_is_dir(path) && has(a, path, database_name))
			return arena_printf(a, "%s/%s", path, database_name);
		return path;
	}
	path = look_above(a, path_absolute(a, NULL, "."));
	if (!path && request->n_paths)
		path = look_above(a, path_absolute(a, NULL, request->paths[0]));
	if (!path)
		locate_advise("in ., build/, out/ or above", ".", err);
	return path;
}
