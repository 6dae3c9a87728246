/*
 * export.c
 *		chipbook export: the journal for an ERP or for hledger, and FOCUS, as files.
 *
 * A file appears under its name only when it is whole and on the disk: it is written beside it and
 * renamed. A new batch of the journal is committed between the two, so that there is no batch whose
 * file was not written, and no file of a batch that is not there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chipbook.h"

static const char *output;
static const char *batch;
static const char *entity;
static const char *basis;
static const char *fiscal_year;
static const char *period_number;
static const char *dataset = "CostAndUsage";
static const char *from_day;
static const char *to_day;
static bool standard_only;

static const Option options[] = {
	{"output", 'O', "FILE", "write to this file, whole or not at all; default the standard output",
	 &output, NULL, NULL},
	{"batch", 0, "N", "journal, hledger: a batch that was made before", &batch, NULL, NULL},
	{"entity", 'e', "ENTITY", "journal, hledger: of this entity only", &entity, NULL, NULL},
	{"basis", 'b', "BASIS", "journal, hledger: accounting basis; default the ledger's", &basis,
	 NULL, NULL},
	{"fiscal-year", 0, "YEAR", "journal: entries of this fiscal year only", &fiscal_year, NULL,
	 NULL},
	{"period-number", 0, "N", "journal: of this period of it only", &period_number, NULL, NULL},
	{"dataset", 0, "DATASET",
	 "focus: CostAndUsage, ContractCommitment, BillingPeriod or InvoiceDetail (the first)",
	 &dataset, NULL, NULL},
	{"from", 0, "DAY", "focus: billing periods that begin on that day or later", &from_day, NULL,
	 NULL},
	{"to", 0, "DAY", "focus: billing periods that begin before that day", &to_day, NULL, NULL},
	{"standard-only", 0, NULL, "focus: without the columns that FOCUS does not have (x_)", NULL,
	 &standard_only, NULL},
	{NULL, 0, NULL, NULL, NULL, NULL, NULL}};

static FILE *file;

static _Noreturn void
fail_to_write(void)
{
	fail(STATUS_FILE, "%s cannot be written: %s",
		 output != NULL ? shown(output) : "the standard output", strerror(errno));
}

static void
open_output(void)
{
	struct stat status;
	mode_t mask;
	int descriptor;
	char *name;

	if (output == NULL)
	{
		file = stdout;
		say_on_stderr();
		return;
	}
	/* What is no file, such as /dev/null or a pipe, is written to as it is. */
	if (stat(output, &status) == 0 && !S_ISREG(status.st_mode))
	{
		file = fopen(output, "w");
		if (file == NULL)
			fail_to_write();
		return;
	}
	name = format_text("%s.XXXXXX", output);
	descriptor = mkstemp(name);
	if (descriptor < 0)
		fail_to_write();
	unfinished_file = name;
	/* As any new file, or as the one that it replaces. */
	mask = umask(0);
	umask(mask);
	if (fchmod(descriptor, stat(output, &status) == 0 ? status.st_mode & 0777 : 0666 & ~mask) != 0)
		fail_to_write();
	file = fdopen(descriptor, "w");
	if (file == NULL)
		fail_to_write();
}

/* All that was written is on the disk, or with the reader. */
static void
finish_output(void)
{
	if (fflush(file) != 0 || ferror(file) || (unfinished_file != NULL && fsync(fileno(file)) != 0))
		fail_to_write();
	if (file != stdout && fclose(file) != 0)
		fail_to_write();
}

static void
name_output(void)
{
	if (unfinished_file == NULL)
		return;
	if (rename(unfinished_file, output) == 0)
		unfinished_file = NULL;
	else if (batch != NULL)
		fail_with_hint(STATUS_FILE,
					   format_text("chipbook export journal --batch=%s writes it again", batch),
					   "%s cannot be written: %s", shown(output), strerror(errno));
	else
		fail_to_write();
}

/* Lines as they come, one result each: the server's answer is never whole in memory. */
static int64_t
write_lines(const char *what, Question question)
{
	int64_t lines = 0;
	PGresult *line;

	ask_for_rows(question);
	progress_begin(what, -1);
	while ((line = next_row(what)) != NULL)
	{
		const char *text = PQgetvalue(line, 0, 0);

		if (fputs(text, file) == EOF || putc('\n', file) == EOF)
			fail_to_write();
		lines++;
		PQclear(line);
		progress_rows(lines);
	}
	progress_end();
	return lines;
}

