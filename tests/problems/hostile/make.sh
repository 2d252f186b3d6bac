#!/usr/bin/env bash
# make.sh VALIDATOR FOLDER: puts a package together in a new folder.
set -euo pipefail

validator=$1
folder=$2
package=$(basename "$(dirname "$validator")")
[ ! -e "$folder" ] || { echo "$folder is there already" >&2; exit 1; }
cp -r "$(dirname "$0")/packages/$package" "$folder"
mkdir "$folder/output_validator"
cp "$validator" "$folder/output_validator/"
