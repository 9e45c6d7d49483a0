"""Reads a table with PyIceberg and writes what it sees as Parquet files.

Arguments: metadata file, folder to write to, JSON list of scans {"name", "snapshot"?, "filter"?}.
Prints per scan the number of rows and of data files that were left after pruning.
"""

import json
import sys

import pyarrow.parquet as pq
from pyiceberg.table import StaticTable

metadata, folder, scans = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
table = StaticTable.from_metadata(metadata)
result = {}
for wanted in scans:
    snapshot = wanted.get("snapshot")
    scan = table.scan(
        row_filter=wanted.get("filter", "True"),
        snapshot_id=None if snapshot is None else int(snapshot),
    )
    rows = scan.to_arrow()
    pq.write_table(rows, f"{folder}/{wanted['name']}.parquet")
    result[wanted["name"]] = {"rows": rows.num_rows, "files": len(list(scan.plan_files()))}
print(json.dumps(result))
