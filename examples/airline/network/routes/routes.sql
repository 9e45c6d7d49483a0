-- Great circle by the haversine formula, on a sphere of 3,958.8 miles.
WITH flown AS (
  SELECT
    origin,
    destination,
    min(distance_miles) AS distance_miles,
    count(*) AS flights,
    min(departed_at)::DATE AS first_flown_on,
    max(departed_at)::DATE AS last_flown_on
  FROM operations.flights
  GROUP BY ALL
)
SELECT
  flown.origin,
  flown.destination,
  distance_miles,
  2 * 3958.8 * asin(sqrt(
    pow(sin(radians(there.latitude - here.latitude) / 2), 2)
      + cos(radians(here.latitude)) * cos(radians(there.latitude))
        * pow(sin(radians(there.longitude - here.longitude) / 2), 2)
  )) AS great_circle_miles,
  here.state IS NOT DISTINCT FROM there.state AS within_state,
  flights,
  first_flown_on,
  last_flown_on
FROM flown
JOIN network.airports AS here ON here.airport = flown.origin
JOIN network.airports AS there ON there.airport = flown.destination
ORDER BY flown.origin, flown.destination
