# Sourced by the other scripts: where things are, how they speak, and the PATH that has the tools.
# shellcheck shell=bash disable=SC2034

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=${TIDINGS_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/tidings/tools}
binary=$root/target/release/tidings
# A tool of the right version that is on PATH already is used as it is; see setup.sh. Debian's nginx is in /usr/sbin.
export PATH="$PATH:$tools/bin:/usr/sbin"
[ ! -d "$HOME/.cargo/bin" ] || export PATH="$PATH:$HOME/.cargo/bin"

cd "$root" || exit 1

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# tally passed|failed N: adds to the counts of `make test`; does nothing when a script runs by itself.
tally() { [ -z "${TIDINGS_TALLY:-}" ] || printf '%s %s\n' "$1" "$2" >>"$TIDINGS_TALLY"; }

# version_of COMMAND: the first dotted number that `COMMAND --version` prints; nothing when it is missing.
version_of() { "$1" --version 2>/dev/null | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1 || true; }

# chromium_path: the browser of the tests; CHROMIUM names another one.
chromium_path() { command -v "${CHROMIUM:-}" chromium chromium-browser google-chrome 2>/dev/null | head -n 1 || true; }
