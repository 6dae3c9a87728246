-- What CXSparse found in the same graph and how long its bare call took, beside components with reading the stored graph
-- and giving a row for each party.

CREATE TABLE cxsparse_time (run integer, ms numeric);
\set times :folder /times.csv
COPY cxsparse_time FROM :'times' (FORMAT csv);
SELECT set_config('bench.components', :'components', false) \g /dev/null
DO $$
DECLARE ours bigint; absent bigint;
BEGIN
    SELECT max(component) INTO ours FROM funding_value, components(g);
    -- Parties without an edge are components of CXSparse's matrix, and no parties of the graph.
    SELECT max(greatest(payer_id, payee_id)) + 1 - (SELECT party_count(g) FROM funding_value) INTO absent FROM funding_row;
    IF ours + absent <> current_setting('bench.components')::bigint THEN
        RAISE EXCEPTION 'CXSparse finds % components, components %', current_setting('bench.components'), ours + absent;
    END IF;
    RAISE NOTICE 'CXSparse finds the same % components', ours + absent;
END
$$;
INSERT INTO bench_query (name, query) VALUES ('CXSparse: cs_dl_scc', 'in C');
INSERT INTO bench_time SELECT 'CXSparse: cs_dl_scc', run, ms FROM cxsparse_time;
INSERT INTO bench_comparison (work, ours, baseline, target) VALUES
('components : cs_dl_scc of CXSparse, bare', 'funding: components', 'CXSparse: cs_dl_scc', 3);
