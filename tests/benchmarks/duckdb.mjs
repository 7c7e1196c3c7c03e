// The peer: DuckDB does what a figure asks for and says how many milliseconds the query took.
//   node duckdb.mjs product <output.json>            six axes of ten values as JSON
//   node duckdb.mjs reduce <records.ndjson> <n>      weighted means of the metrics by groups of n tasks
//   node duckdb.mjs files <folder> <n>               the same of <folder>/<shard>/<task>/metrics.json
import { DuckDBInstance } from '@duckdb/node-api';

const [verb, file, size] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const started = process.hrtime.bigint();
if (verb === 'product') {
  const axes = [...'abcdef'].map(a => `(SELECT unnest(range(10)) AS ${a}) AS axis_${a}`).join(', ');
  await connection.run(`COPY (SELECT * FROM ${axes} ORDER BY a, b, c, d, e, f) TO '${file}' (FORMAT json)`);
} else if (verb === 'version') {
  const reader = await connection.runAndReadAll('SELECT version()');
  console.log(reader.getRows()[0][0]);
  process.exit(0);
} else {
  const metrics = [...'abcdefgh'].map(m => `sum(metrics.${m} * metrics.n_samples) / sum(metrics.n_samples) AS ${m}, stddev(metrics.${m}) AS ${m}_sd`);
  const source = verb === 'reduce'
    ? `read_json('${file}', format='newline_delimited')`
    : `(SELECT m AS metrics, split_part(filename, '/', -2)::BIGINT AS task FROM (SELECT filename, struct_pack(${[...'abcdefgh'].map(m => `${m} := ${m}`).join(', ')}, n_samples := n_samples) AS m FROM read_json('${file}/*/*/metrics.json', filename=true, columns={${[...'abcdefgh'].map(m => `${m}: 'DOUBLE'`).join(', ')}, n_samples: 'BIGINT'})))`;
  const reader = await connection.runAndReadAll(
    `SELECT task // ${size} AS grp, count(*) AS n, ${metrics.join(', ')} FROM ${source} GROUP BY grp ORDER BY grp`);
  if (reader.getRows().length !== 500) throw new Error('expected 500 groups');
}
console.log(Number(process.hrtime.bigint() - started) / 1e6);
