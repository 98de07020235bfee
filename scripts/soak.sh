#!/usr/bin/env bash
# soak.sh [SECONDS]: the checker around the release binary, or around $TIDINGS_BIN. SEED, USERS, READERS and RATE change
# what it plays; docs/TESTING.md tells what it shows. Its last line is «faults: N passed, N failed (FAULTS_SEED=…)».
set -uo pipefail
source "$(dirname "$0")/env.sh"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
export TIDINGS_BIN=${TIDINGS_BIN:-$binary}
export FAULTS_SECONDS=${1:-600} FAULTS_USERS=${USERS:-50} FAULTS_READERS=${READERS:-8} FAULTS_RATE=${RATE:-30}
[ -z "${SEED:-}" ] || export FAULTS_SEED=$SEED

cargo test --quiet --locked --test faults 2>&1 </dev/null | tee "$log"
status=$?
# A run that broke off has no last line and is a failure.
read -r passed failed < <(awk '/^faults: [0-9]+ passed, [0-9]+ failed/ { print $2, $4; found = 1 } END { if (!found) print 0, 1 }' "$log")
if [ "$status" != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
tally passed "$passed"
tally failed "$failed"
[ "$failed" = 0 ]
