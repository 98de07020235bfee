#!/usr/bin/env bash
# Gets what a build needs and this machine lacks; what is there is used as it is. Only package registries are asked
# (crates by cargo, toolchains by rustup, npm, apt). Nothing missing: under 2 s. All missing, two cores: about 7 min.
#
#   setup.sh build   toolchain, C compiler, cargo-leptos, wasm-bindgen, wasm-opt
#   setup.sh check   the same, and cargo-deny and cargo-machete (about 1 min)
#   setup.sh test    the same, and Chromium, a font, nginx, Caddy, OpenSSL and the packages of end2end/
#   setup.sh measure the same, and Lighthouse (about 20 s)
set -euo pipefail
source "$(dirname "$0")/env.sh"
scope=${1:-build}

leptos_version=0.3.10 # 0.3.11 needs a newer Rust than rust-toolchain.toml names
bindgen_version=$(sed -nE 's/^wasm-bindgen += "=([0-9.]+)"$/\1/p' Cargo.toml) # must equal the crate to the last digit
deny_version=0.20.2
machete_version=0.9.2
binaryen_version=132.0.0
lighthouse_version=12.8.2 # 13 needs Node 22

# Whether this user may install by apt.
may_apt() {
  command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}

apt() {
  local sudo=""
  [ "$(id -u)" = 0 ] || sudo="sudo -n"
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" >/dev/null
}

# From Debian's packages, when this user may install them.
apt_install() {
  may_apt || return 1
  say "installing by apt: $* (up to 2 min)"
  apt install -y --no-install-recommends "$@" 2>/dev/null && return
  apt update 2>/dev/null || true
  apt install -y --no-install-recommends "$@"
}

need_toolchain() {
  command -v rustup >/dev/null && command -v cargo >/dev/null || die "Rust is missing. Install rustup (your system's package \`rustup\`, or as the Rust home page says), open a new shell, and run this again."
  local channel installed
  channel=$(sed -nE 's/^channel = "(.*)"$/\1/p' rust-toolchain.toml)
  installed=$(RUSTUP_TOOLCHAIN=$channel rustup component list --installed 2>/dev/null || true)
  if [[ $installed == *clippy* && $installed == *rustfmt* && $installed == *rust-std-wasm32-unknown-unknown* ]]; then return; fi
  say "installing Rust $channel with the wasm target (about 1 min)"
  rustup toolchain install "$channel" --profile minimal --component clippy,rustfmt --target wasm32-unknown-unknown --no-self-update
}

need_compiler() { # SQLite comes as C source
  command -v cc >/dev/null && return
  apt_install gcc libc6-dev make pkg-config || die "a C compiler is missing. Install gcc, make and pkg-config."
}

# need_cargo_tool COMMAND CRATE VERSION HOW-LONG [CARGO-ARGS…]
need_cargo_tool() {
  local command=$1 crate=$2 version=$3 duration=$4
  shift 4
  if [ "$(version_of "$command")" = "$version" ]; then return; fi
  say "building $crate $version into $tools (about $duration on two cores)"
  # Optimising a tool that runs for seconds takes twice as long as everything it does here.
  CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=64 \
    CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_TARGET_DIR="$tools/target" RUSTFLAGS="" \
    cargo install --quiet --locked "$crate" --version "=$version" --root "$tools" --force "$@" </dev/null
  [ "$(version_of "$tools/bin/$command")" = "$version" ] || die "$crate $version does not run after its installation"
  # An older one earlier on PATH would win; cargo-leptos asks no tool for its version.
  [ "$(version_of "$command")" = "$version" ] || export PATH="$tools/bin:$PATH"
}

need_wasm_opt() {
  command -v wasm-opt >/dev/null && return
  apt_install binaryen && return
  command -v npm >/dev/null || die "wasm-opt is missing. Install binaryen, or Node with npm."
  say "installing wasm-opt from npm (about 20 s)"
  npm install --silent --no-audit --no-fund --no-save --prefix "$tools/npm" "binaryen@$binaryen_version" </dev/null
  mkdir -p "$tools/bin"
  ln -sfn ../npm/node_modules/.bin/wasm-opt "$tools/bin/wasm-opt"
  wasm-opt --version >/dev/null || die "wasm-opt from npm does not run"
}

