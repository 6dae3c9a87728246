#!/usr/bin/env python3
"""Graphs at random, their cycles and their largest circulation, by means that funding_graph does not use.

    funding_graph.py COUNT SEED

prints a script for psql that fills the tables edge, cycle and circulation. Integers only, nothing but Python.

Cycles: every order of every set of parties is tried. The largest circulation: from no flow, any way round in the
residual graph that adds to the sum is taken until there is none (Klein 1967); potentials then prove the sum, as
no circulation adds up to more than the sum of w max(0, 1 + p(payee) - p(payer)) for any p (linear programming
duality).
"""

import itertools
import random
import sys

# In the order of their bytes, which no language sorts them in.
NAMES = sorted(["a", "B", "\u00e9", "Z", "b b", "\u00c4", "z,1", 'q"'], key=lambda name: name.encode())
SCALES = [0, 2, 15]


def random_graph(rng):
    parties = rng.sample(NAMES, rng.randint(1, 6))
    edges = []
    for _ in range(rng.randint(0, rng.choice([3, 8, 16, 24]))):
        # Itself as often as another, the same ends again, and no weight.
        payer, payee = rng.choice(parties), rng.choice(parties)
        kind = rng.choice([None, "chips", "cloud"])
        edges.append((payer, payee, kind, rng.choice([0, 0, 1, 1, 2, 3, 5, 7, 11, 10**6, rng.randint(1, 10**17)])))
    return rng.choice(SCALES), edges


def added_up(edges):
    pairs = {}
    for payer, payee, _, weight in edges:
        pairs[payer, payee] = pairs.get((payer, payee), 0) + weight
    return {ends: weight for ends, weight in pairs.items() if weight > 0}


def cycles(pairs):
    parties = sorted({party for ends in pairs for party in ends}, key=lambda name: name.encode())
    for size in range(1, len(parties) + 1):
        for members in itertools.combinations(parties, size):
            # The first of the set goes first: each cycle once.
            for others in itertools.permutations(members[1:]):
                way = (members[0],) + others
                ends = list(zip(way, way[1:] + way[:1]))
                if all(pair in pairs for pair in ends):
                    yield way, min(pairs[pair] for pair in ends), max(pairs[pair] for pair in ends)


def way_round(parties, arcs):
    """A cycle of arcs (from, to, cost, ...) of negative cost, or None and the potentials (Bellman and Ford)."""
    distance = {party: 0 for party in parties}
    came_by = {}
    last = None
    for _ in range(len(parties) + 1):
        last = None
        for arc in arcs:
            if distance[arc[0]] + arc[2] < distance[arc[1]]:
                distance[arc[1]] = distance[arc[0]] + arc[2]
                came_by[arc[1]] = arc
                last = arc[1]
        if last is None:
            return None, distance
    for _ in parties:
        last = came_by[last][0]
    cycle, party = [], last
    while True:
        cycle.append(came_by[party])
        party = came_by[party][0]
        if party == last:
            return cycle, None


def circulation(pairs):
    parties = sorted({party for ends in pairs for party in ends})
    flow = {ends: 0 for ends in pairs}
    while True:
        arcs = [(payer, payee, -1, (payer, payee), 1) for (payer, payee), w in pairs.items() if flow[payer, payee] < w]
        arcs += [(payee, payer, 1, (payer, payee), -1) for (payer, payee) in pairs if flow[payer, payee] > 0]
        cycle, potential = way_round(parties, arcs)
        if cycle is None:
            break
        step = min(pairs[ends] - flow[ends] if sign > 0 else flow[ends] for _, _, _, ends, sign in cycle)
        for _, _, _, ends, sign in cycle:
            flow[ends] += sign * step
    total = sum(flow.values())
    bound = sum(w * max(0, 1 + potential[payee] - potential[payer]) for (payer, payee), w in pairs.items())
    assert total == bound, (pairs, flow, bound)
    return total


def decimal(number, scale):
    digits = str(number).rjust(scale + 1, "0")
    return digits[:-scale] + "." + digits[-scale:] if scale else digits


def copied(text):
    return "\\N" if text is None else text.replace("\\", "\\\\")


def array(names):
    return "{" + ",".join('"' + name.replace('"', '\\"') + '"' for name in names) + "}"


def main():
    count, rng = int(sys.argv[1]), random.Random(int(sys.argv[2]))
    edge, cycle, total = [], [], []
    for number in range(count):
        scale, edges = random_graph(rng)
        pairs = added_up(edges)
        edge += ["\t".join([str(number), payer, payee, copied(kind), decimal(weight, scale)]) for payer, payee, kind, weight in edges]
        cycle += ["\t".join([str(number), copied(array(way)), decimal(least, scale), decimal(most, scale)]) for way, least, most in cycles(pairs)]
        total.append("%d\t%s" % (number, decimal(circulation(pairs), scale)))
    out = open(sys.stdout.fileno(), "w", encoding="utf-8", closefd=False)
    for table, rows in (("edge", edge), ("cycle", cycle), ("circulation", total)):
        out.write("COPY %s FROM stdin;\n" % table + "".join(row + "\n" for row in rows) + "\\.\n")
    out.flush()


main()
