/*
 * doctor.c
 *		chipbook doctor: what stands in the way of the books, or soon will, and what to do about it.
 *
 * What the view ledger_health has is read from there, so that whoever asks either is told the
 * same. Beside it, each check is one query that gives rows (severity, subject, detail, advice): none
 * where all is well. They travel in one pipeline, each alone, so that one that this user may not ask,
 * or that a damaged ledger refuses, is said and stops no other. What figures prove is not asked here:
 * that is chipbook verify.
 */
#include <string.h>

#include "chipbook.h"

static bool quick;
static const char *stale_days = "";

static const Option options[] = {
	{"quick", 0, NULL,
	 "leave out what takes seconds to minutes: findings about facts, and late ones", NULL, &quick,
	 NULL},
	{"stale", 0, "DAYS", "after how many days without readings a pool that had some is stale (3)",
	 &stale_days, NULL, NULL},
	{"monitor", 0, NULL,
	 "for Nagios and its kin: ledger_health on one line; exit code 0, 1, 2 or 3", NULL,
	 &settings.monitor, NULL},
	{NULL, 0, NULL, NULL, NULL, NULL, NULL}};

typedef struct Check
{
	const char *name;
	const char *sql;
} Check;

/* $1: the version of this program. */
static const Check database_checks[] = {
	{"extension",
	 "SELECT 'error' AS severity, 'extension chipbook' AS subject, "
	 "'it is not in this database' AS detail, 'chipbook init LEDGER makes it' AS advice "
	 "WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'chipbook') "
	 "UNION ALL SELECT 'error', 'extension chipbook', "
	 "format('the database has %s, the files on the server are of %s', e.extversion, "
	 "a.default_version), "
	 "'ALTER EXTENSION chipbook UPDATE;' "
	 "FROM pg_extension e JOIN pg_available_extensions a ON a.name = e.extname "
	 "WHERE e.extname = 'chipbook' AND a.default_version <> e.extversion "
	 "UNION ALL SELECT 'error', 'extension chipbook', 'its files are gone from the server', "
	 "'install the chipbook package of release ' || e.extversion || ' on the server' "
	 "FROM pg_extension e "
	 "WHERE e.extname = 'chipbook' AND NOT EXISTS "
	 "(SELECT FROM pg_available_extensions a WHERE a.name = 'chipbook') "
	 "UNION ALL SELECT 'warning', 'program chipbook', "
	 "format('it is of release %s, the extension of %s', $1::text, e.extversion), "
	 "'install the program of the same release' "
	 "FROM pg_extension e "
	 "WHERE e.extname = 'chipbook' AND e.extversion <> $1"},
	{"server",
	 "SELECT 'warning' AS severity, 'server' AS subject, "
	 "'it is a standby, which takes no writes' AS detail, "
	 "'connect to the primary to load and close (target_session_attrs=read-write)' AS advice "
	 "WHERE pg_is_in_recovery() "
	 "UNION ALL SELECT 'error', 'setting ' || s.name, "
	 "'it is off: a crash may lose or damage what was recorded', "
	 "format('ALTER SYSTEM SET %s = on; SELECT pg_reload_conf();', s.name) "
	 "FROM pg_settings s "
	 "WHERE s.name IN ('fsync', 'full_page_writes') AND s.setting = 'off' "
	 "UNION ALL SELECT 'warning', 'setting max_locks_per_transaction', "
	 "format('there is room for %s locks: making, dumping or dropping a ledger takes some "
	 "3000 at once', n.room), "
	 "'ALTER SYSTEM SET max_locks_per_transaction = 128; and restart the server' "
	 "FROM (SELECT current_setting('max_locks_per_transaction')::bigint * "
	 "(current_setting('max_connections')::bigint + "
	 "current_setting('max_prepared_transactions')::bigint) AS room) n "
	 "WHERE n.room < 4000 "
	 "UNION ALL SELECT 'warning', 'setting data_checksums', "
	 "'they are off: damage by a disk is seen late', "
	 "'pg_checksums --enable, with the server stopped' "
	 "WHERE current_setting('data_checksums') = 'off'"},
	{"connection", "SELECT 'warning' AS severity, 'connection' AS subject, "
				   "'it is not encrypted' AS detail, "
				   "'set sslmode=verify-full, and ssl = on in the server' AS advice "
				   "FROM pg_stat_ssl s "
				   "WHERE s.pid = pg_backend_pid() AND NOT s.ssl "
				   "AND NOT inet_client_addr() << '127.0.0.0/8' AND inet_client_addr() <> '::1'"},
	{"sessions",
	 "SELECT 'warning' AS severity, 'session ' || a.pid AS subject, "
	 "format('user \"%s\" is in a transaction since %s and does nothing: it may hold a "
	 "ledger, and keeps old rows', a.usename, "
	 "to_char(a.xact_start, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')) AS detail, "
	 "format('SELECT pg_terminate_backend(%s);', a.pid) AS advice "
	 "FROM pg_stat_activity a "
	 "WHERE a.datname = current_database() AND a.state LIKE 'idle in transaction%' "
	 "AND a.state_change < now() - interval '1 hour' "
	 "UNION ALL SELECT 'warning', 'prepared transaction ' || p.gid, "
	 "'it waits since ' || to_char(p.prepared, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), "
	 "format('COMMIT PREPARED or ROLLBACK PREPARED %L;', p.gid) "
	 "FROM pg_prepared_xacts p "
	 "WHERE p.database = current_database() AND p.prepared < now() - interval '1 hour'"},
	{"collation",
	 "SELECT 'warning' AS severity, 'database ' || d.datname AS subject, "
	 "format('its collation was of version %s, the system has %s: indexes of text may be out "
	 "of order', d.datcollversion, pg_database_collation_actual_version(d.oid)) AS detail, "
	 "format('REINDEX DATABASE %I; ALTER DATABASE %I REFRESH COLLATION VERSION;', d.datname, "
	 "d.datname) AS advice "
	 "FROM pg_database d "
	 "WHERE d.datname = current_database() "
	 "AND d.datcollversion <> pg_database_collation_actual_version(d.oid)"},
};

