/*
 * cash_flows.c
 *		Dated cash flows as an SQL type: its text and binary form, its consistency
 *		and equality. How rows get into it is in cash_flows_agg.c, what is read from
 *		it in cash_flows_figures.c, at which rates it is worth nothing in
 *		cash_flows_rate.c.
 */
#include "cash_flows.h"

#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "parser/scansup.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(cash_flows_in);
PG_FUNCTION_INFO_V1(cash_flows_out);
PG_FUNCTION_INFO_V1(cash_flows_recv);
PG_FUNCTION_INFO_V1(cash_flows_send);
PG_FUNCTION_INFO_V1(cash_flows_eq);
PG_FUNCTION_INFO_V1(cash_flows_ne);
PG_FUNCTION_INFO_V1(cash_flows_hash);
PG_FUNCTION_INFO_V1(cash_flows_hash_extended);

/* Room for the digits of 128 bits, a point and a sign. */
#define AMOUNT_DIGITS 48

/*
 * Values in memory
 */

CashFlows *
cash_flows_new(int capacity, Currency currency)
{
	CashFlows *flows = palloc(CASH_FLOWS_SIZE(capacity));

	memset(flows, 0, CASH_FLOWS_SIZE(0));
	SET_VARSIZE(flows, CASH_FLOWS_SIZE(capacity));
	flows->version = CASH_FLOWS_VERSION;
	flows->currency = currency;
	return flows;
}

CashFlows *
cash_flows_trimmed(const CashFlows *flows)
{
	Size size = CASH_FLOWS_SIZE(flows->days + flows->pending);
	CashFlows *result = palloc(size);

	memcpy(result, flows, size);
	SET_VARSIZE(result, size);
	return result;
}

const CashFlows *
cash_flows_read(Datum value)
{
	const CashFlows *flows = (const CashFlows *) PG_DETOAST_DATUM(value);
	Size size = VARSIZE(flows);
	CashFlows *copy;

	if (size < CASH_FLOWS_SIZE(0))
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("cash_flows of %zu bytes are not valid", size)));
	if (flows->version != CASH_FLOWS_VERSION)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("cash_flows have version %d, which this chipbook cannot read",
							   flows->version),
						errhint("They were written by a newer chipbook: update the extension.")));
	if (flows->days < 0 || flows->pending < 0 || flows->days + (int64) flows->pending < 1 ||
		flows->days > CASH_FLOWS_MAX_DAYS - flows->pending ||
		size < CASH_FLOWS_SIZE(flows->days + flows->pending))
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("cash_flows of %zu bytes are not valid", size)));
	if (likely(flows->pending == 0))
		return flows;
	copy = cash_flows_trimmed(flows);
	cash_flows_settle(copy);
	return copy;
}

static inline int
compare_flows(const CashFlow *a, const CashFlow *b)
{
	return (a->date > b->date) - (a->date < b->date);
}

#define ST_SORT sort_flows
#define ST_ELEMENT_TYPE CashFlow
#define ST_COMPARE(a, b) compare_flows(a, b)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

void
cash_flows_settle(CashFlows *flows)
{
	int n = flows->days + flows->pending;
	int kept = 0;

	if (flows->pending == 0)
		return;
	sort_flows(flows->flow, n);
	for (int i = 1; i < n; i++)
	{
		CashFlow *day = &flows->flow[kept];
		const CashFlow *next = &flows->flow[i];

		/* Both totals fit, so any sum of rows does. */
		if (next->date == day->date)
			*day = cash_flow_make(day->date, cash_flow_net(day) + cash_flow_net(next));
		else
			flows->flow[++kept] = *next;
	}
	flows->days = kept + 1;
	flows->pending = 0;
}

/*
 * What contradicts itself in a value, or NULL: the one checker of in and recv. Days
 * net their rows, so that the totals may be more than the days show, both alike.
 */
