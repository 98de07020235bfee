#!/usr/bin/env bash
# Starts the release binary in the foreground, with its data in the folder that is named; Ctrl+C drains and ends it.
# In demo-data, sample people and messages are made first. Starts in under 1 s.
set -euo pipefail
source "$(dirname "$0")/env.sh"
data=${1:?the data folder is missing}

if [ "$data" = demo-data ]; then "$binary" demo --data-dir "./$data"; fi
say "serving http://${HOST:-127.0.0.1}:${PORT:-3000} with data in ./$data"
exec "$binary" serve --listen "${HOST:-127.0.0.1}:${PORT:-3000}" --data-dir "./$data"
