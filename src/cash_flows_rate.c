/*
 * cash_flows_rate.c
 *		The rates r at which sum a (1 + r)^-t is zero. With x = ln(1 + r) that is a
 *		sum of exponentials, a e^(-xt), and it is looked at from both sides of r = 0:
 *		for x = y > 0 with the times since the first flow, for x = -y < 0, after
 *		multiplying by e^(xT), with the times before the last one. Either way every
 *		term shrinks as y grows, so that nothing overflows, the flow at time 0 is
 *		what remains, and one search serves both.
 *
 *		How many there can be is told by Laguerre's rule (Oeuvres I, 1883; Jameson,
 *		Math. Gazette 90, 2006): a side has no more roots beyond y than the running
 *		totals of a e^(-yt) change their sign, and an even number fewer; at y = 0
 *		that is known exactly, from whole numbers. Mostly it is 0 or 1. Where it is
 *		more, the side is cut in halves until one of the first derivatives is known
 *		to keep its sign between two points; then the one before it is monotone, the
 *		roots of that cut the interval into pieces where the one before is, and so on
 *		down to the sum itself (Rolle), so that no root is missed.
 *		Inside a bracket Halley's method runs on ln(positive / negative part), which
 *		is a straight line for two flows and nearly one for many, and falls back on
 *		halving: it cannot fail.
 */
#include "cash_flows_rate.h"

#include <float.h>
#include <math.h>

#include "miscadmin.h"
#include "utils/float.h"

/* Where a search that knows nothing of scale begins: a rate of 13 %. */
#define FIRST_STEP 0.125
/* An error this small, relative, is below rounding. */
#define ROUNDING 1e-17
/* Below this ln(positive / negative) of the plain sums, those cancel so much that expm1 is needed. */
#define NEAR_ZERO 0.1
#define MOST_STEPS 400
/* Points a search may look at before it goes by signs alone: a root of order 8 could take any number. */
#define MOST_POINTS 20000

/* One side of r = 0: the terms in the order of their distance, and by their sign. */
typedef struct RateSide
{
	int terms;
	const RateTerm *term; /* term[0].time is 0 */
	int positives;
	int negatives;
	const RateTerm *positive;
	const RateTerm *negative; /* as positive amounts */
	double total;
	bool sums_to_zero;
	int changes;
	double span; /* time of the last term */
} RateSide;

/*
 * What is known of a side at a y: sums of amount x e^(-yt) x u^k, where u is t as a
 * part of the span. Each is the derivative of the one before it, but for its sign.
 */
#define ORDERS 8

typedef struct SidePoint
{
	double y;
	double value[ORDERS];
	double positive[ORDERS];
	double negative[ORDERS];
	double lowest[ORDERS]; /* of the running totals */
	double highest[ORDERS];
	double noise; /* how far off a value may be */
} SidePoint;

/* A search from left to right: what was found goes to roots; it ends with the first one when only that is wanted. */
typedef struct RateSearch
{
	const RateSide *side;
	RateRoots *roots;
	bool only_first;
	int points;
} RateSearch;

/*
 * The problem
 */

/* Sign changes of the running totals from one end. */
static int
count_changes(const int128 *net, int terms, int first, int step)
{
	int128 sum = 0;
	int last = 0;
	int changes = 0;

	for (int i = 0; i < terms; i++)
	{
		int sign;

		sum += net[first + i * step];
		sign = (sum > 0) - (sum < 0);
		if (sign != 0)
		{
			changes += last != 0 && sign != last;
			last = sign;
		}
	}
	return changes;
}

static RateProspect
rate_prospect(const RateProblem *problem)
{
	bool any[2] = {false, false};

	if (problem->terms == 0)
		return RATES_NO_FLOW;
	if (problem->terms == 1)
		return RATES_ONE_DAY;
	for (int i = 0; i < problem->terms; i++)
		any[problem->term[i].amount < 0] = true;
	if (!any[1])
		return RATES_ONLY_POSITIVE;
	return any[0] ? RATES_POSSIBLE : RATES_ONLY_NEGATIVE;
}

