/*
 * load_facts.c
 *		Facts of any table: all files of a command become one load, so that they may name each other.
 *		Sources are no facts but what facts refer to; they are added first, where they are missing.
 *
 * The load's description ends with a SHA-256 over the tables and the files' contents. By it the same
 * files are known again: publishing them twice would put them back over what replaced them since.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "load.h"

typedef struct FactFile
{
	Input *input;
	const char *what;
	const char *table;
	const char *sha256;
} FactFile;

/* The table that a file is for: that of --table, or party of party.csv.gz. */
static const char *
table_of(const Input *input)
{
	const char *name = input_name(input);

	if (load_options.table != NULL)
		return load_options.table;
	return format_text("%.*s", (int) strcspn(name, "."), name);
}

static void
check_table(const FactFile *file)
{
	PGresult *found;

	if (strcmp(file->table, "meter_reading") == 0 || strcmp(file->table, "charge") == 0)
		fail_with_hint(STATUS_USAGE,
					   strcmp(file->table, "charge") == 0
						   ? "chipbook load bill"
						   : "chipbook load readings, dcgm, slurm or opencost",
					   "%s: table \"%s\" is not filled by facts", file->what, file->table);
	found = ask(NULL, (Question){"SELECT 1 FROM chipbook.ledger_fact_tables() f WHERE f.table_name "
								 "= $1 UNION ALL SELECT 1 WHERE $1 = 'source'",
								 {file->table}});
	if (PQntuples(found) == 0)
		fail_with_hint(STATUS_USAGE,
					   "name the table with --table; SELECT table_name FROM "
					   "chipbook.ledger_fact_tables() lists them",
					   "%s: there is no table of facts \"%s\"", file->what, shown(file->table));
	PQclear(found);
}

/* The columns of the header, quoted, in brackets. What the ledger itself writes is not given. */
static const char *
columns_of(const FactFile *file, Csv *csv)
{
	char delimiter[2] = {csv_delimiter(), '\0'};
	PGresult *found =
		ask(file->what,
			(Question){
				"SELECT string_agg(quote_ident(btrim(f.name)), ', ' ORDER BY f.place) AS columns, "
				"string_agg(f.name, ', ') FILTER (WHERE lower(btrim(f.name)) IN ('fact_id', "
				"'load_id', 'recorded_at', 'superseded_at')) AS own, min(r.problem) AS problem "
				"FROM (SELECT c.fields, c.problem FROM "
				"chipbook.csv_records(convert_from(decode($1, 'hex'), $2), $3) c LIMIT 1) r "
				"LEFT JOIN LATERAL unnest(r.fields) WITH ORDINALITY f (name, place) ON true",
				{csv_header_as_hex(csv), file_encoding(), delimiter}});
	const char *columns = cell(found, 0, "columns");

	if (columns == NULL)
		fail_with_hint(STATUS_FILE, "it begins with a line of column names", "%s has no header: %s",
					   file->what,
					   cell(found, 0, "problem") != NULL ? cell(found, 0, "problem")
														 : "it is empty");
	if (cell(found, 0, "own") != NULL)
		fail(STATUS_FILE, "%s: the ledger writes %s by itself", file->what,
			 shown(cell(found, 0, "own")));
	columns = must_have(strdup(columns));
	PQclear(found);
	return columns;
}

static int64_t
copy_facts(const FactFile *file)
{
	Csv *csv = csv_open(file->input);
	const char *columns = columns_of(file, csv);
	int64_t rows;

	progress_begin(file->what, input_size(file->input));
	rows = csv_stream(csv, file->what, format_text("%s.%s", in_ledger("%s"), quoted(file->table)),
					  format_text(" (%s)", columns));
	progress_end();
	csv_close(csv);
	return rows;
}

/* Sources that are missing are added; one that is there and differs is an error, for facts rest on it. */
static int64_t
add_sources(const FactFile *file)
{
	Csv *csv = csv_open(file->input);
	const char *columns = columns_of(file, csv);
	PGresult *different;
	PGresult *added;
	int64_t rows;

	PQclear(ask(file->what, (Question){in_ledger("CREATE TEMPORARY TABLE chipbook_source (LIKE "
												 "%s.source INCLUDING DEFAULTS) ON COMMIT DROP"),
									   {NULL}}));
	csv_stream(csv, file->what, "pg_temp.chipbook_source", format_text(" (%s)", columns));
	csv_close(csv);
	different =
		ask(file->what,
			(Question){in_ledger(format_text(
						   "SELECT t.source_id FROM pg_temp.chipbook_source t JOIN %%s.source s ON "
						   "s.source_id = t.source_id "
						   "WHERE (SELECT to_jsonb(n) FROM (SELECT %s FROM (SELECT t.*) t) n) <> "
						   "(SELECT to_jsonb(n) FROM (SELECT %s FROM (SELECT s.*) s) n) LIMIT 1",
						   columns, columns)),
					   {NULL}});
	if (PQntuples(different) > 0)
		fail_with_hint(STATUS_SERVER,
					   "sources are kept as they were recorded; give another one a name of its own",
					   "%s: source \"%s\" is there already, and differs", file->what,
					   shown(cell(different, 0, "source_id")));
	PQclear(different);
	added =
		ask(file->what,
			(Question){
				in_ledger(format_text(
					"INSERT INTO %%s.source (%s) SELECT %s FROM pg_temp.chipbook_source t "
					"WHERE NOT EXISTS (SELECT FROM %%s.source s WHERE s.source_id = t.source_id)",
					columns, columns)),
				{NULL}});
	rows = strtoll(PQcmdTuples(added), NULL, 10);
	PQclear(added);
	PQclear(ask(NULL, (Question){"DROP TABLE pg_temp.chipbook_source", {NULL}}));
	return rows;
}

