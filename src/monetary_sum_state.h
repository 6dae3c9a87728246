/*
 * monetary_sum_state.h
 *		The running state of sums of money of one currency: sum and avg have one,
 *		sum_by_currency one for each currency.
 */
#ifndef CHIPBOOK_MONETARY_SUM_STATE_H
#define CHIPBOOK_MONETARY_SUM_STATE_H

#include "chipbook.h"

/*
 * The sum of the amounts is wraps * 2^128 + (high * 2^64 + low): 128 bits
 * hold 65,536 of the largest amounts, and wraps counts how often they were left.
 */
typedef struct MonetarySumState
{
	int64 count; /* rows; 0: nothing else is set */
	int64 wraps;
	int64 high;
	uint64 low;
	uint64 currency; /* a Currency, widened so that no byte is padding */
} MonetarySumState;

static inline int128
monetary_sum_state_rest(const MonetarySumState *state)
{
	return (((int128) state->high) << 64) | state->low;
}

/* monetary_agg.c: whether so many amounts can come to what the state says. */
extern bool monetary_sum_state_is_valid(const MonetarySumState *state);
/* monetary_agg.c: adds rows, wraps and rest to the state; all three may be negative. */
extern void monetary_sum_state_add(MonetarySumState *state, int64 rows, int64 wraps, int128 rest);
/* monetary_agg.c: the total of a state with rows, palloc'd; 22003 when it does not fit. */
extern Monetary *monetary_sum_state_total(const MonetarySumState *state);

#endif /* CHIPBOOK_MONETARY_SUM_STATE_H */
