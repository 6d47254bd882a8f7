/* SPDX-License-Identifier: MIT */
/*
 * The line editor with random keys, at all widths, against a model: after every key its text is
 * that of the model, and the screen shows the prompt, the text and the cursor where they belong.
 * Then its single keys, and what terminals send and say. More than 500 lines, since the model and
 * what is compared with it belong together.
 */
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>
#include <shell/history.h>

#include "../../shell/line.h"
#include "host.h"
#include "line_screen.h"

#define PROMPT	"cairn> "
#define WIDTHS	200
#define KEYS	220		/* a line */

static struct line l;
static unsigned int top;	/* row of the screen in which the prompt begins */

/*
 * --- The model: characters with what joins them, and a place between two of them
 * ---------------------------------------
 */

struct model {
	char c[LINE_SIZE][16];
	unsigned int count, at;
	char killed[LINE_SIZE];
	int last;
};

static size_t model_len(const struct model *m)
{
	size_t len = 0;

	for (unsigned int i = 0; i < m->count; i++)
		len += strlen(m->c[i]);
	return len;
}

static const char *model_text(const struct model *m, unsigned int from, unsigned int to)
{
	static char text[LINE_SIZE];

	text[0] = 0;
	while (from < to)
		strlcat(text, m->c[from++], sizeof(text));
	return text;
}

static void model_add(struct model *m, const char *c)
{
	u32 n;

	utf8_decode(c, strlen(c), &n);
	if (model_len(m) + strlen(c) >= LINE_SIZE)
		return;
	if (!utf8_columns(n) && n != '\n') {
		if (m->at && *m->c[m->at - 1] != '\n')
			strlcat(m->c[m->at - 1], c, sizeof(m->c[0]));
		return;
	}
	memmove(m->c[m->at + 1], m->c[m->at], (m->count - m->at) * sizeof(m->c[0]));
	strlcpy(m->c[m->at++], c, sizeof(m->c[0]));
	m->count++;
}

static void model_cut(struct model *m, unsigned int from, unsigned int to)
{
	memmove(m->c[from], m->c[to], (m->count - to) * sizeof(m->c[0]));
	m->count -= to - from;
	m->at = from;
}

static void model_kill(struct model *m, unsigned int from, unsigned int to, bool again)
{
	char text[LINE_SIZE * 2] = "";
	bool behind = from == m->at;

	if (from == to) {
		m->last = 0;
		return;
	}
	if (again && behind)
		strlcpy(text, m->killed, sizeof(text));
	strlcat(text, model_text(m, from, to), sizeof(text));
	if (again && !behind)
		strlcat(text, m->killed, sizeof(text));
	/* what does not fit begins anew */
	if (strlen(text) > sizeof(m->killed) - 1)
		strlcpy(text, model_text(m, from, to), sizeof(text));
	strlcpy(m->killed, text, sizeof(m->killed));
	model_cut(m, from, to);
}

static bool letter(const char *c)
{
	return (u8)*c >= 0x80 || (*c >= 'a' && *c <= 'z');
}

static unsigned int model_back(const struct model *m, bool (*part)(const char *c))
{
	unsigned int at = m->at;

	while (at && !part(m->c[at - 1]))
		at--;
	while (at && part(m->c[at - 1]))
		at--;
	return at;
}

static unsigned int model_forth(const struct model *m)
{
	unsigned int at = m->at;

	while (at < m->count && !letter(m->c[at]))
		at++;
	while (at < m->count && letter(m->c[at]))
		at++;
	return at;
}

static bool no_blank(const char *c)
{
	return *c != ' ' && *c != '\n';
}

static void model_yank(struct model *m)
{
	const char *text = m->killed;
	u32 c;

	for (size_t left = strlen(text), n; left; left -= n, text += n) {
		char one[UTF8_MAX + 1];

		n = utf8_decode(text, left, &c);
		strlcpy(one, text, n + 1);
		model_add(m, one);
	}
}

