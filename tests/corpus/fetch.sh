#!/bin/bash
# Prints the path of a folder with the corpus: the Debian packages of packages.txt, downloaded (no root
# needed) and unpacked. They are kept between runs in ${CORPUS_DIR:-~/.cache/lua-corpus}.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=${CORPUS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/lua-corpus}
mkdir -p "$dir/deb" "$dir/root"
for package in $(sed 's/#.*//' "$here/packages.txt"); do
    [ -e "$dir/root/$package/.done" ] && continue
    if ! ls "$dir/deb/${package}"_*.deb >/dev/null 2>&1; then
        (cd "$dir/deb" && apt-get download -qq "$package" >/dev/null 2>"$dir/error") || {
            echo "corpus: cannot download $package: $(tail -n 1 "$dir/error" 2>/dev/null) (try: apt-get update)" >&2
            continue
        }
    fi
    rm -rf "$dir/root/$package"
    mkdir -p "$dir/root/$package"
    dpkg-deb -x "$dir"/deb/"${package}"_*.deb "$dir/root/$package"
    touch "$dir/root/$package/.done"
done
echo "$dir"
