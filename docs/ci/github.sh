#!/bin/sh
# The gate as a step of GitHub Actions: annotations in the log, the comment's text in the job's summary, the reports' names
# as outputs of the step. Inputs are words in the environment, never part of a script: a branch may be called anything.
set -eu
reports=$RUNNER_TEMP/stackcheck
mkdir -p "$reports"
# shellcheck disable=SC2086 # the options are words
set -- ${STACKCHECK_OPTIONS:-}
[ -z "${STACKCHECK_BUILD:-}" ] || set -- --build "$STACKCHECK_BUILD" "$@"
[ -z "${STACKCHECK_BASE:-}" ] || set -- --base "$STACKCHECK_BASE" "$@"
[ -z "${STACKCHECK_DATABASE:-}" ] || set -- -p "$STACKCHECK_DATABASE" "$@"
status=0
stackcheck gate --format github -o "$reports/stackcheck.sarif" -o "$reports/stackcheck.md" \
	-o "$reports/stackcheck.json" "$@" || status=$?
[ ! -f "$reports/stackcheck.md" ] || cat "$reports/stackcheck.md" >>"$GITHUB_STEP_SUMMARY"
{
	echo "status=$status"
	echo "sarif=$reports/stackcheck.sarif"
	echo "markdown=$reports/stackcheck.md"
	echo "json=$reports/stackcheck.json"
} >>"$GITHUB_OUTPUT"
exit "$status"
