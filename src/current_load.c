/*
 * current_load.c
 *		The load that rows belong to which name none: the one this session opened
 *		last. currval() says so, but finds the sequence anew for every row, and as a
 *		volatile default it keeps COPY from writing many rows at once. Opening a load
 *		writes its row, so that it is asked once a command: an expression of PL/pgSQL
 *		lives as long as its transaction, in which more than one load may be opened.
 */
#include "chipbook.h"

#include "access/xact.h"
#include "utils/fmgrprotos.h"

PG_FUNCTION_INFO_V1(chipbook_current_load);

typedef struct KnownLoad
{
	CommandId command;
	int64 load;
} KnownLoad;

/*
 * current_load(sequence regclass) returns bigint
 *		What the sequence gave this session last; currval()'s errors otherwise.
 */
Datum
chipbook_current_load(PG_FUNCTION_ARGS)
{
	KnownLoad *known = (KnownLoad *) fcinfo->flinfo->fn_extra;
	CommandId command = GetCurrentCommandId(false);

	if (known == NULL || known->command != command)
	{
		int64 last = DatumGetInt64(DirectFunctionCall1(currval_oid, PG_GETARG_DATUM(0)));

		if (known == NULL)
			known = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(KnownLoad));
		known->command = command;
		known->load = last;
		fcinfo->flinfo->fn_extra = known;
	}
	PG_RETURN_INT64(known->load);
}