need_browser() {
  [ -n "$(chromium_path)" ] && return
  apt_install chromium || die "Chromium is missing. Install it, or set CHROMIUM to the path of one."
}

# The pictures of the browser tests are taken with it, so that they are alike everywhere.
need_font() {
  fc-list 2>/dev/null | grep -q LiberationSans && return
  apt_install fonts-liberation || die "The font Liberation Sans is missing. Install fonts-liberation; only the browser tests need it."
}

# Large, and needed for one measurement only: so it is no package of end2end/.
need_lighthouse() {
  [ "$(version_of lighthouse)" = "$lighthouse_version" ] && return
  say "installing Lighthouse $lighthouse_version from npm (about 20 s)"
  npm install --silent --no-audit --no-fund --no-save --prefix "$tools/lighthouse" "lighthouse@$lighthouse_version" </dev/null
  mkdir -p "$tools/bin"
  ln -sfn ../lighthouse/node_modules/.bin/lighthouse "$tools/bin/lighthouse"
  [ "$(version_of lighthouse)" = "$lighthouse_version" ] || die "Lighthouse from npm does not run"
}

# The browser tests put real proxies in front of the server. Their packages are unpacked and not installed: only the
# programs are wanted, and an installation would start them as services.
need_proxies() {
  command -v openssl >/dev/null || apt_install openssl || die "OpenSSL is missing. Install openssl; the browser tests make certificates with it."
  need_proxy nginx -v nginx nginx-light # older systems have the program in the second one
  need_proxy caddy version caddy
}

# need_proxy COMMAND HOW-IT-TELLS-ITS-VERSION PACKAGE…
need_proxy() {
  local command=$1 version=$2 debs
  shift 2
  command -v "$command" >/dev/null && return
  debs=$(mktemp -d)
  say "unpacking $command from apt's packages into $tools/proxies (about 10 s)"
  apt_download "$debs" "$@" || die "$command is missing. Install it; only the browser tests need it."
  mkdir -p "$tools/proxies" "$tools/bin"
  find "$debs" -name '*.deb' -exec dpkg-deb -x {} "$tools/proxies" \;
  rm -rf "$debs"
  ln -sfn "$(find "$tools/proxies/usr" -path "*bin/$command" -type f | head -n 1)" "$tools/bin/$command"
  "$command" "$version" >/dev/null 2>&1 || die "$command from apt's packages does not run here. Install it; only the browser tests need it."
}

# apt_download FOLDER PACKAGE…
apt_download() {
  local folder=$1
  shift
  command -v apt-get >/dev/null || return 1
  (cd "$folder" && apt-get -qq download "$@" >/dev/null 2>&1) && return
  may_apt && apt update 2>/dev/null && (cd "$folder" && apt-get -qq download "$@" >/dev/null 2>&1)
}

need_node_packages() {
  command -v npm >/dev/null || die "Node 20 or newer with npm is missing. Install it; only the browser tests need it."
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || die "Node $(node --version) is too old; the browser tests need 20 or newer."
  cmp -s end2end/package-lock.json end2end/node_modules/.lock-installed && return
  say "installing the packages of the browser tests by npm (about 10 s)"
  (cd end2end && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --silent --no-audit --no-fund </dev/null)
  cp end2end/package-lock.json end2end/node_modules/.lock-installed
}

case $scope in build | check | test | measure) ;; *) die "setup.sh knows build, check, test and measure" ;; esac
mkdir -p "$tools"
trap 'rm -rf "$tools/target"' EXIT
need_toolchain
need_compiler
need_cargo_tool wasm-bindgen wasm-bindgen-cli "$bindgen_version" "1 min"
need_cargo_tool cargo-leptos cargo-leptos "$leptos_version" "5 min" --no-default-features --features no_downloads
need_wasm_opt
if [ "$scope" != build ]; then
  need_cargo_tool cargo-machete cargo-machete "$machete_version" "20 s"
  need_cargo_tool cargo-deny cargo-deny "$deny_version" "45 s"
fi
if [ "$scope" = test ] || [ "$scope" = measure ]; then
  need_browser
  need_font
  need_proxies
  need_node_packages
fi
if [ "$scope" = measure ]; then need_lighthouse; fi