/*
 * What monitoring asks: the view ledger_health has a row for each check, and what is not ok is a
 * finding too. $1: the ledger, $2: after how many days readings are old. %s is the ledger's schema,
 * %S that of its views, also below.
 */
static const char *const health_query =
	"SELECT h.check_name, h.state AS severity, format('ledger %%, %%', $1::text, h.check_name) AS "
	"subject, "
	"h.detail, h.advice, trim_scale(h.value) AS value, trim_scale(h.warning_above) AS "
	"warning_above, trim_scale(h.error_above) AS error_above, "
	"json_build_object('ledger', $1::text, 'check', h.check_name, 'state', h.state, 'value', "
	"trim_scale(h.value), 'warning_above', trim_scale(h.warning_above), 'error_above', "
	"trim_scale(h.error_above), 'unit', h.unit, 'detail', h.detail, 'advice', h.advice) AS "
	"document "
	"FROM (SELECT n.check_name, n.value, n.unit, n.detail, n.error_above, "
	"CASE WHEN o.is_set THEN o.days ELSE n.warning_above END AS warning_above, "
	"CASE WHEN NOT o.is_set THEN n.state WHEN n.value > o.days THEN 'warning' ELSE 'ok' END "
	"AS state, "
	"CASE WHEN NOT o.is_set THEN n.advice WHEN n.value > o.days THEN coalesce(n.advice, "
	"'look whether its meters, their export and the nightly load run') END AS advice "
	"FROM %S.ledger_health n CROSS JOIN LATERAL "
	"(SELECT nullif($2::text, '')::numeric AS days, n.check_name = 'reading_age' AND $2::text <> "
	"'' "
	"AS is_set) o) h";

