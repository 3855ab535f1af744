#!/bin/sh
# Whether the functions that programs need still lie together: the linker finds them by the names in
# packaging/order.ld, which change with the code.
#
# usage: order.sh ORDER.ld LIBRARY (with its symbols)
#
# Fails if a quarter of the names is not in the library, or if the linker took the script and has not followed it.

order=$1 lib=$2
[ "$(uname -m)" = x86_64 ] || { echo "skipped: the names are those of x86-64"; exit 0; }
nm --defined-only "$lib" | awk '{ print $3 }' | awk -v order="$order" '
	{ sub(/17h[0-9a-f]+E.*/, ""); gsub(/Cs[0-9A-Za-z]+_/, "*"); known[$0] = 1 }
	END {
		while ((getline line < order) > 0) {
			if (line !~ /^\*\(/) continue
			sub(/^\*\(\.text\./, "", line); sub(/ .*/, "", line); sub(/17h\*$|\*$/, "", line)
			count++; found += line in known
		}
		printf "%d of %d functions are known\n", found, count
		exit count == 0 || found < count * 3 / 4
	}' || { echo "make -C benches order finds the names anew"; exit 1; }
if [ ! -s "$(dirname "$lib")/../order.log" ] && ! readelf -SW "$lib" | grep -q ' \.text\.first '; then
	echo "the linker did not put them together"
	exit 1
fi
