/*
 * progress.c
 *		How far a long step is: on a terminal one line that is written over, with a bar, the rate and
 *		the time left; anywhere else a line a minute, so that a log tells a slow run from a dead one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "chipbook.h"

#define BAR_WIDTH 20

static const char *what_file; /* NULL: nothing is shown */
static const char *what_step; /* in place of the bar, while the server works */
static int64_t total_bytes;   /* -1: not known */
static int64_t done_bytes;
static int64_t done_rows;
static double began_at;
static double step_began_at;
static double shown_at;
static double line_at;
static bool line_is_open;

static double
now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double) at.tv_sec + (double) at.tv_nsec / 1e9;
}

static bool
on_terminal(void)
{
	static int is_one = -1;

	if (is_one < 0)
		is_one = isatty(STDERR_FILENO) == 1;
	return is_one == 1 && !settings.quiet;
}

static int
terminal_width(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

void
progress_begin(const char *what, int64_t total)
{
	what_file = what;
	what_step = NULL;
	total_bytes = total;
	done_bytes = 0;
	done_rows = 0;
	began_at = step_began_at = line_at = now();
	shown_at = 0;
}

static void
write_bytes(char *text, size_t size, double bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	int unit = 0;

	while (bytes >= 1000 && unit < 4)
	{
		bytes /= 1000;
		unit++;
	}
	snprintf(text, size, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
}

static void
write_time(char *text, size_t size, double seconds)
{
	long whole = (long) (seconds + 0.5);

	if (whole < 3600)
		snprintf(text, size, "%ld:%02ld", whole / 60, whole % 60);
	else
		snprintf(text, size, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
}

static void
describe(char *text, size_t size, bool with_bar)
{
	double elapsed = now() - began_at;
	double rate = elapsed > 0.1 ? (double) done_bytes / elapsed : 0;
	char bytes[32];
	char speed[32];
	char left[32];
	char bar[BAR_WIDTH + 1];

	if (what_step != NULL)
	{
		write_time(left, sizeof left, now() - step_began_at);
		snprintf(text, size, "%s: %s, %s", what_file, what_step, left);
		return;
	}
	if (done_rows > 0)
	{
		snprintf(text, size, "%s: rows: %" PRId64 ", %.0f/s", what_file, done_rows,
				 elapsed > 0.1 ? (double) done_rows / elapsed : 0.0);
		return;
	}
	write_bytes(bytes, sizeof bytes, (double) done_bytes);
	write_bytes(speed, sizeof speed, rate);
	if (total_bytes <= 0 || done_bytes > total_bytes)
	{
		snprintf(text, size, "%s: %s, %s/s", what_file, bytes, speed);
		return;
	}
	for (int i = 0; i < BAR_WIDTH; i++)
		bar[i] = (double) i < (double) done_bytes / (double) total_bytes * BAR_WIDTH ? '#' : '.';
	bar[BAR_WIDTH] = '\0';
	if (rate > 0)
		write_time(left, sizeof left, (double) (total_bytes - done_bytes) / rate);
	else
		snprintf(left, sizeof left, "?");
	snprintf(text, size, "%s: %s%s%s%.0f %%, %s/s, %s left", what_file, with_bar ? "[" : "",
			 with_bar ? bar : "", with_bar ? "] " : "",
			 100.0 * (double) done_bytes / (double) total_bytes, speed, left);
}

/* Called often, shows seldom. */
void
progress_tick(void)
{
	double at;
	char text[512];

	if (what_file == NULL || settings.quiet)
		return;
	at = now();
	if (on_terminal())
	{
		int width = terminal_width() - 1;

		if (at - shown_at < 0.2)
			return;
		shown_at = at;
		describe(text, sizeof text, true);
		/* A letter of several bytes must not be cut; then the line is shorter than the terminal. */
		if ((int) strlen(text) > width)
		{
			while (width > 0 && ((unsigned char) text[width] & 0xC0) == 0x80)
				width--;
			text[width] = '\0';
		}
		fprintf(stderr, "\r%s\033[K", text);
		fflush(stderr);
		line_is_open = true;
	}
	else if (at - line_at >= 60)
	{
		line_at = at;
		describe(text, sizeof text, false);
		fprintf(stderr, "chipbook: %s\n", text);
	}
}

void
progress_at(int64_t done)
{
	done_bytes = done;
	progress_tick();
}

/* Rows that come, of which nobody knows how many there will be. */
void
progress_rows(int64_t rows)
{
	done_rows = rows;
	if (rows % 1024 == 0)
		progress_tick();
}

/* The server works, and does not say how far it is. */
void
progress_step(const char *what)
{
	if (what_file == NULL)
		progress_begin(settings.command, -1);
	what_step = what;
	step_began_at = now();
	shown_at = 0;
	progress_tick();
}

/* Before anything else is written to the terminal. */
void
progress_clear(void)
{
	if (line_is_open)
	{
		fputs("\r\033[K", stderr);
		fflush(stderr);
		line_is_open = false;
	}
}

void
progress_end(void)
{
	progress_clear();
	what_file = NULL;
}
