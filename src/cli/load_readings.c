/*
 * load_readings.c
 *		Files of readings: open_import, COPY into import_line, run_import, add_unallocated_readings.
 */
#include <stdlib.h>
#include <string.h>

#include "load.h"

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
		fail_with_hint(STATUS_USAGE, "for instance --unallocated=H100,2025-10-26,2025-10-27",
					   "\"%s\" is no pool with two days", shown(argument));
	progress_step("adding chips that no job had");
	added = ask(
		what,
		(Question){"SELECT chipbook.add_unallocated_readings($1, $2::bigint, $3, from_day => "
				   "$4::date, to_day => $5::date, with_held => $6::boolean) AS readings",
				   {the_ledger(), load_id, format_text("%.*s", (int) (from - argument), argument),
					format_text("%.*s", (int) (to - from - 1), from + 1), to + 1,
					load_options.replace ? "false" : "true"}});
	answer_number("unallocated_readings", cell(added, 0, "readings"));
	say("%s: readings of chips that no job had: %s", what, cell(added, 0, "readings"));
	PQclear(added);
}

static void
say_rejected(const char *file_id)
{
	PGresult *rejected = ask(
		NULL,
		(Question){
			in_ledger("SELECT r.line_number, r.reason AS message, json_build_object('line_number', "
					  "r.line_number, 'reason', r.reason, 'line', left(r.line, 1000)) AS document "
					  "FROM %S.import_rejected r WHERE r.file_id = $1::bigint ORDER BY "
					  "r.row_number LIMIT $2::bigint"),
			{file_id, load_options.show}});

	answer_open("rejections", '[');
	say_rows(rejected, "line_number");
	answer_close();
	PQclear(rejected);
}

/* What became of a part that was read; false: the whole file is to be undone. */
static bool
take_result(const char *what, const PGresult *result, int *status)
{
	static const char *const counts[] = {"lines", "accepted", "rejected", "skipped", "readings"};
	static const char *const amounts[] = {"installed_chip_hours", "allocated_chip_hours",
										  "used_chip_hours", "joules", "tokens"};
	const char *load_id = cell(result, 0, "load_id");
	bool known = strcmp(cell(result, 0, "already_imported"), "t") == 0;
	bool has_rejected = strcmp(cell(result, 0, "rejected"), "0") != 0;
	bool to_commit = true;
	int of_publication;

	answer_switch("known", known);
	answer_number("import_file_id", cell(result, 0, "import_file_id"));
	for (size_t i = 0; i < 5; i++)
		answer_number(counts[i], cell(result, 0, counts[i]));
	for (size_t i = 0; i < 5; i++)
		answer_text(amounts[i], cell(result, 0, amounts[i]));
	answer_json("notes", cell(result, 0, "notes"));
	say("%s: lines: %s, rows accepted: %s, rejected: %s, skipped: %s; readings: %s, of chip-hours: "
		"%s%s",
		what, cell(result, 0, "lines"), cell(result, 0, "accepted"), cell(result, 0, "rejected"),
		cell(result, 0, "skipped"), cell(result, 0, "readings"), cell(result, 0, "hours"),
		known ? " (loaded before)" : "");
	if (cell(result, 0, "notes") != NULL && strcmp(cell(result, 0, "notes"), "{}") != 0)
		say("  noted: %s", shown(cell(result, 0, "notes")));
	if (has_rejected)
	{
		*status = STATUS_FINDINGS;
		say_rejected(cell(result, 0, "import_file_id"));
	}
	if (known && (load_id == NULL || load_is_published(load_id)))
	{
		answer_number("load_id", load_id);
		say("%s: nothing is done", what);
		return true;
	}
	if (load_options.strict && has_rejected)
	{
		say("%s: nothing of it is loaded, because rows of it were rejected", what);
		return false;
	}
	if (load_options.unallocated != NULL && load_id != NULL && !known)
		add_unallocated(what, load_id);
	of_publication = publish(what, load_id, &to_commit);
	*status = of_publication > *status ? of_publication : *status;
	return to_commit;
}

int
load_readings(const Kind *kind, const char *path)
{
	Input *input = input_open(path);
	const char *name = load_name(input);
	/* Chips that no job had are those of the whole file. */
	bool may_divide = strcmp(kind->format, "csv") == 0 && load_options.unallocated == NULL;
	TextStream *stream = text_open(
		input,
		may_divide ? (size_t) read_count(load_options.part_size, "--part-size", 900) * 1000000 : 0);
	bool more = true;
	bool to_commit = true;
	int status = STATUS_DONE;

	set_doing(format_text("loading %s", name),
			  format_text("nothing of %s was loaded; run the same command again", name));
	begin_work(true);
	for (int part = 1; more && to_commit; part++)
	{
		const char *what = part == 1 ? name : format_text("%s (part %d)", name, part);
		PGresult *opened;
		PGresult *result;

		answer_open(NULL, '{');
		answer_text("file", name);
		if (part > 1)
			answer_count("part", part);
		progress_begin(what, input_size(input));
		opened = ask(
			what,
			(Question){
				"SELECT chipbook.open_import($1, $2, $3, $4::jsonb, nullif($5, ''), $6) AS file_id",
				{the_ledger(), kind->format, what, options_as_json(),
				 load_options.source != NULL ? load_options.source : "", load_options.scope}});
		more = text_stream(stream, what, in_ledger("%s.import_line"), "line");
		progress_step("reading");
		result = ask(what, (Question){"SELECT r.*, trim_scale(r.installed_chip_hours) AS hours "
									  "FROM chipbook.run_import($1, $2::bigint) r",
									  {the_ledger(), cell(opened, 0, "file_id")}});
		progress_end();
		PQclear(opened);
		to_commit = take_result(what, result, &status);
		PQclear(result);
		if (more && to_commit)
			answer_close();
	}
	text_close(stream);
	input_close(input);
	end_load(name, to_commit);
	answer_close();
	return status;
}
