/*
 * asset_posting.c
 *		What is posted of an asset's life: balances and movements since it entered the
 *		books, rounded to the minor unit at a date. Movements of any time are the
 *		differences of two postings, so that partitions add up and openings and
 *		movements make closings, to the cent.
 */
#include "chipbook.h"

#include "asset_life.h"

const char *
asset_state_name(AssetState state)
{
	switch (state)
	{
		case ASSET_NOT_HELD:
			return "not_held";
		case ASSET_UNDER_CONSTRUCTION:
			return "under_construction";
		case ASSET_IN_SERVICE:
			return "in_service";
		case ASSET_HELD_FOR_SALE:
			return "held_for_sale";
		case ASSET_DISPOSED:
			return "disposed";
	}
	elog(ERROR, "unexpected asset state %d", (int) state);
}

static int128
posted(const AssetLife *life, int128 amount)
{
	int128 unit = life->history->unit;

	return unit == 1 || amount == 0 ? amount : div_round_s128(amount, unit) * unit;
}

static AssetState
life_state(const AssetLife *life)
{
	if (life->disposed)
		return ASSET_DISPOSED;
	if (life->held_for_sale)
		return ASSET_HELD_FOR_SALE;
	return life->layer_count > 0 ? ASSET_IN_SERVICE : ASSET_UNDER_CONSTRUCTION;
}

/*
 * Construction and cost: what came in is posted as given, what left is rounded, and
 * nothing is left when nothing is.
 */
static void
post_cost(const AssetLife *life, int128 cost, AssetPosting *posting)
{
	const AssetFlows *exact = &life->flows;
	AssetFlows *flows = &posting->flows;
	int128 given = exact->construction_brought_forward + exact->construction_additions +
				   exact->construction_interest;
	bool empty = life->construction == 0;

	flows->placed_in_service = empty && exact->construction_disposals == 0
								   ? given
								   : Min(posted(life, exact->placed_in_service), given);
	given -= flows->placed_in_service;
	flows->construction_disposals =
		empty ? given : Min(posted(life, exact->construction_disposals), given);
	posting->construction = given - flows->construction_disposals;

	given = exact->cost_brought_forward + flows->placed_in_service + exact->additions +
			exact->interest + exact->retirement_obligation;
	flows->disposals = cost == 0 ? given : Min(posted(life, exact->disposals), given);
	posting->cost = given - flows->disposals;
}

/* The last of the impairment's movements that there is takes the cent that rounding leaves. */
static void
post_impairment(const AssetLife *life, int128 impairment, bool is_all, int128 most,
				AssetPosting *posting)
{
	const AssetFlows *exact = &life->flows;
	AssetFlows *flows = &posting->flows;
	int128 held;

	flows->impairment = posted(life, exact->impairment);
	flows->reversal = posted(life, exact->reversal);
	flows->impairment_disposals = posted(life, exact->impairment_disposals);
	held = exact->impairment_brought_forward + flows->impairment - flows->reversal -
		   flows->impairment_disposals;
	if (impairment == 0)
		posting->impairment_held = 0;
	else
		posting->impairment_held = is_all ? most : Min(Max(held, 0), most);
	held -= posting->impairment_held;
	if (exact->impairment_disposals != 0)
		flows->impairment_disposals += held;
	else if (exact->reversal != 0)
		flows->reversal += held;
	else
		flows->impairment -= held;
}

/*
 * All that has been charged. As asset_posted() of a single asset does, it ends on
 * amortisation_postable(), while nothing but charges has reduced it.
 */
static int128
post_charge(const AssetLife *life, DateADT date, int128 accumulated, int128 impairment,
			int128 posted_cost)
{
	const AssetFlows *flows = &life->flows;
	int128 charge = accumulated + flows->accumulated_disposals - flows->accumulated_brought_forward;
	DateADT end = asset_life_end(life);
	int128 cost = 0;
	int128 salvage = 0;
	int128 most;
	int i;

	if (impairment != 0 || flows->accumulated_disposals != 0 || life->policy == NULL)
		return posted(life, charge);
	for (i = 0; i < life->layer_count; i++)
	{
		cost += life->layers[i]->cost;
		salvage += life->layers[i]->asset.salvage;
	}
	/* Of the cost as posted: the part placed in service need not be whole minor units. */
	most = amortisation_postable(posted_cost, salvage, life->history->unit) -
		   flows->accumulated_brought_forward;
	if (accumulated >= cost - salvage && (date >= end || end == DATEVAL_NOEND))
		return most;
	return Min(posted(life, charge), most - most % life->history->unit);
}

void
asset_life_post(AssetLife *life, DateADT date, AssetPosting *posting)
{
	const AssetHistory *history = life->history;
	AssetFlows *flows = &posting->flows;
	int128 cost = asset_life_service_cost(life);
	int128 impairment = life->construction_impairment;
	int128 accumulated = 0;
	int128 book_value;
	int128 most;
	int i;

	if (date <= history->acquired_on || date <= history->cutover)
	{
		memset(posting, 0, sizeof(*posting));
		posting->state = ASSET_NOT_HELD;
		return;
	}
	for (i = 0; i < life->layer_count; i++)
	{
		accumulated += asset_layer_accumulated(life, life->layers[i], date);
		impairment += life->layers[i]->impairment;
	}
	book_value = life->construction + cost - accumulated - impairment;

	posting->state = life_state(life);
	*flows = life->flows;
	post_cost(life, cost, posting);
	most = posting->construction + posting->cost;
	post_impairment(life, impairment, accumulated == 0 && book_value == 0, most, posting);
	most -= posting->impairment_held;
	/* Nor is anything posted as lost with what left at a book value of nothing. */
	if (life->flows.disposals + life->flows.construction_disposals ==
		life->flows.accumulated_disposals + life->flows.impairment_disposals)
		flows->accumulated_disposals =
			flows->disposals + flows->construction_disposals - flows->impairment_disposals;
	else
		flows->accumulated_disposals = posted(life, flows->accumulated_disposals);
	posting->accumulated = flows->accumulated_brought_forward - flows->accumulated_disposals +
						   post_charge(life, date, accumulated, impairment, posting->cost);
	/* A book value of nothing is posted as nothing, and none is below it. */
	if (accumulated == 0)
		posting->accumulated = 0;
	else if (book_value == 0)
		posting->accumulated = most;
	else
		posting->accumulated = Min(Max(posting->accumulated, 0), Min(most, posting->cost));
	posting->charge =
		posting->accumulated + flows->accumulated_disposals - flows->accumulated_brought_forward;
	posting->book_value = most - posting->accumulated;
	flows->proceeds = posted(life, flows->proceeds);
	posting->disposal_gain = flows->proceeds - flows->disposals - flows->construction_disposals +
							 flows->accumulated_disposals + flows->impairment_disposals;
}
