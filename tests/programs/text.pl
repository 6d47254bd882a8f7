# SPDX-License-Identifier: MIT
# A program for perl, which is linked dynamically; says the same on Linux.
use strict; use warnings;
$| = 1;

my %count; my $text = "the quick brown fox jumps over the lazy dog and the fox " x 500;
$count{$_}++ for split ' ', $text;
print join(' ', map { "$_=$count{$_}" } sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count), "\n";
my @primes; N: for my $n (2 .. 2000) { for (@primes) { last if $_ * $_ > $n; next N if $n % $_ == 0 } push @primes, $n }
print scalar(@primes), " $primes[-1]\n";
printf "%.6f %.3e %s\n", atan2(1, 1) * 4, 2 ** 0.5, join ',', map { sprintf '%x', $_ } unpack 'C*', pack 'Nd', 1, 0.5;
print crypt('secret', '$6$rounds=1000$salt$'), "\n";

open my $out, '>', '/tmp/perl.txt' or die "open: $!"; print $out "line $_\n" for 1 .. 5000; close $out or die;
open my $in, '<', '/tmp/perl.txt' or die; my ($lines, $sum) = (0, 0);
while (<$in>) { $lines++; $sum += $1 if /(\d+)/ } close $in;
print "$lines $sum ", -s '/tmp/perl.txt', "\n"; rename '/tmp/perl.txt', '/tmp/perl2.txt' or die;
print -e '/tmp/perl2.txt' ? "renamed\n" : "not there\n"; unlink '/tmp/perl2.txt';
mkdir '/tmp/perl.d' or die;
for (1 .. 3) { open my $f, '>', "/tmp/perl.d/$_" or die }
opendir my $d, '/tmp/perl.d' or die; print join(' ', sort grep { !/^\./ } readdir $d), "\n";
unlink "/tmp/perl.d/$_" for 1 .. 3; rmdir '/tmp/perl.d' or die;
print "failed: $!\n" unless open my $none, '<', '/tmp/none';

pipe my $r, my $w or die; my $pid = fork() // die;
if (!$pid) { close $r; print $w "from the child\n"; close $w; exit 5 }
close $w; print scalar <$r>; waitpid $pid, 0; print 'status ', $? >> 8, "\n";
print `/bin/busybox echo by exec`; print system('/bin/busybox', 'false') >> 8, "\n";
open my $p, '-|', '/bin/busybox', 'seq', '3' or die; print map { chomp; "$_;" } <$p>; print "\n";
my $deep; $deep = sub { no warnings; my $n = shift; $n ? 1 + $deep->($n - 1) : 0 }; print $deep->(5000), "\n";
my $big = 'x' x (8 << 20); print length $big, "\n";
print join(',', sort { $a <=> $b } map { ($_ * 7919) % 101 } 1 .. 12), "\n";
(my $t = 'a-b-c') =~ s/(\w)-(\w)/$2$1/; print "$t\n"; print eval { die "caught\n" } // $@;
print scalar(localtime 0) ? "time\n" : '';
select undef, undef, undef, 0.01;
print sprintf('%s', join ' ', (stat '/')[2] & 040000 ? 'a directory' : ''), "\n"; exit 6;
