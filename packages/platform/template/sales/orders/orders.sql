-- The build of sales.orders: one SELECT, in DuckDB's SQL, that gives the columns of the contract.
SELECT order_id, ordered_on, email, country, amount
FROM source.orders
