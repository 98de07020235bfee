#!/usr/bin/env bash
# The fast gates, each one line; all run, even after one failed. Warm: about 30 s. Cold on two cores: about 5 min.
set -uo pipefail
source "$(dirname "$0")/env.sh"

passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# gate NAME COMMAND…: runs it within 15 min; its output is shown only when it fails.
gate() {
  local name=$1 start=$SECONDS
  shift
  if "$@" >"$log" 2>&1 </dev/null; then
    printf 'ok      %s (%d s)\n' "$name" $((SECONDS - start))
    passed=$((passed + 1))
  else
    printf 'FAILED  %s\n' "$name"
    sed 's/^/        /' "$log"
    failed=$((failed + 1))
  fi
}
bounded() { timeout --kill-after=10 900 "$@"; }

browser=(--target wasm32-unknown-unknown --no-default-features --features hydrate)

# The browser's dependency graph has nothing of the machine in it.
server_stays_out_of_the_browser() {
  local tree
  tree=$(cargo tree --locked "${browser[@]}" --edges normal --prefix none) || return 1
  ! grep -E '^(ammonia|argon2|axum|axum-core|chrono|hyper|hyper-util|leptos_axum|libsqlite3-sys|mio|pulldown-cmark|rusqlite|rustls|sqlx|tokio|tower-http) v' <<<"$tree"
}

# One `cfg(feature)` on `mod server`, one on `hydrate()`: a third one means that code is in the wrong module.
just_two_features() {
  local found
  found=$(grep -rnE 'cfg(_attr)?!?\(.*feature' src --include='*.rs' | grep -vE '^[^:]+:[0-9]+: *//')
  printf '%s\n' "$found"
  [ "$(grep -c . <<<"$found")" = 2 ]
}

every_file_says_what_it_is() {
  local file bad=0
  while read -r file; do
    head -n 1 "$file" | grep -q '^//!' || { bad=1; say "$file does not open with //!"; }
  done < <(find src tests -name '*.rs')
  return $bad
}

scripts_parse() {
  local file
  for file in scripts/*.sh .ci/run; do bash -n "$file" || return 1; done
  ! command -v shellcheck >/dev/null || shellcheck -S warning -e SC1091,SC2154 scripts/*.sh .ci/run
}

mkdir -p target/site # the server embeds it; its content is the release build's business
gate "format" cargo fmt --check
gate "format: loom models" cargo fmt --check --manifest-path tests/loom/Cargo.toml
gate "every file says what it is" every_file_says_what_it_is
gate "just two features are asked for in src" just_two_features
gate "scripts parse" scripts_parse
gate "lints: server, tests" bounded cargo clippy --quiet --locked --all-targets -- -D warnings
gate "lints: browser" bounded cargo clippy --quiet --locked --lib "${browser[@]}" -- -D warnings
# Links to private items are fine: this is documentation for those who work on the code.
RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" gate "docs" bounded cargo doc --quiet --locked --no-deps --document-private-items --lib
gate "the server stays out of the browser" server_stays_out_of_the_browser
gate "unused crates" cargo machete
# Advisories need a database from the network, so they are not a gate: `cargo deny check advisories` where there is one.
gate "licences, banned crates, sources" bounded cargo deny --locked check --hide-inclusion-graph bans licenses sources

tally passed "$passed"
tally failed "$failed"
say "gates: $passed passed, $failed failed"
[ "$failed" = 0 ]