static void model_swap(struct model *m)
{
	unsigned int right = m->at == m->count && m->at ? m->at - 1 : m->at;
	char c[16];

	if (!right)
		return;
	memcpy(c, m->c[right], sizeof(c));
	memcpy(m->c[right], m->c[right - 1], sizeof(c));
	memcpy(m->c[right - 1], c, sizeof(c));
	m->at = right + 1;
}

/* What terminals send for the keys that the model knows; the letter names what it does. */
static const struct {
	const char *bytes;
	char what;
} keys[] = {
	{ "\001", 'a' }, { "\033[H", 'a' }, { "\033OH", 'a' }, { "\033[1~", 'a' },
	{ "\033[7~", 'a' },
	{ "\005", 'e' }, { "\033[F", 'e' }, { "\033OF", 'e' }, { "\033[4~", 'e' },
	{ "\033[8~", 'e' },
	{ "\002", 'b' }, { "\033[D", 'b' }, { "\033OD", 'b' },
	{ "\006", 'f' }, { "\033[C", 'f' }, { "\033OC", 'f' },
	{ "\010", 'h' }, { "\177", 'h' }, { "\177", 'h' }, { "\177", 'h' },
	{ "\004", 'd' }, { "\033[3~", 'd' },
	{ "\013", 'k' }, { "\025", 'u' }, { "\027", 'w' }, { "\031", 'y' }, { "\024", 't' },
	{ "\033b", 'B' }, { "\033[1;5D", 'B' }, { "\033[1;3D", 'B' },
	{ "\033f", 'F' }, { "\033[1;5C", 'F' }, { "\033d", 'D' }, { "\033\177", 'H' },
	/* no keys: nothing happens */
	{ "\033[15~", 0 }, { "\033OP", 0 }, { "\033[[A", 0 }, { "\033[200~\033[201~", 0 },
	{ "\007", 0 }, { "\377", 0 }, { "\302\200", 0 },
};

static void model_key(struct model *m, char what)
{
	bool again = m->last && strchr("kuwDH", m->last);

	m->last = what;

	switch (what) {
	case 'a': m->at = 0; break;
	case 'e': m->at = m->count; break;
	case 'b': m->at -= m->at > 0; break;
	case 'f': m->at += m->at < m->count; break;
	case 'h':
		if (m->at)
			model_cut(m, m->at - 1, m->at);
		break;
	case 'd':
		if (m->at < m->count)
			model_cut(m, m->at, m->at + 1);
		break;
	case 'k': model_kill(m, m->at, m->count, again); break;
	case 'u': model_kill(m, 0, m->at, again); break;
	case 'w': model_kill(m, model_back(m, no_blank), m->at, again); break;
	case 'H': model_kill(m, model_back(m, letter), m->at, again); break;
	case 'D': model_kill(m, m->at, model_forth(m), again); break;
	case 'y': model_yank(m); break;
	case 't': model_swap(m); break;
	case 'B': m->at = model_back(m, letter); break;
	case 'F': m->at = model_forth(m); break;
	}
}

/*
 * --- What the screen must show
 * -------------------------------------------------------------------------------------
 */

struct picture {
	char row[SCREEN_ROWS][SCREEN_COLUMNS * 16];
	unsigned int at, column, columns;
};

static void paint(struct picture *p, const char *c)
{
	unsigned int width;
	u32 n;

	utf8_decode(c, strlen(c), &n);
	if (n == '\n') {
		p->at++;
		p->column = 0;
		return;
	}
	width = MIN(utf8_columns(n), p->columns);
	if (p->column + width > p->columns) {
		p->at++;
		p->column = 0;
	}
	strlcat(p->row[p->at], c, sizeof(p->row[0]));
	p->column += width;
	if (p->column == p->columns) {
		p->at++;
		p->column = 0;
	}
}

static const char *without_blanks(char *row)
{
	for (size_t len = strlen(row); len && row[len - 1] == ' '; len--)
		row[len - 1] = 0;
	return row;
}

