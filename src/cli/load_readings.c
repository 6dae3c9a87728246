/*
 * load_readings.c
 *		Files of readings: open_import, COPY into import_line, run_import, add_unallocated_readings.
 */
#include <stdlib.h>
#include <string.h>

#include "load.h"

/* What the server holds of a file as one text. */
#define LARGEST_FILE 1000000000

/* Chips that no job had, of a pool whose meters see jobs only: POOL,FROM,TO. */
static void
add_unallocated(const char *what, const char *load_id)
{
	const char *argument = load_options.unallocated;
	const char *to = strrchr(argument, ',');
	const char *from = to;
	PGresult *added;

	while (from != NULL && from > argument && *--from != ',')
		;
	if (from == NULL || from == argument)
		fail_with_hint(STATUS_USAGE, "for instance --unallocated=H100,2025-10-26,2025-10-27", "\"%s\" is no pool with two days", shown(argument));
	progress_step("adding chips that no job had");
	added = ask(what, (Question) {"SELECT chipbook.add_unallocated_readings($1, $2::bigint, $3, from_day => $4::date, to_day => $5::date, with_held => $6::boolean) AS readings",
								  {the_ledger(), load_id, format_text("%.*s", (int) (from - argument), argument), format_text("%.*s", (int) (to - from - 1), from + 1), to + 1,
								   load_options.replace ? "false" : "true"}});
	answer_number("unallocated_readings", cell(added, 0, "readings"));
	say("%s: readings of chips that no job had: %s", what, cell(added, 0, "readings"));
	PQclear(added);
}

/* Of a file that was imported before, whether its load is published. */
static bool
is_published(const char *load_id)
{
	PGresult *load = ask(NULL, (Question) {in_ledger("SELECT l.recorded_at IS NOT NULL AS published FROM %s.load l WHERE l.load_id = $1::bigint"), {load_id}});
	bool published = PQntuples(load) > 0 && strcmp(cell(load, 0, "published"), "t") == 0;

	PQclear(load);
	return published;
}

static void
say_rejected(const char *file_id)
{
	PGresult *rejected = ask(NULL, (Question) {in_ledger("SELECT r.line_number, r.reason AS message, json_build_object('line_number', r.line_number, 'reason', r.reason, 'line', left(r.line, 1000)) AS document "
														 "FROM %S.import_rejected r WHERE r.file_id = $1::bigint ORDER BY r.row_number LIMIT $2::bigint"),
											   {file_id, load_options.show}});

	answer_open("rejections", '[');
	say_rows(rejected, "line_number");
	answer_close();
	PQclear(rejected);
}

int
load_readings(const Kind *kind, const char *path)
{
	Input *input = input_open(path);
	const char *what = load_name(input);
	PGresult *opened;
	PGresult *result;
	const char *load_id;
	bool known;
	int status;

	set_doing(format_text("loading %s", what), format_text("nothing of %s was loaded; run the same command again", what));
	answer_open(NULL, '{');
	answer_text("file", what);
	progress_begin(what, input_size(input));
	begin_work(true);
	opened = ask(what, (Question) {"SELECT chipbook.open_import($1, $2, $3, $4::jsonb, nullif($5, ''), $6) AS file_id",
								   {the_ledger(), kind->format, what, options_as_json(), load_options.source != NULL ? load_options.source : "", load_options.scope}});
	stream_text(input, what, in_ledger("%s.import_line"), "line");
	input_close(input);
	progress_step("reading");
	result = ask(what, (Question) {"SELECT r.*, trim_scale(r.installed_chip_hours) AS hours FROM chipbook.run_import($1, $2::bigint) r", {the_ledger(), cell(opened, 0, "file_id")}});
	progress_end();
	PQclear(opened);

	load_id = cell(result, 0, "load_id");
	known = strcmp(cell(result, 0, "already_imported"), "t") == 0;
	answer_switch("known", known);
	answer_number("import_file_id", cell(result, 0, "import_file_id"));
	for (size_t i = 0; i < 5; i++)
	{
		static const char *const names[] = {"lines", "accepted", "rejected", "skipped", "readings"};

		answer_number(names[i], cell(result, 0, names[i]));
	}
	answer_text("installed_chip_hours", cell(result, 0, "installed_chip_hours"));
	answer_text("allocated_chip_hours", cell(result, 0, "allocated_chip_hours"));
	answer_text("used_chip_hours", cell(result, 0, "used_chip_hours"));
	answer_text("joules", cell(result, 0, "joules"));
	answer_text("tokens", cell(result, 0, "tokens"));
	answer_json("notes", cell(result, 0, "notes"));
	say("%s: lines: %s, rows accepted: %s, rejected: %s, skipped: %s; readings: %s, of chip-hours: %s%s", what, cell(result, 0, "lines"), cell(result, 0, "accepted"), cell(result, 0, "rejected"),
		cell(result, 0, "skipped"), cell(result, 0, "readings"), cell(result, 0, "hours"), known ? " (loaded before)" : "");
	if (cell(result, 0, "notes") != NULL && strcmp(cell(result, 0, "notes"), "{}") != 0)
		say("  noted: %s", shown(cell(result, 0, "notes")));
	status = strcmp(cell(result, 0, "rejected"), "0") == 0 ? STATUS_DONE : STATUS_FINDINGS;
	if (status != STATUS_DONE)
		say_rejected(cell(result, 0, "import_file_id"));

	if (known && (load_id == NULL || is_published(load_id)))
	{
		answer_number("load_id", load_id);
		commit_work(NULL);
		say("%s: nothing is done", what);
	}
	else if (load_options.strict && status != STATUS_DONE)
	{
		roll_back_work();
		answer_switch("committed", false);
		say("%s: nothing of it is loaded, because rows of it were rejected", what);
	}
	else
	{
		int of_publication;

		if (load_options.unallocated != NULL && load_id != NULL && !known)
			add_unallocated(what, load_id);
		of_publication = publish(what, load_id);
		status = of_publication > status ? of_publication : status;
	}
	answer_close();
	PQclear(result);
	return status;
}