/* Over tables and contents, whatever the files are called. */
static const char *
sha256_of_all(const FactFile *files, int count)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	Text *all = new_text();
	Text *hex = new_text();

	for (int i = 0; i < count; i++)
		text_addf(all, "%s %s\n", files[i].table, files[i].sha256);
	if (EVP_Digest(all->data, all->length, digest, &length, EVP_sha256(), NULL) != 1)
		fail(STATUS_FILE, "SHA-256 cannot be computed");
	for (unsigned i = 0; i < length; i++)
		text_addf(hex, "%02x", (unsigned) digest[i]);
	return hex->data;
}

/* The load that the same files became, and is still there; NULL: none. */
static const char *
known_load(const FactFile *files, int count, const char *sha256, bool *published)
{
	Text *has_rows = new_text();
	PGresult *found;
	const char *load_id = NULL;

	for (int i = 0; i < count; i++)
	{
		if (strcmp(files[i].table, "source") != 0)
			text_addf(has_rows, " OR EXISTS (SELECT FROM %s.%s t WHERE t.load_id = l.load_id)",
					  in_ledger("%s"), quoted(files[i].table));
	}
	found =
		ask(NULL,
			(Question){
				format_text("SELECT l.load_id, l.recorded_at IS NOT NULL AS published FROM %s.load "
							"l WHERE l.retracted_at IS NULL AND right(l.description, 64) = $1 "
							"AND (l.recorded_at IS NOT NULL%s) ORDER BY l.recorded_at IS NOT NULL "
							"DESC, l.load_id DESC LIMIT 1",
							in_ledger("%s"), has_rows->data),
				{sha256}});
	if (PQntuples(found) > 0)
	{
		load_id = must_have(strdup(cell(found, 0, "load_id")));
		*published = strcmp(cell(found, 0, "published"), "t") == 0;
	}
	PQclear(found);
	return load_id;
}

int
load_facts(char **paths, int count)
{
	FactFile *files = must_have(calloc((size_t) count, sizeof *files));
	Text *names = new_text();
	const char *sha256;
	const char *load_id = NULL;
	bool published = false;
	bool known = false;
	bool to_commit = true;
	int fact_files = 0;
	int status = STATUS_DONE;

	for (int i = 0; i < count; i++)
	{
		FactFile *file = &files[i];

		file->input = input_open(paths[i]);
		file->what = load_name(file->input);
		file->table = table_of(file->input);
		check_table(file);
		file->sha256 = input_sha256(file->input);
		text_addf(names, "%s%s", i > 0 ? ", " : "", file->what);
	}
	sha256 = sha256_of_all(files, count);
	set_doing(format_text("loading %s", names->data),
			  format_text("nothing of %s was loaded; run the same command again", names->data));
	answer_text("sha256", sha256);

	begin_work(true);
	answer_open("files", '[');
	for (int i = 0; i < count; i++)
	{
		int64_t rows;

		if (strcmp(files[i].table, "source") != 0)
		{
			fact_files++;
			continue;
		}
		rows = add_sources(&files[i]);
		answer_open(NULL, '{');
		answer_text("file", files[i].what);
		answer_text("table", files[i].table);
		answer_count("rows", rows);
		answer_close();
		say("%s: sources added: %lld", files[i].what, (long long) rows);
	}
	if (fact_files > 0 && !load_options.again)
		load_id = known_load(files, count, sha256, &published);
	known = load_id != NULL;
	if (fact_files > 0 && load_id == NULL)
	{
		PGresult *opened = ask(
			NULL,
			(Question){"SELECT chipbook.open_load($1, $2, nullif($3, '')) AS load_id",
					   {the_ledger(),
						format_text("facts: %s; sha256 %s", beginning(names->data, 400), sha256),
						load_options.source != NULL ? load_options.source : ""}});

		load_id = must_have(strdup(cell(opened, 0, "load_id")));
		PQclear(opened);
		for (int i = 0; i < count; i++)
		{
			int64_t rows;

			if (strcmp(files[i].table, "source") == 0)
				continue;
			rows = copy_facts(&files[i]);
			answer_open(NULL, '{');
			answer_text("file", files[i].what);
			answer_text("table", files[i].table);
			answer_count("rows", rows);
			answer_close();
			say("%s: rows of %s: %lld", files[i].what, files[i].table, (long long) rows);
		}
	}
	answer_close();
	for (int i = 0; i < count; i++)
		input_close(files[i].input);
	answer_switch("known", known);
	if (known)
		say("%s: loaded before, as load %s", names->data, load_id);
	if (fact_files == 0 || published)
	{
		answer_number("load_id", load_id);
		if (published)
			say("%s: nothing is done", names->data);
	}
	else
		status = publish(names->data, load_id, &to_commit);
	end_load(names->data, to_commit);
	return status;
}
