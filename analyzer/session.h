/*
 * From a command line to a solved program, in the steps that `scan`, `show` and `facts` share. Each
 * step is one call; the commands call them in order. For use by cmd_*.c.
 */
#ifndef STACKCHECK_SESSION_H
#define STACKCHECK_SESSION_H

#include "config/config.h"
#include "input/input.h"
#include "jobs/jobs.h"
#include "options.h"
#include "program/program.h"
#include "rules/platform.h"
#include "stack/stack.h"

/* Zero-initialise, but for `options`. Everything lives until session_release(). */
struct session {
	const struct options *options;
	struct arena arena;
	struct input input;
	struct jobs_stats stats;
	struct unit_result *results; /* one a job */
	const struct facts **units; /* of the jobs that gave facts, in job order */
	size_t n_units;
	size_t n_measured, n_estimated, n_failed;
	size_t n_incomplete; /* what --strict counts: estimated, failed, or asked for as an object that cannot be used */
	const char *target; /* triples of the units, joined by ',' */
	struct config
		config; /* what stackcheck.yml says; its policy gets the suppressions of comments, too */
	struct platform platform;
	struct model
		model; /* of platform, model files, configuration and comments, the last ones strongest */
	const char *config_digest; /* of what holds beside sources and flags; set with the model */
	VEC(struct arena) model_arenas; /* what its strings live in */
	struct program program;
	struct depths depths;
};

/* Step 1: reads the request into s->input. The operands from `first` on are paths. */
int session_input(struct session *s, size_t first, struct error *err);

/* Part of step 1: reads the configuration that holds for the operands from `first` on; `root` is the project's. */
int session_config(struct session *s, size_t first, const char *root, struct error *err);

/* Step 2: measures every unit, or takes it from the cache. Failed units are counted, not errors. */
int session_units(struct session *s, struct error *err);

/* Part of step 1: sets in every job which machine code to read, as --frames and --objects say. */
int session_frames(struct session *s, struct error *err);

/* Did the job give no facts? If so, *why (may be NULL) is a sentence that does not name the unit.
 */
bool session_failed(const struct session *s, size_t job, const char **why);

/* Names every unit that failed on standard error, with its reason: for commands whose result does
 * not. */
void session_tell_failures(struct session *s);

/* Step 3: loads the platform that was asked for, or that fits. */
int session_platform(struct session *s, struct error *err);

/* Part of step 4: puts s->model together. */
int session_model(struct session *s, struct error *err);

/* Part of it: the configuration as 32 hex digits, in the arena; before what comments say is added. */
const char *session_config_digest(struct session *s);

/* Values of the command line, else of the configuration, else of the platform. */
const char *session_platform_name(const struct session *s, const char *otherwise);
const char *session_fail_on(const struct session *s);
int64_t session_budget(const struct session *s);
int64_t session_frame_limit(const struct session *s);
int64_t session_large_local(const struct session *s);
bool session_verifier(const struct session *s);

/* Step 4: links the units into s->program and checks it. */
int session_link(struct session *s, struct error *err);

/* Step 5: solves the depths and checks them. */
void session_solve(struct session *s);

/* Part of session_release(): configuration and model. */
void session_release_models(struct session *s);

void session_release(struct session *s);

#endif
