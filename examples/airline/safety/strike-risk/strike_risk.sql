-- Strikes of the half year for which operations knows the departures.
WITH struck AS (
  SELECT
    airport,
    count(*) AS strikes,
    count(*) FILTER (WHERE damage <> 'None') AS damaging_strikes
  FROM safety.strikes
  WHERE struck_on BETWEEN DATE '2001-01-01' AND DATE '2001-06-30'
  GROUP BY ALL
)
SELECT
  departures.airport,
  airports.city,
  airports.state,
  departures.flights AS departures,
  coalesce(strikes, 0) AS strikes,
  coalesce(damaging_strikes, 0) AS damaging_strikes,
  10000.0::DOUBLE * coalesce(strikes, 0) / departures.flights AS strikes_per_10k_departures
FROM operations.punctuality AS departures
JOIN network.airports AS airports ON airports.airport = departures.airport
LEFT JOIN struck ON struck.airport = departures.airport
WHERE departures.airport IN (SELECT airport FROM safety.strikes)
ORDER BY departures.airport
