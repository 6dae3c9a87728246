/*
 * connection.c
 *		The server: connecting by libpq's rules, asking, transactions, the lock between runs, and
 *		what happens when somebody interrupts or the server goes away.
 *
 * Whatever is asked is waited for in wait_for_result(), which never blocks in libpq: an interrupt
 * sends a cancel request at once, and the line of progress moves. A second interrupt ends the
 * program on the spot; the server then rolls back when it sees the connection closed.
 *
 * Questions whose answers do not depend on each other travel together in a pipeline: a run from
 * another continent pays for a round trip, not for each question.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <fcntl.h>

#include "chipbook.h"

extern PQnoticeReceiver notice_receiver(void);

static PGconn *conn;
static volatile sig_atomic_t interrupted; /* the signal, or 0 */
static bool cancel_is_sent;
static bool committing;
static const char *doing_what = "connecting";
static const char *when_lost = "nothing was changed; run the same command again";
static char *extension; /* its version in the database; NULL: it is not there */
static const char *ledger;
static PGresult *ledgers;

/*
 * By names that create_ledger gives, and no other: whoever may make a schema could call it, and a table
 * in it, what would be SQL where a name is written into a statement.
 */
static const char *const ledgers_query =
	"SELECT n.nspname AS ledger FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid JOIN "
	"pg_attribute a ON a.attrelid = c.oid "
	"WHERE c.relname = 'ledger' AND c.relkind = 'r' AND a.attname = 'reporting_currency' AND NOT "
	"a.attisdropped "
	"AND a.atttypid = to_regtype('chipbook.currency') AND n.nspname ~ '^[a-z_][a-z0-9_]{0,55}$' "
	"ORDER BY n.nspname";

/* What a role or database may have set otherwise, and the program relies on; some are only in newer servers. */
static const char *const session_query =
	"SELECT pg_catalog.set_config(v.name, v.value, false) FROM (VALUES ('datestyle', 'ISO, YMD'), "
	"('intervalstyle', 'postgres'), ('timezone', 'UTC'), "
	"('statement_timeout', '0'), ('lock_timeout', '0'), ('idle_in_transaction_session_timeout', "
	"'0'), ('transaction_timeout', '0'), "
	"('idle_session_timeout', '0'), ('client_min_messages', 'notice'), ('search_path', "
	"'pg_catalog, pg_temp')) v (name, value) "
	"WHERE EXISTS (SELECT FROM pg_catalog.pg_settings s WHERE pg_catalog.lower(s.name) "
	"OPERATOR(pg_catalog.=) v.name)";

PGconn *
connection(void)
{
	return conn;
}

const char *
cell(const PGresult *result, int row, const char *column)
{
	int number = PQfnumber(result, column);

	return number < 0 || PQgetisnull(result, row, number) ? NULL : PQgetvalue(result, row, number);
}

/* ----------------------------------------------------------------------
 * Interrupts
 * ---------------------------------------------------------------------- */

static void
take_signal(int number)
{
	interrupted = number;
	/* The next one ends the program, whatever it is waiting for. */
	signal(number, SIG_DFL);
}

static void
catch_signals(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof action);
	action.sa_handler = take_signal;
	sigemptyset(&action.sa_mask);
	/* Without SA_RESTART: what waits returns and looks. */
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* Since 17 the request goes over TLS as the connection does. */
static void
cancel_on_server(void)
{
	if (cancel_is_sent || conn == NULL)
		return;
	cancel_is_sent = true;
#ifdef LIBPQ_HAS_ASYNC_CANCEL
	{
		PGcancelConn *request = PQcancelCreate(conn);

		if (request != NULL)
		{
			PQcancelBlocking(request);
			PQcancelFinish(request);
		}
	}
#else
	{
		PGcancel *request = PQgetCancel(conn);
		char error[256];

		if (request != NULL)
		{
			PQcancel(request, error, sizeof error);
			PQfreeCancel(request);
		}
	}
#endif
}

void
stop_if_interrupted(void)
{
	if (interrupted == 0 || committing)
		return;
	cancel_on_server();
	fail(128 + interrupted, "interrupted while %s: %s", doing_what, when_lost);
}

bool
interrupted_now(void)
{
	return interrupted != 0 && !committing;
}

