/* SPDX-License-Identifier: MIT */
/* A terminal for the line editor's tests (see line_screen.h). */
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>
#include <lib/utf8.h>

#include "line_screen.h"

static char *cells[SCREEN_ROWS][SCREEN_COLUMNS];
static unsigned int columns, row, column;
static bool hanging;
static unsigned int used_rows;

/* bytes of a sequence that has begun */
static char pending[32];
static size_t pending_len;

static char answers[256];
bool screen_answering;

static void set_cell(unsigned int r, unsigned int c, const char *text, size_t len)
{
	if (!TEST(r < SCREEN_ROWS && c < SCREEN_COLUMNS))
		abort();
	free(cells[r][c]);
	cells[r][c] = NULL;
	if (len) {
		cells[r][c] = malloc(CELL_SIZE);
		memcpy(cells[r][c], text, len);
		cells[r][c][len] = 0;
		used_rows = MAX(used_rows, r + 1);
	}
}

static void clear(unsigned int r, unsigned int from)
{
	for (unsigned int c = from; c < columns; c++)
		set_cell(r, c, "", 0);
}

void screen_reset(unsigned int width)
{
	columns = SCREEN_COLUMNS;
	for (unsigned int r = 0; r < used_rows; r++)
		clear(r, 0);
	columns = width;
	used_rows = 0;
	row = column = 0;
	hanging = false;
	pending_len = 0;
	answers[0] = 0;
}

static void new_row(void)
{
	row++;
	column = 0;
	hanging = false;
}

static void put(const char *text, size_t len)
{
	unsigned int width;
	u32 c;

	utf8_decode(text, len, &c);
	width = MIN(utf8_columns(c), columns);
	if (!width) {
		/* joins what is on the left of the cursor, or under one that hangs */
		unsigned int at = column - !hanging;

		if (!TEST(column || hanging))
			return;
		while (at && !cells[row][at])
			at--;
		if (TEST(cells[row][at] != NULL))
			strlcat(cells[row][at], text, CELL_SIZE);
		return;
	}
	if (hanging || column + width > columns)
		new_row();
	for (unsigned int i = 0; i < width; i++)
		set_cell(row, column + i, text, i ? 0 : len);
	column += width;
	if (column == columns) {
		column--;
		hanging = true;
	}
}

static void answer(const char *fmt, unsigned int a, unsigned int b)
{
	size_t len = strlen(answers);

	if (screen_answering)
		snprintf(answers + len, sizeof(answers) - len, fmt, a, b);
}

static void sequence(const char *numbers, char final)
{
	unsigned int n = (unsigned int)strtoul(numbers, NULL, 10);
	unsigned int by = n ? n : 1;

	/* what these do to a cursor that hangs differs from one terminal to the next */
	if (!strchr("tnHChl", final))
		TEST(!hanging);
	switch (final) {
	case 'A':
		TEST(row >= by);
		row -= MIN(row, by);
		break;
	case 'B':
		row += by;
		/* it does not scroll: rows below must have been written */
		TEST(row < MAX(used_rows, 1U) || n == 0);
		break;
	case 'C':
		column = MIN(column + by, columns - 1);
		hanging = false;
		break;
	case 'D':
		TEST(column >= by);
		column -= MIN(column, by);
		break;
	case 'H':
		row = column = 0;
		hanging = false;
		break;
	case 'J':
		if (n == 2) {
			for (unsigned int r = 0; r < used_rows; r++)
				clear(r, 0);
			break;
		}
		for (unsigned int r = row + 1; r < used_rows; r++)
			clear(r, 0);
		clear(row, column);
		break;
	case 'K':
		clear(row, column);
		break;
	case 'h':
	case 'l':
		TEST_STR(numbers, final == 'h' ? "?2004h" : "?2004l");
		break;
	case 't':
		TEST_EQ(n, 18);
		answer("\033[8;%u;%ut", 1000, columns);
		break;
	case 'n':
		TEST_EQ(n, 6);
		answer("\033[%u;%uR", row + 1, column + 1);
		break;
	default:
		TEST_STR(numbers, "no such sequence");
	}
}

static void control(char c)
{
	switch (c) {
	case '\r':
		column = 0;
		hanging = false;
		break;
	case '\n':
		new_row();
		used_rows = MAX(used_rows, row + 1);
		break;
	case '\b':
		TEST(column && !hanging);
		column -= !!column;
		break;
	default:
		TEST_EQ(c, "no control character is written");
	}
}

static void take(char c)
{
	if (!pending_len && (u8)c < ' ' && c != '\033') {
		control(c);
		return;
	}
	if (!TEST(pending_len + 1 < sizeof(pending)))
		abort();
	pending[pending_len++] = c;
	pending[pending_len] = 0;
	if (*pending != '\033') {
		if (pending_len < utf8_length((u8)*pending))
			return;
		TEST(utf8_length((u8)*pending) > 0);
		put(pending, pending_len);
	} else {
		if (pending_len < 3 || (c >= '0' && c <= '9') || c == ';' || c == '?')
			return;
		TEST_EQ(pending[1], '[');
		sequence(pending + 2, c);
	}
	pending_len = 0;
}

void screen_write(void *arg __unused, const char *text, size_t len)
{
	while (len--)
		take(*text++);
}

const char *screen_row(unsigned int r)
{
	static char text[SCREEN_COLUMNS * 16];
	size_t len = 0, end = 0;

	for (unsigned int c = 0; c < columns; c++) {
		const char *cell = cells[r][c];
		u32 lead;

		if (!cell) {
			text[len++] = ' ';
			continue;
		}
		len += strlcpy(text + len, cell, sizeof(text) - len);
		utf8_decode(cell, strlen(cell), &lead);
		if (utf8_columns(lead) == 2)
			c++;
		if (strcmp(cell, " "))
			end = len;
	}
	text[end] = 0;
	return text;
}

void screen_cursor(unsigned int *r, unsigned int *c)
{
	*r = hanging ? row + 1 : row;
	*c = hanging ? 0 : column;
}

const char *screen_answers(void)
{
	static char given[sizeof(answers)];

	strlcpy(given, answers, sizeof(given));
	answers[0] = 0;
	return given;
}
