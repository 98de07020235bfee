#!/usr/bin/env bash
# Rebuilds and reloads the page when a file changes; data in ./data. The first build takes about 4 min on two cores,
# a rebuild about 20 s.
set -euo pipefail
source "$(dirname "$0")/env.sh"

export TIDINGS_LISTEN="${HOST:-127.0.0.1}:${PORT:-3000}" TIDINGS_DATA_DIR=./data
export LEPTOS_SITE_ADDR=$TIDINGS_LISTEN
exec cargo leptos watch