void
set_doing(const char *what, const char *if_lost)
{
	doing_what = what;
	when_lost = if_lost;
}

/* ----------------------------------------------------------------------
 * Waiting, and what may come
 * ---------------------------------------------------------------------- */

bool
connection_is_lost(void)
{
	return conn == NULL || PQstatus(conn) == CONNECTION_BAD;
}

static _Noreturn void
fail_lost(const char *message)
{
	char *text =
		must_have(strdup(message != NULL && *message != '\0' ? message : "no reason is known"));

	/* libpq ends its messages with line ends, and has several. */
	for (size_t length = strlen(text);
		 length > 0 && (text[length - 1] == '\n' || text[length - 1] == ' '); length--)
		text[length - 1] = '\0';
	if (committing)
		when_lost = "it is not known whether it was committed; run the same command again: what is "
					"there already is not done twice";
	fail_with_hint(STATUS_CONNECTION, when_lost,
				   "the connection to the server was lost while %s: %s", doing_what, text);
}

/* What libpq would not do; its message says why. */
void
fail_as_lost(void)
{
	fail_lost(PQerrorMessage(conn));
}

/* Sends all that libpq holds back, so that it never holds more than one message. */
void
flush_to_server(void)
{
	int left;

	while ((left = PQflush(conn)) > 0)
	{
		struct pollfd at = {.fd = PQsocket(conn), .events = POLLIN | POLLOUT};

		stop_if_interrupted();
		progress_tick();
		if (poll(&at, 1, 1000) < 0 && errno != EINTR)
			fail(STATUS_CONNECTION, "waiting for the server failed: %s", strerror(errno));
		if ((at.revents & POLLIN) != 0 && PQconsumeInput(conn) == 0)
			fail_lost(PQerrorMessage(conn));
	}
	if (left < 0)
		fail_lost(PQerrorMessage(conn));
}

PGresult *
next_result(void)
{
	PGresult *result;

	flush_to_server();
	while (PQisBusy(conn))
	{
		struct pollfd at = {.fd = PQsocket(conn), .events = POLLIN};

		if (interrupted != 0 && !committing)
			cancel_on_server();
		progress_tick();
		if (poll(&at, 1, 500) < 0 && errno != EINTR)
			fail(STATUS_CONNECTION, "waiting for the server failed: %s", strerror(errno));
		if ((at.revents & (POLLIN | POLLERR | POLLHUP)) != 0 && PQconsumeInput(conn) == 0)
			break;
	}
	result = PQgetResult(conn);
	if (result == NULL && connection_is_lost())
		fail_lost(PQerrorMessage(conn));
	return result;
}

static bool
is_good(const PGresult *result)
{
	switch (PQresultStatus(result))
	{
		case PGRES_TUPLES_OK:
		case PGRES_COMMAND_OK:
		case PGRES_SINGLE_TUPLE:
		case PGRES_COPY_IN:
		case PGRES_PIPELINE_SYNC:
			return true;
		default:
			return false;
	}
}

/* Ends the program unless the result is one; what the server refuses may still be an interrupt, or its end. */
void
must_be_good(const PGresult *result, const char *doing)
{
	const char *sqlstate;

	if (is_good(result))
	{
		stop_if_interrupted();
		return;
	}
	stop_if_interrupted();
	sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	if (connection_is_lost() || (sqlstate != NULL && (strncmp(sqlstate, "08", 2) == 0 ||
													  strncmp(sqlstate, "57P0", 4) == 0)))
		fail_lost(PQresultErrorMessage(result));
	fail_from_server(STATUS_SERVER, doing, result);
}

static void
send_question(Question question)
{
	static const Oid text_types[6] = {25, 25, 25, 25, 25, 25};
	int count = 0;

	while (count < 6 && question.values[count] != NULL)
		count++;
	if (PQsendQueryParams(conn, question.sql, count, text_types, question.values, NULL, NULL, 0) ==
		0)
		fail_lost(PQerrorMessage(conn));
}

/* One question; its result, good or not. */
PGresult *
try_to_ask(Question question)
{
	PGresult *result;
	PGresult *more;

	stop_if_interrupted();
	send_question(question);
	result = next_result();
	/* COPY goes on from here. */
	if (PQresultStatus(result) == PGRES_COPY_IN)
		return result;
	while ((more = next_result()) != NULL)
		PQclear(more);
	return result;
}

