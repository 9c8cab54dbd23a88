#!/usr/bin/env bash
# Runs boundlint as a step of a workflow. Inputs of the action come as
# variables: what is pasted into a script could run.
set -euo pipefail

# each calls a function with each line of a text that is not empty.
each() {
  local line
  while IFS= read -r line; do
    if [ -n "$line" ]; then "$1" "$line"; fi
  done <<<"$2"
}
add_flag() { flags+=("$1"); }
add_policy() { flags+=(--policy "$1"); }
add_path() { paths+=("$1"); }

report="$RUNNER_TEMP/boundlint-report.json"
summary="$RUNNER_TEMP/boundlint-summary.md"
flags=(--format "$FORMAT" --format "json=$report" --format "markdown=$summary" --fail-on "$FAIL_ON")
if [ -n "$CONFIG" ]; then flags+=(--config "$CONFIG"); fi
if [ -n "$CONFIG_DIR" ]; then flags+=(--config-dir "$CONFIG_DIR"); fi
if [ -n "$BASELINE" ]; then flags+=(--baseline "$BASELINE"); fi
if [ -n "$SARIF" ]; then flags+=(--format "sarif=$SARIF"); fi
if [ -n "$BASE_REF" ]; then flags+=(--config-from "$BASE_REF"); fi
each add_policy "$POLICY"
each add_flag "$ARGS"

paths=()
each add_path "$PLAN"
# The configuration that a plan was made of is where the plan is, unless the
# workflow says otherwise.
if [ ${#paths[@]} -gt 0 ] && [ -z "$CONFIG_DIR" ]; then
  flags+=(--config-dir "$(dirname "${paths[0]}")")
fi
if [ ${#paths[@]} -eq 0 ]; then each add_path "$PATHS"; fi

if [ "$FORMAT" = compact ]; then echo "::add-matcher::$GITHUB_ACTION_PATH/problem-matcher.json"; fi
code=0
"$BOUNDLINT" lint "${flags[@]}" -- "${paths[@]}" || code=$?
{
  echo "exit-code=$code"
  echo "report=$report"
} >>"$GITHUB_OUTPUT"
if [ -s "$summary" ]; then cat "$summary" >>"$GITHUB_STEP_SUMMARY"; fi
exit "$code"
