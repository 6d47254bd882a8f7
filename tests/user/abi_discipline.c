/* SPDX-License-Identifier: MIT */
/* What a terminal makes of what is typed and written, in each of its modes. */
#include "pty.h"

#include <sys/uio.h>

static void first_modes(void)
{
	static const unsigned char keys[] = {
		3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0,
	};
	struct termios t;
	int n = -1;

	pty_begin();
	EQ(tcgetattr(slave, &t), 0);
	EQ(t.c_iflag, ICRNL | IXON);
	EQ(t.c_oflag, OPOST | ONLCR);
	EQ(t.c_lflag, ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN);
	EQ(t.c_cflag, B38400 | CS8 | CREAD);
	EQ(memcmp(t.c_cc, keys, sizeof(keys)), 0);
	EQ(ioctl(slave, TIOCGETD, &n), 0);
	EQ(n, 0);
	EQ(ioctl(slave, TIOCSETD, &n), 0);
	n = 999;
	FAILS(ioctl(slave, TIOCSETD, &n), EINVAL);
	FAILS(ioctl(slave, TIOCSETD, BAD), EFAULT);
}

/* The kernel's own structures, whose size is in the requests' numbers. */
struct modes2 {
	unsigned int iflag, oflag, cflag, lflag;
	unsigned char line, cc[19];
	unsigned int ispeed, ospeed;
};

static void speeds(void)
{
	struct modes2 m;

	pty_begin();
	EQ(ioctl(slave, 0x802c542a, &m), 0);
	EQ(m.ospeed, 38400);
	EQ(m.ispeed, 38400);
	m.cflag = (m.cflag & ~CBAUD) | B115200;
	m.ospeed = m.ispeed = 115200;
	EQ(ioctl(slave, 0x402c542b, &m), 0);
	EQ(ioctl(slave, 0x402c542c, &m), 0);
	EQ(ioctl(slave, 0x402c542d, &m), 0);
	memset(&m, 0, sizeof(m));
	EQ(ioctl(master, 0x802c542a, &m), 0);
	EQ(m.ospeed, 115200);
	FAILS(ioctl(slave, 0x802c542a, BAD), EFAULT);
	FAILS(ioctl(slave, 0x402c542b, BAD), EFAULT);
}

static void lines(void)
{
	char c;

	pty_begin();
	pty_type("abc\r");
	READS("abc\n");
	SHOWS_ONLY("abc\r\n");
	/* one at a time, and in pieces */
	pty_type("one\ntwo\n");
	READS("one\n");
	EQ(read(slave, &c, 1), 1);
	EQ(c, 't');
	READS("wo\n");
	/* an end of file: alone, behind something, and behind all that there was room for */
	pty_type("\4");
	READS("");
	pty_type("ab\4");
	READS("ab");
	pty_type("x\4y\n");
	EQ(read(slave, &c, 1), 1);
	READS("y\n");
	pty_set_key(VEOL, ';');
	pty_set_key(VEOL2, ',');
	pty_type("a;b,c\n");
	READS("a;");
	READS("b,");
	READS("c\n");
	pty_set_key(VEOL, 0);
	pty_type("a;b\n");
	READS("a;b\n");
}

/* Who has a whole line in the first buffers waits for nothing more. */
static void lines_to_several(void)
{
	char a[4], b[8], c[8];
	struct iovec to[] = { { a, 4 }, { b, 2 }, { c, 8 } };

	pty_begin();
	pty_type("abc\n");
	EQ(readv(slave, to, 3), 4);
	EQ(memcmp(a, "abc\n", 4), 0);
	pty_type("abcdefgh\nnext\n");
	EQ(readv(slave, to, 3), 9);
	EQ(memcmp(b, "ef", 2), 0);
	EQ(memcmp(c, "gh\n", 3), 0);
	READS("next\n");
	SHOWS("abc\r\nabcdefgh\r\nnext\r\n");
	EQ(write(slave, "abcd", 4), 4);
	EQ(readv(master, to, 3), 4);
}

static void mapping(void)
{
	pty_begin();
	pty_set(ICRNL, IGNCR, 0, 0);
	pty_type("a\rb\n");
	READS("ab\n");
	pty_set(IGNCR, INLCR, 0, 0);
	pty_set_key(VEOL, '.');
	pty_type("a\nb.");
	READS("a\rb.");
	pty_set(INLCR, ISTRIP, 0, 0);
	pty_type("\341\342.");
	READS("ab.");
	pty_set(ISTRIP, PARMRK, 0, 0);
	pty_type("\377.");
	READS("\377\377.");
}