PGresult *
ask(const char *doing, Question question)
{
	PGresult *result = try_to_ask(question);

	must_be_good(result, doing);
	return result;
}

/* Rows one by one, for answers of any size: ask, then next_row() until it is NULL. */
void
ask_for_rows(Question question)
{
	stop_if_interrupted();
	send_question(question);
	if (PQsetSingleRowMode(conn) == 0)
		fail_lost(PQerrorMessage(conn));
}

PGresult *
next_row(const char *doing)
{
	PGresult *result = next_result();

	if (result == NULL)
		return NULL;
	must_be_good(result, doing);
	if (PQresultStatus(result) == PGRES_SINGLE_TUPLE)
		return result;
	/* The end of the rows, and then of the question. */
	PQclear(result);
	return next_row(doing);
}

/*
 * Several questions in one round trip. Those that stand alone are answered each for itself, good or
 * not; otherwise the first that is refused ends the program.
 */
void
ask_all(const Question *questions, PGresult **results, int count, bool each_alone)
{
	stop_if_interrupted();
	if (PQenterPipelineMode(conn) == 0)
		fail_lost(PQerrorMessage(conn));
	for (int i = 0; i < count; i++)
	{
		send_question(questions[i]);
		if ((each_alone || i == count - 1) && PQpipelineSync(conn) == 0)
			fail_lost(PQerrorMessage(conn));
	}
	for (int i = 0; i < count; i++)
	{
		PGresult *more;

		results[i] = next_result();
		while ((more = next_result()) != NULL)
			PQclear(more);
		if (each_alone)
		{
			if (connection_is_lost())
				must_be_good(results[i], NULL);
			PQclear(next_result());
			stop_if_interrupted();
		}
		else
			must_be_good(results[i], NULL);
	}
	if (!each_alone)
		PQclear(next_result());
	if (PQexitPipelineMode(conn) == 0)
		fail_lost(PQerrorMessage(conn));
}

/* ----------------------------------------------------------------------
 * Connecting
 * ---------------------------------------------------------------------- */

/* From the terminal, whatever the standard input is. */
static char *
ask_for_password(const char *user)
{
	static char password[1024];
	struct termios before;
	struct termios silent;
	ssize_t length;
	int terminal = open("/dev/tty", O_RDWR | O_NOCTTY);

	if (terminal < 0 || tcgetattr(terminal, &before) != 0)
	{
		if (terminal >= 0)
			close(terminal);
		return NULL;
	}
	silent = before;
	silent.c_lflag &= ~(tcflag_t) ECHO;
	/* An interrupt must not leave a terminal that shows nothing: it ends the reading only. */
	catch_signals();
	tcsetattr(terminal, TCSAFLUSH, &silent);
	dprintf(terminal, "Password for user %s: ", user);
	length = read(terminal, password, sizeof password - 1);
	tcsetattr(terminal, TCSAFLUSH, &before);
	dprintf(terminal, "\n");
	close(terminal);
	stop_if_interrupted();
	if (length <= 0)
		return NULL;
	password[length] = '\0';
	password[strcspn(password, "\r\n")] = '\0';
	return password;
}

static PGconn *
try_to_connect(const char *password)
{
	char *name = format_text("chipbook %s", settings.command);
	/* What stands later does not override what a connection string says, but dbname's expansion comes first. */
	const char *keywords[] = {"host",
							  "port",
							  "user",
							  "password",
							  "dbname",
							  "fallback_application_name",
							  "client_encoding",
							  NULL};
	const char *values[] = {
		settings.host, settings.port, settings.username, password, settings.dbname, name,
		"UTF8",        NULL};
	PGconn *made = PQconnectdbParams(keywords, values, 1);

	must_have(made);
	free(name);
	return made;
}

