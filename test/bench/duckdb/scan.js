// node scan.js READINGS.csv RUNS FIGURES.csv TIMES.csv
//
// The readings of a CSV file in a DuckDB database of its own, split as spend_rate_agg splits them at 2.50 an hour, by
// pool, on one thread. Writes the exact figures, and how long each form of the query took: columns name, run, ms.
import { DuckDBInstance } from '@duckdb/node-api';
import { rmSync, writeFileSync } from 'node:fs';

const [readings, runs, figures, times] = process.argv.slice(2);
const file = `${readings}.duckdb`;
rmSync(file, { force: true });
const instance = await DuckDBInstance.create(file);
const connection = await instance.connect();
const run = sql => connection.run(sql);

await run('SET threads = 1');
await run(`CREATE TABLE meter (pool_id INTEGER, installed BIGINT, available BIGINT, allocated BIGINT, used BIGINT)`);
await run(`COPY meter FROM '${readings}' (FORMAT csv, HEADER false)`);
await run('CHECKPOINT');

// The counts in order, each clamped to hold the one before it.
const ordered = `SELECT *, least(used, installed) AS u, least(greatest(allocated, least(used, installed)), installed) AS l,
    least(greatest(available, least(greatest(allocated, least(used, installed)), installed)), installed) AS v FROM meter`;
const counts = `pool_id, count(*) AS readings, sum(installed) AS installed, sum(available) AS available, sum(allocated) AS allocated, sum(used) AS used,
    count(*) FILTER (used > allocated OR allocated > available OR available > installed) AS disordered`;
// Costs are 1e-15 / 3,600,000 of the currency, cumulative, as in spend_summary.
const queries = {
    'DuckDB: exact, HUGEINT products': `SELECT ${counts}, sum(2500000000000000::HUGEINT * u) AS used_cost, sum(2500000000000000::HUGEINT * l) AS allocated_cost,
        sum(2500000000000000::HUGEINT * v) AS available_cost, sum(2500000000000000::HUGEINT * installed) AS installed_cost FROM (${ordered}) GROUP BY pool_id`,
    'DuckDB: DOUBLE products': `SELECT ${counts}, sum(2.5::DOUBLE * u / 3600000) AS productive, sum(2.5::DOUBLE * (l - u) / 3600000) AS allocated_idle,
        sum(2.5::DOUBLE * (v - l) / 3600000) AS unallocated, sum(2.5::DOUBLE * (installed - v) / 3600000) AS unavailable FROM (${ordered}) GROUP BY pool_id`,
    'DuckDB: sums, the rate once': `SELECT ${counts}, 2500000000000000::HUGEINT * sum(u) AS used_cost, 2500000000000000::HUGEINT * sum(l) AS allocated_cost,
        2500000000000000::HUGEINT * sum(v) AS available_cost, 2500000000000000::HUGEINT * sum(installed) AS installed_cost FROM (${ordered}) GROUP BY pool_id`,
    'DuckDB: sums, no clamping': `SELECT pool_id, count(*), sum(installed), sum(available), sum(allocated), sum(used) FROM meter GROUP BY pool_id`,
};

const lines = [];
for (let n = 0; n <= Number(runs); n++)
    for (const [name, sql] of Object.entries(queries)) {
        const started = performance.now();
        await connection.runAndReadAll(sql);
        lines.push(`"${name}",${n},${performance.now() - started}`);
    }
writeFileSync(times, lines.join('\n') + '\n');
await run(`COPY (${queries['DuckDB: exact, HUGEINT products']}) TO '${figures}' (FORMAT csv, HEADER false)`);
rmSync(file, { force: true });
