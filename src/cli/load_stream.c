/*
 * load_stream.c
 *		From a file into COPY, in constant memory: as text, or as the records of CSV that it is.
 *
 * Text goes as one field of CSV whose quotes are a character that no text has, so that no line end,
 * tab or backslash of it means anything. A row is a run of whole lines of at least 64 kB: a row for
 * each line would cost the server more than reading the lines.
 *
 * Records of CSV go as they are, but for what COPY stops at and people do not see: carriage returns
 * before line feeds, in some lines or in all; empty lines; and the line \. that, up to PostgreSQL 17,
 * ends the data. What stands in quotes is not touched.
 */
#include <stdlib.h>
#include <string.h>

#include "load.h"

#define PART 65536
#define LONGEST_HEADER 4000000
#define LARGEST_TEXT 1000000000

struct Csv
{
	Input *input;
	char *text; /* the header, and what was read beyond it */
	size_t length;
	size_t header_start; /* behind a byte order mark */
	size_t header_length;
};

const char *
file_encoding(void)
{
	return load_options.encoding != NULL ? load_options.encoding : "UTF8";
}

/* A literal: names of encodings are for the server to know. */
static const char *
literal(const char *value)
{
	char *text = PQescapeLiteral(connection(), value, strlen(value));

	if (text == NULL)
		fail(STATUS_USAGE, "\"%s\" cannot be said to the server: %s", shown(value),
			 PQerrorMessage(connection()));
	return text;
}

/* ----------------------------------------------------------------------
 * Text
 * ---------------------------------------------------------------------- */

/* Text between quotes, in which quotes are doubled. */
static void
copy_quoted(const char *text, size_t length)
{
	const char *at = text;
	const char *end = text + length;

	while (at < end)
	{
		const char *quote = memchr(at, '\002', (size_t) (end - at));
		const char *stop = quote != NULL ? quote + 1 : end;

		copy_bytes(at, (size_t) (stop - at));
		if (quote != NULL)
			copy_bytes("\002", 1);
		at = stop;
	}
}

/*
 * A file as text, or its next part. What the server reads it keeps as one text, so a file is at most
 * LARGEST_TEXT; CSV is divided at the end of a record before that, and each part has the header.
 */
struct TextStream
{
	Input *input;
	size_t part_size; /* after so many bytes a part may end; 0: the file is one */
	char bytes[PART];
	size_t length;
	size_t used;
	bool ended;
	bool in_quotes;
	bool header_is_whole;
	Text header;
};

TextStream *
text_open(Input *input, size_t part_size)
{
	TextStream *stream = must_have(calloc(1, sizeof *stream));

	stream->input = input;
	stream->part_size = part_size;
	return stream;
}

/* Whether there is something that was not streamed yet. */
static bool
fill(TextStream *stream)
{
	if (stream->used < stream->length)
		return true;
	if (!stream->ended)
	{
		stream->length = input_read(stream->input, stream->bytes, sizeof stream->bytes);
		stream->used = 0;
		stream->ended = stream->length == 0;
		progress_at(input_position(stream->input));
	}
	return !stream->ended;
}

/* The first record is kept, for the parts that follow. */
static void
keep_header(TextStream *stream, const char *at, const char *stop, bool is_whole)
{
	text_add_bytes(&stream->header, at, (size_t) (stop - at));
	stream->header_is_whole = is_whole;
	if (stream->header.length > LONGEST_HEADER)
		stream->part_size = 0;
}

/* Streams a part; true: there is another. */
bool
text_stream(TextStream *stream, const char *doing, const char *table, const char *column)
{
	size_t in_row = 0;
	size_t in_part = 0;
	bool part_is_full = false;

	copy_begin(doing, format_text("COPY %s (%s) FROM STDIN WITH (FORMAT csv, DELIMITER E'\\x01', "
								  "QUOTE E'\\x02', ESCAPE E'\\x02', NULL E'\\x03', ENCODING %s)",
								  table, column, literal(file_encoding())));
	if (stream->header_is_whole)
	{
		copy_bytes("\002", 1);
		copy_quoted(stream->header.data, stream->header.length);
		in_row = in_part = stream->header.length;
	}
	while (!part_is_full && fill(stream))
	{
		const char *at = stream->bytes + stream->used;
		const char *end = stream->bytes + stream->length;
		const char *line_end = memchr(at, '\n', (size_t) (end - at));
		const char *stop = line_end != NULL ? line_end + 1 : end;

		if (stream->part_size > 0)
		{
			for (const char *quote = at;
				 (quote = memchr(quote, '"', (size_t) (stop - quote))) != NULL; quote++)
				stream->in_quotes = !stream->in_quotes;
			if (!stream->header_is_whole)
				keep_header(stream, at, stop, line_end != NULL && !stream->in_quotes);
			part_is_full = in_part >= stream->part_size && line_end != NULL && !stream->in_quotes;
		}
		if (in_row == 0)
			copy_bytes("\002", 1);
		copy_quoted(at, (size_t) (stop - at));
		in_row += (size_t) (stop - at);
		in_part += (size_t) (stop - at);
		stream->used += (size_t) (stop - at);
		if (line_end != NULL && in_row >= PART)
		{
			copy_bytes("\002\n", 2);
			in_row = 0;
		}
		if (in_part > LARGEST_TEXT)
			fail_with_hint(
				STATUS_FILE,
				"divide it, by day for instance, with a header each; nothing of it was loaded",
				"%s is larger than 1 GB, which is the most the server reads at once",
				shown(input_path(stream->input)));
	}
	if (in_row > 0)
		copy_bytes("\002\n", 2);
	copy_end();
	return part_is_full && fill(stream);
}