void
rate_problem_prepare(RateProblem *problem, const CashFlows *flows, DayCount day_count, bool periods)
{
	DateADT first = flows->flow[0].date;
	int128 *net = palloc_extended(sizeof(int128) * flows->days, MCXT_ALLOC_HUGE);
	RateTerm *term = palloc_extended(sizeof(RateTerm) * flows->days, MCXT_ALLOC_HUGE);
	int128 total = 0;
	int n = 0;

	for (int i = 0; i < flows->days; i++)
	{
		const CashFlow *flow = &flows->flow[i];
		double time;

		if ((flow->low | (uint64) flow->high) == 0)
			continue;
		if (likely(day_count == DC_ACT_365F && !periods))
			time = (flow->date - first) / 365.0;
		else
			time = periods ? i : day_count_years(day_count, first, flow->date);
		total += cash_flow_net(flow);
		/* To some conventions two days are one. */
		if (n > 0 && term[n - 1].time == time)
		{
			net[n - 1] += cash_flow_net(flow);
			if (net[n - 1] == 0)
				n--;
			else
				term[n - 1].amount =
					cash_to_double((uint64) net[n - 1], (int64) (net[n - 1] >> 64));
			continue;
		}
		net[n] = cash_flow_net(flow);
		term[n] = (RateTerm){time, cash_to_double(flow->low, flow->high)};
		n++;
	}
	problem->terms = n;
	problem->term = term;
	problem->prospect = rate_prospect(problem);
	problem->total = cash_to_double((uint64) total, (int64) (total >> 64));
	problem->sums_to_zero = total == 0;
	problem->changes_forward = count_changes(net, n, 0, 1);
	problem->changes_backward = count_changes(net, n, n - 1, -1);
	pfree(net);
}

static void
side_prepare(RateSide *side, const RateProblem *problem, bool backward)
{
	int n = problem->terms;
	RateTerm *term = palloc_extended(2 * sizeof(RateTerm) * n, MCXT_ALLOC_HUGE);
	RateTerm *by_sign = term + n;
	int negatives = 0;

	side->terms = n;
	side->term = term;
	side->positives = 0;
	for (int i = 0; i < n; i++)
	{
		const RateTerm *from = &problem->term[backward ? n - 1 - i : i];

		term[i].time = fabs(from->time - problem->term[backward ? n - 1 : 0].time);
		term[i].amount = from->amount;
		if (from->amount > 0)
			by_sign[side->positives++] = term[i];
		else
			by_sign[n - ++negatives] = (RateTerm){term[i].time, -term[i].amount};
	}
	side->negatives = negatives;
	side->positive = by_sign;
	side->negative = by_sign + side->positives;
	side->total = problem->total;
	side->sums_to_zero = problem->sums_to_zero;
	side->changes = backward ? problem->changes_backward : problem->changes_forward;
	side->span = term[n - 1].time;
}

/*
 * Inside a bracket
 */

/* Sums of terms of one sign, and of the same times their time and its square. */
static void
sum_terms(const RateTerm *term, int terms, double y, double sum[3])
{
	double sum0 = 0;
	double sum1 = 0;
	double sum2 = 0;

	for (int i = 0; i < terms; i++)
	{
		double value = y == 0 ? term[i].amount : term[i].amount * exp(-y * term[i].time);

		sum0 += value;
		value *= term[i].time;
		sum1 += value;
		sum2 += value * term[i].time;
	}
	sum[0] = sum0;
	sum[1] = sum1;
	sum[2] = sum2;
}

/* One more Newton step where positive and negative parts nearly cancel at y = 0 already. */
static double
polish(const RateSide *side, double y)
{
	double value = side->total;
	double slope = 0;

	for (int i = 0; i < side->terms; i++)
	{
		const RateTerm *term = &side->term[i];
		double shrunk = expm1(-y * term->time);

		value += term->amount * shrunk;
		slope -= term->amount * (shrunk + 1) * term->time;
	}
	y -= value / slope;
	return y;
}

static double
log_ratio(double positive, double negative)
{
	/* Near 1 the difference is exact, and says more than the quotient. */
	if (fabs(positive - negative) < negative / 2)
		return log1p((positive - negative) / negative);
	return log(positive / negative);
}

static inline double
pow3(double x)
{
	return x * x * x;
}

/*
 * The root between low and high, where the sum has the sign of positive_at_low and
 * the other one; high may be infinite.
 */
