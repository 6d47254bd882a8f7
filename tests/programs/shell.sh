# SPDX-License-Identifier: MIT
# The language of a POSIX shell; each shell says the same, on Linux too.
if [ -z "$1" ]; then echo "which?"; exit 2; fi
shell=$*
export PATH=/bin:/tmp/applets LC_ALL=C
rm -rf /tmp/shell; mkdir /tmp/shell; cd /tmp/shell || exit 1

i=0; while [ $i -lt 5 ]; do i=$((i + 1)); [ $i = 2 ] && continue; [ $i = 4 ] && break; echo loop $i; done
for word in a "b c" $(echo d e); do echo "<$word>"; done
until false; do break; done; case file.c in *.h) echo header ;; *.[co]) echo source ;; esac
add() { echo $(($1 + $2)); return 3; }; add 4 5; echo "status $?"; local_test() { local x=in; x=$x; echo $x; }
x=out; local_test; echo $x
echo "pipes: $(seq 10 | grep 1 | wc -l | tr -d ' ')"; echo one | { read -r a; echo "read $a"; }
! true; echo "not $?"; true && echo and; false || echo or; (exit 7); echo "subshell $?"; { echo group; } > out; cat out
cat <<X
here ${x}s $((6 * 7)) $(echo nested "$(echo deep)")
X
cat <<'X'
plain $x
X
cat <<-X
	without tabs
	X
echo 1 > f; echo 2 >> f; echo err >&2 2> e; cat < f; (echo out; echo err >&2) > both 2>&1; cat both
exec 3> three; echo to three >&3; exec 3>&-; cat three; exec 4< three; read -r a b <&4; echo "$b"; exec 4<&-
echo ${x:-unset} ${none:-default} ${none:+set} ${#x} ${x%t} ${x#o}; a=/usr/lib/x.so.1; echo ${a##*/} ${a%%.*} ${a%/*}
set -- p "q r" s; echo $# "$2" "$*"; shift; echo "$1"; for a; do echo "arg $a"; done
(trap 'echo at the end' EXIT; echo before); (trap 'echo leaves $?' EXIT; exit 4); echo "trap $?"
$shell -c 'echo "$0 $1"' name argument; $shell -c 'exit 11'; echo "sh -c $?"; echo 'echo script $1' > s.sh
$shell s.sh x
printf '#!/bin/busybox cat\nmyself\n' > self; chmod +x self; ./self | tail -n 1; ./f 2> /dev/null; echo "no right $?"
nowhere 2> /dev/null; echo "nothing $?"; touch a1 a2 b1; echo a* [ab]1 'a*' none*; IFS=:; set -- $(echo x:y)
echo $2; unset IFS
set -e; (false; echo not reached) || echo failed; set +e; eval 'y=$x'; echo $y; readonly r=1; echo $r
umask 077; umask; cd ..; pwd
. /tmp/shell/s.sh; command -v echo > /dev/null && echo found; type cd > /dev/null && echo type; kill -l 9 2> /dev/null
yes 2> /dev/null | head -n 1; big=$(seq 20000); echo "${#big}"; echo "$big" | tail -n 1; rm -r /tmp/shell
