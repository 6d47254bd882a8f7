# SPDX-License-Identifier: MIT
#
# Reads "readelf -rW" of an object of early code and fails when it holds a 64-bit absolute address: that is a pointer in
# static data, which holds the link address and is wrong while the MMU is off. Debug sections may.
# It also fails on a call of memcpy and the like, which compilers make of assignments: their accesses may be unaligned,
# which faults there.
#
# readelf -rW x.o | awk -f abs64.awk -v object=x.o

/^Relocation section/ { skip = ($3 ~ /debug/) }
/R_AARCH64_ABS64/ && !skip {
	print object ": absolute address of " $5 " in code that runs before the MMU is on (R_AARCH64_ABS64):" \
		" keep no pointers in static data there" > "/dev/stderr"
	bad = 1
	exit
}
/R_AARCH64_(CALL26|JUMP26)/ && $5 ~ /^(mem|str)/ {
	print object ": call of " $5 " in code that runs before the MMU is on: its accesses may be unaligned" \
		> "/dev/stderr"
	bad = 1
	exit
}
END { exit bad }