static void erasing(void)
{
	pty_begin();
	pty_type("ab\177c\177\177\177\177x\n");
	READS("x\n");
	SHOWS_ONLY("ab\b \bc\b \b\b \bx\r\n");
	pty_type("one two-three\27\27\27\n");
	READS("\n");
	SHOWS("one two-three\b \b\b \b\b \b\b \b\b \b\b \b\b \b\b \b\b \b\b \b");
	SHOWS_ONLY("\b \b\b \b\b \b\r\n");
	pty_type("ab\25c\n");
	READS("c\n");
	SHOWS_ONLY("ab\b \b\b \bc\r\n");
	/* a control character has two columns, a tab up to the place where it began */
	pty_type("\1\177a\t\177\177\n");
	READS("\n");
	SHOWS_ONLY("^A\b \b\b \ba\t\b\b\b\b\b\b\b \b\r\n");	/* it began behind a "|" */
	/* after another tab */
	pty_type("ab\tc\t\177\177\177\177\177\n");
	READS("\n");
	SHOWS_ONLY("ab\tc\t\b\b\b\b\b\b\b\b \b\b\b\b\b\b\b \b\b \b\r\n");
	pty_type("\303\274\177\177\n");
	READS("\n");
	SHOWS_ONLY("\303\274\b \b\b \b\r\n");
	pty_set(0, IUTF8, 0, 0);
	pty_type("\303\274\177\177a\n");
	READS("a\n");
	SHOWS_ONLY("\303\274\b \ba\r\n");
}

static void erasing_otherwise(void)
{
	pty_begin();
	pty_set(0, 0, ECHOE, 0);
	pty_type("ab\177\n");
	READS("a\n");
	SHOWS_ONLY("ab^?\r\n");
	pty_type("ab\25c\n");
	READS("c\n");
	SHOWS_ONLY("ab^U\r\nc\r\n");
	pty_set(0, 0, ECHOK, ECHOE);
	pty_type("ab\25c\n");
	READS("c\n");
	SHOWS_ONLY("ab^Uc\r\n");
	pty_set(0, 0, IEXTEN, 0);
	pty_type("a b\27\26\n");
	READS("a b\27\26\n");
	pty_set_key(VERASE, '#');
	pty_type("ab#\177\n");
	READS("a\177\n");
}

static void quoting(void)
{
	pty_begin();
	pty_type("a\26\3\26\177\26\26\26\n.\n");
	READS("a\3\177\26\n.\n");
}

static void quoted_newline_ends_nothing(void)
{
	pty_begin();
	pty_type("a\26\4b\n");
	READS("a\4b\n");
	SHOWS_ONLY("a^\b^Db\r\n");
}

static void reprinting(void)
{
	pty_begin();
	pty_type("ab\1\22c\n");
	READS("ab\1c\n");
	SHOWS_ONLY("ab^A^R\r\nab^Ac\r\n");
}

static void echoes(void)
{
	pty_begin();
	pty_set(0, 0, ECHOCTL, 0);
	pty_type("a\1\n");
	READS("a\1\n");
	SHOWS_ONLY("a\1\r\n");
	pty_set(0, 0, ECHO, ECHONL);
	pty_type("secret\n");
	READS("secret\n");
	SHOWS_ONLY("\r\n");
	pty_set(0, 0, ECHONL, 0);
	pty_type("secret\n");
	READS("secret\n");
	SHOWS_ONLY("");
	/* also where bytes come as they are */
	pty_set(0, 0, ICANON, ECHO | ECHOCTL);
	pty_type("a\33\n");
	SHOWS_ONLY("a^[^J");
}

static void output(void)
{
	pty_begin();
	EQ(write(slave, "a\nb\tc\r", 6), 6);
	SHOWS("a\r\nb\tc\r");
	pty_set_output(ONLCR, OCRNL);
	EQ(write(slave, "a\nb\r", 4), 4);
	SHOWS("a\nb\n");
	pty_set_output(OCRNL, ONLCR | XTABS);
	EQ(write(slave, "\nab\tc\b\td\t", 9), 9);
	SHOWS("\r\nab      c\b        d       ");
	pty_set_output(XTABS | ONLCR, ONOCR | ONLRET);
	EQ(write(slave, "\n\ra\r\r", 5), 5);
	SHOWS("\na\r");
	pty_set_output(OPOST, 0);
	EQ(write(slave, "a\n\tb", 4), 4);
	SHOWS("a\n\tb");
}

static const struct abi_case cases[] = {
	CASE(first_modes), CASE(speeds), CASE(lines), CASE(lines_to_several), CASE(mapping),
	CASE(erasing), CASE(erasing_otherwise), CASE(quoting), CASE(quoted_newline_ends_nothing),
	CASE(reprinting), CASE(echoes), CASE(output),
};

ABI_MAIN(cases)