/* $1: the ledger. */
static const Check ledger_checks[] = {
	{"owner",
	 "SELECT 'warning' AS severity, 'ledger ' || $1 AS subject, "
	 "format('role \"%%\" owns it, and can log in or is a superuser: it could change what was "
	 "recorded', r.rolname) AS detail, "
	 "'CREATE ROLE keeper NOLOGIN; then give schemas, tables, views and functions to it "
	 "(docs/ledger.md), or make ledgers with chipbook init --owner' AS advice "
	 "FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner "
	 "WHERE n.nspname = $1 AND (r.rolcanlogin OR r.rolsuper)"},
	{"privileges",
	 "SELECT 'info' AS severity, 'user ' || current_user AS subject, coalesce('may ' || "
	 "replace(string_agg(w.may, ', ' ORDER BY w.place), 'close softly, close', 'close'), 'may read "
	 "what is published, no more') AS detail, "
	 "CASE WHEN count(*) = 0 THEN format('to load or close, its owner or an admin can run SELECT "
	 "chipbook.grant_ledger(%L, ''loader'', %L), or ''approver''', $1, current_user) END AS advice "
	 "FROM (VALUES (1, 'load', 'load_publish'), (2, 'post entries', 'journal_post'), "
	 "(3, 'close softly', 'period_close_softly'), (4, 'close', 'period_close'), "
	 "(5, 'approve', 'load_approve'), (6, 'grant rights', 'rights_change')) "
	 "w (place, may, function_name) "
	 "WHERE EXISTS (SELECT FROM chipbook.ledger_functions($1) f JOIN pg_proc p ON p.oid = "
	 "f.signature WHERE p.proname = w.function_name AND has_function_privilege(p.oid, 'EXECUTE')) "
	 "HAVING count(*) > 0 OR has_schema_privilege($1 || '_report', 'USAGE') "
	 "UNION ALL SELECT 'error', 'user ' || current_user, 'may not use the published views', "
	 "format('its owner can run SELECT chipbook.grant_ledger(%L, "
	 "''reader'', %L);', $1, current_user) "
	 "WHERE NOT has_schema_privilege($1 || '_report', 'USAGE')"},
	{"nightly jobs",
	 "SELECT CASE WHEN j.active THEN 'error' ELSE 'warning' END AS severity, "
	 "format('job %% of pg_cron', j.job_id) AS subject, "
	 "CASE WHEN j.active THEN format('as \"%%\" it failed at %%: %%', j.user_name, "
	 "to_char(j.ended_at, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), j.message) "
	 "ELSE 'it is not active' END AS detail, "
	 "'SELECT * FROM cron.job_run_details WHERE jobid = ' || j.job_id || ' ORDER BY runid DESC;' "
	 "AS advice "
	 "FROM chipbook.nightly_jobs($1) j WHERE NOT j.active OR j.status = 'failed'"},
	{"staged text", "SELECT 'info' AS severity, 'table import_line' AS subject, "
					"format('text of files that were imported takes %%', "
					"pg_size_pretty(pg_total_relation_size('%s.import_line'))) AS detail, "
					"format('SELECT chipbook.clear_import(%L, file_id) FROM %I.import_status "
					"WHERE status <> ''open'' AND opened_at < now() - interval ''90 days'';', "
					"$1, $1 || '_report') AS advice "
					"WHERE pg_total_relation_size('%s.import_line') > 1000000000"},
	{"costs stored",
	 "SELECT 'warning' AS severity, 'costs by day' AS subject, "
	 "format('facts or readings of %% were recorded since they were stored', "
	 "string_agg(to_char(k.month, 'YYYY-MM'), ', ' ORDER BY k.month)) AS detail, "
	 "format('chipbook refresh --ledger=%%', $1) AS advice "
	 "FROM %s.refreshed_month k "
	 "WHERE k.superseded_at = 'infinity' AND EXISTS (SELECT FROM %s.pool_touch p "
	 "WHERE p.touched_at > k.recorded_at "
	 "AND p.from_day < (k.month + interval '1 month')::date AND p.to_day > k.month) "
	 "HAVING count(*) > 0"},
	{"facts", "SELECT q.severity, concat_ws(' ', q.subject, min(q.subject_id)) AS subject, "
			  "concat(q.finding, CASE "
			  "WHEN count(*) > 1 THEN format(' and %% more of its kind', count(*) - 1) END, ': ', "
			  "min(q.detail)) AS detail, format('SELECT * "
			  "FROM %I.data_quality "
			  "WHERE finding = %L;', $1 || '_report', q.finding) AS advice "
			  "FROM %S.data_quality q "
			  "WHERE q.severity IN ('error', 'warning') "
			  "GROUP BY q.severity, q.finding, q.subject ORDER BY q.severity, q.finding"},
};

