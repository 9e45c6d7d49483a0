"""Reads a mesh with psycopg: argv is the URL and the token; prints JSON."""

import json
import sys

import psycopg

url, token = sys.argv[1:]
said = {}
with psycopg.connect(url, user="mia", password=token, dbname="mesh") as connection:
    said["rows"] = connection.execute("select customer, amount from finance.metrics order by amount", prepare=True).fetchall()
    said["types"] = [str(value) for value in connection.execute("select 1.50::decimal(4, 2), [1, null], timestamptz '2024-01-01 10:00:00+02'").fetchone()]
    with connection.cursor() as cursor:
        said["streamed"] = len(list(cursor.stream("select range from range(5000)")))
    try:
        connection.execute("select %s", (1,))
    except psycopg.Error as error:
        said["parameter"] = error.sqlstate
    connection.rollback()
    client = psycopg.ClientCursor(connection)
    said["client"] = client.execute("select %s", ("it's",)).fetchone()
print(json.dumps(said))
