/*
 * asset_layer.c
 *		The layers of an asset and the segments of each. Events change what is left to
 *		charge: life_settle() ends the segment of every layer at a date, life_restart()
 *		begins the next from what is left. Everything is exact in units of 1e-15.
 */
#include "chipbook.h"

#include "asset_layer.h"

/* The asset's use before the start of a date. */
static int64
use_before(const AssetHistory *history, DateADT date)
{
	const AssetUse *uses = history->uses;
	int low = 0;
	int high = history->use_count;

	/* uses[low] is the last one not after the date. */
	if (high == 0 || date < uses[0].date)
		return 0;
	while (high - low > 1)
	{
		int middle = (low + high) / 2;

		if (uses[middle].date <= date)
			low = middle;
		else
			high = middle;
	}
	if (low == history->use_count - 1)
		return uses[low].chip_ms;
	return uses[low].chip_ms +
		   (int64) ((int128) (uses[low + 1].chip_ms - uses[low].chip_ms) * (date - uses[low].date) /
					(uses[low + 1].date - uses[low].date));
}

/*
 * The layer's use before a date. The policy's total is that of the whole asset, so
 * while a part of it is in service each hour of use counts for more.
 */
static int64
layer_used(const AssetLife *life, const AssetLayer *layer, DateADT date)
{
	int128 used = use_before(life->history, date) - use_before(life->history, layer->start);

	if (life->use_service_cost != life->use_total_cost && life->use_service_cost != 0 &&
		mul_div_s128_overflow(used, life->use_total_cost, life->use_service_cost, &used))
		return PG_INT64_MAX;
	return (int64) Min(layer->used + used, PG_INT64_MAX);
}

/* X: what the policy has amortised of the layer's cost on the layer's clock. */
int128
layer_amortised(const AssetLife *life, AssetLayer *layer, DateADT date)
{
	if (layer->asset.policy->method == METHOD_UNITS_OF_PRODUCTION)
		return asset_amortised_by_use(&layer->asset, layer_used(life, layer, date));
	return asset_amortised(&layer->asset, date);
}

/* The part of what was left at the segment's start that is charged when X has come to progress. */
static inline int128
segment_charge(int128 left, int128 progress, int128 remaining)
{
	if (left == remaining)
		return progress;
	if (progress >= remaining)
		return left;
	return share_of(left, progress, remaining);
}

static inline bool
layer_is_charged(const AssetLife *life, const AssetLayer *layer, DateADT date)
{
	return date > layer->start && layer->left + layer->historical_left != 0 && !life->held_for_sale;
}

int128
asset_layer_accumulated(const AssetLife *life, AssetLayer *layer, DateADT date)
{
	if (!layer_is_charged(life, layer, date))
		return layer->accumulated;
	return layer->accumulated +
		   segment_charge(layer->left, layer_amortised(life, layer, date) - layer->amortised,
						  layer->remaining);
}

int128
layer_historical(const AssetLife *life, AssetLayer *layer, DateADT date)
{
	if (!layer_is_charged(life, layer, date))
		return layer->historical;
	return layer->historical + segment_charge(layer->historical_left,
											  layer_amortised(life, layer, date) - layer->amortised,
											  layer->remaining);
}

int128
layer_carrying(const AssetLayer *layer)
{
	return layer->cost - layer->accumulated - layer->impairment;
}

/* How much of its impairment may be reversed: up to the book value had there been none. */
int128
layer_reversal_limit(int128 accumulated, int128 impairment, int128 historical)
{
	return Min(impairment, Max(accumulated + impairment - historical, 0));
}

int128
asset_life_service_cost(const AssetLife *life)
{
	int128 cost = 0;
	int i;

	for (i = 0; i < life->layer_count; i++)
		cost += life->layers[i]->cost;
	return cost;
}

int128
life_total_cost(const AssetLife *life)
{
	return life->construction + asset_life_service_cost(life);
}

/* Costs that events have made are not yet known to be money. */
static void
check_cost(int128 cost)
{
	if (!monetary_in_range(cost))
		amortisation_out_of_range();
}

/* A part of amounts: what is left of them stays with the rest. */
PolicyAmounts
policy_amounts_take(PolicyAmounts *amounts, int128 n, int128 d)
{
	PolicyAmounts part = {share_of(amounts->salvage, n, d), share_of(amounts->section_179, n, d)};

	amounts->salvage -= part.salvage;
	amounts->section_179 -= part.section_179;
	return part;
}

/* The policy as it holds for a layer. */
static const AmortisationPolicy *
layer_policy(const AssetLife *life, AssetLayer *layer)
{
	const AmortisationPolicy *policy = life->policy;
	AmortisationPolicy *scaled = &layer->scaled;

	if (policy_salvage_amount(policy) == layer->amounts.salvage &&
		policy_section_179(policy) == layer->amounts.section_179 &&
		policy->total_use == life->total_use)
		return policy;
	*scaled = *policy;
	scaled->salvage_amount_high = (int64) (layer->amounts.salvage >> 64);
	scaled->salvage_amount_low = (uint64) layer->amounts.salvage;
	scaled->section_179_high = (int64) (layer->amounts.section_179 >> 64);
	scaled->section_179_low = (uint64) layer->amounts.section_179;
	scaled->total_use = life->total_use;
	return scaled;
}