void
connect_to_server(void)
{
	Question questions[3];
	PGresult *results[3];

	conn = try_to_connect(NULL);
	if (PQstatus(conn) == CONNECTION_BAD && PQconnectionNeedsPassword(conn) &&
		!settings.never_prompt)
	{
		char *password = ask_for_password(PQuser(conn));

		if (password != NULL)
		{
			PQfinish(conn);
			conn = try_to_connect(password);
			explicit_bzero(password, strlen(password));
		}
	}
	if (PQstatus(conn) == CONNECTION_BAD)
	{
		char *message = must_have(strdup(PQerrorMessage(conn)));

		for (size_t length = strlen(message); length > 0 && message[length - 1] == '\n'; length--)
			message[length - 1] = '\0';
		PQfinish(conn);
		conn = NULL;
		fail_with_hint(STATUS_CONNECTION,
					   "check -h, -p, -U and -d, PGHOST and its like, the service file and "
					   "~/.pgpass; pg_isready tells whether the server answers",
					   "%s", message);
	}
	PQsetNoticeReceiver(conn, notice_receiver(), NULL);
	if (PQsetnonblocking(conn, 1) != 0)
		fail_lost(PQerrorMessage(conn));
	catch_signals();

	questions[0] = (Question){session_query, {NULL}};
	questions[1] = (Question){
		"SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'chipbook'", {NULL}};
	questions[2] = (Question){ledgers_query, {NULL}};
	ask_all(questions, results, 3, false);
	if (PQntuples(results[1]) > 0)
		extension = must_have(strdup(PQgetvalue(results[1], 0, 0)));
	ledgers = results[2];
	PQclear(results[0]);
	PQclear(results[1]);
	answer_text("database", PQdb(conn));
}

void
disconnect(void)
{
	PGconn *old = conn;

	conn = NULL;
	PQfinish(old);
}

const char *
extension_version(void)
{
	return extension;
}

const char *
server_version_text(void)
{
	return PQparameterStatus(conn, "server_version");
}

/* ----------------------------------------------------------------------
 * The ledger
 * ---------------------------------------------------------------------- */

int
ledger_count(void)
{
	return PQntuples(ledgers);
}

const char *
ledger_name(int number)
{
	return PQgetvalue(ledgers, number, 0);
}

bool
ledger_exists(const char *name)
{
	for (int i = 0; i < ledger_count(); i++)
	{
		if (strcmp(name, ledger_name(i)) == 0)
			return true;
	}
	return false;
}

/* The one that is named, or the only one. */
const char *
the_ledger(void)
{
	Text names = {NULL, 0, 0};

	if (ledger != NULL)
		return ledger;
	if (extension == NULL)
		fail_with_hint(STATUS_SERVER, "chipbook init makes the extension and a ledger",
					   "database \"%s\" does not have the extension chipbook", shown(PQdb(conn)));
	for (int i = 0; i < ledger_count(); i++)
		text_addf(&names, "%s%s", i > 0 ? ", " : "", ledger_name(i));
	if (settings.ledger == NULL && ledger_count() == 1)
		ledger = ledger_name(0);
	else if (settings.ledger != NULL && ledger_exists(settings.ledger))
		ledger = settings.ledger;
	if (ledger == NULL && ledger_count() == 0)
		fail_with_hint(STATUS_SERVER, "chipbook init LEDGER makes one",
					   "database \"%s\" has no ledger", shown(PQdb(conn)));
	if (ledger == NULL && settings.ledger != NULL)
		fail_with_hint(STATUS_SERVER, format_text("there are: %s", names.data),
					   "there is no ledger \"%s\" in database \"%s\"", shown(settings.ledger),
					   shown(PQdb(conn)));
	if (ledger == NULL)
		fail_with_hint(STATUS_USAGE, format_text("say which with --ledger: %s", names.data),
					   "database \"%s\" has several ledgers", shown(PQdb(conn)));
	answer_text("ledger", ledger);
	return ledger;
}

const char *
quoted(const char *identifier)
{
	char *text = PQescapeIdentifier(conn, identifier, strlen(identifier));

	if (text == NULL)
		fail(STATUS_USAGE, "\"%s\" cannot be a name: %s", shown(identifier), PQerrorMessage(conn));
	return text;
}

/* SQL that names the ledger's schema: %s is the ledger, quoted; %S the schema of its published views. */
const char *
in_ledger(const char *format)
{
	Text *sql = new_text();
	const char *tables = quoted(the_ledger());
	const char *views = quoted(format_text("%s_report", the_ledger()));

	for (const char *at = format; *at != '\0'; at++)
	{
		if (at[0] == '%' && (at[1] == 's' || at[1] == 'S'))
		{
			text_add(sql, at[1] == 's' ? tables : views);
			at++;
		}
		else
			text_add_char(sql, *at);
	}
	return sql->data;
}

