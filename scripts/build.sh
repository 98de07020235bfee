#!/usr/bin/env bash
# Builds the site (WASM, JS, CSS; hashed names, compressed) and then the server that carries it: target/release/tidings.
# Nothing changed: under 1 s. After a change: 1 to 3 min. Cold on two cores: about 8 min. FORCE=1 builds in any case.
set -euo pipefail
source "$(dirname "$0")/env.sh"

stamp=target/release/.tidings-built-from
inputs() {
  rustc --version
  find src style public migrations build.rs Cargo.toml Cargo.lock rust-toolchain.toml -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
}
# `make dev` puts its own site into the same folder. Names have hashes of what is in the files.
site() { find target/site -type f 2>/dev/null | LC_ALL=C sort; }
now=$(inputs | sha256sum)

if [ -z "${FORCE:-}" ] && [ -x "$binary" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$now $(site | sha256sum)" ]; then
  say "target/release/tidings is up to date"
  exit 0
fi
if [ -d target/release/deps ]; then duration="1 to 3 min"; else duration="about 8 min on two cores, the first time"; fi
say "building the release ($duration)"

# cargo-leptos ends with 0 after some failures, so the results of older builds go first: what is there afterwards is new.
# It also makes the server take in the site again, whose file list cargo cannot see change.
rm -rf target/site "$stamp"
cargo clean --quiet --release -p tidings
rm -f "$binary"

# Whether just one of each kind was made; two would mean that the server carries a stale one.
one_of_each() {
  local kind
  for kind in wasm js css; do
    [ "$(find target/site/pkg -maxdepth 1 -name "*.$kind" 2>/dev/null | wc -l)" = 1 ] || return 1
  done
}

step "the site"
cargo leptos build --release --precompress --frontend-only </dev/null
one_of_each || die "the build of the site failed, or made not just one of each file in target/site/pkg"
step "the server"
cargo leptos build --release --server-only </dev/null
one_of_each || die "the build of the server changed the site"
[ -x "$binary" ] || die "the build of the server failed"
printf '%s\n' "$now $(site | sha256sum)" >"$stamp"
say "built target/release/tidings ($(du -h "$binary" | cut -f1)) in $SECONDS s"