static bool check(const struct model *m, unsigned int columns)
{
	static struct picture p;
	unsigned int row, column, want_row = 0, want_column = 0;
	bool good = TEST_STR(l.text, model_text(m, 0, m->count));

	for (unsigned int r = 0; r <= p.at + 1; r++)
		p.row[r][0] = 0;
	p.at = p.column = 0;
	p.columns = columns;
	for (const char *c = PROMPT; *c; c++)
		paint(&p, (const char[]){ *c, 0 });
	for (unsigned int i = 0; i <= m->count; i++) {
		if (i == m->at) {
			want_row = p.at;
			want_column = p.column;
		}
		if (i < m->count)
			paint(&p, m->c[i]);
	}
	p.row[p.at + 1][0] = 0;
	for (unsigned int r = 0; r <= p.at + 1; r++)
		good = good && TEST_STR(screen_row(top + r), without_blanks(p.row[r]));
	screen_cursor(&row, &column);
	return good && TEST_EQ(row, top + want_row) && TEST_EQ(column, want_column);
}

/*
 * --- The test ----------------------------------------------------------------------------------
 */

static enum line_event send(const char *bytes)
{
	enum line_event event = LINE_MORE;

	while (*bytes)
		event = line_byte(&l, *bytes++, false);
	/* the terminal's answers come before the next key */
	for (const char *a = screen_answers(); *a; a++)
		TEST_EQ(line_byte(&l, *a, false), LINE_MORE);
	return event;
}

/* A fresh editor at a terminal of that width; @known: one that has said so. */
static void begin(unsigned int columns, bool known)
{
	memset(&l, 0, sizeof(l));
	l.write = screen_write;
	l.columns = 80;
	l.rows = 24;
	screen_answering = known;
	screen_reset(columns);
	line_start(&l, PROMPT, 0, false);
	if (known) {
		send("\005");
		TEST_EQ(l.columns, columns);
		TEST_EQ(send("\r"), LINE_DONE);
		screen_reset(columns);
		line_start(&l, PROMPT, 0, false);
	}
	top = 0;
}

static const char *some_text(void)
{
	static const char *const text[] = {
		"a", "b", "c", " ", "z",
		"\303\274", "\342\202\254", "\344\270\255", "\360\237\214\215",
		"a\314\210", "\344\270\255\314\201", "\314\210", "\n",
	};

	return text[host_random_below(ARRAY_SIZE(text))];
}

static void type(struct model *m, const char *text)
{
	u32 c;

	/* a newline comes in a paste only */
	send(*text == '\n' ? "\033[200~\r\033[201~" : text);
	for (size_t left = strlen(text), n; left; left -= n, text += n) {
		char one[UTF8_MAX + 1];

		n = utf8_decode(text, left, &c);
		strlcpy(one, text, n + 1);
		model_add(m, one);
	}
	m->last = 0;
}

static bool random_keys(unsigned int columns, bool known)
{
	static struct model m;

	memset(&m, 0, sizeof(m));
	begin(columns, known);
	for (unsigned int i = 0; i < KEYS; i++) {
		if (host_random_below(5) || m.count < columns / 2) {
			type(&m, some_text());
			/* as much as the model's characters can hold */
			if (m.at && strlen(m.c[m.at - 1]) > 12)
				type(&m, "x");
		} else {
			unsigned int key = (unsigned int)host_random_below(ARRAY_SIZE(keys));

			send(keys[key].bytes);
			if (keys[key].what)
				model_key(&m, keys[key].what);
			else
				m.last = 0;
		}
		if (!check(&m, columns)) {
			TEST_EQ(columns, i);
			return false;
		}
	}
	return true;
}

static void all_widths(void)
{
	for (u64 round = host_effort(1); round; round--)
		for (unsigned int columns = 1; columns <= WIDTHS; columns++)
			if (!random_keys(columns, true))
				return;
}

