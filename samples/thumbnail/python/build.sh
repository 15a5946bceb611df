#!/bin/sh
# Builds thumbnail.zip beside this file (or the path given). Pillow and boto3 come from the machine (python3-pil, python3-boto3).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
zip=${1:-$here/thumbnail.zip}
rm -f "$zip"
(cd "$here" && python3 -m zipfile -c "$zip" app.py)
