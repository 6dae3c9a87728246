/*
 * report.c
 *		chipbook report: one page of a period, for people, and its tables beside it for programs.
 *
 * Everything is asked in one snapshot and kept before a file is touched. The folder is then written
 * beside the one it replaces and takes its place at once, so that whoever looks finds a whole report.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report.h"

/* Where the library of the charts is installed; see Makefile. */
#ifndef SHARE_FOLDER
#define SHARE_FOLDER "/usr/local/share/chipbook"
#endif
#define CHARTS_FILE "echarts.min.js"
#define MAX_CHARTS_BYTES (16 * 1024 * 1024)

Report report;

static const char *period_option;
static const char *out_option;
static const char *language_option;
static const char *as_of_option;
static bool without_charts;

static const Option options[] = {
	{"period", 0, "YYYY-MM", "the month; default: the last complete one", &period_option, NULL,
	 NULL},
	{"out", 'O', "FOLDER", "where to: a folder of its own, which is replaced whole", &out_option,
	 NULL, NULL},
	{"language", 0, "en|de", "language of the page; default: en", &language_option, NULL, NULL},
	{"as-of", 0, "TIME",
	 "as the ledger was known then (chipbook.as_of); default: all that is known", &as_of_option,
	 NULL, NULL},
	{"no-charts", 0, NULL, "tables only", NULL, &without_charts, NULL},
	{NULL, 0, NULL, NULL, NULL, NULL, NULL}};

/* ----------------------------------------------------------------------
 * The command line
 * ---------------------------------------------------------------------- */

static const char *
period_asked_for(const char *text)
{
	int year;
	int month;
	char rest;

	if (strlen(text) != 7 || strspn(text, "0123456789-") != 7 ||
		sscanf(text, "%4d-%2d%c", &year, &month, &rest) != 2 || year < 1 || month < 1 || month > 12)
		fail(STATUS_USAGE, "--period \"%s\" is not a month: it should look like 2026-10",
			 shown(text));
	return format_text("%04d-%02d-01", year, month);
}

static void
read_command_line(void)
{
	if (settings.argument_count > 0)
		fail(STATUS_USAGE, "report takes no argument: \"%s\"", shown(settings.arguments[0]));
	if (out_option == NULL || *out_option == '\0')
		fail_with_hint(STATUS_USAGE, "for example --out reports/2026-10",
					   "report needs a folder: --out=FOLDER");
	if (language_option == NULL || strcmp(language_option, "en") == 0)
		report.language = ENGLISH;
	else if (strcmp(language_option, "de") == 0)
		report.language = GERMAN;
	else
		fail(STATUS_USAGE, "--language \"%s\" is neither en nor de", shown(language_option));
	report.locale = SAY_IN("en_US", "de_DE");
	report.as_of = as_of_option;
	if (period_option != NULL)
		report.period = period_asked_for(period_option);
}

/* ----------------------------------------------------------------------
 * Asking
 * ---------------------------------------------------------------------- */

static const char *
literal(const char *value)
{
	char *text = PQescapeLiteral(connection(), value, strlen(value));

	if (text == NULL)
		fail(STATUS_SERVER, "\"%s\" cannot be written in SQL: %s", shown(value),
			 PQerrorMessage(connection()));
	return text;
}

/* The statement as it is asked, and as the page shows it: whoever has it can ask it again. */
static const char *
with_literals(const char *sql)
{
	const struct
	{
		const char *name;
		const char *value;
	} known[] = {{":period", format_text("DATE %s", literal(report.period))},
				 {":reporting", literal(cell(report.ledger, 0, "reporting_currency"))},
				 {":locale", literal(report.locale)}};
	Text *text = new_text();

	while (*sql != '\0')
	{
		bool found = false;

		for (size_t i = 0; i < sizeof known / sizeof known[0] && !found; i++)
		{
			size_t length = strlen(known[i].name);

			if (strncmp(sql, known[i].name, length) == 0)
			{
				text_add(text, known[i].value);
				sql += length;
				found = true;
			}
		}
		if (!found)
			text_add_char(text, *sql++);
	}
	return text->data;
}

