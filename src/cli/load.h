/*
 * load.h
 *		What the files of `chipbook load` share.
 */
#ifndef CHIPBOOK_CLI_LOAD_H
#define CHIPBOOK_CLI_LOAD_H

#include "chipbook.h"

typedef struct LoadOptions
{
	const char *source;
	const char *scope;
	const char *name;
	const char *encoding;
	const char *table;
	const char *unallocated;
	List options; /* KEY=VALUE */
	bool replace;
	bool strict;
	bool no_publish;
	bool as_text;
	bool again;
	const char *part_size; /* of CSV of readings, in MB */
	const char *show;      /* how many rejected rows and findings are shown */
} LoadOptions;

extern LoadOptions load_options;

/* A kind of file: how its files are loaded, one by one or all together. Returns the exit code. */
typedef struct Kind
{
	const char *name;
	const char *format; /* of an import of readings */
	int (*load_one)(const struct Kind *kind, const char *path);
	int (*load_all)(char **paths, int count);
} Kind;

/* load.c */
extern const char *load_name(const Input *input);
extern const char *options_as_json(void);
extern int publish(const char *what, const char *load_id, bool *to_commit);
extern void end_load(const char *what, bool to_commit);
extern bool load_is_published(const char *load_id);
extern void say_rows(const PGresult *rows, const char *line_column);

/* load_stream.c */
typedef struct Csv Csv;
typedef struct TextStream TextStream;

extern TextStream *text_open(Input *input, size_t part_size);
extern bool
text_stream(TextStream *stream, const char *doing, const char *table, const char *column);
extern void text_close(TextStream *stream);
extern Csv *csv_open(Input *input);
extern const char *csv_header_as_hex(Csv *csv);
extern int64_t csv_stream(Csv *csv, const char *doing, const char *table, const char *columns);
extern void csv_close(Csv *csv);
extern const char *file_encoding(void);
extern char csv_delimiter(void);

/* load_readings.c, load_bill.c, load_facts.c */
extern int load_readings(const Kind *kind, const char *path);
extern int load_bill(const Kind *kind, const char *path);
extern int load_facts(char **paths, int count);

#endif
