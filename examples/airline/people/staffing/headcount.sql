-- A group of fewer than five would tell what one of them earns, so its payroll stays unknown.
SELECT
  base,
  job,
  count(*) AS people,
  CASE WHEN count(*) >= 5 THEN sum(salary_usd)::BIGINT END AS payroll_usd
FROM people.staff
GROUP BY ALL
ORDER BY base, job
