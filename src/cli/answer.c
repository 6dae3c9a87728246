/*
 * answer.c
 *		What the program says, and how it ends.
 *
 * To people it says lines: results on the standard output, the rest on the standard error. With
 * --json it gathers one object and prints it at the end, whatever the end is, so that a program
 * that reads it always finds one whole document, with the exit code in it. Amounts are strings
 * there: many readers of JSON make a float of a number.
 *
 * Names of files and texts of the server may hold anything. On a terminal a control character is a
 * command, so none is printed; JSON is UTF-8, so what is not becomes the replacement character.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chipbook.h"

const char *unfinished_file = NULL;

static FILE *lines; /* where say() writes; NULL: the standard output */
static Text document;
static char open_levels[8]; /* what closes each open level: } or ] */
static int depth;
static bool level_is_empty[8];
static Text notices; /* the server's, comma-separated strings of JSON */

/* ----------------------------------------------------------------------
 * Texts
 * ---------------------------------------------------------------------- */

void *
must_have(void *allocated)
{
	if (allocated == NULL)
	{
		fputs("chipbook: out of memory\n", stderr);
		exit(STATUS_FILE);
	}
	return allocated;
}

Text *
new_text(void)
{
	Text *text = must_have(calloc(1, sizeof *text));

	text_add(text, "");
	return text;
}

void
text_add_bytes(Text *text, const char *bytes, size_t length)
{
	if (text->length + length + 1 > text->size)
	{
		text->size = 2 * (text->length + length) + 64;
		text->data = must_have(realloc(text->data, text->size));
	}
	memcpy(text->data + text->length, bytes, length);
	text->length += length;
	text->data[text->length] = '\0';
}

void
text_add(Text *text, const char *more)
{
	text_add_bytes(text, more, strlen(more));
}

void
text_add_char(Text *text, char more)
{
	text_add_bytes(text, &more, 1);
}

void
text_addf(Text *text, const char *format, ...)
{
	va_list arguments;
	int length;
	char *more;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	more = must_have(malloc((size_t) length + 1));
	va_start(arguments, format);
	vsnprintf(more, (size_t) length + 1, format, arguments);
	va_end(arguments);
	text_add(text, more);
	free(more);
}

char *
format_text(const char *format, ...)
{
	va_list arguments;
	int length;
	char *text;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	text = must_have(malloc((size_t) length + 1));
	va_start(arguments, format);
	vsnprintf(text, (size_t) length + 1, format, arguments);
	va_end(arguments);
	return text;
}

/* How many bytes the UTF-8 character that begins here has; 0 when none does. */
static int
character_length(const unsigned char *at)
{
	int length = at[0] < 0x80   ? 1
				 : at[0] < 0xC2 ? 0
				 : at[0] < 0xE0 ? 2
				 : at[0] < 0xF0 ? 3
				 : at[0] < 0xF5 ? 4
								: 0;

	for (int i = 1; i < length; i++)
	{
		if ((at[i] & 0xC0) != 0x80)
			return 0;
	}
	/* Overlong forms, surrogates, and what is beyond Unicode. */
	if ((at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xED && at[1] > 0x9F) ||
		(at[0] == 0xF0 && at[1] < 0x90) || (at[0] == 0xF4 && at[1] > 0x8F))
		return 0;
	return length;
}

/* A text as it may be printed: one line, no control characters, valid UTF-8. */
const char *
shown(const char *text)
{
	Text *buffer = new_text();

	for (const unsigned char *at = (const unsigned char *) text; *at != '\0';)
	{
		int length = character_length(at);

		if (length == 0 || *at < 0x20 || *at == 0x7F ||
			(length == 2 && at[0] == 0xC2 && at[1] < 0xA0))
		{
			text_add_char(buffer, *at == '\n' || *at == '\t' ? ' ' : '?');
			at += length > 1 ? length : 1;
			continue;
		}
		text_add_bytes(buffer, (const char *) at, (size_t) length);
		at += length;
	}
	/* Kept until the end: few, and they are parts of what is still being said. */
	return buffer->data;
}

