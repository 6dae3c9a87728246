/*
 * copy.c
 *		Streaming to the server with COPY. What is handed over goes out in messages of at most 64 kB, and
 *		each is on its way before the next is taken: memory does not grow with the file.
 *
 * An interrupt in the middle ends the COPY as failed, so that the server does not wait for more.
 */
#include <stdlib.h>
#include <string.h>

#include "chipbook.h"

#define MESSAGE_SIZE 65536

static char message[MESSAGE_SIZE];
static size_t filled;
static const char *doing_copy;

void
copy_begin(const char *doing, const char *sql)
{
	PGresult *result = ask(doing, (Question){sql, {NULL}});

	if (PQresultStatus(result) != PGRES_COPY_IN)
		fail(STATUS_SERVER, "%s: the server does not take a copy", doing);
	PQclear(result);
	doing_copy = doing;
	filled = 0;
}

static void
send_message(void)
{
	if (interrupted_now())
	{
		/* Whether this arrives or not: the connection is closed next, and the server rolls back. */
		PQputCopyEnd(connection(), "interrupted");
		PQflush(connection());
		stop_if_interrupted();
	}
	if (filled > 0 && PQputCopyData(connection(), message, (int) filled) < 0)
		fail_as_lost();
	filled = 0;
	flush_to_server();
}

void
copy_bytes(const char *bytes, size_t length)
{
	while (length > 0)
	{
		size_t part = length < MESSAGE_SIZE - filled ? length : MESSAGE_SIZE - filled;

		memcpy(message + filled, bytes, part);
		filled += part;
		bytes += part;
		length -= part;
		if (filled == MESSAGE_SIZE)
			send_message();
	}
}

/* The server's word on the whole; the number of rows it took. */
int64_t
copy_end(void)
{
	PGresult *result;
	PGresult *more;
	int64_t rows;

	send_message();
	if (PQputCopyEnd(connection(), NULL) < 0)
		fail_as_lost();
	result = next_result();
	while ((more = next_result()) != NULL)
		PQclear(more);
	must_be_good(result, doing_copy);
	rows = strtoll(PQcmdTuples(result), NULL, 10);
	PQclear(result);
	return rows;
}
