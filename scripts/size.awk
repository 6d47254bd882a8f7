# SPDX-License-Identifier: MIT
#
# A table of what each folder puts into the kernel, from the linker's map: GNU ld's and lld's are understood. Counted is
# what was linked, after the linker dropped what nobody uses; gaps between sections go to the last line. Sections that
# take no room at run time (debug information) are not counted.
#
# awk -f size.awk -v out=$(O) cairn.map

function number(hex,    i, value) {
	hex = tolower(hex)
	sub(/^0x/, "", hex)
	for (i = 1; i <= length(hex); i++)
		value = value * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
	return value + 0
}

function kind(section) {
	if (section ~ /^\.(text|head|idmap)/)
		return "text"
	if (section ~ /^\.rodata/)
		return "rodata"
	if (section ~ /^\.data/)
		return "data"
	if (section ~ /^\.(bss|stack|boot)/)
		return "bss"
	return ""
}

function count(file, size,    dir) {
	sub(/^.*libfdt\.a.*/, "libfdt", file)
	if (index(file, out "/") == 1)
		file = substr(file, length(out) + 2)
	dir = file
	if (dir ~ /^\.[a-z]+\.o/)
		dir = "(symbols)"
	else if (dir == "<internal>")	# where lld puts merged strings
		dir = "(strings)"
	else if (dir ~ /\//)
		sub(/\/[^\/]*$/, "", dir)
	if (!(dir in seen)) {
		seen[dir] = 1
		order[++dirs] = dir
	}
	sum[dir, current] += size
	total[current] += size
}

# GNU ld: the kernel's sections stand at column 0; below each, " .text.foo 0xaddress 0xsize file", where a long name has
# a line of its own.
/^Linker script and memory map/ { gnu = 1; next }
gnu && /^\.[a-z]/ {
	current = kind($1)
	if (NF == 1)
		getline
	if (current != "")
		whole[current] += number($NF > 0 || $NF ~ /^0x/ ? $NF : $3)
	next
}
gnu && /^\// { current = "" }
gnu && current != "" && /^ [.*A-Z]/ {
	if (NF == 1 && $1 !~ /^\*/) {
		getline
		if ($1 ~ /^0x/ && $2 ~ /^0x/ && NF >= 3)
			count($3, number($2))
	} else if ($2 ~ /^0x/ && $3 ~ /^0x/ && NF >= 4 && $1 !~ /^\*/)
		count($4, number($3))
}

# lld: VMA LMA Size Align, then the section, file:(section), or symbol by indentation.
/^ *VMA +LMA +Size/ { lld = 1; next }
lld && NF == 5 && $5 ~ /^\./ {
	current = kind($5)
	if (current != "")
		whole[current] += number($3)
}
lld && current != "" && $5 ~ /:\(/ {
	file = $5
	sub(/:\(.*/, "", file)
	count(file, number($3))
}

END {
	format = "%-24s %8s %8s %8s %8s\n"
	printf format, "", "text", "rodata", "data", "bss"
	for (i = 2; i <= dirs; i++)
		for (j = i; j > 1 && order[j] < order[j - 1]; j--) {
			dir = order[j]
			order[j] = order[j - 1]
			order[j - 1] = dir
		}
	for (i = 1; i <= dirs; i++) {
		dir = order[i]
		printf format, dir, sum[dir, "text"] + 0, sum[dir, "rodata"] + 0, sum[dir, "data"] + 0,
			sum[dir, "bss"] + 0
	}
	printf format, "alignment and stacks", whole["text"] - total["text"], whole["rodata"] - total["rodata"],
		whole["data"] - total["data"], whole["bss"] - total["bss"]
	printf format, "all", whole["text"] + 0, whole["rodata"] + 0, whole["data"] + 0, whole["bss"] + 0
}
