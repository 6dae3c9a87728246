/*
 * chipbook.c
 *		The module: its magic block and its one setting.
 */
#include "chipbook.h"

#include "utils/guc.h"

#include "as_of.h"

#ifdef PG_MODULE_MAGIC_EXT
PG_MODULE_MAGIC_EXT(.name = "chipbook", .version = CHIPBOOK_VERSION);
#else
PG_MODULE_MAGIC;
#endif

void _PG_init(void);

void
_PG_init(void)
{
	DefineCustomStringVariable(
		"chipbook.as_of", "Answer as the ledger was known at this time.",
		"An ISO 8601 date (the end of that day in the ledger's time zone), a timestamp "
		"with offset, now, or published (the last version that a close published). Empty: "
		"now; for who may only read a ledger's views, published.",
		&chipbook_as_of, "", PGC_USERSET, 0, NULL, NULL, NULL);
	MarkGUCPrefixReserved("chipbook");
}
