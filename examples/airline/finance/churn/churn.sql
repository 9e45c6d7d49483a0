-- The score looks at January to April only, the outcome at June only: a score never sees what it predicts.
-- Its weights were set by hand, to show the way such a score is made; they are no trained model.
WITH spring AS (
  SELECT
    flyer_id,
    count(*) AS flights,
    sum(fare_usd)::DECIMAL(12, 2) AS spent_usd,
    avg(greatest(delay_minutes, 0))::DOUBLE AS mean_delay_minutes,
    count(*) FILTER (WHERE delay_minutes >= 15) / count(*)::DOUBLE AS late_share,
    DATE '2001-05-01' - max(departed_at)::DATE AS days_since_last
  FROM finance.bookings
  WHERE departed_at < TIMESTAMP '2001-05-01 00:00:00'
  GROUP BY flyer_id
),
june AS (
  SELECT DISTINCT flyer_id FROM finance.bookings WHERE departed_at >= TIMESTAMP '2001-06-01 00:00:00'
)
SELECT
  spring.flyer_id,
  region,
  tier,
  flights,
  spent_usd,
  mean_delay_minutes,
  late_share,
  days_since_last::INTEGER AS days_since_last,
  1 / (1 + exp(
    1.4 - 0.045 * mean_delay_minutes - 0.012 * days_since_last + 0.16 * flights
      + CASE tier WHEN 'platinum' THEN 0.6 WHEN 'gold' THEN 0.3 ELSE 0 END
  )) AS score,
  june.flyer_id IS NULL AS churned
FROM spring
JOIN loyalty.flyers AS flyers ON flyers.flyer_id = spring.flyer_id
LEFT JOIN june ON june.flyer_id = spring.flyer_id
WHERE flights >= 4
ORDER BY spring.flyer_id
