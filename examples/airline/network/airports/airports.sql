-- The source writes NA where it knows no city or state, and puts Guam and the Northern Marianas (GU, CQ) on the wrong
-- side of the date line.
SELECT
  iata AS airport,
  name,
  nullif(city, 'NA') AS city,
  nullif(state, 'NA') AS state,
  country,
  latitude,
  CASE WHEN state IN ('GU', 'CQ') THEN abs(longitude) ELSE longitude END AS longitude
FROM source.airports
ORDER BY airport
