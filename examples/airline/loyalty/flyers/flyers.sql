-- Synthetic, seed 42: nobody in this table lives. Names are drawn from the lists below; example.com receives no mail, and
-- the telephone numbers are ones kept for fiction, where a country has such. Members are numbered as they joined, and
-- early ones hold higher tiers. MD5 draws, because it gives the same numbers in every version of every engine.
WITH members AS (
  SELECT
    id AS flyer_id,
    md5_number_lower('42 country ' || id) % 100 AS country_draw,
    md5_number_lower('42 tier ' || id) % 10000 / 10000.0 * (0.4 + id / 50000.0) AS tier_draw,
    (md5_number_lower('42 first name ' || id) % 12)::INTEGER AS first_draw,
    (md5_number_lower('42 last name ' || id) % 16)::INTEGER AS last_draw,
    md5_number_lower('42 phone ' || id) % 100 AS phone_draw,
    (md5_number_lower('42 age ' || id) % 18000)::INTEGER AS days_of_age_above_18,
    DATE '1988-01-01' + (id * 4740 // 50000)::INTEGER AS joined_on,
    md5_number_lower('42 consent ' || id) % 10 < 6 AS consented
  FROM range(1, 50001) AS ids(id)
),
countries(upto, country, region, phone_prefix, first_names, last_names) AS (
  VALUES
    (60, 'US', 'US', '+1 202 555 01', ['Alice', 'Brian', 'Carol', 'David', 'Emily', 'Frank', 'Grace', 'Henry', 'Irene', 'James', 'Karen', 'Luis'],
      ['Adams', 'Brown', 'Carter', 'Diaz', 'Evans', 'Foster', 'Garcia', 'Hill', 'Jackson', 'Kelly', 'Lopez', 'Miller', 'Nguyen', 'O''Brien', 'Parker', 'Young']),
    (68, 'CA', 'AMERICAS', '+1 613 555 01', ['Alex', 'Brigitte', 'Chloe', 'Denis', 'Evelyn', 'Gilles', 'Heather', 'Isaac', 'Julie', 'Marc', 'Nadine', 'Owen'],
      ['Bouchard', 'Campbell', 'Clark', 'Côté', 'Fraser', 'Gagnon', 'Lavoie', 'Lee', 'MacDonald', 'Martin', 'Morin', 'Roy', 'Singh', 'Tremblay', 'White', 'Wilson']),
    (72, 'MX', 'AMERICAS', '+52 55 5555 01', ['Adriana', 'Beatriz', 'Carlos', 'Diego', 'Elena', 'Fernando', 'Gabriela', 'Hugo', 'Isabel', 'Jorge', 'Lucía', 'Miguel'],
      ['Aguilar', 'Castillo', 'Cruz', 'Domínguez', 'Flores', 'Gómez', 'Hernández', 'Jiménez', 'Mendoza', 'Morales', 'Ortiz', 'Ramírez', 'Reyes', 'Ruiz', 'Torres', 'Vargas']),
    (80, 'DE', 'EU', '+49 30 23125 0', ['Anja', 'Bernd', 'Claudia', 'Dieter', 'Eva', 'Florian', 'Greta', 'Heiko', 'Ines', 'Jürgen', 'Katrin', 'Lars'],
      ['Becker', 'Fischer', 'Hoffmann', 'Jäger', 'Klein', 'Köhler', 'Krüger', 'Lange', 'Meyer', 'Müller', 'Neumann', 'Richter', 'Schmidt', 'Schröder', 'Wagner', 'Weber']),
    (86, 'FR', 'EU', '+33 1 99 00 00 ', ['Agnès', 'Benoît', 'Camille', 'Damien', 'Élise', 'François', 'Gaëlle', 'Hélène', 'Inès', 'Jérôme', 'Léa', 'Mathieu'],
      ['Bernard', 'Blanc', 'Chevalier', 'Dubois', 'Durand', 'Fontaine', 'Garnier', 'Girard', 'Lambert', 'Laurent', 'Lefèvre', 'Moreau', 'Petit', 'Rousseau', 'Simon', 'Vidal']),
    (90, 'ES', 'EU', '+34 900 000 0', ['Ana', 'Blanca', 'César', 'Dolores', 'Emilio', 'Fátima', 'Gonzalo', 'Inés', 'Javier', 'Lola', 'Marta', 'Nuria'],
      ['Alonso', 'Blanco', 'Cano', 'Delgado', 'Fernández', 'Gil', 'Ibáñez', 'León', 'Marín', 'Moreno', 'Navarro', 'Ortega', 'Peña', 'Ramos', 'Sánchez', 'Vega']),
    (93, 'NL', 'EU', '+31 20 000 00', ['Anouk', 'Bram', 'Carlijn', 'Daan', 'Eline', 'Floris', 'Gijs', 'Hanneke', 'Ilse', 'Joris', 'Koen', 'Lotte'],
      ['Bakker', 'de Boer', 'de Groot', 'de Jong', 'Dekker', 'Dijkstra', 'Jansen', 'Kok', 'Kuipers', 'Mulder', 'Smit', 'van Dam', 'van den Berg', 'van Leeuwen', 'Visser', 'Vos']),
    (98, 'GB', 'UK', '+44 20 7946 00', ['Amelia', 'Bryony', 'Colin', 'Daphne', 'Edward', 'Fiona', 'Gareth', 'Harriet', 'Imogen', 'Jack', 'Keira', 'Lewis'],
      ['Allen', 'Bennett', 'Cook', 'Davies', 'Edwards', 'Green', 'Hughes', 'Jones', 'Khan', 'Morgan', 'Patel', 'Roberts', 'Shaw', 'Taylor', 'Walker', 'Wood']),
    (100, 'JP', 'ASIA', '+81 3 0000 00', ['Aiko', 'Daichi', 'Emi', 'Haruto', 'Kenji', 'Mei', 'Naoko', 'Ren', 'Sakura', 'Takumi', 'Yui', 'Yuto'],
      ['Abe', 'Endo', 'Fujita', 'Hayashi', 'Ito', 'Kato', 'Kobayashi', 'Mori', 'Nakamura', 'Ogawa', 'Saito', 'Sato', 'Suzuki', 'Tanaka', 'Watanabe', 'Yamada'])
),
placed AS (
  SELECT *, lag(upto, 1, 0) OVER (ORDER BY upto) AS from_draw FROM countries
),
named AS (
  SELECT
    members.*,
    country,
    region,
    first_names[first_draw + 1] AS first_name,
    last_names[last_draw + 1] AS last_name,
    phone_prefix || lpad(phone_draw::VARCHAR, 2, '0') AS phone
  FROM members
  JOIN placed ON country_draw >= from_draw AND country_draw < upto
)
SELECT
  flyer_id,
  first_name || ' ' || last_name AS name,
  lower(strip_accents(first_name)) || '.' || replace(replace(lower(strip_accents(last_name)), ' ', ''), '''', '')
    || flyer_id::VARCHAR || '@example.com' AS email,
  phone,
  joined_on - 6575 - days_of_age_above_18 AS born,
  country,
  region,
  CASE
    WHEN tier_draw < 0.02 THEN 'platinum'
    WHEN tier_draw < 0.08 THEN 'gold'
    WHEN tier_draw < 0.25 THEN 'silver'
    ELSE 'blue'
  END AS tier,
  joined_on,
  consented
FROM named
ORDER BY flyer_id