/* A new batch; NULL: there is nothing to hand over. */
static const char *
make_batch(void)
{
	PGresult *made;
	const char *number;

	progress_step("making a batch");
	made = ask("export",
			   (Question){"SELECT chipbook.export_journal($1, nullif($2, ''), nullif($3, ''), "
						  "nullif($4, '')::integer, nullif($5, '')::integer) AS batch",
						  {the_ledger(), entity != NULL ? entity : "", basis != NULL ? basis : "",
						   fiscal_year != NULL ? fiscal_year : "",
						   period_number != NULL ? period_number : ""}});
	number = cell(made, 0, "batch");
	if (number != NULL)
		number = must_have(strdup(number));
	PQclear(made);
	return number;
}

static void
say_written(int64_t lines)
{
	answer_text("file", output);
	answer_count("lines", lines);
	if (output != NULL)
		say("%s: lines written: %lld", shown(output), (long long) lines);
}

static int
run(void)
{
	const char *what = settings.argument_count == 1 ? settings.arguments[0] : "";
	bool is_journal = strcmp(what, "journal") == 0;
	bool is_hledger = strcmp(what, "hledger") == 0;
	bool is_focus = strcmp(what, "focus") == 0;
	bool makes_batch = is_journal && batch == NULL;
	int64_t lines;

	if (!is_journal && !is_hledger && !is_focus)
		fail_with_hint(STATUS_USAGE, "it is journal, hledger or focus", "what should be exported?");
	if (settings.json && output == NULL)
		fail(STATUS_USAGE,
			 "--json and the export both want the standard output: name a file with --output");
	if (batch != NULL)
	{
		read_count(batch, "--batch", 2147483647);
		if (is_focus || entity != NULL || basis != NULL || fiscal_year != NULL)
			fail(STATUS_USAGE, "--batch says all: no other choice goes with it");
	}
	connect_to_server();
	set_doing("exporting", "nothing was exported; run the same command again");
	the_ledger();
	answer_text("what", what);
	begin_work(makes_batch);
	if (makes_batch)
	{
		batch = make_batch();
		answer_number("batch", batch);
		if (batch == NULL)
		{
			roll_back_work();
			say_on_stderr();
			say("nothing to export: every entry that counts is in a batch");
			disconnect();
			return answer_end(STATUS_DONE);
		}
	}
	open_output();
	if (is_journal)
		lines = write_lines(
			what, (Question){"SELECT l FROM chipbook.journal_export_csv($1, $2::bigint) l",
							 {the_ledger(), batch}});
	else if (is_hledger && batch != NULL)
		lines = write_lines(
			what, (Question){"SELECT l FROM chipbook.journal_export_hledger($1, $2::bigint) l",
							 {the_ledger(), batch}});
	else if (is_hledger)
		lines = write_lines(
			what,
			(Question){
				"SELECT l FROM chipbook.journal_hledger($1, nullif($2, ''), nullif($3, '')) l",
				{the_ledger(), entity != NULL ? entity : "", basis != NULL ? basis : ""}});
	else
		lines = write_lines(
			what, (Question){"SELECT l FROM chipbook.export_focus($1, $2, nullif($3, '')::date, "
							 "nullif($4, '')::date, $5::boolean) l",
							 {the_ledger(), dataset, from_day != NULL ? from_day : "",
							  to_day != NULL ? to_day : "", standard_only ? "false" : "true"}});
	finish_output();
	if (makes_batch)
		commit_work("committing the batch");
	else
		roll_back_work();
	name_output();
	if (makes_batch)
		say("batch %s is made", batch);
	say_written(lines);
	disconnect();
	return answer_end(STATUS_DONE);
}

static const char about[] =
	"  journal   entries of the financial journal that were in no batch yet, as CSV for an\n"
	"            ERP: they are gathered into a batch, and go out once. --batch writes a\n"
	"            batch again. Who runs it needs access approver\n"
	"  hledger   the whole journal as text for hledger, or a batch of it\n"
	"  focus     a dataset of FOCUS 1.4 as CSV: bills and what owned chips cost\n"
	"\n"
	"A file appears under its name when it is whole, and replaces one of that name then.";

const Command export_command = {
	"export", "journal|hledger|focus", "write the journal or FOCUS to a file", about, options, run};