enum
{
	DATABASE_CHECKS = sizeof database_checks / sizeof database_checks[0],
	LEDGER_CHECKS = sizeof ledger_checks / sizeof ledger_checks[0]
};

static int counts[3]; /* errors, warnings, infos */

static void
report_finding(const char *check, const char *of_ledger, const char *severity, const char *subject,
			   const char *detail, const char *advice)
{
	counts[strcmp(severity, "error") == 0 ? 0 : strcmp(severity, "warning") == 0 ? 1 : 2]++;
	answer_open(NULL, '{');
	answer_text("check", check);
	answer_text("ledger", of_ledger);
	answer_text("severity", severity);
	answer_text("subject", subject);
	answer_text("detail", detail);
	answer_text("advice", advice);
	answer_close();
	if (settings.monitor)
		return;
	say("%s: %s: %s", severity, shown(subject), shown(detail));
	if (advice != NULL && *advice != '\0')
		say("    %s", shown(advice));
}

static void
report_results(const Check *checks, PGresult **results, int count, const char *of_ledger)
{
	for (int i = 0; i < count; i++)
	{
		if (PQresultStatus(results[i]) != PGRES_TUPLES_OK)
		{
			const char *sqlstate = PQresultErrorField(results[i], PG_DIAG_SQLSTATE);
			const char *message = PQresultErrorField(results[i], PG_DIAG_MESSAGE_PRIMARY);
			bool forbidden = sqlstate != NULL && strcmp(sqlstate, "42501") == 0;

			report_finding(checks[i].name, of_ledger, forbidden ? "info" : "error", checks[i].name,
						   format_text("this could not be looked at: %s",
									   message != NULL ? message : "no reason is known"),
						   forbidden ? "ask as a user with access loader, accountant or approver"
									 : "the server's log may say more");
		}
		for (int row = 0; row < PQntuples(results[i]); row++)
			report_finding(checks[i].name, of_ledger, cell(results[i], row, "severity"),
						   cell(results[i], row, "subject"), cell(results[i], row, "detail"),
						   cell(results[i], row, "advice"));
		PQclear(results[i]);
	}
}

/* %s and %S are the ledger's schemas; %% is a % of format()'s own, %I and %L too. */
static const char *
sql_for_ledger(const char *sql, const char *tables, const char *views)
{
	Text *text = new_text();

	for (const char *at = sql; *at != '\0'; at++)
	{
		if (at[0] == '%' && (at[1] == 's' || at[1] == 'S'))
			text_add(text, *++at == 's' ? tables : views);
		else if (at[0] == '%' && at[1] == '%')
		{
			text_add(text, "%s");
			at++;
		}
		else
			text_add_char(text, *at);
	}
	return text->data;
}

/* What ledger_health says of all ledgers: as JSON, and as monitoring has it. */
static Text *health_checks;
static Text *problems;
static Text *figures;

/* Without what ends a line, or the part of it that people read. */
static void
add_plain(Text *text, const char *more)
{
	for (const char *at = shown(more); *at != '\0'; at++)
		text_add_char(text, *at == '|' || *at == '\n' ? '/' : *at);
}