static double
solve(const RateSide *side, double low, double high, bool positive_at_low)
{
	double y = low > 0 ? low + (high - low) / 2 : 0;
	double start_ratio = 0;
	double step_before = 0;

	for (int i = 0; i < MOST_STEPS; i++)
	{
		double positive[3];
		double negative[3];
		double ratio;
		double slope;
		double curve;
		double step;
		double next;

		CHECK_FOR_INTERRUPTS();
		sum_terms(side->positive, side->positives, y, positive);
		sum_terms(side->negative, side->negatives, y, negative);
		ratio = log_ratio(positive[0], negative[0]);
		if (y == 0)
		{
			/* The exact sum, which those of doubles may miss. */
			ratio = fabs(ratio) < 0.5 ? log1p(side->total / negative[0]) : ratio;
			start_ratio = ratio;
		}
		if (ratio == 0)
			break;
		if ((ratio > 0) == positive_at_low)
			low = y;
		else
			high = y;
		/* Both parts have a mean time, and a variance of it. */
		positive[1] /= positive[0];
		negative[1] /= negative[0];
		slope = negative[1] - positive[1];
		curve = (positive[2] / positive[0] - positive[1] * positive[1]) -
				(negative[2] / negative[0] - negative[1] * negative[1]);
		next = y - 2 * ratio * slope / (2 * slope * slope - ratio * curve);
		step = fabs(next - y);
		/* Halving, where the step leaves the bracket or hardly shrinks. */
		if (!(next > low && next < high) || (step_before > 0 && step > step_before / 2))
		{
			next = isinf(high) ? Max(2 * y, FIRST_STEP) : low + (high - low) / 2;
			if (next <= low || next >= high)
				break;
			step_before = 0;
			y = next;
			continue;
		}
		y = next;
		/* Errors are cubed: what the next step would be is known from the last two. */
		if (step <= DBL_EPSILON * y ||
			(step_before > 0 && step * pow3(step / step_before) <= ROUNDING * y))
			break;
		step_before = step;
	}
	if (fabs(start_ratio) < NEAR_ZERO && y * side->span <= 1)
	{
		double better = polish(side, y);

		if (fabs(better - y) < y * 1e-3)
			y = better;
	}
	return y;
}

/* Two flows: (1 + r)^t is what came back of what was paid. */
static double
solve_two(const RateProblem *problem)
{
	double ratio = -problem->term[1].amount / problem->term[0].amount;

	/* -a1 / a0 - 1 = -(a0 + a1) / a0 */
	if (ratio > 0.5 && ratio < 2)
		ratio = log1p(-problem->total / problem->term[0].amount);
	else
		ratio = log(ratio);
	return ratio / (problem->term[1].time - problem->term[0].time);
}

/*
 * Finding brackets
 */

static void
add_root(RateSearch *search, double y)
{
	RateRoots *roots = search->roots;

	if (roots->count == roots->capacity)
	{
		roots->capacity = roots->capacity * 2;
		roots->root = repalloc(roots->root, sizeof(double) * roots->capacity);
	}
	roots->root[roots->count++] = y;
}

static bool
is_done(RateSearch *search)
{
	return search->only_first && search->roots->count > 0;
}

/* A point of a side. Sums may be off by rounding: that of each term, and of each running total. */
static void
point_at(SidePoint *point, const RateSide *side, double y)
{
	double noise = 0;

	CHECK_FOR_INTERRUPTS();
	memset(point, 0, sizeof(SidePoint));
	point->y = y;
	for (int i = 0; i < side->terms; i++)
	{
		double time = side->term[i].time;
		double share = time / side->span;
		double part = side->term[i].amount * exp(-y * time);
		double *sums = part > 0 ? point->positive : point->negative;

		noise += fabs(part) * (4 + y * time);
		for (int k = 0; k < ORDERS; k++)
		{
			sums[k] += fabs(part);
			point->value[k] += part;
			point->lowest[k] = i == 0 ? part : Min(point->lowest[k], point->value[k]);
			point->highest[k] = i == 0 ? part : Max(point->highest[k], point->value[k]);
			part *= share;
		}
		noise += fabs(point->value[0]);
	}
	noise += (point->positive[0] + point->negative[0]) * side->terms / 4;
	point->noise = noise * DBL_EPSILON;
}