static const char *
cash_flows_fault(const CashFlows *flows)
{
	int128 paid_in = cash_total(&flows->paid_in);
	int128 distributions = cash_total(&flows->distributions);
	int128 positive = 0;
	int128 negative = 0;

	if (flows->days < 1)
		return "there is no flow";
	if (paid_in < 0 || distributions < 0)
		return "a total is negative";
	for (int i = 0; i < flows->days; i++)
	{
		const CashFlow *flow = &flows->flow[i];
		int128 net = cash_flow_net(flow);
		int128 *sum = net < 0 ? &negative : &positive;

		if (!date_is_counted(flow->date))
			return "a date is not in the years 1 to 9999";
		if (i > 0 && flow->date <= flows->flow[i - 1].date)
			return "dates are not in order, each once";
		if (add_s128_overflow(*sum, net, sum))
			return "an amount is out of range";
	}
	/* -2^127 has no positive. */
	if (negative < -paid_in || positive > distributions)
		return "the flows come to more than was paid in or distributed";
	if (positive + negative != distributions - paid_in)
		return "the flows do not come to what was distributed less what was paid in";
	return NULL;
}

/*
 * Text form: "USD 2025-01-01=-100.5 2026-01-01=110": a currency, and what flowed on
 * each day, exact. "paid_in=N" stands after the currency where days net more than one
 * sign of rows, so that their negative amounts do not add up to it.
 */

static int128
negative_days(const CashFlows *flows)
{
	int128 sum = 0;

	for (int i = 0; i < flows->days; i++)
		if (flows->flow[i].high < 0)
			sum -= cash_flow_net(&flows->flow[i]);
	return sum;
}

static void
put_amount(StringInfo out, int128 amount)
{
	char buf[AMOUNT_DIGITS + 1];
	char *p = buf + AMOUNT_DIGITS;
	uint128 rest = abs_s128(amount);
	int decimals = MONETARY_SCALE;

	*p = '\0';
	while (decimals > 0 && rest % 10 == 0)
	{
		rest /= 10;
		decimals--;
	}
	for (int digit = 0; digit <= decimals || rest > 0; digit++)
	{
		if (digit == decimals && decimals > 0)
			*--p = '.';
		*--p = '0' + (char) (rest % 10);
		rest /= 10;
	}
	if (amount < 0)
		*--p = '-';
	appendStringInfoString(out, p);
}

Datum
cash_flows_out(PG_FUNCTION_ARGS)
{
	const CashFlows *flows = PG_GETARG_CASH_FLOWS_P(0);
	int128 paid_in = cash_total(&flows->paid_in);
	StringInfoData out;
	char code[CURRENCY_TEXT_SIZE];

	initStringInfo(&out);
	appendStringInfoString(&out, currency_to_text(flows->currency, code));
	if (paid_in != negative_days(flows))
	{
		appendStringInfoString(&out, " paid_in=");
		put_amount(&out, paid_in);
	}
	for (int i = 0; i < flows->days; i++)
	{
		CivilDate date = civil_date(flows->flow[i].date);

		CHECK_FOR_INTERRUPTS();
		appendStringInfo(&out, " %04d-%02d-%02d=", date.year, date.month, date.day);
		put_amount(&out, cash_flow_net(&flows->flow[i]));
	}
	PG_RETURN_CSTRING(out.data);
}

static bool
read_word(const char **p, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(*p, word, length) != 0)
		return false;
	*p += length;
	return true;
}

/* Whether what is before it may end here; steps over the blanks that end it. */
static bool
read_end(const char **p)
{
	if (**p != '\0' && !scanner_isspace(**p))
		return false;
	while (scanner_isspace(**p))
		(*p)++;
	return true;
}

static bool
read_digits(const char **p, int digits, int *value)
{
	*value = 0;
	for (int i = 0; i < digits; i++, (*p)++)
	{
		if (**p < '0' || **p > '9')
			return false;
		*value = *value * 10 + (**p - '0');
	}
	return true;
}

