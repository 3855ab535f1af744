#!/bin/sh
# The linker's own script, with the functions of a list first in .text. (In a section of their own they would lie as
# well, but valgrind and callgrind look for functions in .text alone.) What the loader calls at the end lies with them.
# Our own data that is only read lie with what the loader reads; the tables for decimals and for showing panics, which few
# programs need, and which are as large, behind the text.
#
# usage: order.sh CC LIST >SCRIPT
#
# Fails where the linker shows no script of its own, as others than GNU ld do.

cc=$1 list=$2
$cc -shared -Wl,-z,relro,-z,now,--verbose -x c /dev/null -o /dev/null 2>/dev/null | awk -v list="$list" '
	/^====/ { inside = !inside; next }
	!inside { next }
	/ALIGN *\(CONSTANT *\(MAXPAGESIZE\)\)/ && !data++ {
		print "  .rodata.first : { *(.rodata.cst* .rodata.str* .rodata..Lanon.*)"
		print "    *(.rodata._*10ferrouslua* .rodata.unlikely._*10ferrouslua* .rodata..Lswitch.table._*10ferrouslua* .rodata.lua*) }"
	}
	/^ *\.fini / { skipped = 1 }
	skipped { skipped = !/}/; next }
	/^ *\.text / {
		print "  .fini : { KEEP (*(SORT_NONE(.fini))) }"
		sub(/:/, ": SUBALIGN(32)") # to the 16 that compilers ask for, loops of few opcodes are some 5 % slower
	}
	/^ *\*\(\.text\.unlikely / && !done {
		print "    *crtbegin*.o(.text)\n    . = ALIGN(32);"
		while ((getline line < list) > 0) print "    " line
		done = 1
	}
	{ print }
	END { exit !done }'
