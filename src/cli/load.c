/*
 * load.c
 *		chipbook load: files into a ledger, by the steps that a person takes in psql: open, COPY, read,
 *		check, publish. A file is one transaction: it is loaded whole, or nothing of it is there.
 *		What was loaded before is known by its content, so a run that stopped in the middle is
 *		finished by running it again.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"

LoadOptions load_options = {.scope = "", .part_size = "256", .show = "20"};

static const Option options[] = {
	{"source", 's', "SOURCE", "where the rows come from: a source_id of the ledger",
	 &load_options.source, NULL, NULL},
	{"option", 'o', "KEY=VALUE", "an option of the format; VALUE a word, or JSON; may be repeated",
	 NULL, NULL, &load_options.options},
	{"scope", 0, "TEXT", "what the file is about, such as a cluster", &load_options.scope, NULL,
	 NULL},
	{"name", 0, "NAME", "what the log calls the file (its own name)", &load_options.name, NULL,
	 NULL},
	{"encoding", 0, "ENCODING", "of the file, as PostgreSQL calls it (UTF8)",
	 &load_options.encoding, NULL, NULL},
	{"replace", 0, NULL, "readings replace published ones that they overlap", NULL,
	 &load_options.replace, NULL},
	{"unallocated", 0, "POOL,FROM,TO",
	 "add readings of the chips that no job had, on days [FROM, TO)", &load_options.unallocated,
	 NULL, NULL},
	{"part-size", 0, "MB", "of readings as CSV: how much of a file the server reads at once (256)",
	 &load_options.part_size, NULL, NULL},
	{"strict", 0, NULL, "where a row is rejected, load nothing of the file", NULL,
	 &load_options.strict, NULL},
	{"no-publish", 0, NULL, "leave the load unpublished; running again without this publishes it",
	 NULL, &load_options.no_publish, NULL},
	{"as-text", 0, NULL, "of a bill: read it as one text, with rows of any length (at most 1 GB)",
	 NULL, &load_options.as_text, NULL},
	{"table", 't', "TABLE", "of facts: the table; default the file's name up to its first point",
	 &load_options.table, NULL, NULL},
	{"again", 0, NULL, "of facts: publish files again that were loaded before", NULL,
	 &load_options.again, NULL},
	{"show", 0, "N", "how many rejected rows and problems are shown (20)", &load_options.show, NULL,
	 NULL},
	{NULL, 0, NULL, NULL, NULL, NULL, NULL}};

static const Kind kinds[] = {
	{"readings", "csv", load_readings, NULL}, {"dcgm", "dcgm", load_readings, NULL},
	{"slurm", "slurm", load_readings, NULL},  {"opencost", "opencost", load_readings, NULL},
	{"bill", NULL, load_bill, NULL},          {"focus", NULL, load_bill, NULL},
	{"facts", NULL, NULL, load_facts},
};

/* ----------------------------------------------------------------------
 * What the kinds share
 * ---------------------------------------------------------------------- */

const char *
load_name(const Input *input)
{
	return shown(load_options.name != NULL ? load_options.name : input_name(input));
}

/* KEY=VALUE as JSON: what is not an object, a list, true or false is a word. */
const char *
options_as_json(void)
{
	Text *json = new_text();

	text_add_char(json, '{');
	for (int i = 0; i < load_options.options.count; i++)
	{
		const char *option = load_options.options.items[i];
		const char *value = strchr(option, '=');
		char *key;

		if (value == NULL || value == option)
			fail_with_hint(STATUS_USAGE, "write it as --option KEY=VALUE",
						   "\"%s\" is no option of a format", shown(option));
		key = format_text("%.*s", (int) (value - option), option);
		value++;
		if (i > 0)
			text_add(json, ", ");
		append_json_text(json, key);
		text_add(json, ": ");
		if (*value == '{' || *value == '[' || strcmp(value, "true") == 0 ||
			strcmp(value, "false") == 0)
			text_add(json, value);
		else
			append_json_text(json, value);
	}
	text_add_char(json, '}');
	return json->data;
}

