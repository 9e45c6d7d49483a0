"""Validates expectations (JSON file, argument 2) on the view `orders` of a DuckDB database (argument 1); prints the names of those that fail as JSON."""
import enum
import json
import sys

import great_expectations as gx
from great_expectations.execution_engine import sqlalchemy_execution_engine as engine
from great_expectations.expectations.registry import get_expectation_impl

# A result of DuckDB is gone when its connection goes back to the pool, which for other databases happens before it is read.
engine._PERSISTED_CONNECTION_DIALECTS = (*engine._PERSISTED_CONNECTION_DIALECTS, enum.Enum("Dialect", {"DUCKDB": "duckdb"}, type=str).DUCKDB)

with open(sys.argv[2], encoding="utf-8") as file:
    written = json.load(file)

context = gx.get_context(mode="ephemeral")
source = context.data_sources.add_sql("orders", connection_string=f"duckdb:///{sys.argv[1]}")
batch = source.add_table_asset("orders", table_name="orders").add_batch_definition_whole_table("all").get_batch()
suite = gx.ExpectationSuite(name="orders", expectations=[get_expectation_impl(one["type"])(**one["kwargs"], meta={"name": name}) for name, one in written.items()])
results = batch.validate(suite, result_format="BOOLEAN_ONLY").results
raised = [str(one.exception_info) for one in results if "True" in str(one.exception_info)]
if raised:
    sys.exit(raised[0])
print(json.dumps([one.expectation_config.meta["name"] for one in results if not one.success]))
