#!/usr/bin/env bash
# Everything that must hold, in order of speed: gates, Rust tests, release build with its size, browser tests against
# that one binary. A failure does not stop the rest. The last line is «N passed, N failed». Cold on two cores with the
# tools there: up to 30 min; warm: about 5 min. TIDINGS_ONLY=rust or =browser runs one part.
set -uo pipefail
source "$(dirname "$0")/env.sh"

export CI=true
TIDINGS_TALLY=$(mktemp)
export TIDINGS_TALLY
log=$(mktemp)
report=$(mktemp)

finish() {
  local passed failed
  passed=$(awk '$1 == "passed" { n += $2 } END { print n + 0 }' "$TIDINGS_TALLY")
  failed=$(awk '$1 == "failed" { n += $2 } END { print n + 0 }' "$TIDINGS_TALLY")
  rm -f "$TIDINGS_TALLY" "$log" "$report"
  [ "$passed" -gt 0 ] || failed=$((failed + 1))
  [ "$failed" -gt 0 ] || code=0
  printf '%d passed, %d failed\n' "$passed" "$failed"
  exit "${code:-1}"
}
trap finish EXIT
trap 'tally failed 1; exit 1' INT TERM

# whole NAME COMMAND…: one thing that either holds or not.
whole() {
  local name=$1
  shift
  if "$@" </dev/null; then
    tally passed 1
  else
    say "FAILED  $name"
    tally failed 1
    return 1
  fi
}

# Counts what `cargo test` said. A suite without tests, or an end without counts, is a failure.
rust_tests() {
  local status=0 counts
  timeout --kill-after=10 1200 cargo test --locked --no-fail-fast </dev/null 2>&1 | tee "$log" || status=1
  counts=$(awk '
    /^ +Running |^ +Doc-tests / { suite = $0 }
    /^test result: / {
      passed += $4; failed += $6
      if (suite ~ /src\/lib\.rs|tests\/store\.rs|tests\/api\/main\.rs/) { suites++; if ($4 + $6 == 0) empty++ }
    }
    END { print passed + 0, failed + empty + (suites == 3 ? 0 : 1) }' "$log")
  local passed=${counts% *} failed=${counts#* }
  if [ "$status" != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
  tally passed "$passed"
  tally failed "$failed"
  say "Rust: $passed passed, $failed failed"
}

# Its own package and folder: loom's locks must not come near the product's build.
under_loom() {
  CARGO_TARGET_DIR=$PWD/target/loom timeout --kill-after=10 600 cargo run --quiet --locked --manifest-path tests/loom/Cargo.toml
}

# The browser tests run a lone copy of the release binary in an empty folder, so they are the one-binary test too.
browser_tests() {
  local status=0 counts
  CHROMIUM=$(chromium_path)
  export CHROMIUM TIDINGS_BIN=$binary PLAYWRIGHT_JSON_OUTPUT_NAME=$report
  (cd end2end && timeout --kill-after=20 2400 npx --no-install playwright test --reporter=list,json </dev/null) || status=1
  counts=$(node scripts/playwright-counts.mjs "$report") || counts="0 1"
  local passed=${counts% *} failed=${counts#* }
  if [ "$status" != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
  tally passed "$passed"
  tally failed "$failed"
  say "browser: $passed passed, $failed failed"
}

only=${TIDINGS_ONLY:-all}
step "tools"
whole "setup" scripts/setup.sh test || exit 1
if [ "$only" != browser ]; then
  step "gates"
  scripts/check.sh || true # it counts for itself
  step "Rust tests (cold: about 5 min)"
  rust_tests
  step "the broker under loom (cold: about 1 min)"
  whole "the broker under loom" under_loom
fi
if [ "$only" != rust ]; then
  step "release build"
  whole "release build" timeout --kill-after=10 1500 scripts/build.sh && built=yes
  whole "client size" scripts/size.sh
  step "the checker (60 s of faults around the release binary)"
  # It counts for itself.
  if [ -n "${built:-}" ]; then timeout --kill-after=10 600 scripts/soak.sh 60 || true; else tally failed 1; fi
  step "browser tests (about 4 min)"
  whole "browser tests are well typed" npm --prefix end2end run --silent types
  if [ -n "${built:-}" ]; then browser_tests; else tally failed 1; fi
fi
say "took $((SECONDS / 60)) min $((SECONDS % 60)) s"
exit
