-- Assumptions of finance, not facts: a minute of delay costs 41 dollars in fuel, crew and wear; of 80 passengers on a flight
-- that is three hours late or more, every second is rebooked or lodged for 95 dollars.
SELECT
  flights.origin AS airport,
  airports.city,
  airports.state,
  date_trunc('month', departed_at)::DATE AS month,
  count(*) FILTER (WHERE delay_minutes >= 15) AS late_flights,
  coalesce(sum(delay_minutes) FILTER (WHERE delay_minutes >= 15), 0)::BIGINT AS late_minutes,
  (41 * coalesce(sum(delay_minutes) FILTER (WHERE delay_minutes >= 15), 0))::DECIMAL(14, 2) AS running_usd,
  (40 * 95 * count(*) FILTER (WHERE delay_minutes >= 180))::DECIMAL(14, 2) AS care_usd
FROM operations.flights AS flights
JOIN network.airports AS airports ON airports.airport = flights.origin
GROUP BY ALL
ORDER BY flights.origin, month