static void no_answers(void)
{
	for (u64 round = host_effort(20); round; round--)
		if (!random_keys(80, false))
			return;
}

/* Nothing but plain text is written for a line that is typed and erased at its end. */
static char said[4096];
static size_t said_len;

static void record(void *arg __unused, const char *text, size_t len)
{
	if (said_len + len < sizeof(said)) {
		memcpy(said + said_len, text, len);
		said_len += len;
		said[said_len] = 0;
	}
}

static void plain(void)
{
	begin(80, false);
	l.write = record;
	said_len = 0;
	send("echo \342\202\254x\177\177y\r");
	TEST_STR(said, "echo \342\202\254x\b \b\b \by\n");
	TEST_STR(l.text, "echo y");
}

static void events(void)
{
	char text[LINE_SIZE + 2];

	begin(80, true);
	memset(text, 'x', sizeof(text) - 2);
	text[sizeof(text) - 2] = 0;
	send(text);
	TEST_EQ(send("\r"), LINE_TOO_LONG);
	line_start(&l, PROMPT, 0, true);
	send(text);
	send("\025ok");
	TEST_EQ(send("\r"), LINE_DONE);
	TEST_STR(l.text, "ok");
	TEST_EQ(send("\n"), LINE_MORE);		/* the other half of that Enter */
	line_start(&l, PROMPT, 0, true);
	TEST_EQ(send("x\n"), LINE_DONE);
	line_start(&l, PROMPT, 0, true);
	TEST_EQ(send("abc\003"), LINE_INTERRUPTED);
	line_start(&l, PROMPT, 0, true);
	TEST_EQ(send("x\001\004"), LINE_MORE);
	TEST_STR(l.text, "");
	TEST_EQ(send("\004"), LINE_END);
	line_start(&l, PROMPT, 0, true);
	TEST_EQ(send("\033[1;5\025x\r"), LINE_DONE);
	TEST_STR(l.text, "x");
}

static void answers_are_no_text(void)
{
	begin(80, false);
	send("ab\033[8;50;132t\033[4;132Rc");
	TEST_STR(l.text, "abc");
	TEST_EQ(l.columns, 132);
	TEST_EQ(l.rows, 50);
	/* cut in two by the end of a line */
	send("\033[8;2");
	line_start(&l, PROMPT, 0, false);
	send("5;100tx");
	TEST_STR(l.text, "x");
	TEST_EQ(l.columns, 100);
	/* hostile ones */
	send("\033[8;0;0t\033[8;99999999999;1t\033[;;;;;;;;;;R\033[8t");
	TEST(l.columns > 0 && l.rows > 0);
}

/* As tmux up to 3.3 says it: the width that was measured tells which number is which. */
static void wrong_order(void)
{
	begin(80, false);
	send("\001\033[1;80R\033[8;80;30t");
	TEST_EQ(l.columns, 80);
	TEST_EQ(l.rows, 30);
	TEST_EQ(send("\r"), LINE_DONE);
	line_start(&l, PROMPT, 0, true);
	send("\033[8;100;25t");
	TEST_EQ(l.columns, 100);
	TEST_EQ(l.rows, 25);
	/* a size that nobody measured is taken as it is said */
	begin(80, false);
	send("\033[8;30;90t");
	TEST_EQ(l.columns, 90);
}

/* The line was longer than the window: it is shown anew, below. */
static void narrower_than_the_line(void)
{
	begin(20, true);
	memset(&l, 0, sizeof(l));
	l.write = screen_write;
	l.columns = 80;
	l.rows = 24;
	screen_reset(20);
	line_start(&l, PROMPT, 0, false);
	send("abcdefghijklmnopqrst\013");
	TEST_EQ(l.columns, 20);
	TEST_STR(screen_row(2), PROMPT "abcdefghijklm");
	TEST_STR(screen_row(3), "nopqrst");
}

