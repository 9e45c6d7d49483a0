-- Synthetic, seed 42: nobody in this table works anywhere.
WITH drawn AS (
  SELECT
    id AS employee_id,
    ['Ada', 'Boris', 'Chidi', 'Dana', 'Emre', 'Freya', 'Goran', 'Hana', 'Imani', 'Jonas', 'Kavya', 'Leila', 'Mateo', 'Nils', 'Olga', 'Pavel']
      [(md5_number_lower('42 staff first name ' || id) % 16)::INTEGER + 1] AS first_name,
    ['Abbott', 'Bauer', 'Chen', 'Dalton', 'Eriksen', 'Ferreira', 'Grant', 'Haddad', 'Ivanova', 'Joshi', 'Kowalski', 'Lund', 'Mensah', 'Novak', 'Okafor', 'Quinn']
      [(md5_number_lower('42 staff last name ' || id) % 16)::INTEGER + 1] AS last_name,
    ['ATL', 'BOS', 'DEN', 'DFW', 'DTW', 'JFK', 'LAX', 'MSP', 'ORD', 'PHX', 'SEA', 'STL'][(md5_number_lower('42 base ' || id) % 12)::INTEGER + 1] AS base,
    md5_number_lower('42 job ' || id) % 100 AS job_draw,
    md5_number_lower('42 pay ' || id) % 1000 AS pay_draw,
    DATE '1975-01-01' + (md5_number_lower('42 hired ' || id) % 9600)::INTEGER AS hired_on
  FROM range(1, 4001) AS ids(id)
),
placed AS (
  SELECT
    *,
    CASE
      WHEN job_draw < 22 THEN 'pilot'
      WHEN job_draw < 58 THEN 'cabin crew'
      WHEN job_draw < 78 THEN 'ground crew'
      WHEN job_draw < 93 THEN 'mechanic'
      WHEN job_draw < 98 THEN 'dispatcher'
      ELSE 'manager'
    END AS job
  FROM drawn
)
SELECT
  employee_id,
  first_name || ' ' || last_name AS name,
  lower(first_name) || '.' || lower(last_name) || employee_id::VARCHAR || '@airline.example' AS email,
  base,
  job,
  hired_on,
  (
    CASE job
      WHEN 'pilot' THEN 96000
      WHEN 'manager' THEN 88000
      WHEN 'mechanic' THEN 52000
      WHEN 'dispatcher' THEN 48000
      WHEN 'cabin crew' THEN 31000
      ELSE 27000
    END + 20 * pay_draw + 900 * (2001 - year(hired_on))
  )::INTEGER AS salary_usd
FROM placed
ORDER BY employee_id
