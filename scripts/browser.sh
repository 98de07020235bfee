#!/usr/bin/env bash
# Runs a part of end2end/ against the release binary: browser.sh feel | find | lighthouse | pictures | spoken. The first three measure and
# print figures; the others write anew what the tests compare with. Each takes 1 to 8 min. TIDINGS_BIN is another binary.
set -euo pipefail
source "$(dirname "$0")/env.sh"

case ${1:-} in
feel) what=(--config measures.config.ts feel arrive scroll) ;;
find) what=(--config measures.config.ts find) ;;
lighthouse) what=(--config measures.config.ts lighthouse) ;;
pictures)
  export PICTURES=1
  what=(--project=js --update-snapshots=changed specs/pictures)
  ;;
spoken)
  export SPOKEN=1
  what=(--project=js specs/spoken --grep "the document")
  ;;
*) die "browser.sh knows feel, find, lighthouse, pictures and spoken" ;;
esac

scripts/setup.sh "$([ "$1" = lighthouse ] && echo measure || echo test)"
CHROMIUM=$(chromium_path)
export CHROMIUM TIDINGS_BIN=${TIDINGS_BIN:-$binary}
cd end2end
exec npx --no-install playwright test "${what[@]}" </dev/null
