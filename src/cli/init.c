/*
 * init.c
 *		chipbook init: the extension and a ledger, where they are not there yet. It makes no role: roles
 *		belong to the whole server, not to one of its databases.
 */
#include <stdlib.h>
#include <string.h>

#include "chipbook.h"

static const char *currency = "USD";
static const char *fiscal_year_start = "1";
static const char *time_zone = "UTC";
static const char *basis = "ifrs";
static const char *owner;

static const Option options[] = {
	{"currency", 0, "CODE", "reporting currency (USD)", &currency, NULL, NULL},
	{"fiscal-year-start", 0, "MONTH", "first month of the fiscal year, 1 to 12 (1)",
	 &fiscal_year_start, NULL, NULL},
	{"time-zone", 0, "NAME", "time zone whose days and months the ledger has (UTC)", &time_zone,
	 NULL, NULL},
	{"basis", 0, "BASIS", "primary accounting basis (ifrs)", &basis, NULL, NULL},
	{"owner", 0, "ROLE", "role that owns the ledger and that nobody logs in as", &owner, NULL,
	 NULL},
	{NULL, 0, NULL, NULL, NULL, NULL, NULL}};

/* A ledger that is there already is left as it is, and must be what was asked for. */
static int
compare_with_existing(void)
{
	PGresult *found = ask(
		NULL,
		(Question){in_ledger("SELECT l.reporting_currency::text AS currency, "
							 "l.fiscal_year_start::text, l.time_zone, l.basis FROM %s.ledger l"),
				   {NULL}});
	bool same = strcmp(cell(found, 0, "currency"), currency) == 0 &&
				strcmp(cell(found, 0, "fiscal_year_start"), fiscal_year_start) == 0 &&
				strcmp(cell(found, 0, "time_zone"), time_zone) == 0 &&
				strcmp(cell(found, 0, "basis"), basis) == 0;

	answer_switch("made", false);
	answer_switch("as_asked", same);
	if (same)
		say("ledger \"%s\" is there already: nothing is done", the_ledger());
	else
		say("ledger \"%s\" is there already, and differs: currency %s, fiscal year from month %s, "
			"time zone %s, basis %s",
			the_ledger(), cell(found, 0, "currency"), cell(found, 0, "fiscal_year_start"),
			cell(found, 0, "time_zone"), cell(found, 0, "basis"));
	PQclear(found);
	return same ? STATUS_DONE : STATUS_FINDINGS;
}

static int
run(void)
{
	const char *name = settings.argument_count == 1 ? settings.arguments[0] : settings.ledger;
	PGresult *there;
	int status = STATUS_DONE;

	if (settings.argument_count > 1 || name == NULL)
		fail_with_hint(STATUS_USAGE,
					   "for instance: chipbook init books --currency=EUR --time-zone=Europe/Berlin",
					   "init takes the name of one ledger");
	read_count(fiscal_year_start, "--fiscal-year-start", 12);
	connect_to_server();
	set_doing("making a ledger", "nothing was made; run the same command again");
	/* Two at once: the second finds what the first made. */
	PQclear(ask(NULL, (Question){"BEGIN", {NULL}}));
	PQclear(
		ask(NULL, (Question){"SELECT pg_advisory_xact_lock(hashtextextended('chipbook init', 0))",
							 {NULL}}));
	if (extension_version() == NULL)
	{
		PQclear(ask("init", (Question){"CREATE EXTENSION IF NOT EXISTS chipbook", {NULL}}));
		answer_switch("extension_made", true);
		say("extension chipbook is made");
	}
	there = ask(NULL,
				(Question){"SELECT 1 FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid "
						   "JOIN pg_attribute a ON a.attrelid = c.oid "
						   "WHERE n.nspname = $1 AND c.relname = 'ledger' AND a.attname = "
						   "'reporting_currency' AND a.atttypid = to_regtype('chipbook.currency')",
						   {name}});
	settings.ledger = name;
	if (PQntuples(there) > 0)
		status = compare_with_existing();
	else
	{
		progress_step("making the ledger");
		if (owner != NULL)
			PQclear(ask("init",
						(Question){"SELECT chipbook.create_ledger($1, $2::chipbook.currency, "
								   "$3::integer, $4, $5, $6::name)",
								   {name, currency, fiscal_year_start, time_zone, basis, owner}}));
		else
			PQclear(ask(
				"init",
				(Question){
					"SELECT chipbook.create_ledger($1, $2::chipbook.currency, $3::integer, $4, $5)",
					{name, currency, fiscal_year_start, time_zone, basis}}));
		progress_end();
		answer_text("ledger", name);
		answer_switch("made", true);
		say("ledger \"%s\" is made: tables in schema %s, published views in %s_report", name, name,
			name);
		if (owner == NULL)
			note("it belongs to \"%s\"; --owner gives a ledger to a role that nobody logs in as, "
				 "so that nobody can change what was recorded",
				 shown(PQuser(connection())));
	}
	PQclear(there);
	commit_work("committing the ledger");
	disconnect();
	return answer_end(status);
}

static const char about[] =
	"Makes the extension chipbook in the database, where it is missing, and the ledger:\n"
	"schema LEDGER with its tables and LEDGER_report with its published views. A ledger\n"
	"that is there already is left as it is; when it is not as asked for, the exit code\n"
	"is 1. Who runs it needs CREATE on the database.";

const Command init_command = {"init", "LEDGER", "make the extension and a ledger",
							  about,  options,  run};