static void
add_for_monitor(const PGresult *health, int row, const char *ledger)
{
	const char *const bounds[] = {"warning_above", "error_above"};
	const char *value = cell(health, row, "value");

	if (value != NULL)
	{
		text_addf(figures, " %s.%s=%s", ledger, cell(health, row, "check_name"), value);
		for (int i = 0; i < 2; i++)
			text_addf(figures, ";%s",
					  cell(health, row, bounds[i]) != NULL ? cell(health, row, bounds[i]) : "");
	}
	if (strcmp(cell(health, row, "severity"), "ok") == 0)
		return;
	text_addf(problems, "%s%s %s %s", problems->length > 0 ? "; " : "", ledger,
			  cell(health, row, "check_name"), value);
	if (cell(health, row, "detail") != NULL)
	{
		text_add(problems, " (");
		add_plain(problems, cell(health, row, "detail"));
		text_add_char(problems, ')');
	}
}

static void
report_health(const PGresult *health, const char *ledger)
{
	for (int row = 0; row < PQntuples(health); row++)
	{
		const char *severity = cell(health, row, "severity");

		text_addf(health_checks, "%s%s", health_checks->length > 0 ? ", " : "",
				  cell(health, row, "document"));
		if (settings.monitor)
			add_for_monitor(health, row, ledger);
		if (strcmp(severity, "ok") != 0)
			report_finding(cell(health, row, "check_name"), ledger, severity,
						   cell(health, row, "subject"), cell(health, row, "detail"),
						   cell(health, row, "advice"));
	}
}

static Question
health_of(const char *ledger)
{
	const char *views = quoted(format_text("%s_report", ledger));

	return (Question){sql_for_ledger(health_query, quoted(ledger), views), {ledger, stale_days}};
}

static void
examine_ledger(const char *ledger)
{
	const Check health_check = {"ledger_health", health_query};
	Question questions[LEDGER_CHECKS + 1];
	PGresult *results[LEDGER_CHECKS + 1];
	const char *tables = quoted(ledger);
	const char *views = quoted(format_text("%s_report", ledger));
	/* The last two are slow. */
	int count = quick ? LEDGER_CHECKS - 2 : LEDGER_CHECKS;

	progress_step(format_text("examining ledger %s", ledger));
	questions[0] = health_of(ledger);
	for (int i = 0; i < count; i++)
		questions[i + 1] =
			(Question){sql_for_ledger(ledger_checks[i].sql, tables, views), {ledger}};
	ask_all(questions, results, count + 1, true);
	if (PQresultStatus(results[0]) == PGRES_TUPLES_OK)
	{
		report_health(results[0], ledger);
		PQclear(results[0]);
	}
	else
		report_results(&health_check, results, 1, ledger);
	report_results(ledger_checks, results + 1, count, ledger);
}

/* One line, as plugins of Nagios and its kin print it. What stands in the way ends in fail(). */
static int
run_for_monitor(int number_of_ledgers)
{
	int status;

	if (number_of_ledgers == 0)
		fail(STATUS_SERVER, "there is no ledger in this database");
	for (int i = 0; i < number_of_ledgers; i++)
	{
		const char *ledger = settings.ledger != NULL ? settings.ledger : ledger_name(i);
		PGresult *health;

		if (!ledger_exists(ledger))
			fail(STATUS_SERVER, "there is no ledger \"%s\" in this database", shown(ledger));
		health = ask(format_text("ledger \"%s\"", shown(ledger)), health_of(ledger));
		report_health(health, ledger);
		PQclear(health);
	}
	status = counts[0] > 0 ? STATUS_FINDINGS : counts[1] > 0 ? STATUS_WARNINGS : STATUS_DONE;
	if (!settings.json)
		printf("CHIPBOOK %s: %s |%s\n",
			   status == STATUS_DONE       ? "OK"
			   : status == STATUS_WARNINGS ? "WARNING"
										   : "CRITICAL",
			   problems->length > 0 ? problems->data
									: format_text("ledgers: %d", number_of_ledgers),
			   figures->length > 0 ? figures->data : "");
	return status;
}