/* The delimiter is an option of the formats; COPY must know it too. */
char
csv_delimiter(void)
{
	for (int i = 0; i < load_options.options.count; i++)
	{
		const char *option = load_options.options.items[i];

		if (strncmp(option, "delimiter=", 10) == 0)
		{
			if (option[10] == '\0' || option[11] != '\0')
				fail(STATUS_USAGE, "a delimiter is one character, not \"%s\"", shown(option + 10));
			return option[10];
		}
	}
	return ',';
}

/* Rows that are shown under their file, and added to the document as they are. */
void
say_rows(const PGresult *rows, const char *line_column)
{
	for (int i = 0; i < PQntuples(rows); i++)
	{
		const char *line = line_column != NULL ? cell(rows, i, line_column) : NULL;

		answer_json(NULL, cell(rows, i, "document"));
		if (line != NULL)
			say("  line %s: %s", line, shown(cell(rows, i, "message")));
		else
			say("  %s", shown(cell(rows, i, "message")));
	}
}

/*
 * Checks a load and publishes it. Where something stands in the way, the whole transaction is to be
 * undone; where a load waits for approval it stays, unpublished.
 */
static int
publish_now(const char *what, const char *load_id, bool *to_commit)
{
	PGresult *results[2];
	Question questions[2] = {
		{"SELECT p.table_name, p.fact, p.problem, concat_ws(': ', p.table_name, p.fact, p.problem) "
		 "AS message, to_json(p) AS document, count(*) OVER () AS total "
		 "FROM chipbook.check_load($1, $2::bigint) p LIMIT greatest($3::bigint, 1)",
		 {the_ledger(), load_id, load_options.show}},
		{in_ledger("SELECT count(*) AS matters, bool_or(l.approved_by IS NULL AND "
				   "%s.books_are_closed()) AS waits "
				   "FROM chipbook.check_approval($1, $2::bigint) a JOIN %s.load l ON l.load_id = "
				   "$2::bigint"),
		 {the_ledger(), load_id}},
	};
	PGresult *published;
	int status = STATUS_DONE;

	progress_step("checking");
	ask_all(questions, results, 2, false);
	*to_commit = true;
	answer_open("problems", '[');
	if (PQntuples(results[0]) > 0)
	{
		status = STATUS_FINDINGS;
		*to_commit = false;
		say("%s: not loaded, %s of its facts or names stand in the way:", what,
			cell(results[0], 0, "total"));
		say_rows(results[0], NULL);
	}
	answer_close();
	if (status == STATUS_DONE && cell(results[1], 0, "waits") != NULL &&
		strcmp(cell(results[1], 0, "waits"), "t") == 0)
	{
		status = STATUS_FINDINGS;
		answer_switch("waits_for_approval", true);
		say("%s: load %s waits for approval, because it has estimates and periods are closed: "
			"another than who prepared it runs\n"
			"    SELECT chipbook.approve_load('%s', %s);\n"
			"  then run the same command again",
			what, load_id, the_ledger(), load_id);
	}
	PQclear(results[0]);
	PQclear(results[1]);
	if (status != STATUS_DONE)
		return status;

	progress_step("publishing");
	published =
		ask(what, (Question){"SELECT chipbook.publish_load($1, $2::bigint, replace_readings => "
							 "$3::boolean) AS facts",
							 {the_ledger(), load_id, load_options.replace ? "true" : "false"}});
	answer_switch("published", true);
	answer_number("facts", cell(published, 0, "facts"));
	say("%s: published as load %s (facts: %s)", what, load_id, cell(published, 0, "facts"));
	PQclear(published);
	return STATUS_DONE;
}

/* What is done with what was read. */
int
publish(const char *what, const char *load_id, bool *to_commit)
{
	*to_commit = true;
	answer_number("load_id", load_id);
	if (load_id == NULL)
		say("%s: there is nothing to publish", what);
	else if (load_options.no_publish)
		say("%s: load %s is not published yet", what, load_id);
	else
		return publish_now(what, load_id, to_commit);
	return STATUS_DONE;
}

