/*
 * asset_life.c
 *		The life of an asset behind asset_event.c: what each event does to its layers
 *		(asset_layer.c). Events are taken in order and never look ahead: what is posted
 *		for a date depends on the events before it alone. Everything is exact in units
 *		of 1e-15; rounding to the minor unit happens once, in asset_posting.c.
 */
#include "chipbook.h"

#include "miscadmin.h"

#include "asset_layer.h"

/*
 * Events. What the data asks too much of is cut, and reported.
 */

static void
report_problem(AssetLife *life, const AssetEvent *event, const char *problem, int128 amount)
{
	if (life->report != NULL)
		life->report(life->report_arg, event->happened_on, event->kind, problem, amount);
}

/* What was cut off; less than the minor unit is rounding. */
static void
report_cut(AssetLife *life, const AssetEvent *event, const char *problem, int128 amount)
{
	if (amount >= life->history->unit)
		report_problem(life, event, problem, amount);
}

/* The amount of an event that needs one; false when it says nothing that can be used. */
static bool
event_amount(AssetLife *life, const AssetEvent *event, int128 *amount)
{
	*amount = event->has_amount ? event->amount : 0;
	if (!event->has_amount)
		report_problem(life, event, "no amount given: ignored", 0);
	else if (*amount < 0 && event->kind != EVENT_RETIREMENT_OBLIGATION)
	{
		report_problem(life, event, "amount against the sign of the cost: ignored", -*amount);
		*amount = 0;
	}
	else if (*amount == 0 && event->kind == EVENT_DISPOSAL)
		report_problem(life, event, "disposal of nothing: ignored, with its proceeds",
					   event->proceeds);
	return *amount != 0;
}

/*
 * The part of a total that share or amount name, both missing meaning all of it, as
 * a fraction; false when there is none.
 */
static bool
event_part(AssetLife *life, const AssetEvent *event, int128 total, int128 *n, int128 *d)
{
	*n = 1;
	*d = 1;
	if (event->has_share)
	{
		if (event->share <= 0)
		{
			report_problem(life, event, "share not above 0: ignored", 0);
			return false;
		}
		if (event->share > MONETARY_ONE)
			report_problem(life, event, "share above 1: taken as all", 0);
		else
		{
			*n = event->share;
			*d = MONETARY_ONE;
		}
	}
	else if (event->has_amount)
	{
		int128 amount;

		if (!event_amount(life, event, &amount))
			return false;
		report_cut(life, event, "amount above what there is: cut to it", amount - total);
		if (amount < total)
		{
			*n = amount;
			*d = total;
		}
	}
	return true;
}

/* What is under construction, or part of it, goes into service with a clock of its own. */
static void
place_in_service(AssetLife *life, DateADT date, int128 n, int128 d)
{
	int128 cost = share_of(life->construction, n, d);
	int128 impairment = share_of(life->construction_impairment, n, d);
	bool by_use = life->policy != NULL && life->policy->method == METHOD_UNITS_OF_PRODUCTION;
	AssetLayer *layer;

	/* Other layers have their own clocks, but share the use. */
	if (by_use)
		life_settle(life, date);
	layer = life_add_layer(life, date, cost, impairment);
	layer->amounts = policy_amounts_take(&life->construction_amounts, n, d);
	life->construction -= cost;
	life->construction_impairment -= impairment;
	life->flows.placed_in_service += cost;
	if (by_use)
		life_restart(life);
	else
		layer_restart(life, layer);
}

static void
apply_placed_in_service(AssetLife *life, const AssetEvent *event)
{
	int128 n;
	int128 d;

	if (life->construction == 0 && life->layer_count > 0)
		report_problem(life, event, "nothing under construction: ignored",
					   event->has_amount ? event->amount : 0);
	else if (event_part(life, event, life->construction, &n, &d))
		place_in_service(life, event->happened_on, n, d);
}

