"""Verifies a Soda contract (argument 2) on a data source (argument 1) and prints each check's outcome as JSON."""
import json
import sys

from soda_core.contracts import verify_contract_locally

result = verify_contract_locally(data_source_file_path=sys.argv[1], contract_file_path=sys.argv[2])
checks = [
    {
        "column": one.check.column_name,
        "type": one.check.type,
        "qualifier": one.check.qualifier,
        "outcome": one.outcome.value,
        "mismatches": [found.column for found in getattr(one, "column_data_type_mismatches", [])],
    }
    for contract in result.contract_verification_results
    for one in contract.check_results
]
print(json.dumps(checks))
