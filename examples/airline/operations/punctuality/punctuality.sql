-- Shares of fewer than 30 flights say more about chance than about the airport: they stay unknown.
SELECT
  origin AS airport,
  date_trunc('month', departed_at)::DATE AS month,
  count(*) AS flights,
  count(*) FILTER (WHERE delay_minutes >= 15) AS late_flights,
  CASE WHEN count(*) >= 30 THEN count(*) FILTER (WHERE delay_minutes < 15) / count(*)::DOUBLE END AS on_time_share,
  median(delay_minutes)::DOUBLE AS median_delay_minutes,
  quantile_cont(delay_minutes, 0.9)::DOUBLE AS p90_delay_minutes
FROM operations.flights
GROUP BY ALL
ORDER BY airport, month
