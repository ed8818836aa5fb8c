/* Which compiler a command calls, and how it reads its options. argv[0] is looked at, never run. For use inside
   input/. */
#ifndef STACKCHECK_INPUT_DRIVER_H
#define STACKCHECK_INPUT_DRIVER_H

#include <stdbool.h>
#include <stddef.h>

enum { DRIVER_NAME_SIZE = 128 };

/* File name of a program in lower case, without its folder (either slash) and without ".exe"; cut to fit. */
void driver_name(const char *program, char name[DRIVER_NAME_SIZE]);

/* A program that only starts the compiler named behind it: ccache, distcc, ... */
bool driver_is_launcher(const char *name);

/* cl.exe or clang-cl by name: options begin with a slash. */
bool driver_is_msvc(const char *name);

/* Was the command written on Windows, by its program: cl, clang-cl, or a Windows path ("C:\...", "a\b", "x.exe")? */
bool driver_is_windows(const char *program);

#endif
