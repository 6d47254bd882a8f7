# SPDX-License-Identifier: MIT
# What bash has beyond a POSIX shell; says the same on Linux.
export PATH=/bin:/tmp/applets LC_ALL=C
rm -rf /tmp/bash; mkdir /tmp/bash; cd /tmp/bash || exit 1
a=(one "two three" four); a+=(five); echo "${#a[@]} ${a[1]} ${a[@]:2} ${!a[*]}"; unset 'a[0]'; echo "${a[@]}"
declare -A m=([x]=1 [y]=2); m[z]=3; for k in "${!m[@]}"; do echo "$k=${m[$k]}"; done | sort
echo $((2 ** 40 % 1000)) $((0x1f + 017)) $((5 > 3 ? 7 : 8)); ((i = 5, i++)); echo $i; let j=i*2; echo $j
for ((n = 0; n < 3; n++)); do echo -n "$n "; done; echo
[[ 2026-11-30 =~ ^([0-9]+)-([0-9]+) ]] && echo "${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
[[ abc == a?c && ! x > y ]] && echo match
mapfile -t lines <<< $'1\n2\n3\n4'; echo "${#lines[@]} ${lines[3]}"; IFS=, read -r p q r <<< 'x,y,z'
echo "$q"; read -r -n 2 two <<< abc; echo $two
printf 'a\nb\0c' > nul; read -r -d '' text < nul; echo "${text//$'\n'/+}"
while read -r l; do s+=$l; done <<< $'1\n2'; echo $s
x=hello; echo ${x^} ${x^^} ${x:1:3} ${x/l/L} ${x//l/L} ${x: -2}; printf -v v '%03d' 7; echo $v
echo {a,b}{1..3} {01..03}
touch f{1..3}.c g.h; shopt -s extglob nullglob globstar
echo !(*.c) none*; echo *.@(c|h); mkdir -p d/e; touch d/e/x; echo **/x
coproc { read -r l; echo "co $l"; }; echo hi >&"${COPROC[1]}"; read -r l <&"${COPROC[0]}"; echo "$l"; wait
f() { local -n ref=$1; ref=set; }; f by_name; echo $by_name; declare -i int=3+4; echo $int
select w in a b; do echo "$w"; break; done <<< 2 2> /dev/null
(exit 3) | true; echo "${PIPESTATUS[@]}"; set -o pipefail; false | true; echo $?; trap 'echo bye' EXIT
echo "$BASH_SUBSHELL $(echo $BASH_SUBSHELL)"
exec {fd}> out; echo "$((fd >= 10))" >&$fd; exec {fd}>&-; cat out; echo $'tab\there' "${x@Q}"
printf '%q %(%F)T\n' 'a b' 0; echo "${a[@]@A}"
for n in {1..30}; do echo $n & done > many; wait; sort -n many | tail -n 1
ulimit -n > /dev/null && echo limit; bash -c 'echo ${BASH_VERSINFO[0]}'
diff <(seq 3) <(seq 2 4); cat <(echo one) <(cat < <(echo two)) | tee >(wc -l > count) | sort -r
paste <(seq 2) <(seq 3 4)
mapfile -t lines < <(sort -r <<< $'1\n2'); echo "${lines[*]}"; echo dev | cat /dev/stdin /dev/fd/3 3<<< three
{ echo fd > /dev/fd/4; } 4>&1; echo out > /dev/stdout; echo err 2>&1 > /dev/stderr
exec {fd}> >(cat); echo proc >&$fd; exec {fd}>&-; wait $!; [[ -p /dev/stdin ]] < <(:) && echo pipe
while read -r l; do echo "<$l>"; done < <(seq 2)
cat <<< "$(seq 9999)" | wc -l; echo "$SHLVL" > /dev/null; cd /; rm -r /tmp/bash
