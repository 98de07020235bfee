#!/usr/bin/env bash
# The size gate: what a browser loads to bring the inbox to life (WASM, JS, CSS; brotli as it is served) stays under a
# budget. Under 1 s.
set -euo pipefail
source "$(dirname "$0")/env.sh"

budget=$((220 * 1024))
raw_sum=0
brotli_sum=0
files=$(find target/site/pkg -type f \( -name '*.wasm' -o -name '*.js' -o -name '*.css' \) 2>/dev/null | LC_ALL=C sort || true)
for kind in wasm js css; do
  [[ $files == *".$kind"* ]] || die "target/site/pkg has no .$kind file; run make build"
done

printf '%-34s %10s %10s\n' "client size, bytes" raw brotli
while read -r file; do
  [ -f "$file.br" ] || die "$file has no brotli copy"
  raw=$(stat -c %s "$file")
  brotli=$(stat -c %s "$file.br")
  printf '%-34s %10d %10d\n' "${file#target/site/pkg/}" "$raw" "$brotli"
  raw_sum=$((raw_sum + raw))
  brotli_sum=$((brotli_sum + brotli))
done <<<"$files"
printf '%-34s %10d %10d of %d\n' "together" "$raw_sum" "$brotli_sum" "$budget"
[ "$brotli_sum" -le "$budget" ] || die "the client is $((brotli_sum - budget)) bytes over its budget"