/* ----------------------------------------------------------------------
 * Transactions, and the lock between runs
 * ---------------------------------------------------------------------- */

/* One run at a time changes a ledger; the lock goes with the transaction, however that ends. */
#define LOCK_KEY "pg_catalog.hashtextextended('chipbook ' || $1, 0)"

static void
wait_for_other_run(void)
{
	PGresult *holder;
	PGresult *waited;
	const char *seconds = settings.wait != NULL ? settings.wait : "0";
	char *who;

	holder = ask(
		NULL,
		(Question){"SELECT a.pid, a.usename, a.application_name, to_char(a.xact_start, "
				   "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS since "
				   "FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
				   "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database "
				   "= (SELECT oid FROM pg_database WHERE datname = current_database()) "
				   "AND l.classid::bigint = (" LOCK_KEY
				   " >> 32) & 4294967295 AND l.objid::bigint = " LOCK_KEY " & 4294967295",
				   {the_ledger()}});
	if (PQntuples(holder) > 0)
		who = format_text("another run holds ledger \"%s\": process %s of \"%s\", %s%s%s",
						  the_ledger(), cell(holder, 0, "pid"), shown(cell(holder, 0, "usename")),
						  shown(cell(holder, 0, "application_name")),
						  cell(holder, 0, "since") != NULL ? ", since " : "",
						  cell(holder, 0, "since") != NULL ? cell(holder, 0, "since") : "");
	else
		who = format_text("another run holds ledger \"%s\"", the_ledger());
	PQclear(holder);
	if (settings.wait != NULL && strcmp(seconds, "0") == 0)
		fail_with_hint(STATUS_BUSY, "run the same command again later, or without --wait=0", "%s",
					   who);
	note("%s: waiting for it", who);
	answer_text("waited_for", who);
	progress_step("waiting for another run");
	PQclear(ask(NULL, (Question){"SELECT set_config('lock_timeout', $1 || 's', true)", {seconds}}));
	waited = try_to_ask((Question){"SELECT pg_advisory_xact_lock(" LOCK_KEY ")", {the_ledger()}});
	if (PQresultErrorField(waited, PG_DIAG_SQLSTATE) != NULL &&
		strcmp(PQresultErrorField(waited, PG_DIAG_SQLSTATE), "55P03") == 0)
		fail_with_hint(STATUS_BUSY, "run the same command again later",
					   "%s, and still does after %s s", who, seconds);
	must_be_good(waited, NULL);
	PQclear(waited);
	PQclear(ask(NULL, (Question){"SELECT set_config('lock_timeout', '0', true)", {NULL}}));
}

/*
 * To read is to read one state of the ledger. To write is to see what the run before committed, so
 * the level is READ COMMITTED, whatever the database's default.
 */
void
begin_work(bool to_write)
{
	Question questions[2];
	PGresult *results[2];
	bool locked;

	if (!to_write)
	{
		PQclear(ask(NULL, (Question){"BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", {NULL}}));
		return;
	}
	questions[0] = (Question){"BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE", {NULL}};
	questions[1] = (Question){"SELECT pg_try_advisory_xact_lock(" LOCK_KEY ")", {the_ledger()}};
	ask_all(questions, results, 2, false);
	locked = strcmp(PQgetvalue(results[1], 0, 0), "t") == 0;
	PQclear(results[0]);
	PQclear(results[1]);
	if (!locked)
		wait_for_other_run();
}

/* From here to the server's answer an interrupt is too late. */
void
commit_work(const char *meanwhile)
{
	PGresult *result;

	stop_if_interrupted();
	committing = true;
	if (meanwhile != NULL)
		doing_what = meanwhile;
	result = ask(NULL, (Question){"COMMIT", {NULL}});
	/* COMMIT of a transaction that has failed says so only here. */
	if (strcmp(PQcmdStatus(result), "COMMIT") != 0)
		fail(STATUS_SERVER, "the server rolled back what should be committed");
	committing = false;
	PQclear(result);
}

void
roll_back_work(void)
{
	PQclear(ask(NULL, (Question){"ROLLBACK", {NULL}}));
}
