# SPDX-License-Identifier: MIT
# Programs of BusyBox, each with what it takes to see that it has done something. Says the same on Linux.
export PATH=/tmp/applets LC_ALL=C TZ=UTC
rm -rf /tmp/work; mkdir /tmp/work; cd /tmp/work || exit 1
umask 022

echo "# text"
seq 1 1000 > n
wc n; md5sum n; sha1sum n; sha256sum n; sha512sum n; crc32 n
sort -rn n | head -n 3; sort -k1.2 n | tail -n 2; tac n | head -n 1; rev n | tail -n 1
awk '{ s += $1 } END { print s; printf "%05.2f %s\n", 3.14159, toupper("x") }' n
awk -F: '{ a[$1]++ } END { for (k in a) print k, a[k] }' <<X | sort
a:1
b:2
a:3
X
grep -c 7 n; grep -E '^(1|9)0+$' n; grep -v 1 n | wc -l; fgrep -x 77 n
sed -n 's/^99\(.\)$/x\1/p' n; sed -e '2,$d' -e 's/1/one/' n; printf 'a\nb\n' > s; sed -i 's/a/A/' s; cat s
cut -c1-2 n | tr 0-4 a-e | uniq | tail -n 2; tr -d '\n' < n | wc -c; uniq -c s
head -c 10 n; tail -c 5 n; tail -n +999 n; fold -w 3 s; expand s | od -c; nl s; cat -n s
paste -s -d, s; diff s n | head -n 2; cmp s n; printf '%s|%5d|%x\n' w 42 255
od -A x -t x1 s; hexdump -C s; xxd s | head -n 1
strings -n 4 /bin/busybox | grep -c BusyBox > /dev/null && echo strings
shuf -e x; factor 360; expr 3 \* 4 + 1; echo '2^100' | bc; dc -e '2 3 + p'; basename /a/b.c .c; dirname /a/b.c
seq 3 | xargs -n 2 echo args; seq 5 | xargs -I{} echo '<{}>'; yes y | head -n 2; echo aGk= | base64 -d; base64 s

echo "# files"
mkdir -p d/e/f; touch -d '2001-02-03 04:05:06' d/t; stat -c '%n %s %a %F %Y' d/t; chmod 4751 d/t; stat -c %A d/t
cp -r d g; cp -p d/t g/t2; mv g h; ln -s n link; ln n hard; readlink link; realpath link; stat -c '%h %s' hard
ls d h; ls -ld d | cut -c1-10; find . -type d | sort; find . -name 't*' -perm -4000 | sort; find n d/t -newer d/t
rm h/t2; rmdir d/e/f; rmdir d 2>&1; rm -r h; unlink hard; test -e h || echo gone; [ -L link ] && echo link
dd if=n of=part bs=10 skip=2 count=3 2> /dev/null; cat part; truncate -s 100 part; stat -c %s part
tar cf t.tar n d; mkdir x; tar xf t.tar -C x; cmp n x/n && echo tar; tar tf t.tar | sort
gzip -c n > n.gz; gunzip -c n.gz | cmp - n && echo gzip; bzip2 -c n | bunzip2 -c | cmp - n && echo bzip2
xz -d -c /dev/null > /dev/null 2>&1; echo n | cpio -o -H newc > n.cpio 2> /dev/null; cpio -t < n.cpio 2> /dev/null
du -s n > /dev/null && echo du; tee copy < s > /dev/null; cmp copy s && echo tee
mkfifo fifo; (echo through > fifo &); cat fifo; mknod null c 1 3; echo lost > null; cat null; chown 5:6 s
stat -c %u:%g s
mktemp -d /tmp/work/XXXXXX | wc -c; sync; cmp -s n s || echo differ
dd if=/dev/zero bs=1k count=64 2> /dev/null | md5sum; dd if=/dev/urandom bs=16 count=1 2> /dev/null | wc -c
cat none 2>&1; ls none 2>&1; cat d 2>&1; rmdir n 2>&1; mkdir d 2>&1; cp none x 2>&1; mv none x 2>&1

echo "# the system"
uname -s -m; id -u; hostname box; hostname; env -i A=b env; pwd; nproc > /dev/null && echo nproc
date -u -d @86400 +%F; sleep 0.01; usleep 100; true; false; echo $?; which sed; tty < /dev/null
setsid echo session; chroot / /bin/busybox echo rooted; nohup echo hup 2> /dev/null
time -p true > /dev/null 2>&1 && echo time
mount | grep -c ' on /proc '; free > /dev/null && uptime > /dev/null && ps > /dev/null && echo told
cat /proc/self/comm; readlink /proc/self/exe; tr '\0' ' ' < /proc/self/cmdline; echo; echo $((1 << 40))
cd /; rm -r /tmp/work