/* Ends the transaction of a load. */
void
end_load(const char *what, bool to_commit)
{
	if (to_commit)
		commit_work(format_text("committing %s", what));
	else
		roll_back_work();
	answer_switch("committed", to_commit);
	progress_end();
}

/* Of a file that was loaded before, whether its load is published. */
bool
load_is_published(const char *load_id)
{
	PGresult *load = ask(NULL, (Question){in_ledger("SELECT l.recorded_at IS NOT NULL AS published "
													"FROM %s.load l WHERE l.load_id = $1::bigint"),
										  {load_id}});
	bool published = PQntuples(load) > 0 && strcmp(cell(load, 0, "published"), "t") == 0;

	PQclear(load);
	return published;
}

/* ----------------------------------------------------------------------
 * The command
 * ---------------------------------------------------------------------- */

static int
run(void)
{
	const Kind *kind = NULL;
	char **files = settings.arguments + 1;
	int count = settings.argument_count - 1;
	int status = STATUS_DONE;
	static char *standard_input[] = {"-"};

	if (settings.argument_count < 1)
		fail_with_hint(STATUS_USAGE, "chipbook load --help lists them",
					   "load takes a kind and files");
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
	{
		if (strcmp(settings.arguments[0], kinds[i].name) == 0)
			kind = &kinds[i];
	}
	if (kind == NULL)
		fail_with_hint(STATUS_USAGE, "it is readings, dcgm, slurm, opencost, bill or facts",
					   "there is no kind of file \"%s\"", shown(settings.arguments[0]));
	if (count == 0)
	{
		files = standard_input;
		count = 1;
	}
	if (load_options.name != NULL && count > 1)
		fail(STATUS_USAGE, "--name is for one file");
	if (kind->load_one == load_bill && load_options.source == NULL)
		fail(STATUS_USAGE, "a bill needs its --source");
	if (kind->load_all == NULL && load_options.table != NULL)
		fail(STATUS_USAGE, "--table is for facts");
	/* Before the first is loaded, not in the middle of the night. */
	for (int i = 0; i < count; i++)
	{
		if (strcmp(files[i], "-") != 0 && access(files[i], R_OK) != 0)
			fail_with_hint(STATUS_FILE, "nothing was loaded", "%s cannot be read: %s",
						   shown(files[i]), strerror(errno));
	}
	read_count(load_options.show, "--show", 1000000);
	read_count(load_options.part_size, "--part-size", 900);
	csv_delimiter();
	options_as_json();

	connect_to_server();
	the_ledger();
	answer_text("kind", kind->name);
	if (kind->load_all != NULL)
		status = kind->load_all(files, count);
	else
	{
		answer_open("files", '[');
		for (int i = 0; i < count; i++)
		{
			int of_file = kind->load_one(kind, files[i]);

			status = of_file > status ? of_file : status;
		}
		answer_close();
	}
	disconnect();
	return answer_end(status);
}

const Command load_command = {
	"load",
	"KIND [FILE]...",
	"load files of readings, bills or facts, and publish them",
	"KIND is\n"
	"  readings   readings of meters, as CSV with a header\n"
	"  dcgm       series of the DCGM exporter, as Prometheus answers query_range\n"
	"  slurm      jobs, as sacct -P writes them\n"
	"  opencost   allocations, as OpenCost and Kubecost answer\n"
	"  bill       FOCUS 1.0 to 1.4, or a bill of AWS, Azure, Google or Oracle, as CSV or\n"
	"             JSON; also: focus\n"
	"  facts      facts of any other table of the ledger, or its sources, as CSV with the\n"
	"             columns' names\n"
	"\n"
	"FILE may be compressed by gzip; without one, and for \"-\", it is the standard input.\n"
	"A file is loaded whole or not at all, and published. A file that was loaded before is\n"
	"known by its content: nothing is done, which is said. Rows that cannot be read stop no\n"
	"other row of readings; of a bill they refuse the file (unless -o partial=true). They\n"
	"are kept, shown, and give exit code 1. All files of facts are one load, so that they\n"
	"may name each other; sources go first.",
	options,
	run};