/* Adds to every layer in service, in proportion to cost. */
static void
add_to_layers(AssetLife *life, DateADT date, int128 amount)
{
	Spread spread = {amount, asset_life_service_cost(life)};
	int i;

	life_settle(life, date);
	if (spread.weight == 0)
		life->layers[0]->cost += amount;
	else
	{
		for (i = 0; i < life->layer_count; i++)
			life->layers[i]->cost += spread_take(&spread, life->layers[i]->cost);
	}
	life_restart(life);
}

/* A retirement obligation found to be less: no layer falls below what was written off of it. */
static void
take_from_layers(AssetLife *life, const AssetEvent *event, int128 amount)
{
	Spread spread = {amount, 0};
	int128 most;
	int i;

	life_settle(life, event->happened_on);
	for (i = 0; i < life->layer_count; i++)
		spread.weight += layer_carrying(life->layers[i]);
	/* A fact is posted as given, so that what is left of one must be whole minor units. */
	most = spread.weight - spread.weight % life->history->unit;
	if (spread.amount > spread.weight)
	{
		report_cut(life, event, "reduction above the book value: cut to it", spread.amount - most);
		spread.amount = most;
	}
	life->flows.retirement_obligation -= spread.amount;
	for (i = 0; i < life->layer_count; i++)
		life->layers[i]->cost -= spread_take(&spread, layer_carrying(life->layers[i]));
	life_restart(life);
}

static void
add_to_construction(AssetLife *life, const AssetEvent *event, int128 amount)
{
	int128 most = life->construction - life->construction_impairment;

	if (amount < -most)
	{
		most -= most % life->history->unit;
		report_cut(life, event, "reduction above the book value: cut to it", -amount - most);
		amount = -most;
	}
	life_settle(life, event->happened_on);
	life->construction += amount;
	if (event->kind == EVENT_CAPITALISED_INTEREST)
		life->flows.construction_interest += amount;
	else
		life->flows.construction_additions += amount;
	life_restart(life);
}

static void
apply_addition(AssetLife *life, const AssetEvent *event)
{
	int128 amount;

	if (!event_amount(life, event, &amount))
		return;
	if (event->kind == EVENT_CAPITALISED_INTEREST && event->happened_on >= life->skip_interest_from)
		return;
	if (life->construction != 0 || life->layer_count == 0)
	{
		add_to_construction(life, event, amount);
		return;
	}
	if (amount < 0)
	{
		take_from_layers(life, event, -amount);
		return;
	}
	switch (event->kind)
	{
		case EVENT_CAPITALISED_INTEREST:
			life->flows.interest += amount;
			break;
		case EVENT_RETIREMENT_OBLIGATION:
			life->flows.retirement_obligation += amount;
			break;
		default:
			life->flows.additions += amount;
			break;
	}
	if (life->policy != NULL && life->policy->method == METHOD_MACRS)
		/* An improvement is property of its own, with its own recovery period. */
		layer_restart(life, life_add_layer(life, event->happened_on, amount, 0));
	else
		add_to_layers(life, event->happened_on, amount);
}

static void
apply_change_of_estimate(AssetLife *life, const AssetEvent *event)
{
	if (event->policy == NULL)
	{
		report_problem(life, event, "no policy given: ignored", 0);
		return;
	}
	life_settle(life, event->happened_on);
	life_set_policy(life, event->policy);
	life_restart(life);
}

/* Before the restart of a settled life: an impairment in proportion to carrying amounts. */
static int128
impair_layers(AssetLife *life, int128 amount)
{
	Spread spread = {amount, 0};
	int i;

	for (i = 0; i < life->layer_count; i++)
		spread.weight += layer_carrying(life->layers[i]);
	spread.amount = Min(spread.amount, spread.weight);
	amount = spread.amount;
	for (i = 0; i < life->layer_count; i++)
		life->layers[i]->impairment += spread_take(&spread, layer_carrying(life->layers[i]));
	return amount;
}

/* What is under construction is impaired only while nothing is in service. */
static int128
impair_construction(AssetLife *life, int128 amount)
{
	amount = Min(amount, life->construction - life->construction_impairment);
	life->construction_impairment += amount;
	return amount;
}

