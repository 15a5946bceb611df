#!/bin/sh
# Builds thumbnail.zip beside this file (or the path given): framework-dependent, linux-x64.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
zip=${1:-$here/thumbnail.zip}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
dotnet publish "$here" -c Release -o "$out" -v q -nologo -p:DebugType=none
rm -f "$zip"
(cd "$out" && python3 -m zipfile -c "$zip" ./*)