static void
layer_prepare(const AssetLife *life, AssetLayer *layer)
{
	Monetary cost;

	check_cost(layer->cost);
	monetary_set(&cost, layer->cost, life->history->currency);
	asset_prepare(&layer->asset, &cost, layer_policy(life, layer), layer->in_service,
				  life->history->fiscal_year_start);
	layer->prepared_cost = layer->cost;
}

/* Starts a segment where layer_settle() has ended the one before. */
void
layer_restart(const AssetLife *life, AssetLayer *layer)
{
	layer->left = 0;
	layer->historical_left = 0;
	if (life->policy == NULL)
		return;
	if (layer->prepared_cost != layer->cost)
		layer_prepare(life, layer);
	layer->amortised = layer_amortised(life, layer, layer->start);
	layer->remaining = layer->cost - layer->asset.salvage - layer->amortised;
	layer->left = Max(layer_carrying(layer) - layer->asset.salvage, 0);
	layer->historical_left = Max(layer->cost - layer->historical - layer->asset.salvage, 0);
	if (layer->remaining <= 0 && !life->held_for_sale)
	{
		/* The life is over: what is left is charged at once. */
		layer->accumulated += layer->left;
		layer->historical += layer->historical_left;
		layer->left = 0;
		layer->historical_left = 0;
	}
}

/* The accumulation where the charge of a disposal later in this period stops. */
static void
layer_note_stop(const AssetLife *life, AssetLayer *layer, DateADT date)
{
	DateADT stop = asset_charged_until(&layer->asset, date);

	if (stop >= date || (stop < layer->start && stop == layer->stop))
		return;
	layer->accumulated_at_stop = asset_layer_accumulated(life, layer, stop);
	layer->stop = stop;
}

/* Ends the segment of every layer at a date: balances become those of its start. */
void
life_settle(AssetLife *life, DateADT date)
{
	int i;

	for (i = 0; i < life->layer_count; i++)
	{
		AssetLayer *layer = life->layers[i];
		int128 historical;
		int128 accumulated;

		if (life->policy != NULL)
			layer_note_stop(life, layer, date);
		accumulated = asset_layer_accumulated(life, layer, date);
		if (layer->historical == layer->accumulated && layer->historical_left == layer->left)
			historical = accumulated;
		else
			historical = layer_historical(life, layer, date);
		layer->accumulated = accumulated;
		layer->historical = historical;
		layer->used = layer_used(life, layer, date);
		layer->start = date;
	}
}

void
life_restart(AssetLife *life)
{
	int i;

	life->use_service_cost = asset_life_service_cost(life);
	life->use_total_cost = life->use_service_cost + life->construction;
	for (i = 0; i < life->layer_count; i++)
		layer_restart(life, life->layers[i]);
}

AssetLayer *
life_add_layer(AssetLife *life, DateADT in_service, int128 cost, int128 impairment)
{
	AssetLayer *layer = life->layer_count == 0 ? &life->layer : palloc(sizeof(AssetLayer));

	if (life->layer_count == life->layer_room)
	{
		AssetLayer **layers = palloc(2 * life->layer_room * sizeof(AssetLayer *));

		memcpy(layers, life->layers, life->layer_count * sizeof(AssetLayer *));
		life->layers = layers;
		life->layer_room *= 2;
	}
	life->layers[life->layer_count++] = layer;
	layer->in_service = in_service;
	layer->cost = cost;
	layer->impairment = impairment;
	layer->start = in_service;
	layer->accumulated = 0;
	layer->historical = 0;
	layer->left = 0;
	layer->historical_left = 0;
	layer->used = 0;
	layer->stop = DATEVAL_NOBEGIN;
	layer->accumulated_at_stop = 0;
	layer->amounts = (PolicyAmounts){0, 0};
	layer->prepared_cost = -1;
	return layer;
}

/* What the policy says in amounts belongs to all parts in proportion to cost. */
void
life_set_policy(AssetLife *life, const AmortisationPolicy *policy)
{
	PolicyAmounts amounts = {0, 0};
	int128 cost = life_total_cost(life);
	int i;

	life->policy = policy;
	life->total_use = 0;
	if (policy != NULL)
	{
		amounts.salvage = policy_salvage_amount(policy);
		amounts.section_179 = policy_section_179(policy);
		life->total_use = policy->total_use;
	}
	for (i = 0; i < life->layer_count; i++)
	{
		AssetLayer *layer = life->layers[i];

		layer->amounts = policy_amounts_take(&amounts, layer->cost, Max(cost, 1));
		cost -= layer->cost;
		layer->prepared_cost = -1;
	}
	life->construction_amounts = amounts;
}
