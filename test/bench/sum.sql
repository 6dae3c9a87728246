-- What sum adds to the count of the same table's rows, for monetary and for numeric.

INSERT INTO bench_query (name, query) VALUES
('count(*), monetary table', 'SELECT count(*) FROM reading'),
('sum(monetary)', 'SELECT sum(cost) FROM reading'),
('count(*), numeric table', 'SELECT count(*) FROM reading_numeric'),
('sum(numeric)', 'SELECT sum(cost) FROM reading_numeric'),
('count(*), numeric table in cents', 'SELECT count(*) FROM reading_cents'),
('sum(numeric), cents', 'SELECT sum(cost) FROM reading_cents');
INSERT INTO bench_comparison (work, ours, baseline, ours_scan, baseline_scan, target) VALUES
('sum(monetary) : sum(numeric), each less its count(*)', 'sum(monetary)', 'sum(numeric)', 'count(*), monetary table', 'count(*), numeric table', 0.4),
('sum(monetary) : sum(numeric) of cents, each less its count(*)', 'sum(monetary)', 'sum(numeric), cents', 'count(*), monetary table', 'count(*), numeric table in cents', NULL);
