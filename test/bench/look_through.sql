-- Ownership looked through for one right-hand side: look_through_value of a stored graph of :parties parties and ten times
-- as many edges. Parties stand in groups of a hundred, each owned by about ten: by those before it in its group mostly,
-- one edge in fifty by any of its group, which makes loops of up to a hundred parties, and one in two hundred by the head
-- of a group before. The whole query is timed: reading the graph, its loops, their factors, the solution, and a row for
-- each party.

CREATE UNLOGGED TABLE ownership AS
SELECT DISTINCT owner, owned, 0.07 AS share
FROM generate_series(0, :parties - 1) owned, generate_series(0, 12) k,
    LATERAL (SELECT pg_catalog.hashint4(owned * 16 + k) & 2147483647 AS h, owned - owned % 100 AS head) r,
    LATERAL (SELECT CASE WHEN h % 1000 < 20 THEN least(head + h / 1000 % 100, :parties - 1)
                         WHEN h % 1000 < 25 THEN 100 * (h / 1000 % (owned / 100 + 1))
                         ELSE head + h / 1000 % (owned % 100 + 1) END AS owner) o
WHERE owner <> owned;
CREATE UNLOGGED TABLE ownership_graph AS SELECT funding_agg('p' || owner, 'p' || owned, share) AS g FROM ownership;
VACUUM (FREEZE, ANALYZE) ownership, ownership_graph;
INSERT INTO bench_query (name, query) VALUES
('look_through_value, all parties', $$SELECT v.* FROM ownership_graph, look_through_value(g, (SELECT array_agg('p' || n) FROM generate_series(0, $$ || :parties || $$ - 1) n), (SELECT array_agg(1::numeric) FROM generate_series(1, $$ || :parties || $$))) v$$),
('look_through, one owner', $$SELECT l.* FROM ownership_graph, look_through(g, owner => 'p1') l$$),
('look_through, one owned', $$SELECT l.* FROM ownership_graph, look_through(g, owned => 'p' || $$ || :parties || $$ - 1) l$$),
('final_owners, one owned', $$SELECT l.* FROM ownership_graph, final_owners(g, owned => 'p' || $$ || :parties || $$ - 1) l$$);
