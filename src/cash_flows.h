/*
 * cash_flows.h
 *		Dated cash flows of an investment in one currency, added up by day: the
 *		state of its aggregates and the SQL type at once.
 */
#ifndef CHIPBOOK_CASH_FLOWS_H
#define CHIPBOOK_CASH_FLOWS_H

#include "chipbook.h"
#include "day_count.h"

#include "utils/memutils.h"

/* What flowed on a day, net, in units of 1e-15: 128 bits in two halves, for the alignment of the disk. */
typedef struct CashFlow
{
	DateADT date;
	int32 unused; /* always zero */
	uint64 low;
	int64 high;
} CashFlow;

/* A sum of amounts, in two halves too. */
typedef struct CashTotal
{
	uint64 low;
	int64 high;
} CashTotal;

/*
 * Everything in it is fixed by the set of rows, not by their order. A day whose
 * flows come to zero stays: it may be the first or the last, or a period of irr().
 *
 * Both totals are of rows, before days were netted, and only grow: as long as they
 * fit 128 bits, so does every sum of some of the rows, in whatever order they came.
 */
typedef struct CashFlows
{
	int32 vl_len_; /* varlena header: do not touch directly */
	uint8 version;
	uint8 unused; /* always zero */
	Currency currency;
	int32 days;              /* in order, each once; at least one in a finished value */
	int32 pending;           /* more rows behind them, in no order: never in a stored value */
	CashTotal paid_in;       /* what negative rows come to, as a positive number */
	CashTotal distributions; /* what positive rows come to */
	CashFlow flow[FLEXIBLE_ARRAY_MEMBER];
} CashFlows;

#define CASH_FLOWS_VERSION 1
#define CASH_FLOWS_SIZE(n) (offsetof(CashFlows, flow) + sizeof(CashFlow) * (Size) (n))
#define CASH_FLOWS_MAX_DAYS ((int) ((MaxAllocSize - offsetof(CashFlows, flow)) / sizeof(CashFlow)))

static inline int128
cash_halves(uint64 low, int64 high)
{
	return (int128) (((uint128) (uint64) high << 64) | low);
}

static inline int128
cash_flow_net(const CashFlow *flow)
{
	return cash_halves(flow->low, flow->high);
}

static inline CashFlow
cash_flow_make(DateADT date, int128 net)
{
	return (CashFlow){date, 0, (uint64) net, (int64) (net >> 64)};
}

static inline int128
cash_total(const CashTotal *total)
{
	return cash_halves(total->low, total->high);
}

static inline CashTotal
cash_total_make(int128 total)
{
	return (CashTotal){(uint64) total, (int64) (total >> 64)};
}

/* Within the rounding of a double: without the call that the compiler makes of it. */
static inline double
cash_to_double(uint64 low, int64 high)
{
	return (double) high * 18446744073709551616.0 + (double) low;
}

/* A new value without flows and with room for so many, palloc'd. */
extern CashFlows *cash_flows_new(int capacity, Currency currency);
/* The value with all its days in order; a copy where it was not stored so. */
extern const CashFlows *cash_flows_read(Datum value);
/* A palloc'd copy without spare room. */
extern CashFlows *cash_flows_trimmed(const CashFlows *flows);
/* Puts pending rows in their place. */
extern void cash_flows_settle(CashFlows *flows);

#define PG_GETARG_CASH_FLOWS_P(n) cash_flows_read(PG_GETARG_DATUM(n))

#endif /* CHIPBOOK_CASH_FLOWS_H */
