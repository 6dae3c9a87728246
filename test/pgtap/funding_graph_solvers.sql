-- Look-through, clearing and DebtRank: published cases with their sources, the equations they
-- solve, and what they refuse.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();
SELECT setseed(0.61);
-- As close as doubles that went through some sums.
CREATE FUNCTION pg_temp.near(a double precision, b double precision) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT a IS NOT DISTINCT FROM b OR abs(a - b) <= 1e-12 * greatest(abs(a), abs(b), 1e-3)
$$;
CREATE FUNCTION pg_temp.graph(text) RETURNS funding_graph LANGUAGE sql AS $$
    SELECT funding_agg(e[1], e[2], e[3]::numeric) FROM regexp_split_to_table($1, ' *, *') AS edge, string_to_array(edge, ' ') AS e
$$;
CREATE FUNCTION pg_temp.error_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text;
    detail text;
BEGIN
    EXECUTE query;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' | ', SQLSTATE, message, NULLIF(detail, ''));
END
$$;

-- ---------------------------------------------------------------------------
-- Look-through: worked cases
-- ---------------------------------------------------------------------------
CREATE TABLE look (g text, owner text, owned text, with_loops double precision, without double precision, final double precision);
-- Two firms that own half of each other (Elliott, Golub and Jackson 2014; Jackson's lectures).
INSERT INTO look VALUES
    ('a b 0.5, b a 0.5', 'a', 'a', 1.0/3, 1.0/4, 2.0/3), ('a b 0.5, b a 0.5', 'a', 'b', 2.0/3, 1.0/2, 1.0/3),
    ('a b 0.5, b a 0.5', 'b', 'a', 2.0/3, 1.0/2, 1.0/3), ('a b 0.5, b a 0.5', 'b', 'b', 1.0/3, 1.0/4, 2.0/3),
-- Anglo American and De Beers, 42 % of each other (economics.stackexchange.com, question 8891); exact fractions.
    ('anglo debeers 0.42, debeers anglo 0.42', 'anglo', 'anglo', 441.0/2059, 441.0/2500, 0.704225352112676),
    ('anglo debeers 0.42, debeers anglo 0.42', 'anglo', 'debeers', 1050.0/2059, 21.0/50, 0.29577464788732394),
    ('anglo debeers 0.42, debeers anglo 0.42', 'debeers', 'anglo', 1050.0/2059, 21.0/50, 0.29577464788732394),
    ('anglo debeers 0.42, debeers anglo 0.42', 'debeers', 'debeers', 441.0/2059, 441.0/2500, 0.704225352112676),
-- Microsoft's 27 % of OpenAI, and OpenAI's 160 of 1780 shares of AMD if all its warrants vest.
    ('Microsoft OpenAI 0.27, OpenAI AMD 0.089887640449438', 'Microsoft', 'AMD', 0.024269662921348, 0.024269662921348, 0.024269662921348),
    ('Microsoft OpenAI 0.27, OpenAI AMD 0.089887640449438', 'Microsoft', 'OpenAI', 0.27, 0.27, 0.27),
    ('Microsoft OpenAI 0.27, OpenAI AMD 0.089887640449438', 'OpenAI', 'AMD', 0.089887640449438, 0.089887640449438, 0.065617977528090),
-- Treasury shares give no one anything: 30 of the 80 % of b that b does not hold, and 50 left outside.
    ('a b 0.3, b b 0.2', 'a', 'b', 0.375, 0.375, 0.375);
SELECT is((SELECT share FROM look_through(pg_temp.graph(g), owner => l.owner, owned => l.owned)), l.without, format('%s in %s of %s', owner, owned, g))
FROM look l WHERE NOT pg_temp.near((SELECT share FROM look_through(pg_temp.graph(g), owner => l.owner, owned => l.owned)), l.without);
SELECT is((SELECT count(*) FROM look l JOIN LATERAL look_through(pg_temp.graph(g)) s ON (s.owner, s.owned) = (l.owner, l.owned) WHERE pg_temp.near(s.share, l.without)), 12::bigint, 'integrated ownership without loops');
SELECT is((SELECT count(*) FROM look l JOIN LATERAL look_through(pg_temp.graph(g), true) s ON (s.owner, s.owned) = (l.owner, l.owned) WHERE pg_temp.near(s.share, l.with_loops)), 12::bigint, 'and with loops');
SELECT is((SELECT count(*) FROM look l JOIN LATERAL final_owners(pg_temp.graph(g)) s ON (s.owner, s.owned) = (l.owner, l.owned) WHERE pg_temp.near(s.share, l.final)), 12::bigint, 'final owners');
SELECT results_eq($$SELECT g, count(*) FROM (SELECT DISTINCT g FROM look) l, look_through(pg_temp.graph(g)) GROUP BY g ORDER BY g$$,
    $$SELECT g, count(*) FROM look GROUP BY g ORDER BY g$$, 'and no other rows');
SELECT results_eq($$SELECT owner, owned, share FROM final_owners(pg_temp.graph('a b 0.3, b b 0.2')) ORDER BY 1, 2$$,
    $$VALUES ('a', 'a', 1::float8), ('a', 'b', 0.375), ('b', 'b', 0.625)$$, 'who is not owned bears itself, the rest is outside');
-- Values: 100 of direct assets in a, where a and b own half of each other; Elliott, Golub and Jackson's two matrices.
SELECT results_eq($$SELECT party, direct, round(look_through::numeric, 12), round(borne::numeric, 12)
    FROM look_through_value(pg_temp.graph('a b 0.5, b a 0.5'), '{a,elsewhere}', '{100,-7}') ORDER BY party$$,
    $$VALUES ('a', 100::numeric, round(400.0/3, 12), round(200.0/3, 12)), ('b', NULL, round(200.0/3, 12), round(100.0/3, 12)), ('elsewhere', -7, -7, -7)$$, 'values looked through, and who bears them');

-- A loop that leaves 1e-11 outside, where 1 - x leaves five digits: every share is right to the last one or two.
SELECT is((SELECT share FROM look_through(pg_temp.graph('a b 0.99999999999, b a 0.99999999999'), owner => 'a', owned => 'b')), 0.99999999999::float8, 'a loop that nearly closes: the direct share');
SELECT ok(abs((SELECT share FROM look_through(pg_temp.graph('a b 0.99999999999, b a 0.99999999999'), true, 'a', 'b')) / (0.99999999999 / (1 - 0.99999999999 * 0.99999999999))::float8 - 1) < 1e-15, 'with loops as exact arithmetic has it');
SELECT ok(abs(sum(share) - 1) < 1e-15, 'its final owners add up to 1') FROM final_owners(pg_temp.graph('a b 0.99999999999, b a 0.99999999999'), owned => 'a');
SELECT is((SELECT array_agg(round(share::numeric, 14) ORDER BY owner) FROM final_owners(pg_temp.graph('x c 0.333333333333333, y c 0.333333333333333, z c 0.333333333333333'), owned => 'c')),
    array_fill(0.33333333333333, ARRAY[3]), 'thirds are all of it');

-- ---------------------------------------------------------------------------
-- Look-through: the equations, on graphs of many loops
-- ---------------------------------------------------------------------------
CREATE TABLE share (world integer, owner text, owned text, c numeric);
-- Firms 1 to 60 owned by up to five of persons and firms, near ones mostly, from 0 to all of it; some own shares.
INSERT INTO share
SELECT world, owner, owned, round(sum(part) * (CASE WHEN firm % 7 = 0 THEN 1 ELSE random() END)::numeric, 15)
FROM (SELECT world, firm, 'f' || firm AS owned, o AS owner, (1.0 / 5)::numeric AS part
      FROM generate_series(1, 8) world, generate_series(1, 60) firm, generate_series(1, 5) n,
           LATERAL (SELECT CASE WHEN random() < 0.3 OR (firm % 7 = 0 AND n = 1) THEN 'p' || n ELSE 'f' || greatest(1, least(60, firm + floor(random() * (8 + world)) - 4)) END AS o WHERE firm > 0) x) e
GROUP BY world, firm, owner, owned;
DELETE FROM share WHERE c = 0;
-- Treasury shares out of the way for the equations: others hold the rest.
CREATE TABLE net_share AS
SELECT s.world, s.owner, s.owned, s.c::float8 / (1 - coalesce(t.c, 0))::float8 AS c FROM share s LEFT JOIN share t ON (t.world, t.owner, t.owned) = (s.world, s.owned, s.owned) WHERE s.owner <> s.owned;
CREATE TABLE world AS SELECT world, funding_agg(owner, owned, c) AS g FROM share GROUP BY world;
CREATE TABLE y AS SELECT world, l.* FROM world, look_through(g, true) l;
CREATE TABLE o AS SELECT world, l.* FROM world, look_through(g) l;
CREATE TABLE a AS SELECT world, l.* FROM world, final_owners(g) l;
ANALYZE net_share; ANALYZE y; ANALYZE o; ANALYZE a;
SELECT cmp_ok(count(*), '>', 300::bigint, 'there are loops: parties that own themselves') FROM y WHERE owner = owned;
SELECT is(count(*), 0::bigint, 'Y = C + C Y')
FROM (SELECT world, owner, owned, sum(share) AS share FROM y GROUP BY world, owner, owned) y
FULL JOIN (SELECT world, owner, owned, sum(c) AS share
           FROM (SELECT * FROM net_share UNION ALL SELECT s.world, s.owner, y.owned, s.c * y.share FROM net_share s JOIN y ON (s.world, s.owned) = (y.world, y.owner)) e
           GROUP BY world, owner, owned) e USING (world, owner, owned)
WHERE NOT pg_temp.near(y.share, e.share) OR y.share IS NULL OR e.share IS NULL;
SELECT is(count(*), 0::bigint, 'o_ij = v_ij / v_ii, o_ii = 1 - 1 / v_ii')
FROM o FULL JOIN (SELECT y.*, coalesce(d.share, 0) AS own FROM y LEFT JOIN y d ON (d.world, d.owner, d.owned) = (y.world, y.owner, y.owner)) y USING (world, owner, owned)
WHERE NOT pg_temp.near(o.share, y.share / (1 + own)) OR o.share IS NULL OR y.share IS NULL;
SELECT is(count(*), 0::bigint, 'no one owns more than all') FROM o WHERE share > 1 + 1e-12;
SELECT is(count(*), 0::bigint, 'final owners of every party add up to 1') FROM (SELECT world, owned, sum(share) AS all_of_it FROM a GROUP BY world, owned) f WHERE abs(all_of_it - 1) > 1e-12;
SELECT is(count(*), (SELECT count(*) FROM (SELECT owner FROM share UNION SELECT owned FROM share) p, world WHERE EXISTS (SELECT FROM share s WHERE s.world = world.world AND p.owner IN (s.owner, s.owned))), 'of every party there is')
FROM (SELECT DISTINCT world, owned FROM a) f;
-- Of one party: what the whole says of it.
SELECT is_empty($$SELECT p, share_all, share_one FROM unnest('{f1,f30,f49,p3}'::text[]) p,
    LATERAL (SELECT sum(share * hashtext(world || owned)) AS share_all FROM o WHERE owner = p) w,
    LATERAL (SELECT sum(share * hashtext(world || l.owned)) AS share_one FROM world, look_through(g, owner => p) l) l
    WHERE abs(share_all - share_one) > 1e-9 * (abs(share_all) + 1) OR share_one IS NULL$$, 'one owner');
SELECT is_empty($$SELECT world, l.owner, l.share, o.share FROM (SELECT world, l.* FROM world, unnest('{f1,f30,f49}'::text[]) p, look_through(g, owned => p) l) l
    LEFT JOIN o USING (world, owner, owned) WHERE NOT pg_temp.near(l.share, o.share) OR o.share IS NULL$$, 'one owned');
SELECT is((SELECT count(*) FROM world, look_through(g, owned => 'f30')), (SELECT count(*) FROM o WHERE owned = 'f30'), 'all its owners');
SELECT is_empty($$SELECT world, l.owner, l.share, y.share FROM (SELECT world, l.* FROM world, unnest('{f1,f30,f49}'::text[]) p, look_through(g, true, owned => p) l) l
    LEFT JOIN y USING (world, owner, owned) WHERE NOT pg_temp.near(l.share, y.share) OR y.share IS NULL$$, 'with loops');
SELECT is_empty($$SELECT world, l.owner, l.share, a.share FROM (SELECT world, l.* FROM world, unnest('{f1,f30,f49}'::text[]) p, final_owners(g, owned => p) l) l
    LEFT JOIN a USING (world, owner, owned) WHERE NOT pg_temp.near(l.share, a.share) OR a.share IS NULL$$, 'its final owners');
-- Values: x = b + C x, and nothing is lost or borne twice.
CREATE TABLE x AS SELECT world, v.* FROM world, look_through_value(g, (SELECT array_agg('f' || n) FROM generate_series(1, 80) n), (SELECT array_agg(n * 1.5 - 20) FROM generate_series(1, 80) n)) v;
SELECT is(count(*), 0::bigint, 'x = b + C x')
FROM x LEFT JOIN (SELECT s.world, s.owner, sum(s.c * x.look_through) AS held FROM net_share s JOIN x ON (x.world, x.party) = (s.world, s.owned) GROUP BY s.world, s.owner) h ON (h.world, h.owner) = (x.world, x.party)
WHERE abs(look_through - coalesce(direct, 0)::float8 - coalesce(held, 0)) > 1e-9;
SELECT is(count(*), 8::bigint, 'what is borne adds up to what there is') FROM (SELECT world, sum(borne) AS borne, sum(direct) AS direct FROM x GROUP BY world) s WHERE abs(borne - direct::float8) < 1e-9;

SELECT is(pg_temp.error_of($$SELECT * FROM look_through(pg_temp.graph('a c 0.6, b c 0.5'))$$), '22023 | more than all of "c" is owned | The shares of its owners add up to 1.100000000000000; all of it is 1.', 'more than all is owned');
SELECT is(pg_temp.error_of($$SELECT * FROM look_through(pg_temp.graph('a b 1, b a 1, a d 0.5, c c 0.1'))$$), '22023 | nobody outside owns "b", "a" | All shares of each are held among them, so that nobody bears their value.', 'a closed set is named');
SELECT is(pg_temp.error_of($$SELECT * FROM final_owners(pg_temp.graph('a b 1, b a 0.5, c a 0.5, c d 0.5, d c 0.5, a c 0.5'), owned => 'd')$$), 'no error', 'a set with an owner outside is not closed');
SELECT is(pg_temp.error_of($$SELECT * FROM look_through(pg_temp.graph('a a 1'))$$), '22023 | nobody outside owns "a" | All shares of each are held among them, so that nobody bears their value.', 'nor is a party that owns itself');
SELECT matches(pg_temp.error_of($$SELECT * FROM look_through((SELECT funding_agg('n' || n, 'n' || n % 12 + 1, 1) FROM generate_series(1, 12) n))$$), '^22023 . nobody outside owns .* and 2 more', 'of a large set some are');
SELECT is(pg_temp.error_of($$SELECT * FROM look_through((SELECT funding_agg('a', 'b', monetary(1, 'USD'))))$$), '22000 | the weights of funding_graph must be shares of ownership, not money', 'money is no share');
SELECT is_empty($$SELECT * FROM look_through(NULL)$$, 'NULL: no rows');
SELECT is_empty($$SELECT * FROM look_through(pg_temp.graph('a b 0.5'), owner => 'nobody')$$, 'a party that is not there owns nothing');
SELECT is_empty($$SELECT * FROM look_through(pg_temp.graph('a b 0.5'), owned => 'nobody')$$, 'and is not owned');

-- ---------------------------------------------------------------------------
-- Clearing: published cases
-- ---------------------------------------------------------------------------
-- a1 and a2: bertschi/FinNetValu test/models/test_rogers.jl; with costs as systemicrisk computes it, since FinNetValu leaves
-- beta out of its matrix. x = ...: example of default_clearing of the R package systemicrisk 0.4.3, alone and with its
-- alpha = 0.5, beta = 0.7; outputs of its code, made exact. five: constructed. What a party owes outside is owed to "outside".
CREATE TABLE clearing_case (name text, alpha float8, beta float8, party text, means numeric, clearing numeric, equity numeric, is_default boolean, rounds integer);
INSERT INTO clearing_case VALUES
    ('a1', 1, 1, '1', 1, 4.0/5, 43.0/25, false, 1),
    ('a1', 1, 1, '2', 1, 19.0/2, 0, true, 1),
    ('a1', 1, 1, '3', 1, 42.0/5, 32.0/25, false, 1),
    ('a2', 1, 1, '1', 0, 4.0/5, 1.0/10, false, 2),
    ('a2', 1, 1, '2', 0, 45.0/8, 0, true, 2),
    ('a2', 1, 1, '3', 1.0/10, 221.0/40, 0, true, 2),
    ('a2, costs', 0.5, 0.7, '1', 0, 196.0/26529, 28.0/8843, true, 3),
    ('a2, costs', 0.5, 0.7, '2', 0, 1750.0/26529, 250.0/8843, true, 3),
    ('a2, costs', 0.5, 0.7, '3', 1.0/10, 4951.0/53058, 6063.0/88430, true, 3),
    ('x = 0', 1, 1, '1', 1.0/2, 3.0/2, 0, true, 2),
    ('x = 0', 1, 1, '2', 5.0/8, 49.0/40, 0, true, 2),
    ('x = 0', 1, 1, '3', 3.0/4, 3.0/2, 1.0/15, false, 2),
    ('x = 0', 0.5, 0.7, '1', 1.0/2, 44375.0/84512, 31091.0/84512, true, 3),
    ('x = 0', 0.5, 0.7, '2', 5.0/8, 38835.0/84512, 31735.0/84512, true, 3),
    ('x = 0', 0.5, 0.7, '3', 3.0/4, 49815.0/84512, 39459.0/84512, true, 3),
    ('x = 1/4', 1, 1, '1', 1.0/2, 335.0/228, 0, true, 2),
    ('x = 1/4', 1, 1, '2', 5.0/8, 25.0/19, 0, true, 2),
    ('x = 1/4', 1, 1, '3', 3.0/4, 3.0/2, 25.0/456, false, 2),
    ('x = 1/4', 0.5, 0.7, '1', 1.0/2, 649275.0/1272224, 460007.0/1272224, true, 3),
    ('x = 1/4', 0.5, 0.7, '2', 5.0/8, 620205.0/1272224, 492985.0/1272224, true, 3),
    ('x = 1/4', 0.5, 0.7, '3', 3.0/4, 739605.0/1272224, 589593.0/1272224, true, 3),
    ('x = 1/2', 1, 1, '1', 1.0/2, 165.0/112, 0, true, 2),
    ('x = 1/2', 1, 1, '2', 5.0/8, 159.0/112, 0, true, 2),
    ('x = 1/2', 1, 1, '3', 3.0/4, 3.0/2, 1.0/56, false, 2),
    ('x = 1/2', 0.5, 0.7, '1', 1.0/2, 4225.0/8416, 3013.0/8416, true, 2),
    ('x = 1/2', 0.5, 0.7, '2', 5.0/8, 160275.0/311392, 124295.0/311392, true, 2),
    ('x = 1/2', 0.5, 0.7, '3', 3.0/4, 176055.0/311392, 142179.0/311392, true, 2),
    ('x = 3/4', 1, 1, '1', 1.0/2, 1585.0/1064, 0, true, 3),
    ('x = 3/4', 1, 1, '2', 5.0/8, 1593.0/1064, 0, true, 3),
    ('x = 3/4', 1, 1, '3', 3.0/4, 81.0/56, 0, true, 3),
    ('x = 3/4', 0.5, 0.7, '1', 1.0/2, 638075.0/1272224, 455207.0/1272224, true, 2),
    ('x = 3/4', 0.5, 0.7, '2', 5.0/8, 684045.0/1272224, 520345.0/1272224, true, 2),
    ('x = 3/4', 0.5, 0.7, '3', 3.0/4, 690885.0/1272224, 568713.0/1272224, true, 2),
    ('x = 1', 1, 1, '1', 1.0/2, 3.0/2, 0, true, 2),
    ('x = 1', 1, 1, '2', 5.0/8, 3.0/2, 1.0/40, false, 2),
    ('x = 1', 1, 1, '3', 3.0/4, 27.0/20, 0, true, 2),
    ('x = 1', 0.5, 0.7, '1', 1.0/2, 42975.0/84512, 30491.0/84512, true, 3),
    ('x = 1', 0.5, 0.7, '2', 5.0/8, 46815.0/84512, 35155.0/84512, true, 3),
    ('x = 1', 0.5, 0.7, '3', 3.0/4, 43725.0/84512, 36849.0/84512, true, 3),
    ('five', 1, 1, 'OpenAI', 60, 60, 0, true, 1),
    ('five', 1, 1, 'Oracle', 15, 50, 1, false, 1),
    ('five', 1, 1, 'Microsoft', 50, 0, 68, false, 1),
    ('five', 1, 1, 'CoreWeave', 5, 11, 0, true, 1),
    ('five', 1, 1, 'Nvidia', 40, 0, 383.0/5, false, 1);
CREATE TABLE obligation (name text, payer text, payee text, weight numeric);
INSERT INTO obligation
SELECT name, payer, payee, weight FROM unnest('{a1,a2,"a2, costs"}'::text[]) name, (VALUES ('1', '2', 0.1), ('1', '3', 0.7), ('2', '1', 2), ('2', '3', 10.5), ('3', '2', 8.4)) l(payer, payee, weight)
UNION ALL
SELECT 'five', * FROM (VALUES ('OpenAI', 'Oracle', 60), ('OpenAI', 'Microsoft', 30), ('OpenAI', 'CoreWeave', 10), ('Oracle', 'Nvidia', 30), ('Oracle', 'outside', 20), ('CoreWeave', 'Nvidia', 12), ('CoreWeave', 'outside', 8)) l
UNION ALL
SELECT 'x = ' || label, payer, payee, weight FROM (VALUES ('0', 0.0), ('1/4', 0.25), ('1/2', 0.5), ('3/4', 0.75), ('1', 1)) v(label, x),
    LATERAL (VALUES ('2', '1', x), ('3', '1', 1 - x), ('1', '2', 1 - x), ('3', '2', x), ('1', '3', x), ('2', '3', 1 - x), ('1', 'outside', 1.5), ('2', 'outside', 0.5), ('3', 'outside', 0.5)) l(payer, payee, weight);
CREATE VIEW cleared AS
SELECT p.name, p.alpha, p.beta, c.*
FROM (SELECT name, alpha, beta, array_agg(party) AS parties, array_agg(means) AS means FROM clearing_case GROUP BY name, alpha, beta) p,
    LATERAL clearing((SELECT funding_agg(payer, payee, weight) FROM obligation o WHERE o.name = p.name), p.parties, p.means, p.alpha, p.beta) c;
SELECT is(count(*), 44::bigint, 'payments, equity and defaults as published')
FROM clearing_case k JOIN cleared c USING (name, alpha, beta, party)
WHERE pg_temp.near(c.paid, k.clearing::float8) AND pg_temp.near(c.equity + c.default_cost, k.equity::float8) AND c.is_default = k.is_default AND c.means = k.means
  AND c.recovery IS NOT DISTINCT FROM c.paid / NULLIF(c.owed, 0)::float8;
SELECT is(count(*), 14::bigint, 'and as many rounds') FROM (SELECT name, beta, max(default_round) AS rounds FROM cleared GROUP BY name, beta) c JOIN (SELECT DISTINCT name, beta, rounds FROM clearing_case) k USING (name, beta, rounds);
SELECT results_eq($$SELECT party, owed, paid, round(recovery::numeric, 12), round(equity::numeric, 12), is_default, default_round FROM cleared WHERE name = 'five' ORDER BY party$$,
    $$VALUES ('CoreWeave', 20::numeric, 11::float8, 0.55::numeric, 0::numeric, true, 1), ('Microsoft', 0, 0, NULL, 68, false, NULL), ('Nvidia', 0, 0, NULL, 76.6, false, NULL),
             ('OpenAI', 100, 60, 0.6, 0, true, 1), ('Oracle', 50, 50, 1, 1, false, NULL), ('outside', 0, 0, NULL, NULL, false, NULL)$$, 'five parties, OpenAI with 60 of the 100 it owes');
-- Without means in a ring any amount may go round: the greatest does.
SELECT results_eq($$SELECT party, paid, is_default FROM clearing(pg_temp.graph('a b 10, b c 10, c a 10'), '{a,b,c}', '{0,0,0}') ORDER BY 1$$,
    $$VALUES ('a', 10::float8, false), ('b', 10, false), ('c', 10, false)$$, 'a ring of debts clears');
SELECT results_eq($$SELECT party, owed, paid, default_round FROM clearing(pg_temp.graph('a b 10, b a 4, a a 3'), '{a,b}', '{0,0}') ORDER BY 1$$,
    $$VALUES ('a', 10::numeric, 4::float8, 1), ('b', 4, 4, NULL)$$, 'what a party owes itself is nothing');

-- ---------------------------------------------------------------------------
-- Clearing: what holds for any obligations
-- ---------------------------------------------------------------------------
CREATE TABLE debts AS
SELECT w AS world, 'b' || floor(random() * 60) AS payer, 'b' || floor(random() * 60) AS payee, round((random() ^ 3 * 100)::numeric, 2) AS weight
FROM generate_series(1, 12) w, generate_series(1, 240);
DELETE FROM debts WHERE payer = payee OR weight = 0;
CREATE TABLE bank AS SELECT world, 'b' || b AS party, CASE WHEN random() < 0.3 THEN 0 ELSE round((random() ^ 2 * 30 * (1 + world % 4))::numeric, 2) END AS means
FROM generate_series(1, 12) world, generate_series(0, 59) b;
CREATE TABLE paid AS
SELECT world, alpha, beta, c.*
FROM (SELECT world, array_agg(party) AS parties, array_agg(means) AS means FROM bank GROUP BY world) b
CROSS JOIN (VALUES (1.0, 1.0), (0.5, 1), (0.6, 0.9), (0, 0), (1, 0.3)) f(alpha, beta),
    LATERAL clearing((SELECT funding_agg(payer, payee, weight) FROM debts d WHERE d.world = b.world), b.parties, b.means, f.alpha, f.beta) c;
SELECT cmp_ok(max(default_round), '>', 3, 'defaults cause defaults in rounds') FROM paid;
SELECT cmp_ok(count(*) FILTER (WHERE is_default), '>', 200::bigint, 'many default') FROM paid;
SELECT cmp_ok(count(*) FILTER (WHERE NOT is_default AND owed > 0), '>', 200::bigint, 'and many do not') FROM paid;
SELECT is(count(*), 0::bigint, 'payments never exceed obligations') FROM paid WHERE paid < 0 OR paid > owed::float8;
SELECT is(count(*), 0::bigint, 'nor means and receipts') FROM paid WHERE paid > (means::float8 + received) * (1 + 1e-12);
SELECT is(count(*), 0::bigint, 'who is not in default pays in full') FROM paid WHERE NOT is_default AND (paid <> owed::float8 OR means::float8 + received < owed::float8 * (1 - 1e-12));
SELECT is(count(*), 0::bigint, 'who is pays alpha of its means and beta of its receipts')
FROM paid WHERE is_default AND (NOT pg_temp.near(paid, alpha::float8 * means::float8 + beta::float8 * received) OR means::float8 + received >= owed::float8);
SELECT is(count(*), 0::bigint, 'receipts are the parts of what debtors pay')
FROM paid p LEFT JOIN (SELECT p.world, p.alpha, p.beta, payee AS party, sum(weight / owed * p.paid) AS due FROM debts d JOIN paid p ON (p.world, p.party) = (d.world, d.payer) GROUP BY 1, 2, 3, 4) d USING (world, alpha, beta, party)
WHERE NOT pg_temp.near(received, coalesce(due, 0));
SELECT is(count(*), 60::bigint, 'equity and what defaults cost add up to means') FROM (SELECT world, alpha, beta, sum(equity + default_cost) AS ends, sum(means) AS means FROM paid GROUP BY 1, 2, 3) s WHERE abs(ends - means::float8) < 1e-8;
SELECT is(count(*), 0::bigint, 'nothing is lost without costs of default') FROM paid WHERE alpha = 1 AND beta = 1 AND default_cost > 1e-9;
SELECT is(count(*), 0::bigint, 'costs of default never help') FROM paid p JOIN paid q USING (world, party) WHERE q.alpha = 1 AND q.beta = 1 AND p.paid > q.paid + 1e-9;
-- The greatest: what everybody pays comes down to it, from payment in full, step by step.
CREATE TABLE part AS SELECT world, payer, payee, (weight / sum(weight) OVER (PARTITION BY world, payer))::float8 AS part FROM debts;
CREATE TABLE pay AS SELECT world, party, means::float8, owed::float8, owed::float8 AS p FROM paid WHERE alpha = 1 AND beta = 1;
ANALYZE part; ANALYZE pay;
DO $$
BEGIN
    FOR n IN 1 .. 150 LOOP
        UPDATE pay SET p = least(owed, pay.means + r.received)
        FROM (SELECT q.world, q.party, coalesce(sum(part * d.p), 0) AS received FROM pay q LEFT JOIN part ON (part.world, payee) = (q.world, q.party) LEFT JOIN pay d ON (d.world, d.party) = (part.world, payer) GROUP BY 1, 2) r
        WHERE (r.world, r.party) = (pay.world, pay.party);
    END LOOP;
END
$$;
SELECT is(count(*), 720::bigint, 'the greatest clearing vector') FROM pay JOIN paid USING (world, party) WHERE alpha = 1 AND beta = 1 AND abs(paid - p) < 1e-6;

SELECT is(pg_temp.error_of($$SELECT * FROM clearing(pg_temp.graph('a b 1'), '{b}', '{1}')$$), '22023 | the means of "a" are not stated | It owes 1.000000000000000.', 'means that are not known are not 0');
SELECT is(pg_temp.error_of($$SELECT * FROM clearing(pg_temp.graph('a b 1'), '{a}', '{-1}')$$), '22023 | means must not be negative, but that of "a" is -1', 'nor negative');
SELECT is(left(pg_temp.error_of($$SELECT * FROM clearing(pg_temp.graph('a b 1'), '{a,NULL}', '{1,1}')$$), 5), '22004', 'NULL for a party');
SELECT is(left(pg_temp.error_of($$SELECT * FROM clearing(pg_temp.graph('a b 1'), '{a}', '{NULL}')$$), 5), '22004', 'for a number');
SELECT is(left(pg_temp.error_of($$SELECT * FROM clearing(pg_temp.graph('a b 1'), '{a}', '{NaN}')$$), 5), '22003', 'NaN');
SELECT is(left(pg_temp.error_of($$SELECT * FROM clearing(pg_temp.graph('a b 1'), '{a}', '{1,2}')$$), 5), '22023', 'too many numbers');
SELECT is(left(pg_temp.error_of($$SELECT * FROM clearing(pg_temp.graph('a b 1'), '{{a}}', '{1}')$$), 5), '22023', 'two dimensions');
SELECT is(pg_temp.error_of($$SELECT * FROM clearing(pg_temp.graph('a b 1'), '{a,b,a}', '{1,2,3}')$$), '22023 | party "a" is named twice', 'a party twice');
SELECT is(pg_temp.error_of($$SELECT * FROM clearing(pg_temp.graph('a b 1'), '{a,z,y,z}', '{1,2,3,4}')$$), '22023 | party "z" is named twice', 'or one of no obligation');
SELECT is(left(pg_temp.error_of($$SELECT * FROM clearing(pg_temp.graph('a b 1'), '{a}', '{1}', alpha => 1.5)$$), 5), '22023', 'alpha is a fraction');
SELECT is(left(pg_temp.error_of($$SELECT * FROM clearing(pg_temp.graph('a b 1'), '{a}', '{1}', beta => 'NaN')$$), 5), '22023', 'so is beta');
SELECT is_empty($$SELECT * FROM clearing(NULL, '{a}', '{1}')$$, 'NULL: no rows');
SELECT results_eq($$SELECT party, means, equity FROM clearing((SELECT funding_agg('a', 'b', monetary(1, 'USD'))), '{a,z}', '{1.5,2}') ORDER BY 1$$, $$VALUES ('a', 1.5, 0.5::float8), ('b', NULL, NULL), ('z', 2, 2)$$, 'obligations may be money; parties without any keep what they have');

-- ---------------------------------------------------------------------------
-- DebtRank: published cases
-- ---------------------------------------------------------------------------
-- Tests of the R package NetworkRiskMeasures 0.1.7 (inputs and numbers; stress by its own code): a holds 1 of b; b 10 of a, 3 of c; c 3 of a, 2 of b.
CREATE FUNCTION pg_temp.rank(shock numeric[], how text) RETURNS TABLE (stress numeric[], additional numeric, additional_loss numeric, additional_defaults bigint) LANGUAGE sql AS $$
    SELECT array_agg(round(d.stress::numeric, 12) ORDER BY party), round(sum(contribution)::numeric, 12), round(sum(d.additional_loss)::numeric, 12), count(*) FILTER (WHERE default_round > 0)
    FROM debtrank(pg_temp.graph('b a 1, a b 10, c b 3, a c 3, b c 2'), '{a,b,c}', '{2,5,2}', shock, '{10,100,30}', how) d
$$;
SELECT results_eq(format('SELECT stress, round(additional, 9), additional_loss, additional_defaults FROM pg_temp.rank(%L, %L)', shock, how),
    format('VALUES (%L::numeric[], %L::numeric, %L::numeric, %L::bigint)', stress, round(additional, 9), loss, defaults), how || ' of ' || shock)
FROM (VALUES
    ('{1,0,0}', 'linear', '{1.5,2.6,2.5}', 0.928571428571429, 19, 2), ('{0,1,0}', 'linear', '{0.5,2.6,1.75}', 0.25, 12.5, 1), ('{0,0,1}', 'linear', '{0.5,1.6,2.75}', 0.75, 12.5, 1),
    ('{1,0,0}', 'threshold', '{1.5,2.6,2.5}', 0.928571428571429, 19, 2), ('{1,0,0}', 'single_hit', '{1.5,2.6,2.5}', 0.928571428571429, 19, 2)) v(shock, how, stress, additional, loss, defaults);
SELECT results_eq(format('SELECT stress, round(additional, 9), additional_loss FROM pg_temp.rank(%L, %L)', shock, how), format('VALUES (%L::numeric[], %L::numeric, %L::numeric)', stress, round(additional, 9), loss), how || ' of ' || shock)
FROM (VALUES
    ('{0.1,0.1,0.1}', 'linear', '{0.6,1.9,2.0}', 0.871428571428571, 13.8), ('{0.25,0,0}', 'linear', '{0.75,2.1,2.125}', 0.964285714285714, 15.75), ('{0,0,1}', 'single_hit', '{0.3,1.2,2.05}', 0.735714285714286, 8.7)) v(shock, how, stress, additional, loss);
SELECT is((pg_temp.rank(shock::numeric[], how)).stress, stress::numeric[], how || ' of ' || shock)
FROM (VALUES
    ('{0,1,0}', 'single_hit', '{0.5,2.6,1.75}'), ('{0.1,0.1,0.1}', 'single_hit', '{0.15,0.36,0.35}'), ('{0.25,0,0}', 'single_hit', '{0.5,0.725,0.875}'), ('{0,1,0}', 'threshold', '{0.5,1.6,1.0}'), ('{0,0,1}', 'threshold', '{0,0.6,1.0}')) v(shock, how, stress);
SELECT is(round((pg_temp.rank(shock::numeric[], 'single_hit')).additional, 9), round(additional, 9), 'single hit of ' || shock)
FROM (VALUES ('{0.1,0.1,0.1}', 0.242857142857143), ('{0.25,0,0}', 0.723214285714286)) v(shock, additional);
SELECT is((pg_temp.rank(shock::numeric[], 'threshold')).additional_loss, loss, 'threshold of ' || shock) FROM (VALUES ('{0,1,0}', 6::numeric), ('{0,0,1}', 3)) v(shock, loss);
-- Of paolobarucca/debtrank, Exercise4.m (inputs): 1 owes 2 4, 2 owes 3 3, 3 owes 1 2; a shock of 10 % of external assets 20, 20, 10
-- to equity 1, 3, 3. The end is the fixed point that it publishes: equity -3, -3, -1.
SELECT results_eq($$SELECT party, round((equity * (1 - d.stress))::numeric, 12) FROM debtrank(pg_temp.graph('1 2 4, 2 3 3, 3 1 2'), '{1,2,3}', '{1,3,3}', ARRAY[2, 2.0/3, 1.0/3]) d
    JOIN (VALUES ('1', 1), ('2', 3), ('3', 3)) e(party, equity) USING (party) ORDER BY party$$, $$VALUES ('1', -3::numeric), ('2', -3), ('3', -1)$$, 'stress beyond all equity');

-- The fixed point of the linear rule, stress = shock + impact x min(1, stress), on graphs that amplify and that do not.
CREATE TABLE lender AS SELECT world, party, 1 + round((random() * 400)::numeric, 2) AS equity, CASE WHEN random() < 0.2 THEN round(random()::numeric, 3) ELSE 0 END AS shock FROM bank;
CREATE TABLE stressed AS
SELECT world, factor, d.*
FROM (SELECT world, array_agg(party) AS parties, array_agg(equity) AS equity, array_agg(shock) AS shock FROM lender GROUP BY world) b CROSS JOIN (VALUES (0.05), (0.5), (2)) f(factor),
    LATERAL debtrank((SELECT funding_agg(payer, payee, weight * factor) FROM debts d WHERE d.world = b.world), parties, equity, shock) d;
SELECT cmp_ok(count(*) FILTER (WHERE default_round > 0), '>', 100::bigint, 'contagion makes defaults') FROM stressed;
SELECT cmp_ok(count(*) FILTER (WHERE NOT is_default), '>', 500::bigint, 'and leaves others') FROM stressed;
SELECT is(count(*), 0::bigint, 'stress = shock + impact of what is passed on')
FROM stressed s JOIN lender l USING (world, party)
LEFT JOIN (SELECT s.world, s.factor, d.payee AS party, sum(d.weight * s.factor * least(1, s.stress)) AS lost FROM debts d JOIN stressed s ON (s.world, s.party) = (d.world, d.payer) GROUP BY 1, 2, 3) i USING (world, factor, party)
WHERE abs(stress - initial_stress - coalesce(lost, 0)::float8 / equity::float8) > 1e-9 * (1 + stress) OR initial_stress <> shock::float8;
SELECT is(count(*), 0::bigint, 'default at stress 1') FROM stressed WHERE is_default <> (stress >= 1 - 1e-12) OR is_default <> (default_round IS NOT NULL);
SELECT is(count(*), 0::bigint, 'weights are receivables') FROM stressed s LEFT JOIN (SELECT world, payee, sum(weight) AS due FROM debts GROUP BY 1, 2) d ON (d.world, d.payee) = (s.world, s.party) WHERE NOT pg_temp.near(weight, coalesce(due * factor, 0)::float8);
SELECT is(count(*), 36::bigint, 'contributions are weighted means') FROM (SELECT world, factor, sum(contribution) AS rank, sum(weight * additional_stress) / sum(weight) AS mean, min(additional_stress) AS least FROM stressed GROUP BY 1, 2) s WHERE pg_temp.near(rank, mean) AND rank BETWEEN 0 AND 1 AND least >= 0;
-- A loss that comes back smaller by a little each time, many rounds: 0.1 / (1 - 0.999^2).
SELECT is((SELECT round(d.stress::numeric, 9) FROM debtrank(pg_temp.graph('a b 999, b a 999'), '{a,b}', '{1000,1000}', '{0.0001,0}') d WHERE party = 'a'), round(0.0001 / (1 - 0.999 ^ 2), 9), 'rounds go on until they add nothing');
SELECT results_eq($$SELECT party, weight, stress, contribution, additional_loss, default_round FROM debtrank(pg_temp.graph('a b 5'), '{a,b,c}', '{0,10,7}', '{1,0,0.5}') ORDER BY 1$$,
    $$VALUES ('a', 0::float8, 1::float8, 0::float8, 0::float8, 0), ('b', 5, 0.5, 0.5, 5, NULL), ('c', 0, 0.5, 0, 0, NULL)$$, 'a debtor needs no equity; a party alone keeps its shock');
SELECT results_eq($$SELECT party, stress, contribution, additional_loss FROM debtrank(pg_temp.graph('a b 5'), '{b}', '{10}', '{0}', '{0}') ORDER BY 1$$,
    $$VALUES ('a', 0::float8, NULL::float8, NULL::float8), ('b', 0, NULL, 0)$$, 'no weights: no contribution; no equity: no loss');
SELECT is(pg_temp.error_of($$SELECT * FROM debtrank(pg_temp.graph('a b 5'), '{a}', '{1}', '{1}')$$), '22023 | the equity of "b" is not stated | Others owe to it, and its losses are parts of its equity.', 'a creditor needs equity');
SELECT is(left(pg_temp.error_of($$SELECT * FROM debtrank(pg_temp.graph('a b 5'), '{b}', '{0}', '{1}')$$), 5), '22023', 'more than 0');
SELECT is(left(pg_temp.error_of($$SELECT * FROM debtrank(pg_temp.graph('a b 5'), '{b}', '{1}', '{-1}')$$), 5), '22023', 'no shock below 0');
SELECT is(left(pg_temp.error_of($$SELECT * FROM debtrank(pg_temp.graph('a b 5'), '{b}', '{1}', '{1}', '{1,2}')$$), 5), '22023', 'a weight for each');
SELECT is(pg_temp.error_of($$SELECT * FROM debtrank(pg_temp.graph('a b 5'), '{b}', '{1}', '{1}', method => 'Linear')$$), '22023 | no method of debtrank is called "Linear"', 'methods by name');
SELECT is_empty($$SELECT * FROM debtrank(NULL, '{b}', '{1}', '{1}')$$, 'NULL: no rows');

SELECT * FROM finish();
ROLLBACK;