static void
apply_impairment(AssetLife *life, const AssetEvent *event)
{
	int128 amount;
	int128 impaired;

	if (!event_amount(life, event, &amount))
		return;
	life_settle(life, event->happened_on);
	impaired =
		life->layer_count > 0 ? impair_layers(life, amount) : impair_construction(life, amount);
	report_cut(life, event, "impairment above the book value: cut to it", amount - impaired);
	life->flows.impairment += impaired;
	life_restart(life);
}

static void
apply_reversal(AssetLife *life, const AssetEvent *event)
{
	Spread spread = {0, 0};
	int128 amount;
	int i;

	if (!event_amount(life, event, &amount))
		return;
	life_settle(life, event->happened_on);
	spread.weight = asset_life_reversal_limit(life, event->happened_on);
	spread.amount = Min(amount, spread.weight);
	report_cut(life, event, "reversal above the book value without impairment: cut to it",
			   amount - spread.amount);
	life->flows.reversal += spread.amount;
	life->construction_impairment -= spread_take(&spread, life->construction_impairment);
	for (i = 0; i < life->layer_count; i++)
	{
		AssetLayer *layer = life->layers[i];

		layer->impairment -=
			spread_take(&spread, layer_reversal_limit(layer->accumulated, layer->impairment,
													  layer->historical));
	}
	life_restart(life);
}

static void
apply_held_for_sale(AssetLife *life, const AssetEvent *event)
{
	bool held = event->kind == EVENT_HELD_FOR_SALE;

	if (life->held_for_sale == held)
	{
		report_problem(life, event,
					   held ? "held for sale already: ignored" : "not held for sale: ignored", 0);
		return;
	}
	life_settle(life, event->happened_on);
	life->held_for_sale = held;
	life_restart(life);
}

/* Takes a part of a settled and restarted layer out of the books. */
static void
dispose_of_layer(AssetLife *life, AssetLayer *layer, DateADT date, int128 cost)
{
	int128 whole = layer->cost;
	int128 accumulated = layer->accumulated;
	int128 impairment = share_of(layer->impairment, cost, Max(whole, 1));
	int128 at_stop = accumulated;

	if (whole == 0)
		return;
	if (life->policy != NULL)
	{
		DateADT stop = asset_charged_until(&layer->asset, date);

		at_stop =
			stop < date ? layer->accumulated_at_stop : asset_layer_accumulated(life, layer, stop);
	}
	life->flows.disposals += cost;
	life->flows.accumulated_disposals += share_of(at_stop, cost, whole);
	life->flows.impairment_disposals += impairment;
	policy_amounts_take(&layer->amounts, cost, whole);
	layer->used -= (int64) share_of(layer->used, cost, whole);
	layer->prepared_cost = -1;
	layer->cost -= cost;
	layer->accumulated -= share_of(accumulated, cost, whole);
	layer->historical -= share_of(layer->historical, cost, whole);
	layer->accumulated_at_stop -= share_of(layer->accumulated_at_stop, cost, whole);
	layer->impairment -= impairment;
}

static void
dispose_of_construction(AssetLife *life, int128 cost)
{
	int128 whole = Max(life->construction, 1);
	int128 impairment = share_of(life->construction_impairment, cost, whole);

	policy_amounts_take(&life->construction_amounts, cost, whole);
	life->flows.construction_disposals += cost;
	life->flows.impairment_disposals += impairment;
	life->construction -= cost;
	life->construction_impairment -= impairment;
}

static void
apply_disposal(AssetLife *life, const AssetEvent *event)
{
	int128 total = life_total_cost(life);
	Spread spread;
	int128 n;
	int128 d;
	int i;

	if (!event_part(life, event, total, &n, &d))
		return;
	spread = (Spread){share_of(total, n, d), total};
	life_settle(life, event->happened_on);
	life_restart(life);
	life->flows.proceeds += event->proceeds;
	if (life->total_use > 1)
		life->total_use -= Min((int64) share_of(life->total_use, n, d), life->total_use - 1);
	dispose_of_construction(life, spread_take(&spread, life->construction));
	for (i = 0; i < life->layer_count; i++)
	{
		AssetLayer *layer = life->layers[i];

		dispose_of_layer(life, layer, event->happened_on, spread_take(&spread, layer->cost));
	}
	if (n == d)
	{
		life->disposed = true;
		life->disposed_on = event->happened_on;
		life->layer_count = 0;
		return;
	}
	life_restart(life);
}

