/* SPDX-License-Identifier: MIT */
/*
 * Terminal modes of the Linux ABI (asm-generic/termbits.h): what TCGETS and TCSETS copy. Modes that
 * the line discipline does not know yet are kept and given back as they were set.
 */
#ifndef UAPI_TERMIOS_H
#define UAPI_TERMIOS_H

#include <lib/types.h>

#define NCCS	19

/* c_iflag */
#define PARMRK	0000010
#define ISTRIP	0000040
#define INLCR	0000100
#define IGNCR	0000200
#define ICRNL	0000400
#define IXON	0002000
#define IXANY	0004000
#define IUTF8	0040000

/* c_oflag */
#define OPOST	0000001
#define ONLCR	0000004
#define OCRNL	0000010
#define ONOCR	0000020
#define ONLRET	0000040
#define XTABS	0014000

/* c_cflag */
#define CS8	0000060
#define CREAD	0000200
#define HUPCL	0002000
#define CLOCAL	0004000
#define B38400	0000017
#define B115200	0010002
#define CBAUD	0010017
#define CBAUDEX	0010000

/* c_lflag */
#define ISIG	0000001
#define ICANON	0000002
#define ECHO	0000010
#define ECHOE	0000020
#define ECHOK	0000040
#define ECHONL	0000100
#define NOFLSH	0000200
#define TOSTOP	0000400
#define ECHOCTL	0001000
#define ECHOKE	0004000
#define IEXTEN	0100000

/* c_cc */
#define VINTR	0
#define VQUIT	1
#define VERASE	2
#define VKILL	3
#define VEOF	4
#define VTIME	5
#define VMIN	6
#define VSTART	8
#define VSTOP	9
#define VSUSP	10
#define VEOL	11
#define VREPRINT 12
#define VDISCARD 13
#define VWERASE	14
#define VLNEXT	15
#define VEOL2	16

struct termios {
	u32 c_iflag;
	u32 c_oflag;
	u32 c_cflag;
	u32 c_lflag;
	u8 c_line;
	u8 c_cc[NCCS];
};
static_assert(sizeof(struct termios) == 36, "Linux's struct termios has 36 bytes");

/* TCGETS2, TCSETS2: with the speeds as numbers. */
struct termios2 {
	struct termios old;
	u32 c_ispeed;
	u32 c_ospeed;
};
static_assert(sizeof(struct termios2) == 44, "Linux's struct termios2 has 44 bytes");

/* TIOCGWINSZ, TIOCSWINSZ */
struct winsize {
	u16 ws_row;
	u16 ws_col;
	u16 ws_xpixel;
	u16 ws_ypixel;
};

/* Signals that a terminal sends (asm-generic/signal.h). */
#define SIGINT	2
#define SIGQUIT	3
#define SIGTSTP	20
#define SIGTTIN	21
#define SIGTTOU	22

#endif