static void silent_terminals_are_left_alone(void)
{
	unsigned int asked = 0;

	begin(80, false);
	l.write = record;
	for (unsigned int i = 0; i < 20; i++) {
		said_len = 0;
		send("x\001\r");
		asked += strstr(said, "\033[18t") != NULL;
		line_start(&l, PROMPT, 0, true);
	}
	TEST_EQ(asked, 3);
}

static void pastes(void)
{
	begin(80, true);
	/* tabs of a paste are blanks, its newlines stay, other control characters are no keys */
	TEST_EQ(send("\033[200~a\tb\001c\r\n\033[Dq\te\n"), LINE_MORE);
	TEST_STR(l.text, "a bc\nq e\n");
	TEST_EQ(send("\033[201~\177\002f\r"), LINE_DONE);
	TEST_STR(l.text, "a bc\nq fe");
	line_start(&l, PROMPT, 0, true);
	/* one whose end was lost is left as any line */
	TEST_EQ(send("\033[200~x\r\003"), LINE_INTERRUPTED);
	line_start(&l, PROMPT, 0, true);
	TEST_EQ(send("x\r"), LINE_DONE);
	line_start(&l, PROMPT, 0, true);
	line_byte(&l, 'x', true);
	line_byte(&l, '\t', true);
	TEST_STR(l.text, "x ");
}

/* Only a terminal that has answered is told to mark pastes, and only while a line is edited. */
static void marks(void)
{
	begin(80, false);
	l.write = record;
	said_len = 0;
	send("x\001\033[8;24;80t");
	TEST(strstr(said, "\033[?2004h") != NULL);
	said_len = 0;
	send("\r");
	TEST_STR(said, "\033[?2004l\033[1C\n");
	said_len = 0;
	line_start(&l, PROMPT, 0, false);
	TEST_STR(said, "\033[?2004h" PROMPT);
}

/*
 * --- History -----------------------------------------------------------------------------------
 */

static void history_keeps(void)
{
	char text[32];

	for (unsigned int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "line %u", i);
		history_add(text);
		history_add("again");
		TEST_STR(history_line(1), "again");
		TEST_STR(history_line(2), text);
	}
	TEST(history_line(20) != NULL && history_line(100000) == NULL && !history_line(0));
	history_add("   ");
	history_add("");
	TEST_STR(history_line(1), "again");
	for (unsigned int i = 2; history_line(i); i++)
		TEST(strcmp(history_line(i), "again") != 0);
	TEST_EQ(history_find(1, "ne 998"), 3);
	TEST_EQ(history_find(4, "ne 998"), 0);
}

static void history_keys(void)
{
	history_add("one");
	history_add("two grün");
	history_add("three");
	begin(40, true);
	send("draft\033[A");
	TEST_STR(l.text, "three");
	send("\020\033OA");
	TEST_STR(l.text, "one");
	send("\033[B\016\033[B\033[B");
	TEST_STR(l.text, "draft");
	/* a search, left in each way */
	send("\022w");
	TEST_STR(l.text, "two grün");
	TEST_STR(screen_row(0), "(find 'w') two grün");
	send("\007");
	TEST_STR(l.text, "draft");
	TEST_STR(screen_row(0), PROMPT "draft");
	send("\022e\022");
	TEST_STR(l.text, "one");
	send("\001X");
	TEST_STR(l.text, "Xone");
	/* an edit is kept while others are shown, as is what the search does not show */
	send("\033[B\033[BY\033[A\033[A");
	TEST_STR(l.text, "Xone");
	send("\010\033[B\033[BY\033[A\033[A");
	TEST_STR(l.text, "Xon");
	send("e\001\004\033[B\033[B");
	TEST_STR(l.text, "threeYY");
	send("\010\010\033[B\033[A\033[A\033[A");
	TEST_STR(l.text, "one");
	send("\025\022thz");
	TEST_STR(screen_row(0), "(failed find 'thz') three");
	send("\022");
	TEST_STR(screen_row(0), "(failed find 'thz') three");
	send("\177");
	TEST_STR(screen_row(0), "(find 'th') three");
	send("z\007\022");
	TEST_STR(screen_row(0), "(find '') draft");
	send("\007");
	send("\022gr\303\274\177\177");
	TEST_STR(screen_row(0), "(find 'g') two grün");
	send("\033");
	TEST(line_waits(&l));
	line_pause(&l);
	TEST(!line_waits(&l));
	TEST_STR(screen_row(0), PROMPT "two grün");
	TEST_EQ(send("\022thr\r"), LINE_DONE);
	TEST_STR(l.text, "three");
}