/* What the books begin with at a cutover replaces all that was computed before it. */
static void
apply_opening(AssetLife *life, const AssetEvent *event)
{
	Spread spread = {event->has_amount ? Max(event->amount, 0) : 0, asset_life_service_cost(life)};
	int128 accumulated = 0;
	int128 impairment = Max(event->impairment, 0);
	int i;

	if (event->happened_on != life->history->cutover)
	{
		report_problem(life, event, "not the first opening: ignored", spread.amount);
		return;
	}
	if (event->amount < 0 || event->impairment < 0)
		report_problem(life, event, "amount against the sign of the cost: ignored",
					   -Min(event->amount, 0) - Min(event->impairment, 0));
	report_cut(life, event, "accumulated above the cost in service: cut to it",
			   spread.amount - spread.weight);
	spread.amount = Min(spread.amount, spread.weight);
	life_settle(life, event->happened_on);
	for (i = 0; i < life->layer_count; i++)
	{
		AssetLayer *layer = life->layers[i];

		layer->historical = life->policy == NULL ? 0 : layer_amortised(life, layer, layer->start);
		layer->accumulated = spread_take(&spread, layer->cost);
		layer->impairment = 0;
		layer->stop = DATEVAL_NOBEGIN;
		accumulated += layer->accumulated;
	}
	life->construction_impairment = 0;
	memset(&life->flows, 0, sizeof(life->flows));
	life->flows.impairment_brought_forward = life->layer_count > 0
												 ? impair_layers(life, impairment)
												 : impair_construction(life, impairment);
	report_cut(life, event, "impairment above the book value: cut to it",
			   impairment - life->flows.impairment_brought_forward);
	for (i = 0; i < life->layer_count; i++)
	{
		AssetLayer *layer = life->layers[i];

		/* Without the impairment it would have been the policy's, as far as that explains it. */
		layer->historical = Max(layer->historical, layer->accumulated);
		layer->historical = Min(layer->historical, layer->accumulated + layer->impairment);
	}
	life->flows.construction_brought_forward = life->construction;
	life->flows.cost_brought_forward = asset_life_service_cost(life);
	life->flows.accumulated_brought_forward = accumulated;
	life_restart(life);
}

static void
apply_event(AssetLife *life, const AssetEvent *event)
{
	if (event->happened_on < life->history->acquired_on)
	{
		report_problem(life, event, "before the acquisition: ignored",
					   event->has_amount ? event->amount : 0);
		return;
	}
	/* The use that ended with it has been counted. */
	if (life->disposed && !(event->kind == EVENT_USE && event->happened_on == life->disposed_on))
	{
		report_problem(life, event, "after the disposal of the whole: ignored",
					   event->has_amount ? event->amount : 0);
		return;
	}
	switch (event->kind)
	{
		case EVENT_OPENING:
			apply_opening(life, event);
			break;
		case EVENT_ADDITION:
		case EVENT_CAPITALISED_INTEREST:
		case EVENT_RETIREMENT_OBLIGATION:
			apply_addition(life, event);
			break;
		case EVENT_PLACED_IN_SERVICE:
			apply_placed_in_service(life, event);
			break;
		case EVENT_CHANGE_OF_ESTIMATE:
			apply_change_of_estimate(life, event);
			break;
		case EVENT_IMPAIRMENT:
			apply_impairment(life, event);
			break;
		case EVENT_IMPAIRMENT_REVERSAL:
			apply_reversal(life, event);
			break;
		case EVENT_HELD_FOR_SALE:
		case EVENT_HELD_FOR_SALE_ENDED:
			apply_held_for_sale(life, event);
			break;
		case EVENT_DISPOSAL:
			apply_disposal(life, event);
			break;
		case EVENT_USE:
			/* In the history's uses already, but for one that says nothing. */
			if (event->used_chip_ms < 0)
				report_problem(life, event, "no use given, or one below 0: ignored", 0);
			break;
		case EVENT_IN_SERVICE:
			break;
	}
}

