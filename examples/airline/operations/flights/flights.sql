-- Names and types of the mesh for what the Bureau of Transportation Statistics calls date, delay and distance.
SELECT
  date AS departed_at,
  delay::INTEGER AS delay_minutes,
  distance::INTEGER AS distance_miles,
  origin,
  destination
FROM source.flights
