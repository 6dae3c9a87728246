-- Utilisation-weighted spend grouped by pool: spend_agg against a grouped count(*), and against plain SQL
-- for the same figures, which neither clamps nor counts disorder nor survives a zero, all in its favour.

INSERT INTO bench_query (name, query) VALUES
('count(*) by pool', 'SELECT pool_id, count(*) FROM reading GROUP BY pool_id'),
('spend_agg by pool', 'SELECT pool_id, spend_agg(cost, installed, available, allocated, used) FROM reading GROUP BY pool_id'),
('float8 SQL', 'SELECT pool_id, count(*), sum(installed), sum(available), sum(allocated), sum(used), sum(cost),
    sum(cost * used / installed), sum(cost * (allocated - used) / installed),
    sum(cost * (available - allocated) / installed), sum(cost * (installed - available) / installed)
FROM reading_float8 GROUP BY pool_id'),
('numeric SQL', 'SELECT pool_id, count(*), sum(installed), sum(available), sum(allocated), sum(used), sum(cost),
    sum(cost * used / installed), sum(cost * (allocated - used) / installed),
    sum(cost * (available - allocated) / installed), sum(cost * (installed - available) / installed)
FROM reading_numeric GROUP BY pool_id'),
('numeric SQL, cents', 'SELECT pool_id, count(*), sum(installed), sum(available), sum(allocated), sum(used), sum(cost),
    sum(cost * used / installed), sum(cost * (allocated - used) / installed),
    sum(cost * (available - allocated) / installed), sum(cost * (installed - available) / installed)
FROM reading_cents GROUP BY pool_id'),
('spend_agg of four by pool', 'SELECT pool_id, spend_agg(cost, installed, allocated, used) FROM reading GROUP BY pool_id'),
('spend_rate_agg by pool', 'SELECT pool_id, spend_rate_agg(cost, installed, available, allocated, used) FROM reading GROUP BY pool_id');
INSERT INTO bench_query (name, query, workers, leader)
SELECT name || CASE WHEN l.leader THEN ', 2 workers and the leader' ELSE ', 2 workers, leader off' END, query, 2, l.leader
FROM bench_query, (VALUES (false), (true)) l(leader)
WHERE name IN ('count(*) by pool', 'spend_agg by pool')
ORDER BY l.leader, ordinal;

INSERT INTO bench_comparison (work, ours, baseline, target) VALUES
('spend_agg by pool : count(*)', 'spend_agg by pool', 'count(*) by pool', 1.4),
('spend_agg by pool : float8 SQL', 'spend_agg by pool', 'float8 SQL', 0.7),
('spend_agg by pool : numeric SQL', 'spend_agg by pool', 'numeric SQL', 0.25),
('spend_agg by pool : numeric SQL, cents', 'spend_agg by pool', 'numeric SQL, cents', 0.25),
('four-argument spend_agg : count(*)', 'spend_agg of four by pool', 'count(*) by pool', NULL),
('spend_rate_agg : count(*)', 'spend_rate_agg by pool', 'count(*) by pool', NULL),
('spend_agg : count(*), both 2 workers, leader off', 'spend_agg by pool, 2 workers, leader off', 'count(*) by pool, 2 workers, leader off', NULL),
('spend_agg : count(*), both 2 workers and the leader', 'spend_agg by pool, 2 workers and the leader', 'count(*) by pool, 2 workers and the leader', NULL),
('spend_agg, 2 workers, leader off : one process', 'spend_agg by pool, 2 workers, leader off', 'spend_agg by pool', NULL),
('spend_agg, 2 workers and the leader : one process', 'spend_agg by pool, 2 workers and the leader', 'spend_agg by pool', NULL);

-- The same figures: the total to the last digit, the parts but for numeric's own rounding of each quotient.
DO $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT pool_id, spend_agg(cost, installed, available, allocated, used) s FROM reading GROUP BY pool_id) ours
        JOIN (SELECT pool_id, sum(cost) AS total, sum(cost * used / installed) AS productive FROM reading_numeric GROUP BY pool_id) theirs USING (pool_id)
        WHERE amount(total_cost(s)) <> total OR abs(amount(productive_cost(s)) - productive) > 1e-6) THEN
        RAISE EXCEPTION 'spend_agg and numeric SQL disagree';
    END IF;
END
$$;
