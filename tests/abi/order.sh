#!/bin/sh
# Whether the functions that programs need lie together: the linker finds them by the names in packaging/order.list,
# which change with the code.
#
# usage: order.sh LIST LIBRARY (with its symbols)
#
# Fails if a quarter of the names is not in the library, or if the linker took the list and has not followed it.

list=$1 lib=$2
[ "$(uname -m)" = x86_64 ] || { echo "skipped: the names are those of x86-64"; exit 0; }
script=$(dirname "$lib")/../order.ld
[ -s "$script" ] && [ ! -s "$(dirname "$lib")/../order.log" ] && taken=1
nm -n --defined-only "$lib" | awk -v list="$list" -v taken="$taken" '
	$2 !~ /[tTwW]/ { next }
	{ sub(/17h[0-9a-f]+E.*/, "", $3); gsub(/Cs[0-9A-Za-z]+_/, "*", $3); known[$3] = 1; name[functions++] = $3 }
	END {
		while ((getline line < list) > 0) {
			if (line !~ /^\*\(/) continue
			sub(/^\*\(\.text\./, "", line); sub(/ .*/, "", line); sub(/17h\*$|\*$/, "", line)
			count++; found += line in known; listed[line] = 1
		}
		printf "%d of %d functions are known\n", found, count
		if (count == 0 || found < count * 3 / 4) { print "make -C benches order finds the names anew"; exit 1 }
		for (i = 0; i < found; i++) first += name[i] in listed
		if (taken && first < found * 3 / 4) { print "the linker did not put them together"; exit 1 }
	}'
