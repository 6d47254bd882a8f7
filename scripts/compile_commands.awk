# SPDX-License-Identifier: MIT
#
# Makes compile_commands.json, by which clangd and other tools know how each file is compiled, from the commands that
# the build has saved in its .cmd files.
#
# awk -f compile_commands.awk -v folder=source-folder .x.o.cmd ...

function json(text) {
	gsub(/\\/, "&&", text)
	gsub(/"/, "\\\\&", text)
	return "\"" text "\""
}

BEGIN { printf "[" }

/^source_/ { source = $3 }

/^cmd_/ {
	output = substr($1, 5)
	sub(/^[^=]*:= */, "")
	sub(/;.*/, "")
	gsub(/\$\$/, "$")
	gsub(/\$\(pound\)/, "#")
	gsub(/ -MMD -MF [^ ]*/, "")
	printf "%s\n  {\n    \"directory\": %s,\n    \"file\": %s,", separator, json(folder), json(source)
	printf "\n    \"output\": %s,\n    \"command\": %s\n  }", json(output), json($0)
	separator = ","
}

END { print "\n]" }