/* Where a side begins: its sum is known exactly; beside zero, where that is a root itself. */
static void
first_point(SidePoint *point, const RateSide *side)
{
	if (side->sums_to_zero)
	{
		point_at(point, side, 1e-6 / side->span);
		return;
	}
	point_at(point, side, 0);
	point->value[0] = side->total;
}

/* No root beyond: all running totals have one sign. */
static bool
is_last(const SidePoint *point)
{
	return point->lowest[0] > point->noise || point->highest[0] < -point->noise;
}

/*
 * The sign that a sum keeps between two points; 0 when it may have both. The parts of
 * either sign shrink from a to b; and at any y from a on, the sum is a mean of the
 * running totals at a (Abel), the last of which, the sum at a, has no less than the
 * weight that the last term keeps until b.
 */
static int
sign_between(const SidePoint *a, const SidePoint *b, int k, double span)
{
	double margin = Max(a->noise, b->noise);
	double weight = exp((a->y - b->y) * span);
	double low = a->value[k] * weight + a->lowest[k] * (1 - weight);
	double high = a->value[k] * weight + a->highest[k] * (1 - weight);

	if (Max(low, b->positive[k] - a->negative[k]) > margin)
		return 1;
	if (Min(high, a->positive[k] - b->negative[k]) < -margin)
		return -1;
	return 0;
}

static inline bool
differ(const SidePoint *a, const SidePoint *b, int k)
{
	return (a->value[k] > 0) != (b->value[k] > 0);
}

static void
bracket(RateSearch *search, const SidePoint *a, const SidePoint *b)
{
	if (differ(a, b, 0))
		add_root(search, solve(search->side, a->y, b->y, a->value[0] > 0));
}

/* The zero of a derivative that is monotone between two points where its signs differ. */
static void
derivative_zero(SidePoint *point, const RateSide *side, const SidePoint *a, const SidePoint *b,
				int k)
{
	double low = a->y;
	double high = b->y;
	double y = low + (high - low) / 2;
	bool positive = a->value[k] > 0;

	for (int i = 0; i < MOST_STEPS; i++)
	{
		double next;

		point_at(point, side, y);
		if ((point->value[k] > 0) == positive)
			low = y;
		else
			high = y;
		next = y + point->value[k] / (point->value[k + 1] * side->span);
		if (!(next > low && next < high) || i % 8 == 7)
			next = low + (high - low) / 2;
		if (next <= low || next >= high || fabs(next - y) <= DBL_EPSILON * y)
			return;
		y = next;
	}
}

/* All roots between two points where a derivative keeps its sign. */
static void
search_tower(RateSearch *search, const SidePoint *a, const SidePoint *b, int order)
{
	SidePoint at[ORDERS + 2];
	const SidePoint *before = a;
	bool touched = false;
	int n = 0;

	/* Zeros of one derivative, between the two points, make those of the one before it. */
	for (int k = order - 1; k >= 1; k--)
	{
		SidePoint zero[ORDERS + 2];
		int zeros = 0;

		for (int i = 0; i <= n; i++)
		{
			const SidePoint *left = i == 0 ? a : &at[i - 1];
			const SidePoint *right = i == n ? b : &at[i];

			if (differ(left, right, k))
				derivative_zero(&zero[zeros++], search->side, left, right, k);
		}
		memcpy(at, zero, sizeof(SidePoint) * zeros);
		n = zeros;
	}
	/* Where the sum turns within rounding of zero, it has a root of higher order. */
	for (int i = 0; i <= n; i++)
	{
		const SidePoint *next = i == n ? b : &at[i];

		if (i < n && fabs(next->value[0]) <= next->noise)
		{
			if (!touched)
				add_root(search, next->y);
			touched = true;
			continue;
		}
		if (!touched)
			bracket(search, before, next);
		touched = false;
		before = next;
	}
}

static void
search_between(RateSearch *search, const SidePoint *a, const SidePoint *b)
{
	const RateSide *side = search->side;
	SidePoint middle;
	double y = a->y + (b->y - a->y) / 2;

	check_stack_depth();
	if (is_done(search) || sign_between(a, b, 0, side->span) != 0)
		return;
	for (int k = 1; k < ORDERS; k++)
		if (sign_between(a, b, k, side->span) != 0)
		{
			search_tower(search, a, b, k);
			return;
		}
	if (search->points++ > MOST_POINTS || b->y * side->span <= DBL_EPSILON || y <= a->y ||
		y >= b->y)
	{
		bracket(search, a, b);
		return;
	}
	point_at(&middle, side, y);
	search_between(search, a, &middle);
	search_between(search, &middle, b);
}

