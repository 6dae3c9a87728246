-- What sum adds to the count of the same table's rows, for monetary and for numeric; what an exchange costs beside a product.

INSERT INTO bench_query (name, query) VALUES
('count(*), monetary table', 'SELECT count(*) FROM reading'),
('sum(monetary)', 'SELECT sum(cost) FROM reading'),
('count(*), numeric table', 'SELECT count(*) FROM reading_numeric'),
('sum(numeric)', 'SELECT sum(cost) FROM reading_numeric'),
('count(*), numeric table in cents', 'SELECT count(*) FROM reading_cents'),
('sum(numeric), cents', 'SELECT sum(cost) FROM reading_cents'),
('cost * 1.25', 'SELECT count(cost * 1.25) FROM reading'),
('exchange(cost, 1.25)', 'SELECT count(chipbook.exchange(cost, 1.25, ''EUR'')) FROM reading'),
('sum_by_currency(monetary)', 'SELECT chipbook.sum_by_currency(cost) FROM reading');
INSERT INTO bench_comparison (work, ours, baseline, ours_scan, baseline_scan, target) VALUES
('sum(monetary) : sum(numeric), each less its count(*)', 'sum(monetary)', 'sum(numeric)', 'count(*), monetary table', 'count(*), numeric table', 0.4),
('sum(monetary) : sum(numeric) of cents, each less its count(*)', 'sum(monetary)', 'sum(numeric), cents', 'count(*), monetary table', 'count(*), numeric table in cents', NULL),
('exchange : a product with the same number, each less count(*)', 'exchange(cost, 1.25)', 'cost * 1.25', 'count(*), monetary table', 'count(*), monetary table', 3),
('sum_by_currency : sum(monetary), each less count(*)', 'sum_by_currency(monetary)', 'sum(monetary)', 'count(*), monetary table', 'count(*), monetary table', NULL);
