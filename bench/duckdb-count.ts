// Counts the rows of a file with DuckDB and prints the number: the least that a process that answers with it takes.
import { DuckDBInstance } from '@duckdb/node-api';

const connection = await (await DuckDBInstance.create(':memory:')).connect();
const reader = await connection.runAndReadAll(`SELECT count(*) FROM '${process.argv[2]}'`);
console.log(String(reader.getRows()[0]?.[0]));