static bool
read_date(const char **p, DateADT *date)
{
	CivilDate civil;

	if (!read_digits(p, 4, &civil.year) || !read_word(p, "-") || !read_digits(p, 2, &civil.month) ||
		!read_word(p, "-") || !read_digits(p, 2, &civil.day))
		return false;
	if (civil.year < 1 || civil.month < 1 || civil.month > MONTHS_PER_YEAR || civil.day < 1 ||
		civil.day > days_in_month(civil))
		return false;
	*date = date_from_civil(civil.year, civil.month, civil.day);
	return true;
}

/* 10 more of it and a digit, away from zero. */
static bool
append_digit(int128 *value, int digit)
{
	return !mul_s128_overflow(*value, 10, value) && !sub_s128_overflow(*value, digit, value);
}

/* Counted in negative numbers, which reach one further. */
static bool
read_amount(const char **p, int128 *amount)
{
	bool negative = read_word(p, "-");
	int decimals = -1;
	bool any = false;

	*amount = 0;
	for (;; (*p)++)
	{
		if (**p == '.' && any && decimals < 0)
			decimals = 0;
		else if (**p < '0' || **p > '9' || decimals == MONETARY_SCALE)
			break;
		else
		{
			if (!append_digit(amount, **p - '0'))
				return false;
			any = true;
			if (decimals >= 0)
				decimals++;
		}
	}
	if (!any || decimals == 0)
		return false;
	for (int i = Max(decimals, 0); i < MONETARY_SCALE; i++)
		if (!append_digit(amount, 0))
			return false;
	return negative || !sub_s128_overflow(0, *amount, amount);
}

/* The text as a value, its fields in the order in which they are written; else NULL. */
static CashFlows *
read_text(const char *p)
{
	/* A flow takes at least twelve characters. */
	CashFlows *flows = cash_flows_new(Min(strlen(p) / 12 + 1, CASH_FLOWS_MAX_DAYS), 0);
	int128 paid_in;
	int128 distributions;
	bool given;

	(void) (scanner_isspace(*p) && read_end(&p));
	flows->currency = currency_from_letters(p);
	if (flows->currency == CURRENCY_INVALID)
		return NULL;
	p += 3;
	if (!read_end(&p))
		return NULL;
	given = read_word(&p, "paid_in=");
	if (given && !(read_amount(&p, &paid_in) && read_end(&p)))
		return NULL;
	distributions = 0;
	while (*p != '\0')
	{
		DateADT date;
		int128 net;

		if (flows->days >= CASH_FLOWS_MAX_DAYS || !read_date(&p, &date) || !read_word(&p, "=") ||
			!read_amount(&p, &net) || !read_end(&p) ||
			add_s128_overflow(distributions, net, &distributions))
			return NULL;
		flows->flow[flows->days++] = cash_flow_make(date, net);
	}
	if (!given)
		paid_in = negative_days(flows);
	if (add_s128_overflow(distributions, paid_in, &distributions))
		return NULL;
	flows->paid_in = cash_total_make(paid_in);
	flows->distributions = cash_total_make(distributions);
	return flows;
}

Datum
cash_flows_in(PG_FUNCTION_ARGS)
{
	char *text = PG_GETARG_CSTRING(0);
	CashFlows *flows = read_text(text);
	const char *fault;

	if (flows == NULL)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", "cash_flows", text),
				 errhint("Write a currency and flows, such as \"USD 2025-01-01=-100 "
						 "2026-01-01=110.5\".")));
	fault = cash_flows_fault(flows);
	if (fault != NULL)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid value for type %s: \"%s\"", "cash_flows", text),
				 errdetail("The value contradicts itself: %s.", fault)));
	PG_RETURN_POINTER(cash_flows_trimmed(flows));
}

/*
 * Binary form: a version byte, the currency, both totals, the number of days, and of
 * each its date and amount, most significant word first.
 */

