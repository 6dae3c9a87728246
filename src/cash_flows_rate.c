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
 *		Math. Gazette 90, 2006): a side has no more roots beyond y than there are
 *		sign changes V(y) in the running totals of a e^(-yt), and V(0) is known
 *		exactly, from whole numbers. V only falls as y grows, by an odd number at
 *		each root of odd order and by an even one elsewhere, so that between y1 and
 *		y2 there are V(y1) - V(y2) roots, or an even number fewer. One is a bracket;
 *		more are cut in halves until bounds of the sum, its slope or its curvature
 *		decide. Inside a bracket Newton's method runs on ln(positive / negative part),
 *		which is a straight line for two flows and nearly one for many, and falls
 *		back on halving: it cannot fail.
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
/* A bracket this narrow, relative, is a root as far as double precision can tell. */
#define NARROW 1e-13

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

/* What is known of a side at a y: sums of both signs, times time^k, and V(y) as most and least it can be. */
typedef struct SidePoint
{
	double y;
	double value;
	double positive[3];
	double negative[3];
	double noise; /* how far off either sum may be */
	int most;
	int least;
} SidePoint;

/* A search: what was found goes to roots; it ends with the first one when only that is wanted. */
typedef struct RateSearch
{
	const RateSide *side;
	RateRoots *roots;
	bool only_first;
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

/* Sums of terms of one sign, and of the same times their time. */
static void
sum_terms(const RateTerm *term, int terms, double y, double sum[2])
{
	double sum0 = 0;
	double sum1 = 0;

	for (int i = 0; i < terms; i++)
	{
		double value = y == 0 ? term[i].amount : term[i].amount * exp(-y * term[i].time);

		sum0 += value;
		sum1 += value * term[i].time;
	}
	sum[0] = sum0;
	sum[1] = sum1;
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
		double positive[2];
		double negative[2];
		double ratio;
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
		next = y - ratio / (negative[1] / negative[0] - positive[1] / positive[0]);
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
		/* Errors are squared: what the next step would be is known from the last two. */
		if (step <= DBL_EPSILON * y ||
			(step_before > 0 && step * (step / step_before) * (step / step_before) <= ROUNDING * y))
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
add_root(const RateSearch *search, double y)
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
is_done(const RateSearch *search)
{
	return search->only_first && search->roots->count > 0;
}

static bool
point_is_positive(const SidePoint *point)
{
	return point->value > 0;
}

/* Sign changes in a row: the most and the least, when the signs of some totals cannot be told. */
typedef struct ChangeCount
{
	int sign;
	int unsure;
	int most;
	int least;
} ChangeCount;

static void
count_sign(ChangeCount *count, double sum, double noise)
{
	int sign = (sum > 0) - (sum < 0);
	int between = count->unsure + 1;

	if (fabs(sum) <= noise)
	{
		count->unsure++;
		return;
	}
	if (count->sign != 0)
	{
		/* Of as many steps, as many as lead from the one sign to the other. */
		bool changed = sign != count->sign;

		count->least += changed;
		count->most += (between % 2 == 1) == changed ? between : between - 1;
	}
	count->sign = sign;
	count->unsure = 0;
}

/* A point of a side. Sums may be off by rounding: that of each term, and of each running total. */
static void
point_at(SidePoint *point, const RateSide *side, double y)
{
	ChangeCount count = {0};
	double sum = 0;
	double noise = 0;

	CHECK_FOR_INTERRUPTS();
	memset(point, 0, sizeof(SidePoint));
	point->y = y;
	for (int i = 0; i < side->terms; i++)
	{
		double time = side->term[i].time;
		double value = side->term[i].amount * exp(-y * time);
		double size = fabs(value);
		double *sums = value > 0 ? point->positive : point->negative;

		sums[0] += size;
		sums[1] += size * time;
		sums[2] += size * time * time;
		sum += value;
		noise += DBL_EPSILON * (size * (4 + y * time) + fabs(sum));
		count_sign(&count, sum, noise);
	}
	point->value = point->positive[0] - point->negative[0];
	point->noise = noise + DBL_EPSILON * side->terms * (point->positive[0] + point->negative[0]) / 4;
	point->most = count.most + count.unsure;
	point->least = count.least;
}

/* Where a side begins: known exactly, but for a root at zero itself, just beside which it then begins. */
static void
first_point(SidePoint *point, const RateSide *side)
{
	if (side->sums_to_zero)
	{
		point_at(point, side, 1e-6 / side->span);
		return;
	}
	point_at(point, side, 0);
	point->value = side->total;
	point->most = side->changes;
	point->least = side->changes;
}

/* What the difference of sums times time^k keeps to between two points; 0 when it is of both signs. */
static int
sign_between(const SidePoint *a, const SidePoint *b, int k, double span)
{
	double margin = Max(a->noise, b->noise) * pow(span, k);

	/* Both sums shrink from a to b. */
	if (b->positive[k] - a->negative[k] > margin)
		return 1;
	if (a->positive[k] - b->negative[k] < -margin)
		return -1;
	return 0;
}

static void
bracket(const RateSearch *search, const SidePoint *a, const SidePoint *b)
{
	if (point_is_positive(a) != point_is_positive(b))
		add_root(search, solve(search->side, a->y, b->y, point_is_positive(a)));
}

/* The point between where the slope is zero, the sum being curved one way. */
static void
turning_point(SidePoint *point, const RateSide *side, const SidePoint *a, const SidePoint *b)
{
	double low = a->y;
	double high = b->y;
	bool positive = a->positive[1] > a->negative[1];

	for (;;)
	{
		double middle = low + (high - low) / 2;

		point_at(point, side, middle);
		if (middle <= low || middle >= high)
			return;
		if ((point->positive[1] > point->negative[1]) == positive)
			low = middle;
		else
			high = middle;
	}
}

/*
 * Between two points where the sum is curved one way: none, one, two roots, or one of
 * even order where it touches zero as far as double precision can tell.
 */
static void
curved_bracket(const RateSearch *search, const SidePoint *a, const SidePoint *b, int curvature)
{
	SidePoint turn;
	/* The sum falls where the first moment is positive. */
	bool turns = (a->positive[1] > a->negative[1]) != (b->positive[1] > b->negative[1]);

	if (point_is_positive(a) != point_is_positive(b))
	{
		bracket(search, a, b);
		return;
	}
	if (!turns || point_is_positive(a) != (curvature > 0))
		return;
	turning_point(&turn, search->side, a, b);
	if (fabs(turn.value) <= turn.noise)
		add_root(search, turn.y);
	else if (point_is_positive(&turn) != point_is_positive(a))
	{
		bracket(search, a, &turn);
		if (!is_done(search))
			bracket(search, &turn, b);
	}
}

static void
search_between(const RateSearch *search, const SidePoint *a, const SidePoint *b)
{
	const RateSide *side = search->side;
	int changes = a->most - b->least;
	int curvature;
	SidePoint middle;

	check_stack_depth();
	if (changes <= 0 || is_done(search))
		return;
	if (changes == 1 && a->most == a->least && b->most == b->least)
	{
		bracket(search, a, b);
		return;
	}
	if (sign_between(a, b, 0, side->span) != 0)
		return;
	if (sign_between(a, b, 1, side->span) != 0)
	{
		bracket(search, a, b);
		return;
	}
	curvature = sign_between(a, b, 2, side->span);
	if (curvature != 0)
	{
		curved_bracket(search, a, b, curvature);
		return;
	}
	point_at(&middle, side, a->y + (b->y - a->y) / 2);
	if (b->y - a->y <= NARROW * b->y || b->y * side->span <= DBL_EPSILON)
	{
		if (point_is_positive(a) != point_is_positive(b))
			bracket(search, a, b);
		else if (a->y > 0 && fabs(middle.value) <= middle.noise)
			add_root(search, middle.y);
		return;
	}
	search_between(search, a, &middle);
	search_between(search, &middle, b);
}

/* All roots of a side, or the nearest to zero, as y > 0 in order. */
static void
search_side(RateRoots *roots, const RateSide *side, bool only_first)
{
	RateSearch search = {side, roots, only_first};
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
	for (double y = FIRST_STEP; a.most > 0 && !is_done(&search); y *= 2)
	{
		point_at(&b, side, y);
		search_between(&search, &a, &b);
		a = b;
	}
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
	if (unlikely(isinf(rate)))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("rate out of range for type double precision: its logarithm is %s",
							   float8out_internal(log_rate))));
	return rate == 0 ? 0.0 : rate;
}