/* So much of a text as fits into a number of bytes, without half a character at its end. */
const char *
beginning(const char *text, int bytes)
{
	const char *whole = shown(text);

	if ((int) strlen(whole) <= bytes)
		return whole;
	while (bytes > 0 && ((unsigned char) whole[bytes] & 0xC0) == 0x80)
		bytes--;
	return format_text("%.*s", bytes, whole);
}

void
append_json_text(Text *buffer, const char *text)
{
	text_add_char(buffer, '"');
	for (const unsigned char *at = (const unsigned char *) text; *at != '\0';)
	{
		int length = character_length(at);

		if (length == 0)
		{
			text_add(buffer, "\\ufffd");
			at++;
			continue;
		}
		if (*at == '"' || *at == '\\')
			text_add_char(buffer, '\\');
		if (*at < 0x20 || *at == 0x7F)
			text_addf(buffer, "\\u%04x", (unsigned) *at);
		else
			text_add_bytes(buffer, (const char *) at, (size_t) length);
		at += length;
	}
	text_add_char(buffer, '"');
}

/* ----------------------------------------------------------------------
 * Lines for people
 * ---------------------------------------------------------------------- */

/* From here on the standard output is for the data that was asked for. */
void
say_on_stderr(void)
{
	lines = stderr;
}

void
say(const char *format, ...)
{
	va_list arguments;

	if (settings.json || settings.quiet)
		return;
	progress_clear();
	va_start(arguments, format);
	vfprintf(lines != NULL ? lines : stdout, format, arguments);
	va_end(arguments);
	putc('\n', lines != NULL ? lines : stdout);
}

CHIPBOOK_PRINTF(1, 0) static void tell(const char *format, va_list arguments)
{
	progress_clear();
	fflush(stdout);
	fputs("chipbook: ", stderr);
	vfprintf(stderr, format, arguments);
	putc('\n', stderr);
}

void
note(const char *format, ...)
{
	va_list arguments;

	if (settings.json || settings.quiet)
		return;
	va_start(arguments, format);
	tell(format, arguments);
	va_end(arguments);
}

/* What is wrong and ends no run: said as what does, whatever else is quiet. */
void
complain(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	tell(format, arguments);
	va_end(arguments);
}

/* ----------------------------------------------------------------------
 * The document
 * ---------------------------------------------------------------------- */

/* What the server says beside its results; also when it is not asked for as JSON, as a line. */
static void
take_notice(void *arg, const PGresult *result)
{
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	(void) arg;
	if (text == NULL)
		return;
	if (notices.length > 0)
		text_add(&notices, ", ");
	append_json_text(&notices, text);
	note("%s", shown(text));
}

bool
answer_has_notice(const char *text)
{
	return notices.data != NULL && strstr(notices.data, text) != NULL;
}

static void
begin_value(const char *name)
{
	if (!level_is_empty[depth])
		text_add(&document, ", ");
	level_is_empty[depth] = false;
	if (name != NULL)
	{
		append_json_text(&document, name);
		text_add(&document, ": ");
	}
}

void
answer_begin(const char *command)
{
	text_add_char(&document, '{');
	depth = 0;
	open_levels[0] = '}';
	level_is_empty[0] = true;
	answer_text("command", command);
}

/* kind: { or [ */
void
answer_open(const char *name, char kind)
{
	begin_value(name);
	text_add_char(&document, kind);
	depth++;
	open_levels[depth] = kind == '{' ? '}' : ']';
	level_is_empty[depth] = true;
}

void
answer_close(void)
{
	text_add_char(&document, open_levels[depth]);
	depth--;
}

void
answer_text(const char *name, const char *value)
{
	begin_value(name);
	if (value == NULL)
		text_add(&document, "null");
	else
		append_json_text(&document, value);
}

/* A number as the server wrote it; empty or NULL: null. */
void
answer_number(const char *name, const char *digits)
{
	begin_value(name);
	text_add(&document, digits == NULL || *digits == '\0' ? "null" : digits);
}

void
answer_count(const char *name, int64_t value)
{
	begin_value(name);
	text_addf(&document, "%lld", (long long) value);
}

void
answer_switch(const char *name, bool value)
{
	begin_value(name);
	text_add(&document, value ? "true" : "false");
}

/* What the server made with to_json(); NULL: null. */
void
answer_json(const char *name, const char *value)
{
	begin_value(name);
	text_add(&document, value == NULL || *value == '\0' ? "null" : value);
}