void
text_close(TextStream *stream)
{
	free(stream->header.data);
	free(stream);
}

/* ----------------------------------------------------------------------
 * CSV
 * ---------------------------------------------------------------------- */

/* Reads until the first record is whole, which ends at a line end outside of quotes. */
Csv *
csv_open(Input *input)
{
	Csv *csv = must_have(calloc(1, sizeof *csv));
	size_t size = 0;
	size_t at = 0;
	bool in_quotes = false;

	csv->input = input;
	for (;;)
	{
		size_t got;

		if (size - csv->length < PART)
		{
			size = 2 * size + 2 * PART;
			csv->text = must_have(realloc(csv->text, size));
		}
		got = input_read(input, csv->text + csv->length, PART);
		csv->length += got;
		if (at == 0 && csv->length >= 3 && memcmp(csv->text, "\xef\xbb\xbf", 3) == 0)
			at = csv->header_start = 3;
		/* Empty lines before the header are none. */
		while (at == csv->header_start && at < csv->length &&
			   (csv->text[at] == '\n' || csv->text[at] == '\r'))
			at = ++csv->header_start;
		for (; at < csv->length; at++)
		{
			if (csv->text[at] == '"')
				in_quotes = !in_quotes;
			else if (!in_quotes && (csv->text[at] == '\n' || csv->text[at] == '\r'))
				break;
		}
		if (at < csv->length || got == 0)
			break;
		if (csv->length > LONGEST_HEADER)
			fail_with_hint(STATUS_FILE, "CSV begins with a line of column names",
						   "%s is no CSV: its first record does not end within %d bytes",
						   shown(input_path(input)), LONGEST_HEADER);
	}
	csv->header_length = at - csv->header_start;
	return csv;
}

/* In hexadecimal, so that the server converts it from the file's encoding. */
const char *
csv_header_as_hex(Csv *csv)
{
	Text *hex = new_text();

	for (size_t i = 0; i < csv->header_length; i++)
		text_addf(hex, "%02x", (unsigned) (unsigned char) csv->text[csv->header_start + i]);
	return hex->data;
}

/* Where the filter is; lines are told apart only outside of quotes. */
typedef struct Filter
{
	bool in_quotes;
	bool at_line_start;
	char held[3]; /* a carriage return, or the beginning of a line that may be \. */
	int held_count;
} Filter;

static void
release(Filter *filter)
{
	copy_bytes(filter->held, (size_t) filter->held_count);
	filter->held_count = 0;
	filter->at_line_start = false;
}

static void
filter_byte(Filter *filter, char byte)
{
	if (filter->in_quotes)
	{
		copy_bytes(&byte, 1);
		filter->in_quotes = byte != '"';
		return;
	}
	if (byte == '\n')
	{
		bool only_dot = filter->held_count >= 2 && filter->held[0] == '\\';

		if (only_dot)
			copy_bytes("\"\\.\"", 4);
		else if (filter->held_count > 0 && filter->held[0] != '\r')
			release(filter);
		if (only_dot || !filter->at_line_start)
			copy_bytes("\n", 1);
		filter->held_count = 0;
		filter->at_line_start = true;
		return;
	}
	if (byte == '\r' &&
		(filter->held_count == 0 || (filter->held_count == 2 && filter->held[0] == '\\')))
	{
		filter->held[filter->held_count++] = byte;
		return;
	}
	if (filter->at_line_start &&
		((filter->held_count == 0 && byte == '\\') ||
		 (filter->held_count == 1 && filter->held[0] == '\\' && byte == '.')))
	{
		filter->held[filter->held_count++] = byte;
		return;
	}
	release(filter);
	copy_bytes(&byte, 1);
	filter->in_quotes = byte == '"';
}

/* Most bytes are none of those that the filter looks at. */
static void
filter_bytes(Filter *filter, const char *bytes, size_t length)
{
	size_t at = 0;

	while (at < length)
	{
		size_t plain = at;

		if (filter->held_count == 0 && (filter->in_quotes || !filter->at_line_start))
		{
			if (filter->in_quotes)
			{
				const char *quote = memchr(bytes + at, '"', length - at);

				plain = quote != NULL ? (size_t) (quote - bytes) : length;
			}
			else
			{
				while (plain < length && bytes[plain] != '"' && bytes[plain] != '\n' &&
					   bytes[plain] != '\r')
					plain++;
			}
			copy_bytes(bytes + at, plain - at);
			at = plain;
			if (at == length)
				return;
		}
		filter_byte(filter, bytes[at++]);
	}
}

/* The whole file, its header too, which COPY then skips: so line numbers are the file's. Returns the rows. */
int64_t
csv_stream(Csv *csv, const char *doing, const char *table, const char *columns)
{
	static char part[PART];
	char delimiter[2] = {csv_delimiter(), '\0'};
	Filter filter = {.at_line_start = true};
	size_t length;

	copy_begin(
		doing,
		format_text("COPY %s%s FROM STDIN WITH (FORMAT csv, HEADER, DELIMITER %s, ENCODING %s)",
					table, columns, literal(delimiter), literal(file_encoding())));
	filter_bytes(&filter, csv->text + csv->header_start, csv->length - csv->header_start);
	while ((length = input_read(csv->input, part, sizeof part)) > 0)
	{
		filter_bytes(&filter, part, length);
		progress_at(input_position(csv->input));
	}
	/* A last line without an end. */
	if (filter.held_count >= 2 && filter.held[0] == '\\')
		filter_byte(&filter, '\n');
	else if (filter.held_count > 0 && filter.held[0] != '\r')
		release(&filter);
	return copy_end();
}

void
csv_close(Csv *csv)
{
	free(csv->text);
	free(csv);
}