static void
ask_everything(void)
{
	int count = 0;

	while (report_tables[count].name != NULL)
		count++;
	report.results = must_have(calloc((size_t) count, sizeof *report.results));
	report.queries = must_have(calloc((size_t) count, sizeof *report.queries));

	begin_work(false);
	PQclear(
		ask(NULL,
			(Question){"SELECT set_config('search_path', $1, true), set_config('jit', 'off', true)",
					   {in_ledger("%S, chipbook, pg_catalog")}}));
	if (report.as_of != NULL)
		PQclear(ask("setting --as-of",
					(Question){"SELECT set_config('chipbook.as_of', $1, true)", {report.as_of}}));
	report.ledger =
		ask("reading what the ledger says of itself",
			(Question){"SELECT ledger_name, reporting_currency, primary_basis, "
					   "effective_date, last_recorded_at, "
					   "(last_recorded_at AT TIME ZONE time_zone)::date AS last_recorded_on, "
					   "(date_trunc('month', effective_date::timestamp) - interval '1 "
					   "month')::date AS last_month FROM data_status",
					   {NULL}});
	if (PQntuples(report.ledger) != 1)
		fail(STATUS_SERVER, "ledger \"%s\" says nothing of itself in data_status",
			 shown(the_ledger()));
	if (report.period == NULL)
		report.period = cell(report.ledger, 0, "last_month");
	report.names = ask(
		"reading names",
		(Question){"SELECT 'parties' AS kind, party_id AS id, party_name AS name FROM dim_party\n"
				   "UNION ALL SELECT 'companies', entity_id, entity_name FROM dim_entity\n"
				   "UNION ALL SELECT 'chips', chip_model_id, chip_model_name FROM dim_chip_model\n"
				   "UNION ALL SELECT 'sites', site_id, site_name FROM dim_site\n"
				   "ORDER BY kind, id",
				   {NULL}});

	for (int t = 0; t < count; t++)
	{
		progress_step(report_tables[t].name);
		report.queries[t] = with_literals(report_tables[t].sql);
		report.results[t] = ask(report_tables[t].name, (Question){report.queries[t], {NULL}});
	}
	progress_end();
	roll_back_work();
}

/* ----------------------------------------------------------------------
 * The library of the charts
 * ---------------------------------------------------------------------- */

static bool
read_charts_from(const char *folder)
{
	const char *path = format_text("%s/%s", folder, CHARTS_FILE);
	FILE *file = fopen(path, "rb");
	char *script;
	size_t length;

	if (file == NULL)
		return false;
	script = must_have(malloc(MAX_CHARTS_BYTES + 1));
	length = fread(script, 1, MAX_CHARTS_BYTES + 1, file);
	if (ferror(file) || length == 0 || length > MAX_CHARTS_BYTES ||
		memmem(script, length, "</script", 8) != NULL)
	{
		note("%s is no library of charts: the report goes without", shown(path));
		fclose(file);
		free(script);
		return true;
	}
	fclose(file);
	report.charts_script = script;
	report.charts_script_length = length;
	return true;
}

/* Beside the program, as it was built or installed, wherever that was moved to; else where it was to be installed. */
static void
find_charts(void)
{
	char program[4096];
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
	char *slash;

	if (without_charts)
		return;
	if (length > 0)
	{
		program[length] = '\0';
		slash = strrchr(program, '/');
		*slash = '\0';
		if (read_charts_from(program) ||
			read_charts_from(format_text("%s/../share/chipbook", program)))
			return;
	}
	if (!read_charts_from(SHARE_FOLDER))
		note("%s is not installed: the report has tables only", CHARTS_FILE);
}

/* ----------------------------------------------------------------------
 * The folder
 * ---------------------------------------------------------------------- */

static bool
is_of_a_report(const char *name)
{
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, "report.html") == 0 ||
		strcmp(name, "report.json") == 0)
		return true;
	for (int t = 0; report_tables[t].name != NULL; t++)
	{
		if (strcmp(name, format_text("%s.csv", report_tables[t].name)) == 0)
			return true;
	}
	return false;
}

/* What is to be replaced: where a link leads to, and without the slashes that a name may end in. */
static const char *
out_folder(void)
{
	size_t length = strlen(out_option);
	const char *real = realpath(out_option, NULL);

	if (real != NULL)
		return real;

	while (length > 1 && out_option[length - 1] == '/')
		length--;
	return format_text("%.*s", (int) length, out_option);
}

/* Looked at before anything is asked: a folder that is replaced whole may hold nothing but a report. */
static void
check_folder(const char *folder)
{
	const char *slash = strrchr(folder, '/');
	const char *parent = slash == NULL     ? "."
						 : slash == folder ? "/"
										   : format_text("%.*s", (int) (slash - folder), folder);
	DIR *open_folder;
	struct dirent *entry;
	struct stat status;

	if (lstat(folder, &status) == 0 && S_ISLNK(status.st_mode))
		fail(STATUS_FILE, "%s cannot be replaced: it is a link that leads nowhere", shown(folder));
	if (access(parent, W_OK | X_OK) != 0)
		fail(STATUS_FILE, "%s cannot be made: %s: %s", shown(folder), shown(parent),
			 strerror(errno));
	open_folder = opendir(folder);
	if (open_folder == NULL)
	{
		if (errno == ENOENT)
			return;
		fail(STATUS_FILE, "%s cannot be replaced: %s", shown(folder), strerror(errno));
	}
	while ((entry = readdir(open_folder)) != NULL)
	{
		if (!is_of_a_report(entry->d_name))
			fail_with_hint(STATUS_FILE, "give the report a folder of its own",
						   "%s has a file that is of no report: %s", shown(folder),
						   shown(entry->d_name));
	}
	closedir(open_folder);
}

