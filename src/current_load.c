/*
 * current_load.c
 *		The load that rows belong to which name none: the one this session opened
 *		last. currval() says so, but finds the sequence anew for every row, and as a
 *		volatile default it keeps COPY from writing many rows at once. Within a
 *		statement it is the same, and asked once.
 */
#include "chipbook.h"

#include "utils/fmgrprotos.h"

PG_FUNCTION_INFO_V1(chipbook_current_load);

/*
 * current_load(sequence regclass) returns bigint
 *		What the sequence gave this session last; currval()'s errors otherwise.
 */
Datum
chipbook_current_load(PG_FUNCTION_ARGS)
{
	int64 *load = (int64 *) fcinfo->flinfo->fn_extra;

	if (load == NULL)
	{
		int64 last = DatumGetInt64(DirectFunctionCall1(currval_oid, PG_GETARG_DATUM(0)));

		load = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(int64));
		*load = last;
		fcinfo->flinfo->fn_extra = load;
	}
	PG_RETURN_INT64(*load);
}
