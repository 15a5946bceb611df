#!/bin/sh
# Builds thumbnail.zip beside this file (or the path given), with the packages of package-lock.json for linux-x64.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
zip=${1:-$here/thumbnail.zip}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cp "$here/index.mjs" "$here/package.json" "$here/package-lock.json" "$out"
(cd "$out" && npm ci --omit=dev --no-audit --no-fund --loglevel=error --cpu=x64 --os=linux --libc=glibc)
# Of no use to a function: type declarations, source maps, the builds for browsers and React Native.
find "$out/node_modules" \( -name '*.d.ts' -o -name '*.map' -o -name '*.md' -o -name 'dist-es' -o -name 'dist-types' \) -prune -exec rm -rf {} +
rm -f "$zip"
(cd "$out" && python3 -m zipfile -c "$zip" ./*)
