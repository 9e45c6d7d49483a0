SELECT
  date_trunc('month', departed_at)::DATE AS month,
  origin,
  destination,
  cabin,
  count(*) AS bookings,
  sum(fare_usd)::DECIMAL(14, 2) AS revenue_usd
FROM finance.bookings
GROUP BY ALL
ORDER BY month, origin, destination, cabin