Datum
cash_flows_send(PG_FUNCTION_ARGS)
{
	const CashFlows *flows = PG_GETARG_CASH_FLOWS_P(0);
	StringInfoData out;

	pq_begintypsend(&out);
	pq_sendint8(&out, CASH_FLOWS_VERSION);
	pq_sendint16(&out, flows->currency);
	pq_sendint64(&out, flows->paid_in.high);
	pq_sendint64(&out, flows->paid_in.low);
	pq_sendint64(&out, flows->distributions.high);
	pq_sendint64(&out, flows->distributions.low);
	pq_sendint32(&out, flows->days);
	for (int i = 0; i < flows->days; i++)
	{
		pq_sendint32(&out, flows->flow[i].date);
		pq_sendint64(&out, flows->flow[i].high);
		pq_sendint64(&out, flows->flow[i].low);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

static CashTotal
receive_total(StringInfo in)
{
	CashTotal total;

	total.high = pq_getmsgint64(in);
	total.low = (uint64) pq_getmsgint64(in);
	return total;
}

Datum
cash_flows_recv(PG_FUNCTION_ARGS)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	const Size flow_size = sizeof(int32) + 2 * sizeof(int64);
	int version = pq_getmsgbyte(in);
	Currency currency;
	CashTotal paid_in;
	CashTotal distributions;
	int32 days;
	CashFlows *flows;
	const char *fault;

	if (version != CASH_FLOWS_VERSION)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("unsupported version of binary %s: %d", "cash_flows", version)));
	currency = (Currency) pq_getmsgint(in, 2);
	if (!currency_is_valid(currency))
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("invalid currency in binary %s: 0x%04X", "cash_flows", currency)));
	paid_in = receive_total(in);
	distributions = receive_total(in);
	days = (int32) pq_getmsgint(in, 4);
	/* Believed only as far as the message reaches. */
	if (days < 0 || days > CASH_FLOWS_MAX_DAYS ||
		(Size) days * flow_size != (Size) (in->len - in->cursor))
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("invalid number of days in binary %s: %d", "cash_flows", days)));
	flows = cash_flows_new(days, currency);
	flows->paid_in = paid_in;
	flows->distributions = distributions;
	flows->days = days;
	for (int i = 0; i < days; i++)
	{
		DateADT date = (DateADT) pq_getmsgint(in, 4);
		int64 high = pq_getmsgint64(in);

		flows->flow[i] = (CashFlow){date, 0, (uint64) pq_getmsgint64(in), high};
	}
	fault = cash_flows_fault(flows);
	if (fault != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("invalid binary value for type %s", "cash_flows"),
						errdetail("The value contradicts itself: %s.", fault)));
	PG_RETURN_POINTER(flows);
}

/*
 * Equality: a value has one form, whatever order its rows came in
 */

#define CASH_FLOWS_DATA(f) ((const unsigned char *) (f) + VARHDRSZ)
#define CASH_FLOWS_DATA_SIZE(f) (CASH_FLOWS_SIZE((f)->days) - VARHDRSZ)

static bool
values_equal(FunctionCallInfo fcinfo)
{
	const CashFlows *a = PG_GETARG_CASH_FLOWS_P(0);
	const CashFlows *b = PG_GETARG_CASH_FLOWS_P(1);

	return a->days == b->days &&
		   memcmp(CASH_FLOWS_DATA(a), CASH_FLOWS_DATA(b), CASH_FLOWS_DATA_SIZE(a)) == 0;
}

Datum
cash_flows_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(values_equal(fcinfo));
}

Datum
cash_flows_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!values_equal(fcinfo));
}

Datum
cash_flows_hash(PG_FUNCTION_ARGS)
{
	const CashFlows *flows = PG_GETARG_CASH_FLOWS_P(0);

	return UInt32GetDatum(hash_bytes(CASH_FLOWS_DATA(flows), CASH_FLOWS_DATA_SIZE(flows)));
}

Datum
cash_flows_hash_extended(PG_FUNCTION_ARGS)
{
	const CashFlows *flows = PG_GETARG_CASH_FLOWS_P(0);

	return UInt64GetDatum(hash_bytes_extended(CASH_FLOWS_DATA(flows), CASH_FLOWS_DATA_SIZE(flows),
											  (uint64) PG_GETARG_INT64(1)));
}
