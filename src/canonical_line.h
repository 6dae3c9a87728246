/*
 * canonical_line.h
 *		Writing values as canonical text, for those who seal rows without a call
 *		of canonical_line for each.
 */
#ifndef CHIPBOOK_CANONICAL_LINE_H
#define CHIPBOOK_CANONICAL_LINE_H

#include "fmgr.h"
#include "lib/stringinfo.h"

/* How the values of a column are written. */
typedef struct CanonicalField
{
	Oid type;
	FmgrInfo output; /* of types that are written by their own function */
} CanonicalField;

/* 42804 for a type whose text depends on settings. */
extern void canonical_field_init(CanonicalField *field, Oid type, MemoryContext context);
extern void canonical_append(StringInfo line, CanonicalField *field, Datum value, bool is_null);

#endif /* CHIPBOOK_CANONICAL_LINE_H */