/* What monitoring expects: 0 ok, 1 warnings, 2 errors, 3 not known. */
static int
exit_code_of(int status)
{
	if (!settings.monitor)
		return status;
	return status == STATUS_DONE       ? 0
		   : status == STATUS_WARNINGS ? 1
		   : status == STATUS_FINDINGS ? 2
									   : 3;
}

/* The end of every run: prints the document when it is asked for, and returns the exit code. */
int
answer_end(int status)
{
	progress_end();
	if (settings.json && document.data != NULL)
	{
		while (depth > 0)
			answer_close();
		if (notices.length > 0)
		{
			begin_value("notices");
			text_addf(&document, "[%s]", notices.data);
		}
		answer_text("status", status == STATUS_DONE         ? "done"
							  : status == STATUS_FINDINGS   ? "findings"
							  : status == STATUS_USAGE      ? "usage"
							  : status == STATUS_CONNECTION ? "connection"
							  : status == STATUS_SERVER     ? "refused"
							  : status == STATUS_FILE       ? "file"
							  : status == STATUS_BUSY       ? "busy"
							  : status == STATUS_WARNINGS   ? "warnings"
															: "interrupted");
		answer_count("exit_code", exit_code_of(status));
		answer_close();
		fputs(document.data, stdout);
		putchar('\n');
	}
	/* A disk that is full, or a reader that is gone. */
	if ((fflush(stdout) != 0 || ferror(stdout)) && status < STATUS_FILE)
	{
		fprintf(stderr, "chipbook: the output cannot be written: %s\n", strerror(errno));
		status = STATUS_FILE;
	}
	return exit_code_of(status);
}

/* ----------------------------------------------------------------------
 * Failing
 * ---------------------------------------------------------------------- */

static _Noreturn void
leave(int status)
{
	if (unfinished_file != NULL)
		unlink(unfinished_file);
	disconnect();
	exit(answer_end(status));
}

static void
say_error(const char *message, const char *detail, const char *hint, const char *context,
		  const char *sqlstate)
{
	progress_clear();
	fflush(stdout);
	/* Monitoring shows what is on the standard output. */
	if (settings.monitor && !settings.json)
		printf("CHIPBOOK UNKNOWN: %s\n", shown(message));
	fprintf(stderr, "chipbook: %s\n", shown(message));
	if (detail != NULL)
		fprintf(stderr, "  detail: %s\n", shown(detail));
	if (context != NULL)
		fprintf(stderr, "  where: %s\n", shown(context));
	if (hint != NULL)
		fprintf(stderr, "  what to do: %s\n", shown(hint));
	if (document.data == NULL)
		return;
	while (depth > 0)
		answer_close();
	answer_open("error", '{');
	answer_text("message", message);
	answer_text("detail", detail);
	answer_text("hint", hint);
	answer_text("context", context);
	answer_text("sqlstate", sqlstate);
	answer_close();
}

void
fail(int status, const char *format, ...)
{
	va_list arguments;
	char message[2048];

	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	say_error(message, NULL, NULL, NULL, NULL);
	leave(status);
}

void
fail_with_hint(int status, const char *hint, const char *format, ...)
{
	va_list arguments;
	char message[2048];

	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	say_error(message, NULL, hint, NULL, NULL);
	leave(status);
}

/* What the server refused, in its own words; doing: what was being done, or NULL. */
void
fail_from_server(int status, const char *doing, const PGresult *result)
{
	const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
	const char *message = primary != NULL ? primary : PQresultErrorMessage(result);

	/* Where in a function it happened is for its author; the line of a file is for its reader. */
	if (context != NULL && strncmp(context, "COPY ", 5) != 0)
		context = NULL;
	say_error(doing != NULL ? format_text("%s: %s", doing, message) : message,
			  PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL),
			  PQresultErrorField(result, PG_DIAG_MESSAGE_HINT), context,
			  PQresultErrorField(result, PG_DIAG_SQLSTATE));
	leave(status);
}

/* The receiver of the server's notices, for the connection. */
PQnoticeReceiver notice_receiver(void);

PQnoticeReceiver
notice_receiver(void)
{
	return take_notice;
}
