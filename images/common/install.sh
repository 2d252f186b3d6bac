#!/bin/sh
# Run while an image is built: installs the Debian packages that the file lists, where the base has not got them. On a base
# of images/bootstrap.sh there is nothing to install, and no network to do it by.
set -eu
wanted=$(sed -e 's/#.*//' "$1" | tr -s ' \n' '\n\n' | grep -v -e : -e '^$')
missing=
for package in $wanted; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
mkdir -p /usr/share/man/man1
apt-get update
# shellcheck disable=SC2086 # a list of names
apt-get install -y --no-install-recommends $missing
rm -rf /var/lib/apt/lists/*
