# SPDX-License-Identifier: MIT
#
# Turns a compiler's dependency file into the dependencies that are meant. autoconf.h changes whenever any symbol does;
# in its place the object depends on include/config/foo/bar.h for each CONFIG_FOO_BAR that its source and headers
# mention, a file that is touched when that symbol's value changes; $(wildcard), as a symbol never set has no file.
# The last line is for a header that is gone: it makes that no error of make's, but a reason to compile.
# Names made with ## are not seen: write CONFIG_ symbols out. The system's headers mention none and are not read.
#
# awk -f fixdep.awk -v target=x.o -v out=$(O) x.d

function scan(file,    line) {
	while ((getline line < file) > 0) {
		if (!index(line, "CONFIG_"))
			continue
		while (match(line, /CONFIG_[A-Za-z0-9_]+/)) {
			symbols[substr(line, RSTART + 7, RLENGTH - 7)] = 1
			line = substr(line, RSTART + RLENGTH)
		}
	}
	close(file)
}

{
	for (i = 1; i <= NF; i++)
		if ($i != "\\" && $i !~ /:$/ && $i !~ /\/include\/generated\/autoconf\.h$/ && !($i in seen)) {
			seen[$i] = 1
			files[++count] = $i
		}
}

END {
	print "deps_" target " := \\"
	for (i = 1; i <= count; i++) {
		print "  " files[i] " \\"
		if (files[i] !~ /^\/usr\//)
			scan(files[i])
	}
	for (name in symbols) {
		path = tolower(name)
		gsub(/_/, "/", path)
		print "  $(wildcard " out "/include/config/" path ".h) \\"
	}
	print ""
	print target ": $(deps_" target ")"
	print "$(deps_" target "):"
}