static void
examine(void)
{
	Question questions[DATABASE_CHECKS];
	PGresult *results[DATABASE_CHECKS];

	for (int i = 0; i < DATABASE_CHECKS; i++)
		questions[i] = (Question){database_checks[i].sql, {CHIPBOOK_VERSION}};
	ask_all(questions, results, DATABASE_CHECKS, true);
	report_results(database_checks, results, DATABASE_CHECKS, NULL);
	if (extension_version() == NULL)
		return;
	if (settings.ledger == NULL)
	{
		if (ledger_count() == 0)
			report_finding("ledger", NULL, "warning", "database", "it has no ledger",
						   "chipbook init LEDGER makes one");
		for (int i = 0; i < ledger_count(); i++)
			examine_ledger(ledger_name(i));
	}
	else if (ledger_exists(settings.ledger))
		examine_ledger(settings.ledger);
	else
		report_finding(
			"ledger", settings.ledger, "error", format_text("ledger %s", settings.ledger),
			"there is none of that name in this database", "chipbook init makes ledgers");
}

static int
run(void)
{
	int status = STATUS_DONE;

	if (settings.argument_count > 0)
		fail(STATUS_USAGE, "doctor takes no argument: \"%s\"", shown(settings.arguments[0]));
	if (*stale_days != '\0')
		read_count(stale_days, "--stale", 10000);
	health_checks = new_text();
	problems = new_text();
	figures = new_text();
	connect_to_server();
	set_doing("examining", "nothing was changed; run the same command again");
	answer_text("program_version", CHIPBOOK_VERSION);
	answer_text("extension_version", extension_version());
	answer_text("server_version", server_version_text());
	answer_text("libpq_version",
				format_text("%d.%d", PQlibVersion() / 10000, PQlibVersion() % 10000));
	if (settings.monitor && extension_version() == NULL)
		fail(STATUS_SERVER, "extension chipbook is not in this database");
	answer_open("findings", '[');
	if (settings.monitor)
		/* What is found is said on one line. */
		status = run_for_monitor(settings.ledger != NULL ? 1 : ledger_count());
	else
	{
		say("program %s, extension %s, PostgreSQL %s, libpq %d.%d", CHIPBOOK_VERSION,
			extension_version() != NULL ? extension_version() : "none", server_version_text(),
			PQlibVersion() / 10000, PQlibVersion() % 10000);
		examine();
		status = counts[0] > 0 ? STATUS_FINDINGS : STATUS_DONE;
	}
	progress_end();
	answer_close();
	answer_json("checks",
				format_text("[%s]", health_checks->length > 0 ? health_checks->data : ""));
	answer_count("errors", counts[0]);
	answer_count("warnings", counts[1]);
	answer_count("infos", counts[2]);
	if (!settings.monitor)
		say("errors: %d, warnings: %d", counts[0], counts[1]);
	disconnect();
	return answer_end(status);
}

static const char about[] =
	"Looks at the versions of program, extension, server and ledgers, at settings,\n"
	"sessions, owners and privileges, missing partitions, stale data, loads and periods\n"
	"that are not finished, and at the findings about facts: of the ledger named, or of\n"
	"all. Each finding comes with what to do. Exit code 1: errors were found. Nothing is\n"
	"written. Whether the books are what was recorded, chipbook verify says.\n\n"
	"With --monitor it asks the view ledger_health alone, which takes well under a second,\n"
	"and its exit code is that of a plugin: 0 ok, 1 warnings, 2 errors, 3 not known, be it\n"
	"for want of a server, of rights, or of a right command line.";

const Command doctor_command = {
	"doctor", "", "find what stands in the way, and say what to do", about, options, run};
