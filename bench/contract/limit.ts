// The fewest statements by hand for the promises about the orders, and their verdicts as JSON: what a process with DuckDB needs at least.
import { DuckDBInstance } from '@duckdb/node-api';
import { limitVerdicts } from './limit-verdicts.ts';

const [file = '', before] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '400MB', preserve_insertion_order: 'false' });
const connection = await instance.connect();
await connection.run('SET parquet_metadata_cache = true');
console.log(JSON.stringify(await limitVerdicts(connection, file, before)));