/* Where the cursor is after a search, and what C-R alone looks for. */
static void history_search(void)
{
	unsigned int row, column;

	history_add("aa grün u" "e\314\210x");
	history_add("echo aa grün aab");
	begin(60, true);
	send("\022aa");
	TEST_EQ(l.at, strlen("echo aa grün "));
	screen_cursor(&row, &column);
	TEST_EQ(column, strlen("(find 'aa') echo aa grun "));
	send("b\022");
	TEST_STR(screen_row(0), "(find 'aab') echo aa grün aab");
	TEST_EQ(l.at, strlen("echo aa grün "));
	send("\177 \033[C");
	TEST_EQ(l.at, strlen("echo a"));
	TEST_STR(screen_row(0), PROMPT "echo aa grün aab");
	send("\022\022\022");
	TEST_STR(screen_row(0), "(find 'aa ') aa grün u" "e\314\210x");
	TEST_EQ(l.at, 0);
	/* never between a letter and its accent */
	send("\007\022\314\210");
	TEST_EQ(l.at, strlen("aa grün u"));
	TEST_EQ(send("\r"), LINE_DONE);
	TEST_STR(l.text, "aa grün u" "e\314\210x");
	/* what was given up is not what was looked for last */
	line_start(&l, PROMPT, 0, false);
	send("\022zz\007\022\022");
	TEST_STR(l.text, "aa grün u" "e\314\210x");
	TEST_STR(l.find, "\314\210");
}

/* Edits that are too long together: those that were left first are dropped. */
static void history_edits(void)
{
	static char text[LINE_SIZE];

	memset(text, 'x', LINE_SIZE / 2);
	history_add("1");
	history_add("2");
	history_add("3");
	begin(80, true);
	send("draft\033[A");
	send(text);
	send("\033[A");
	send(text);
	send("\033[A");
	TEST_STR(l.text, "1");
	send("\033[B");
	TEST_EQ(l.len, 1 + strlen(text));
	send("\033[B");
	TEST_STR(l.text, "3");
	send("\033[B");
	TEST_STR(l.text, "draft");
	TEST_EQ(send("\r"), LINE_DONE);
	line_start(&l, PROMPT, 0, false);
	send("\033[A\033[A");
	TEST_STR(l.text, "2");
}

/* A key that finds nothing to take away is no link between two that do. */
static void kills_of_nothing(void)
{
	begin(60, true);
	send("one two\027\013\027\031");
	TEST_STR(l.text, "one ");
	send("two\027\033d\027\025\025\031");
	TEST_STR(l.text, "one ");
	send("two\027\027\031");
	TEST_STR(l.text, "one two");
}

static const struct test_case cases[] = {
	TEST_CASE(all_widths), TEST_CASE(no_answers), TEST_CASE(plain), TEST_CASE(events),
	TEST_CASE(answers_are_no_text), TEST_CASE(silent_terminals_are_left_alone),
	TEST_CASE(wrong_order), TEST_CASE(narrower_than_the_line), TEST_CASE(pastes),
	TEST_CASE(marks), TEST_CASE(history_keeps), TEST_CASE(history_keys),
	TEST_CASE(history_search), TEST_CASE(history_edits), TEST_CASE(kills_of_nothing),
};
static const struct test_suite line_suite = TEST_SUITE_OF("line", cases);
TEST_SUITE(line_suite);
