-- Synthetic, seed 42, upon real flights: about every sixth flight gets a booking by one of its frequent flyers, one flyer for
-- seventeen bookings, so that a cut of the flights gives a cut of both.
-- Planted, for finance/churn and marketing/campaign-effect to find: a flyer who was late in spring is likelier to be gone by
-- June, and less so if marketing apologised (`consent` and `apology` are the draws of loyalty/flyers and marketing/audiences).
WITH seats AS (
  SELECT *, md5_number_lower('42 seat ' || departed_at || origin || destination || delay_minutes) AS draw
  FROM operations.flights
  WHERE (minute(departed_at) + delay_minutes + distance_miles) % 6 = 0
),
crowd AS (
  SELECT greatest(100, count(*) // 17) AS flyers FROM seats
),
intended AS (
  SELECT
    departed_at,
    origin,
    destination,
    delay_minutes,
    distance_miles,
    1 + floor(flyers * pow(draw % 1000000 / 1000000.0, 1.4))::BIGINT AS flyer_id,
    (draw >> 20) % 100 AS cabin_draw,
    (draw >> 30) % 1000 / 1000.0 AS fare_draw,
    (draw >> 42) % 1000 / 1000.0 AS lead_draw
  FROM seats, crowd
),
leaving AS (
  SELECT flyer_id, DATE '2001-05-05' + (md5_number_lower('42 leaves ' || flyer_id) % 24)::INTEGER AS left_on
  FROM intended
  WHERE departed_at < TIMESTAMP '2001-05-01 00:00:00'
  GROUP BY flyer_id
  HAVING md5_number_lower('42 leaving ' || flyer_id) % 1000 < (20 + 12 * avg(greatest(delay_minutes, 0)))
    * CASE WHEN md5_number_lower('42 consent ' || flyer_id) % 10 < 6 AND md5_number_lower('42 apology ' || flyer_id) % 2 = 0 THEN 0.5 ELSE 1 END
),
kept AS (
  SELECT
    intended.*,
    CASE WHEN cabin_draw < 84 THEN 'economy' WHEN cabin_draw < 96 THEN 'business' ELSE 'first' END AS cabin
  FROM intended
  LEFT JOIN leaving ON leaving.flyer_id = intended.flyer_id
  WHERE left_on IS NULL OR departed_at < left_on
)
SELECT
  row_number() OVER (ORDER BY departed_at, origin, destination, delay_minutes, flyer_id) AS booking_id,
  flyer_id,
  departed_at::DATE - (1 + 90 * lead_draw * lead_draw)::INTEGER AS booked_on,
  departed_at,
  origin,
  destination,
  delay_minutes,
  cabin,
  (
    (45 + 0.11 * distance_miles) * (0.7 + 0.8 * fare_draw)
      * CASE cabin WHEN 'economy' THEN 1.0 WHEN 'business' THEN 2.4 ELSE 3.6 END
  )::DECIMAL(10, 2) AS fare_usd
FROM kept
ORDER BY booking_id
