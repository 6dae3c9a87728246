/*
 * cash_flows_agg.c
 *		How cash flows add up: rows, and whole values of the type. Sums are of whole
 *		units, so that neither the order of rows nor the number of workers changes
 *		one. Rows that come in order go straight to their day; others wait behind,
 *		and are sorted when there is no more room: n rows take n log n in all.
 */
#include "cash_flows.h"

#include "miscadmin.h"

PG_FUNCTION_INFO_V1(cash_flows_add);
PG_FUNCTION_INFO_V1(cash_flows_combine);
PG_FUNCTION_INFO_V1(cash_flows_plus);
PG_FUNCTION_INFO_V1(cash_flows_one);
PG_FUNCTION_INFO_V1(cash_flows_final);

/* Room for days to begin with. */
#define FIRST_CAPACITY 10

/*
 * The state to change: ours inside an aggregate, else a copy of what others can see.
 */
static CashFlows *
state_for_update(FunctionCallInfo fcinfo)
{
	CashFlows *flows = (CashFlows *) PG_GETARG_POINTER(0);
	const CashFlows *given;

	if (likely(VARATT_IS_4B_U(flows) && flows->version == CASH_FLOWS_VERSION &&
			   AggCheckCallContext(fcinfo, NULL)))
		return flows;
	given = PG_GETARG_CASH_FLOWS_P(0);
	return cash_flows_trimmed(given);
}

/* Outside an aggregate the value is anybody's: settled, and without spare room. */
static Datum
state_result(FunctionCallInfo fcinfo, CashFlows *flows)
{
	if (AggCheckCallContext(fcinfo, NULL))
		PG_RETURN_POINTER(flows);
	cash_flows_settle(flows);
	PG_RETURN_POINTER(cash_flows_trimmed(flows));
}

static inline int
state_capacity(const CashFlows *flows)
{
	return (VARSIZE(flows) - CASH_FLOWS_SIZE(0)) / sizeof(CashFlow);
}

/* Twice the room, unless settling what is pending made enough. */
static CashFlows *
make_room(CashFlows *flows)
{
	int capacity = state_capacity(flows);
	int wanted = Min(Max(FIRST_CAPACITY, (int64) capacity * 2), CASH_FLOWS_MAX_DAYS);
	CashFlows *larger;

	cash_flows_settle(flows);
	if (flows->days < capacity - capacity / 4)
		return flows;
	/* There are fewer days in the calendar. */
	if (flows->days >= CASH_FLOWS_MAX_DAYS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("cash_flows cannot hold more than %d days", CASH_FLOWS_MAX_DAYS)));
	larger = cash_flows_new(wanted, flows->currency);
	memcpy((char *) larger + VARHDRSZ, (char *) flows + VARHDRSZ,
		   CASH_FLOWS_SIZE(flows->days) - VARHDRSZ);
	return larger;
}

/* What flowed on a day, for which both totals already answer. */
static CashFlows *
add_flow(CashFlows *flows, const CashFlow *flow)
{
	for (int try = 0; try < 2; try++)
	{
		/* Rows mostly come in order: those are of the last day, or of one after it. */
		if (flows->pending == 0 && flows->days > 0)
		{
			CashFlow *last = &flows->flow[flows->days - 1];

			if (flow->date == last->date)
			{
				*last = cash_flow_make(last->date, cash_flow_net(last) + cash_flow_net(flow));
				return flows;
			}
		}
		if (flows->days + flows->pending < state_capacity(flows))
			break;
		flows = make_room(flows);
	}
	flows->flow[flows->days + flows->pending] = *flow;
	if (flows->pending == 0 && (flows->days == 0 || flow->date > flows->flow[flows->days - 1].date))
		flows->days++;
	else
		flows->pending++;
	return flows;
}

static void
grow_total(CashTotal *total, int128 more)
{
	int128 sum;

	if (add_s128_overflow(cash_total(total), more, &sum))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("value out of range for type cash_flows"),
						errdetail("What is paid in or distributed comes to more than 128 bits "
								  "hold.")));
	*total = cash_total_make(sum);
}

static void
check_currency(const CashFlows *flows, Currency currency)
{
	char ours[CURRENCY_TEXT_SIZE];
	char theirs[CURRENCY_TEXT_SIZE];

	if (unlikely(flows->currency != currency))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_EXCEPTION),
				 errmsg("cannot add %s to cash_flows of %s", currency_to_text(currency, theirs),
						currency_to_text(flows->currency, ours)),
				 errhint("Add currency(amount) to GROUP BY, or convert the amounts to one "
						 "currency first.")));
}

static CashFlows *
add_row(CashFlows *flows, const Monetary *amount, DateADT date)
{
	int128 value = monetary_amount(amount);
	CashFlow flow = cash_flow_make(date, value);

	if (!date_is_counted(date))
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						errmsg("date of a cash flow must be in the years 1 to 9999, not %s",
							   date_shown(date))));
	check_currency(flows, monetary_currency(amount));
	if (value < 0)
		grow_total(&flows->paid_in, -value);
	else
		grow_total(&flows->distributions, value);
	return add_flow(flows, &flow);
}

/* The transition function: rows without an amount or a date are passed over. */
Datum
cash_flows_add(PG_FUNCTION_ARGS)
{
	const Monetary *amount;
	CashFlows *flows;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		return state_result(fcinfo, state_for_update(fcinfo));
	}
	amount = PG_GETARG_MONETARY_P(1);
	flows = PG_ARGISNULL(0) ? cash_flows_new(FIRST_CAPACITY, monetary_currency(amount))
							: state_for_update(fcinfo);
	return state_result(fcinfo, add_row(flows, amount, PG_GETARG_DATEADT(2)));
}

/* cash_flow(amount, flow_date): a value of one flow. */
Datum
cash_flows_one(PG_FUNCTION_ARGS)
{
	const Monetary *amount = PG_GETARG_MONETARY_P(0);

	PG_RETURN_POINTER(
		add_row(cash_flows_new(1, monetary_currency(amount)), amount, PG_GETARG_DATEADT(1)));
}

static CashFlows *
merge(CashFlows *flows, const CashFlows *other)
{
	check_currency(flows, other->currency);
	grow_total(&flows->paid_in, cash_total(&other->paid_in));
	grow_total(&flows->distributions, cash_total(&other->distributions));
	for (int i = 0; i < other->days; i++)
		flows = add_flow(flows, &other->flow[i]);
	return flows;
}

/* The combine function, and the transition function of rollup. */
Datum
cash_flows_combine(PG_FUNCTION_ARGS)
{
	const CashFlows *other;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		return state_result(fcinfo, state_for_update(fcinfo));
	}
	other = PG_GETARG_CASH_FLOWS_P(1);
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(cash_flows_trimmed(other));
	return state_result(fcinfo, merge(state_for_update(fcinfo), other));
}

/* a + b: never inside an aggregate, and strict. */
Datum
cash_flows_plus(PG_FUNCTION_ARGS)
{
	const CashFlows *a = PG_GETARG_CASH_FLOWS_P(0);
	const CashFlows *b = PG_GETARG_CASH_FLOWS_P(1);
	CashFlows *sum = merge(cash_flows_trimmed(a), b);

	cash_flows_settle(sum);
	PG_RETURN_POINTER(cash_flows_trimmed(sum));
}

/* Reading it settles a copy: the state stays as it is, for the rows of a window to come. */
Datum
cash_flows_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(cash_flows_trimmed(PG_GETARG_CASH_FLOWS_P(0)));
}
