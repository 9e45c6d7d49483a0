/** Twenty questions to the flights, as analysts put them. `n` changes with each round, so that no round finds the plan of another; `measure` is a number that the role may see. */
export function flightQueries(n: number, measure: string): readonly string[] {
  const t = 'air.flights';
  return [
    `SELECT count(*) AS flights FROM ${t} WHERE delay_minutes > ${n}`,
    `SELECT min(departed_at) AS first, max(departed_at) AS last, count(*) + ${n} AS n FROM ${t}`,
    `SELECT origin, count(*) AS flights FROM ${t} WHERE delay_minutes >= ${n} GROUP BY origin ORDER BY flights DESC, origin LIMIT 10`,
    `SELECT date_trunc('month', departed_at) AS month, count(*) AS flights, avg(delay_minutes) AS delay, ${n} AS n FROM ${t} GROUP BY month ORDER BY month`,
    `SELECT extract(hour FROM departed_at) AS hour, sum(delay_minutes) AS delay FROM ${t} WHERE delay_minutes > ${n} GROUP BY hour ORDER BY hour`,
    `SELECT origin, destination, count(*) AS flights FROM ${t} GROUP BY ALL HAVING count(*) > ${n} ORDER BY flights DESC, origin, destination LIMIT 20`,
    `SELECT sum(${measure}) AS total, max(${measure}) AS longest FROM ${t} WHERE delay_minutes BETWEEN ${n} AND ${n + 60}`,
    `SELECT count(DISTINCT origin) AS origins, count(DISTINCT destination) AS destinations FROM ${t} WHERE delay_minutes <> ${n}`,
    `SELECT quantile_disc(delay_minutes, [0.5, 0.9, 0.99]) AS delays FROM ${t} WHERE delay_minutes > -${n}`,
    `SELECT origin, quantile_disc(delay_minutes, 0.9) AS late FROM ${t} WHERE departed_at >= TIMESTAMP '2001-02-01' + INTERVAL ${n} DAY GROUP BY origin ORDER BY late DESC, origin LIMIT 5`,
    `SELECT count(*) AS flights FROM ${t} WHERE departed_at >= TIMESTAMP '2001-03-01' + INTERVAL ${n} DAY AND departed_at < TIMESTAMP '2001-03-02' + INTERVAL ${n} DAY`,
    `SELECT departed_at, origin, delay_minutes FROM ${t} WHERE delay_minutes > ${600 + n} ORDER BY delay_minutes DESC, departed_at, origin LIMIT 100`,
    `SELECT dayname(departed_at) AS day, count(*) FILTER (WHERE delay_minutes >= ${15 + n}) AS late, count(*) AS flights FROM ${t} GROUP BY day ORDER BY day`,
    `SELECT CASE WHEN ${measure} < ${100 + n} THEN 'short' WHEN ${measure} < 1000 THEN 'medium' ELSE 'long' END AS class, count(*) AS flights FROM ${t} GROUP BY class ORDER BY class`,
    `SELECT origin, delay FROM (SELECT origin, sum(delay_minutes) AS delay, rank() OVER (ORDER BY sum(delay_minutes) DESC, origin) AS place FROM ${t} WHERE delay_minutes > ${n} GROUP BY origin) WHERE place <= 3 ORDER BY place`,
    `SELECT a.origin, a.flights, b.flights AS back FROM (SELECT origin, count(*) AS flights FROM ${t} WHERE delay_minutes > ${n} GROUP BY origin) a JOIN (SELECT destination, count(*) AS flights FROM ${t} GROUP BY destination) b ON a.origin = b.destination ORDER BY a.flights DESC, a.origin LIMIT 10`,
    `WITH days AS (SELECT departed_at::DATE AS day, count(*) AS flights FROM ${t} GROUP BY day) SELECT day, flights, flights - lag(flights) OVER (ORDER BY day) AS change FROM days ORDER BY day LIMIT ${20 + n}`,
    `SELECT count(*) AS flights FROM ${t} WHERE destination LIKE 'S%' AND delay_minutes > ${n}`,
    `SELECT departed_at, delay_minutes, origin, destination FROM ${t} WHERE departed_at < TIMESTAMP '2001-01-01 06:00' + INTERVAL ${n} MINUTE ORDER BY ALL LIMIT 5000`,
    `SELECT bit_xor(hash(departed_at, delay_minutes, origin, destination)) AS mark, count(*) + ${n} AS n FROM ${t}`,
  ];
}
