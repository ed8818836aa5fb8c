#!/bin/sh
# Builds and installs stackcheck from the sources that this file belongs to, unless it is there already. Debian 12; installs
# the packages that are missing. install.sh [PREFIX]
set -eu
command -v stackcheck >/dev/null 2>&1 && exit 0
cd "$(dirname "$0")/../.."
# shellcheck source=tools/setup.sh
. tools/setup.sh
install_packages
folder=$(mktemp -d)
cmake -S . -B "$folder" -G Ninja -DCMAKE_INSTALL_PREFIX="${1:-/usr/local}"
cmake --build "$folder" --target stackcheck stackcheck-worker completions
as_root cmake --install "$folder"
rm -r "$folder"
