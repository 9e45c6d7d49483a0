-- Kept for its last readers until the notice in their agreements ends. Its mean sets early arrivals off against late
-- ones, which is why 2.0.0 has none.
SELECT
  origin AS airport,
  count(*) AS flights,
  count(*) FILTER (WHERE delay_minutes >= 15) AS late_flights,
  avg(delay_minutes)::DOUBLE AS mean_delay_minutes
FROM operations.flights
GROUP BY ALL
ORDER BY airport
