#!/usr/bin/env bash
# The steps of action.yml, by name: key, install, check. What people wrote (inputs, names of branches) comes by the environment and
# stays data: it is quoted everywhere and evaluated nowhere. Python runs isolated (-I), so that nothing of the repository that is
# checked is imported. Bash 3.2 will do, which macOS has.
set -euo pipefail

own="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
venv="$RUNNER_TEMP/runbook-lint-venv"

fail() {
    local words="${1//'%'/%25}"
    printf '::error title=runbook-lint::%s\n' "${words//$'\n'/%0A}"
    echo "exit-code=2" >>"$GITHUB_OUTPUT"
    exit 2
}

# Where pip keeps what it fetched, and the name of that in the cache: by system, Python and what is needed.
key() {
    "$PYTHON" -I - "$own/pyproject.toml" "$RUNNER_TEMP" >>"$GITHUB_OUTPUT" <<'PYTHON'
import hashlib, pathlib, platform, sys

needs = hashlib.sha256(pathlib.Path(sys.argv[1]).read_bytes()).hexdigest()[:16]
print(f"key=runbook-lint-{platform.system()}-{platform.machine()}-{platform.python_version()}-{needs}")
print(f"folder={pathlib.Path(sys.argv[2], 'runbook-lint-pip')}")
PYTHON
}

install() {
    local what="$own"
    [[ -z ${INPUT_VERSION:-} ]] || what="runbook-lint==$INPUT_VERSION"
    "$PYTHON" -I -m venv "$venv"
    "$(python)" -I -m pip install --quiet --disable-pip-version-check -- "$what"
}

python() {
    if [[ -d $venv/Scripts ]]; then echo "$venv/Scripts/python"; else echo "$venv/bin/python"; fi
}

known() { git rev-parse --verify --quiet --end-of-options "$1^{commit}" >/dev/null; }

shallow() { [[ "$(git rev-parse --is-shallow-repository)" == true ]]; }

there() { git ls-remote --quiet --exit-code origin "$1" >/dev/null; }

# Fetches $1, which is called $2 here, and the history of both it and the head, as far as they are missing.
fetch() {
    local depth=()
    if shallow; then depth=(--unshallow); elif known "$2"; then return; fi
    git fetch --quiet --no-tags ${depth[@]+"${depth[@]}"} origin "+$1" "$(git rev-parse HEAD)" ||
        fail "the history up to '${2#refs/remotes/}' could not be fetched; let actions/checkout fetch it (fetch-depth: 0)"
}

fetch_branch() {
    base="refs/remotes/origin/$1"
    fetch "refs/heads/$1:$base" "$base"
}

# What a change is compared with, in $base. For a pull request that is the branch as it is now: the commit that the event names may be
# older than the merge that is checked out, and what others merged since would be taken for the change's.
find_base() {
    base="$INPUT_BASE"
    if [[ $base != auto ]]; then
        [[ -z ${base//0/} ]] || find_named "${base#origin/}"
    elif [[ -n ${GITHUB_BASE_REF:-} ]]; then
        fetch_branch "$GITHUB_BASE_REF"
    elif [[ ${GITHUB_EVENT_NAME:-} == merge_group ]]; then
        base="$(event merge_group base_sha)"
        fetch "$base" "$base"
    else
        base=""
    fi
}

# What the workflow names: a commit, or a branch or tag that a shallow clone does not have.
find_named() {
    if ! shallow && known "$base"; then
        return
    elif [[ $1 =~ ^[0-9a-f]{40,64}$ ]]; then
        fetch "$1" "$1"
    elif known "refs/remotes/origin/$1" || there "refs/heads/$1"; then
        fetch_branch "$1"
    elif there "refs/tags/$1"; then
        fetch "refs/tags/$1:refs/tags/$1" "refs/tags/$1"
    else
        fetch "$(git rev-parse HEAD)" HEAD
    fi
    known "$base" || fail "there is no branch, tag or commit '$base' to compare with"
}

event() {
    "$PYTHON" -I -c 'import json, sys; print(json.load(open(sys.argv[1], encoding="utf-8"))[sys.argv[2]][sys.argv[3]])' \
        "$GITHUB_EVENT_PATH" "$@" | tr -d '\r'
}

split() {
    "$PYTHON" -I -c 'import shlex, sys; sys.stdout.buffer.write("\n".join(shlex.split(sys.argv[1])).encode())' "$1"
}

check() {
    local code=0 line given base report="$RUNNER_TEMP/runbook-lint.json"
    cd -- "${INPUT_WORKING_DIRECTORY:-.}" || fail "there is no folder '$INPUT_WORKING_DIRECTORY'"
    find_base
    given="$(split "$INPUT_ARGS" 2>/dev/null)" || fail "the input args has a quote that is not closed"

    local words=(check "--fail-on=$INPUT_FAIL_ON" --format=github "--format=json:$report")
    [[ -z $INPUT_SARIF ]] || words+=("--format=sarif:$INPUT_SARIF")
    [[ -z $base ]] || words+=("--base=$base")
    while read -r line; do [[ -z $line ]] || words+=("--format=$line"); done <<<"$INPUT_FORMATS"
    while IFS= read -r line; do [[ -z $line ]] || words+=("$line"); done <<<"$given"
    words+=(--)
    while read -r line; do [[ -z $line ]] || words+=("$line"); done <<<"$INPUT_PATHS"

    rm -f -- "$report" ${INPUT_SARIF:+"$INPUT_SARIF"}
    "$(python)" -I -m runbook_lint "${words[@]}" || code=$?
    told "$code" "$report" "$INPUT_SARIF" >>"$GITHUB_OUTPUT"
    return "$code"
}

# The action's outputs. A wrong request writes no report; a file for code scanning that is there then is of another run.
told() {
    "$PYTHON" -I - "$@" <<'PYTHON'
import json, os, sys

code, report, sarif = sys.argv[1:]
print(f"exit-code={code}")
if os.path.exists(report):
    with open(report, encoding="utf-8") as file:
        numbers = json.load(file)["summary"]
    print(f"findings={numbers['errors'] + numbers['warnings'] + numbers['infos']}")
    print(f"errors={numbers['errors']}\nwarnings={numbers['warnings']}")
    if sarif and os.path.exists(sarif):
        print("sarif=" + os.path.abspath(sarif).replace("\n", ""))
PYTHON
}

case "${1:-}" in
    key | install | check) "$1" ;;
    *) echo "usage: run.sh key|install|check" >&2 && exit 2 ;;
esac