/*
 * A root of higher order may be found on both sides of a point, or beside the one at
 * zero: the sum is rounding in between.
 */
static void
merge_roots(RateRoots *roots, const RateSide *side)
{
	int kept = 0;

	for (int i = 0; i < roots->count; i++)
	{
		double last = kept > 0 ? roots->root[kept - 1] : 0;
		SidePoint between;

		point_at(&between, side, last + (roots->root[i] - last) / 2);
		if ((kept == 0 && !side->sums_to_zero) || fabs(between.value[0]) > between.noise)
			roots->root[kept++] = roots->root[i];
	}
	roots->count = kept;
}

/* All roots of a side, or the nearest to zero, as y > 0 in order. */
static void
search_side(RateRoots *roots, const RateSide *side, bool only_first)
{
	RateSearch search = {side, roots, only_first, 0};
	SidePoint a;
	SidePoint b;

	roots->count = 0;
	if (side->changes == 0)
		return;
	if (side->changes == 1 && !side->sums_to_zero)
	{
		add_root(&search, solve(side, 0, get_float8_infinity(), side->total > 0));
		return;
	}
	first_point(&a, side);
	/* In the end the nearest term outweighs all others. */
	for (double y = FIRST_STEP; !is_last(&a) && !is_done(&search); y *= 2)
	{
		point_at(&b, side, y);
		search_between(&search, &a, &b);
		a = b;
	}
	merge_roots(roots, side);
}

static void
roots_prepare(RateRoots *roots)
{
	roots->count = 0;
	roots->capacity = 8;
	roots->root = palloc(sizeof(double) * roots->capacity);
}

void
rate_find_all(RateRoots *roots, const RateProblem *problem)
{
	RateRoots below;
	RateRoots above;
	RateSide side;

	roots_prepare(roots);
	if (problem->prospect != RATES_POSSIBLE)
		return;
	if (problem->terms == 2)
	{
		roots->root[roots->count++] = solve_two(problem);
		return;
	}
	roots_prepare(&below);
	roots_prepare(&above);
	side_prepare(&side, problem, true);
	search_side(&below, &side, false);
	side_prepare(&side, problem, false);
	search_side(&above, &side, false);
	roots->capacity = below.count + 1 + above.count;
	roots->root = palloc(sizeof(double) * roots->capacity);
	for (int i = below.count - 1; i >= 0; i--)
		roots->root[roots->count++] = -below.root[i];
	if (problem->sums_to_zero)
		roots->root[roots->count++] = 0;
	for (int i = 0; i < above.count; i++)
		roots->root[roots->count++] = above.root[i];
}

bool
rate_find_nearest_zero(double *root, const RateProblem *problem)
{
	RateRoots roots;
	RateSide side;
	bool found = false;

	if (problem->prospect != RATES_POSSIBLE)
		return false;
	if (problem->sums_to_zero)
	{
		*root = 0;
		return true;
	}
	if (problem->terms == 2)
	{
		*root = solve_two(problem);
		return true;
	}
	roots_prepare(&roots);
	if (problem->changes_forward > 0)
	{
		side_prepare(&side, problem, false);
		search_side(&roots, &side, true);
		found = roots.count > 0;
		if (found)
			*root = roots.root[0];
	}
	/* No rate below zero is further from it than 1. */
	if (problem->changes_backward > 0)
	{
		side_prepare(&side, problem, true);
		search_side(&roots, &side, true);
		if (roots.count > 0 && !(found && expm1(*root) <= -expm1(-roots.root[0])))
		{
			*root = -roots.root[0];
			found = true;
		}
	}
	return found;
}

double
rate_of_log(double log_rate, const RateProblem *problem)
{
	double rate = expm1(log_rate);

	/* e^x loses the digits of x before its point; a power of two flows does not. */
	if (problem->terms == 2 && log_rate > 1)
		rate = pow(-problem->term[1].amount / problem->term[0].amount,
				   1 / (problem->term[1].time - problem->term[0].time)) -
			   1;
	return rate == 0 ? 0.0 : rate;
}
