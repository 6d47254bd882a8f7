# SPDX-License-Identifier: MIT
# What a shell does without another process; each shell says the same, on Linux too.
i=0; while [ $i -lt 2000 ]; do i=$((i + 1)); done; echo $i; for a in x 'y z' "$i"; do echo "<$a>"; done
f() { local v=in; echo $v $1 $#; return 4; }; f a b; echo $?; case abc in a?c) echo match ;; esac; x=path/to.c
echo ${x##*/} ${x%.c} ${#x}
echo one > /tmp/builtins; echo two >> /tmp/builtins; while read -r l; do echo "read $l"; done < /tmp/builtins
cd /programs; echo *.pl; pwd
read -r here <<X
$((6 * 7)) here
X
echo $here; set -- a b c; shift; echo $*; eval 'y=$i'; echo $y; umask 027; umask -S; trap 'echo bye' EXIT; exit 3