static void
remove_folder(const char *folder)
{
	DIR *open_folder = opendir(folder);
	struct dirent *entry;

	if (open_folder == NULL)
		return;
	while ((entry = readdir(open_folder)) != NULL)
	{
		if (is_of_a_report(entry->d_name))
			unlinkat(dirfd(open_folder), entry->d_name, 0);
	}
	closedir(open_folder);
	rmdir(folder);
}

static void
write_file(const char *folder, const char *name, const Text *text)
{
	const char *path = format_text("%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	bool written = file != NULL && fwrite(text->data, 1, text->length, file) == text->length &&
				   fflush(file) == 0 && fsync(fileno(file)) == 0;
	int problem = errno;

	if (file != NULL && fclose(file) != 0 && written)
	{
		written = false;
		problem = errno;
	}
	if (!written)
	{
		remove_folder(folder);
		fail(STATUS_FILE, "%s cannot be written: %s", shown(path), strerror(problem));
	}
}

/* The new folder in the place of the old one, in one step where the file system can. */
static void
put_in_place(const char *made, const char *folder)
{
	const char *aside = format_text("%s.old", made);

	if (rename(made, folder) == 0)
		return;
	if (errno == ENOTEMPTY || errno == EEXIST)
	{
#ifdef RENAME_EXCHANGE
		if (renameat2(AT_FDCWD, made, AT_FDCWD, folder, RENAME_EXCHANGE) == 0)
		{
			remove_folder(made);
			return;
		}
#endif
		if (rename(folder, aside) == 0)
		{
			if (rename(made, folder) == 0)
			{
				remove_folder(aside);
				return;
			}
			rename(aside, folder);
		}
	}
	fail(STATUS_FILE, "the report stays in %s, for it cannot be moved to %s: %s", shown(made),
		 shown(folder), strerror(errno));
}

/* Who may enter the old folder may enter the new one, and nobody else. */
static void
keep_rights(const char *made, const char *folder)
{
	struct stat old;

	if (stat(folder, &old) == 0 && chmod(made, old.st_mode & 07777) != 0)
		note("%s has not the rights of the folder before: %s", shown(folder), strerror(errno));
}

static void
write_everything(void)
{
	const char *folder = out_folder();
	const char *made = format_text("%s.new-%ld", folder, (long) getpid());
	Text *page = new_text();
	Text *document = new_text();

	check_folder(folder);
	if (mkdir(made, 0777) != 0)
		fail(STATUS_FILE, "%s cannot be made: %s", shown(made), strerror(errno));
	append_page(page);
	write_file(made, "report.html", page);
	append_json_report(document);
	write_file(made, "report.json", document);
	for (int t = 0; report_tables[t].name != NULL; t++)
	{
		Text *file = new_text();

		append_csv(file, report.results[t]);
		write_file(made, format_text("%s.csv", report_tables[t].name), file);
	}
	keep_rights(made, folder);
	put_in_place(made, folder);
	answer_text("page", format_text("%s/report.html", folder));
}

/* ----------------------------------------------------------------------
 * The command
 * ---------------------------------------------------------------------- */

static int
run(void)
{
	int rows = 0;
	int tables = 0;

	read_command_line();
	check_folder(out_folder());
	connect_to_server();
	set_doing("asking for the report", "nothing was written; run the same command again");
	the_ledger();
	find_charts();
	ask_everything();
	write_everything();

	for (; report_tables[tables].name != NULL; tables++)
		rows += PQntuples(report.results[tables]);
	answer_text("period", format_text("%.7s", report.period));
	answer_text("language", SAY_IN("en", "de"));
	answer_count("tables", tables);
	answer_count("rows", rows);
	answer_switch("charts", report.charts_script != NULL);
	say("%s/report.html: ledger \"%s\", %.7s, %d tables, %d rows%s", shown(out_folder()),
		the_ledger(), report.period, tables, rows,
		report.charts_script != NULL ? "" : ", no charts");
	disconnect();
	return answer_end(STATUS_DONE);
}

const Command report_command = {
	"report",
	"",
	"write the report of a month: one page, its tables as CSV, all of it as JSON",
	"Writes report.html, which needs nothing else and no network, a CSV file of each table, and "
	"report.json into a folder\n"
	"of its own. All of it is of one state of the ledger. Amounts are exact in the files and in "
	"the title of each cell.\n"
	"The same facts give the same files, byte for byte, on the same day or with --as-of.\n\n"
	"  chipbook report --period 2026-10 --out reports/2026-10 --language de",
	options,
	run};
