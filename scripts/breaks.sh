#!/usr/bin/env bash
# Shows that the checker can fail: builds the server with tests/faults/breaks.patch, which breaks one invariant at a time on
# purpose, and demands that the checker says so. BREAKS="name …" runs some; BROKEN_BIN is a program that is built already.
set -uo pipefail
source "$(dirname "$0")/env.sh"

# Name in the patch, the invariant that must be found broken, what else is set.
breaks() {
  cat <<'TABLE'
replay-skipped      I1
live-too-late       I1
ring-skips          I1
answered-too-early  I1
key-ignored         I2
replay-repeats      I2
id-on-every-item    I2
replay-backwards    I3
wrong-person        I4
ring-grows          I5 FAULTS_USERS=1 FAULTS_KILLS=no
publisher-waits     I6 FAULTS_KILLS=no FAULTS_SECONDS=45
told-too-early      I7
endings-unheard     I8
gauge-leaks         I9
drain-unheard       I10
epoch-ignored       protocol
counts-wrong        protocol
TABLE
}

# A copy of what is committed, with the patch, beside the warm dependencies of the debug build.
build() {
  scratch=$(mktemp -d)
  trap 'git worktree remove --force "$scratch/tree"; rm -rf "$scratch"' EXIT
  git worktree add --quiet --detach "$scratch/tree" HEAD
  mkdir -p "$scratch/tree/target/debug" "$scratch/tree/target/site"
  for part in deps build .fingerprint; do
    [ ! -d "target/debug/$part" ] || cp -al "target/debug/$part" "$scratch/tree/target/debug/"
  done
  rm -rf "$scratch"/tree/target/debug/{deps,build,.fingerprint}/*tidings*
  (cd "$scratch/tree" && git apply tests/faults/breaks.patch && cargo build --quiet --locked --bin tidings) || die "the broken server cannot be built"
  BROKEN_BIN=$scratch/tree/target/debug/tidings
}

[ -n "${BROKEN_BIN:-}" ] || build
cargo test --quiet --locked --test faults --no-run || die "the checker cannot be built"
log=$(mktemp)
missed=0
while read -r name invariant settings; do
  [ -z "${BREAKS:-}" ] || [[ " $BREAKS " == *" $name "* ]] || continue
  # shellcheck disable=SC2086
  env TIDINGS_BIN="$BROKEN_BIN" TIDINGS_BROKEN="$name" FAULTS_SEED="${SEED:-7}" FAULTS_SECONDS="${TIME:-20}" $settings \
    timeout --kill-after=5 240 cargo test --quiet --locked --test faults </dev/null >"$log" 2>&1
  found=$(awk -v invariant="$invariant" '$1 == "BROKEN" && $2 == invariant { $1 = $2 = ""; print }' "$log")
  if [ -n "$found" ]; then
    printf 'found   %-19s %-9s %s\n' "$name" "$invariant" "$(sed 's/^ *//' <<<"$found")"
  else
    printf 'MISSED  %-19s %s\n' "$name" "$invariant"
    sed 's/^/        /' "$log"
    missed=$((missed + 1))
  fi
  grep -m 1 '^  ! ' "$log"
done < <(breaks)
rm -f "$log"
say "breaks: $missed missed"
[ "$missed" = 0 ]
