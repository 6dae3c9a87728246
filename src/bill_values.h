/*
 * bill_values.h
 *		The values of bills as text: what bill_values.c reads one by one for SQL,
 *		and bill_read.c for whole files.
 */
#ifndef BILL_VALUES_H
#define BILL_VALUES_H

#include "chipbook.h"
#include "pgtime.h"

/* False: the text is no such value. */
extern bool bill_decimal(const char *at, const char *end, Datum *number);
extern bool bill_moment(const char *at, const char *end, char day_order, pg_tz *zone,
						TimestampTz *moment, bool *zone_assumed);

/* The zone of a name, or the error that there is none. */
extern pg_tz *bill_zone(text *name);

#endif