/*
 * The walk
 */

void
asset_life_begin(AssetLife *life, const AssetHistory *history)
{
	life->history = history;
	life->next_event = 0;
	life->acquired = false;
	life->service_pending = history->in_service != DATEVAL_NOEND;
	life->held_for_sale = false;
	life->disposed = false;
	life->construction = 0;
	life->construction_impairment = 0;
	life->layers = life->first_layer;
	life->layer_count = 0;
	life->layer_room = lengthof(life->first_layer);
	life->use_total_cost = 0;
	life->use_service_cost = 0;
	memset(&life->flows, 0, sizeof(life->flows));
	life->skip_interest_from = DATEVAL_NOEND;
	life->report = NULL;
	life_set_policy(life, history->policy);
}

/* Bought ready for use, the cost never was under construction. */
static void
acquire(AssetLife *life)
{
	const AssetHistory *history = life->history;

	life->acquired = true;
	if (history->in_service < history->acquired_on && life->report != NULL)
		life->report(life->report_arg, history->in_service, EVENT_IN_SERVICE,
					 "before the acquisition: taken as the day of it", 0);
	if (life->service_pending && history->in_service <= history->acquired_on)
	{
		life->service_pending = false;
		life->flows.additions = history->cost;
		life_add_layer(life, history->acquired_on, history->cost, 0)->amounts =
			life->construction_amounts;
		life_restart(life);
	}
	else
	{
		life->construction = history->cost;
		life->flows.construction_additions = history->cost;
	}
}

/* Whether in_service comes before an event. An opening on its day finds the asset in service. */
static bool
service_is_first(const AssetHistory *history, const AssetEvent *event)
{
	if (history->in_service != event->happened_on)
		return history->in_service < event->happened_on;
	return event->kind == EVENT_OPENING || event->kind > EVENT_IN_SERVICE;
}

void
asset_life_advance(AssetLife *life, DateADT date)
{
	const AssetHistory *history = life->history;

	if (date <= history->acquired_on)
		return;
	if (!life->acquired)
		acquire(life);
	for (;;)
	{
		const AssetEvent *event =
			life->next_event < history->event_count ? &history->events[life->next_event] : NULL;

		if (life->service_pending && (event == NULL || service_is_first(history, event)))
		{
			if (history->in_service >= date)
				break;
			life->service_pending = false;
			if (!life->disposed && (life->construction != 0 || life->layer_count == 0))
				place_in_service(life, history->in_service, 1, 1);
		}
		else if (event != NULL && event->happened_on < date)
		{
			CHECK_FOR_INTERRUPTS();
			life->next_event++;
			apply_event(life, event);
		}
		else
			break;
	}
}

DateADT
asset_life_next_change(const AssetLife *life)
{
	const AssetHistory *history = life->history;
	DateADT next = DATEVAL_NOEND;

	if (!life->acquired)
		return history->acquired_on;
	if (life->service_pending)
		next = history->in_service;
	if (life->next_event < history->event_count)
		next = Min(next, history->events[life->next_event].happened_on);
	return next;
}

int128
asset_life_reversal_limit(AssetLife *life, DateADT date)
{
	int128 limit = life->construction_impairment;
	int i;

	for (i = 0; i < life->layer_count; i++)
	{
		AssetLayer *layer = life->layers[i];

		if (layer->impairment != 0)
			limit += layer_reversal_limit(asset_layer_accumulated(life, layer, date),
										  layer->impairment, layer_historical(life, layer, date));
	}
	return limit;
}

DateADT
asset_life_end(const AssetLife *life)
{
	DateADT end = DATEVAL_NOBEGIN;
	int i;

	if (life->policy == NULL || life->layer_count == 0)
		return DATEVAL_NOEND;
	for (i = 0; i < life->layer_count; i++)
		end = Max(end, life->layers[i]->asset.end);
	return end;
}
