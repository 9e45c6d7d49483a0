/** Tables of the statements below, with rows, in DuckDB SQL. */
export const ordinaryTables: readonly string[] = [
  `create schema finance`,
  `create schema ops`,
  `create table finance.orders as select i as id, i % 7 as customer_id, (i * 37 % 100)::decimal(10, 2) / 3 as amount,
    ['open', 'paid', 'sent'][i % 3 + 1] as status, timestamp '2026-01-01' + to_hours((i * 11)::int) as placed_at,
    date '2026-01-01' + (i % 60)::int as day, [i % 3, i % 5, i % 2] as tags, json_object('k', i % 4, 'n', [i, i + 1]) as details,
    {'city': 'c' || i % 4, 'zip': i % 9} as address, map {'a': i, 'b': i * 2} as attributes from range(60) r(i)`,
  `create table finance.customers as select i as id, 'Customer ' || i as name, ['EU', 'US'][i % 2 + 1] as region,
    date '2020-02-29' + (i * 100)::int as since from range(7) r(i)`,
  `create table ops.flights as select i as id, ['LH', 'BA', null][i % 3 + 1] as carrier, i % 40 - 10 as delay,
    timestamp '2026-01-01' + to_minutes((i * 37)::int) as departed from range(80) r(i)`,
  `create table ops.prices as select timestamp '2026-01-01' + to_hours((i * 5)::int) as at, i * 1.5 as price from range(20) r(i)`,
];

export interface OrdinaryStatement {
  readonly sql: string;
  /** Tables it reads. */
  readonly tables: readonly string[];
}

const orders = ['finance.orders'];
const flights = ['ops.flights'];
const both = ['finance.orders', 'finance.customers'];

export const ordinaryStatements: readonly OrdinaryStatement[] = [
  { sql: `select * from finance.orders order by id`, tables: orders },
  { sql: `from finance.orders order by id limit 5 offset 2`, tables: orders },
  { sql: `table ops.prices`, tables: ['ops.prices'] },
  { sql: `select count(*), count(distinct customer_id), sum(amount), avg(amount) from finance.orders`, tables: orders },
  { sql: `select status, count(*) filter (where amount > 10) as big from finance.orders group by status order by all`, tables: orders },
  { sql: `select o.id, c.name from finance.orders o join finance.customers c on o.customer_id = c.id order by 1`, tables: both },
  { sql: `select c.name, sum(amount) from finance.orders o left join finance.customers c on c.id = o.customer_id group by all order by all`, tables: both },
  { sql: `select * from finance.orders join finance.customers using (id) order by id`, tables: both },
  { sql: `select id from finance.orders natural join (select id from finance.customers) order by id`, tables: both },
  {
    sql: `select name from finance.customers c semi join finance.orders o on o.customer_id = c.id order by name`,
    tables: ['finance.customers', 'finance.orders'],
  },
  {
    sql: `select name from finance.customers c anti join finance.orders o on o.id = c.id + 100 order by name`,
    tables: ['finance.customers', 'finance.orders'],
  },
  { sql: `select f.id, p.price from ops.flights f asof join ops.prices p on f.departed >= p.at order by f.id`, tables: ['ops.flights', 'ops.prices'] },
  { sql: `select * from (select 1 as a) positional join (select 2 as b)`, tables: [] },
  { sql: `with big as (select * from finance.orders where amount > 20) select count(*) from big`, tables: orders },
  { sql: `with a as materialized (select id from finance.orders), b as (select id from a where id < 9) select * from b order by id`, tables: orders },
  { sql: `with recursive n(i) as (select 1 union all select i + 1 from n where i < 10) select sum(i) from n`, tables: [] },
  { sql: `with orders as (select 1 as id) select * from orders union all select id from finance.orders order by id`, tables: orders },
  {
    sql: `select id, row_number() over (partition by customer_id order by amount desc, id) as n from finance.orders qualify n = 1 order by id`,
    tables: orders,
  },
  { sql: `select id, sum(amount) over (order by id rows between 2 preceding and current row) from finance.orders order by id`, tables: orders },
  {
    sql: `select id, amount - lag(amount, 1, 0) over w, first_value(amount ignore nulls) over w from finance.orders window w as (partition by status order by id) order by id`,
    tables: orders,
  },
  {
    sql: `select day, sum(amount) over (order by day range between interval 7 days preceding and current row exclude current row) from finance.orders order by all`,
    tables: orders,
  },
  {
    sql: `select id, ntile(4) over (order by id), percent_rank() over (order by amount), dense_rank() over (order by status) from finance.orders order by id`,
    tables: orders,
  },
  {
    sql: `select carrier, quantile_cont(delay, [0.5, 0.9]), median(delay), mode(delay), stddev(delay) from ops.flights group by carrier order by carrier`,
    tables: flights,
  },
  { sql: `select percentile_cont(0.5) within group (order by delay) from ops.flights`, tables: flights },
  { sql: `select status, day, sum(amount) from finance.orders group by grouping sets ((status), (day), ()) order by all`, tables: orders },
  { sql: `select status, customer_id, grouping(status), sum(amount) from finance.orders group by rollup (status, customer_id) order by all`, tables: orders },
  { sql: `select status, customer_id, count(*) from finance.orders group by cube (status, customer_id) order by all`, tables: orders },
  { sql: `select status, customer_id, day, count(*) from finance.orders group by rollup (status), cube (day, customer_id) order by all`, tables: orders },
  { sql: `pivot finance.orders on status in ('open', 'paid') using sum(amount) group by customer_id order by customer_id`, tables: orders },
  {
    sql: `select * from (select customer_id, status, amount from finance.orders) pivot (sum(amount) as s for status in ('open', 'sent')) order by customer_id`,
    tables: orders,
  },
  { sql: `unpivot (select id, customer_id from finance.orders) on customer_id into name n value v order by id`, tables: orders },
  {
    sql: `select * from (select id, amount::double as a, customer_id::double as c from finance.orders) unpivot (v for n in (a, c)) order by all`,
    tables: orders,
  },
  {
    sql: `select list_transform(tags, lambda t: t + 1), list_filter(tags, lambda t, i: t > i), [t * 2 for t in tags if t > 0] from finance.orders order by id`,
    tables: orders,
  },
  {
    sql: `select list_reduce(tags, lambda a, b: a + b), list_sort(tags), list_contains(tags, 2), tags[1], tags[1:2], tags[:2], tags[2:], tags[:-1], tags[:], tags[-1], tags[1:3:2] from finance.orders order by id`,
    tables: orders,
  },
  { sql: `select id, unnest(tags) as tag from finance.orders order by all`, tables: orders },
  { sql: `select o.id, t.tag from finance.orders o, unnest(o.tags) as t(tag) order by all`, tables: orders },
  { sql: `select o.id, x.n from finance.orders o, lateral (select o.id * 2 as n) x order by all`, tables: orders },
  {
    sql: `select address.city, address['zip'], struct_extract(address, 'city'), attributes['a'], map_keys(attributes) from finance.orders order by id`,
    tables: orders,
  },
  { sql: `select unnest(address) from finance.orders order by all`, tables: orders },
  {
    sql: `select details->>'$.k', details->'n'->0, json_extract_string(details, '$.n[1]')::int, json_array_length(details->'n') from finance.orders order by id`,
    tables: orders,
  },
  { sql: `select o.id, e.key, e.value from finance.orders o, json_each(o.details) e order by o.id, e.key`, tables: orders },
  { sql: `select json_group_array(id), json_object('a', count(*)) from finance.orders`, tables: orders },
  { sql: `select date_trunc('month', placed_at) as m, count(*) from finance.orders group by 1 order by 1`, tables: orders },
  {
    sql: `select extract(year from day), day + interval 1 month, date_diff('day', since, day), strftime(day, '%Y-%m'), last_day(day) from finance.orders o join finance.customers c on o.customer_id = c.id order by o.id`,
    tables: both,
  },
  { sql: `select time_bucket(interval '6 hours', departed) as t, avg(delay) from ops.flights group by t order by t`, tables: flights },
  { sql: `select placed_at at time zone 'Europe/Berlin', epoch_ms(placed_at), dayname(placed_at) from finance.orders order by id`, tables: orders },
  {
    sql: `select regexp_extract(name, '([0-9]+)', 1), regexp_replace(name, '[aeiou]', '*', 'g'), regexp_matches(name, '^C') from finance.customers order by id`,
    tables: ['finance.customers'],
  },
  {
    sql: `select upper(name), name.lower(), left(name, 3), name[1:3], name[2:], split_part(name, ' ', 2), name like 'C%', name ilike 'c_st%', name similar to '.*1' from finance.customers order by id`,
    tables: ['finance.customers'],
  },
  {
    sql: `select concat_ws('-', id, region), format('{} is {}', name, region), printf('%05d', id), lpad(id::varchar, 4, '0') from finance.customers order by id`,
    tables: ['finance.customers'],
  },
  {
    sql: `select case when amount > 20 then 'high' when amount > 10 then 'mid' else 'low' end as band, count(*) from finance.orders group by band order by band`,
    tables: orders,
  },
  {
    sql: `select case status when 'open' then 1 else 2 end, coalesce(null, id), nullif(id, 3), if(id > 3, 1, 2), ifnull(null, 1) from finance.orders order by id`,
    tables: orders,
  },
  {
    sql: `select id from finance.orders where amount between 5 and 20 and status in ('open', 'paid') and not (id = 7) and day is not null order by id`,
    tables: orders,
  },
  { sql: `select id from finance.orders where (customer_id, status) in ((1, 'open'), (2, 'paid')) order by id`, tables: orders },
  {
    sql: `select name from finance.customers c where exists (select 1 from finance.orders o where o.customer_id = c.id and o.amount > 30) order by name`,
    tables: ['finance.customers', 'finance.orders'],
  },
  {
    sql: `select name, (select max(amount) from finance.orders o where o.customer_id = c.id) from finance.customers c order by name`,
    tables: ['finance.customers', 'finance.orders'],
  },
  {
    sql: `select id from finance.orders where amount > all (select id from finance.customers) and customer_id = any (select id from finance.customers) order by id`,
    tables: both,
  },
  { sql: `select id from finance.orders union select id from finance.customers except select 3 intersect select 3 order by id`, tables: both },
  { sql: `select id, amount from finance.orders union all by name select amount, id from finance.orders order by all`, tables: orders },
  { sql: `select * exclude (tags, details) replace (round(amount, 1) as amount) from finance.orders order by id`, tables: orders },
  { sql: `select columns('.*id') + 1, columns(c -> c like 'am%') from finance.orders order by all`, tables: orders },
  { sql: `select min(columns(* exclude (tags, details, address, attributes))) from finance.orders`, tables: orders },
  { sql: `select coalesce(*columns('.*id')) as x from finance.orders order by x`, tables: orders },
  { sql: `select o.* rename (id as order_id) from finance.orders o order by order_id`, tables: orders },
  { sql: `select distinct on (customer_id) customer_id, id from finance.orders order by customer_id, id desc`, tables: orders },
  {
    sql: `select arg_max(id, amount), max_by(status, amount), min(amount, 3), histogram(status), approx_count_distinct(id) from finance.orders`,
    tables: orders,
  },
  {
    sql: `select string_agg(status, ',' order by id), array_agg(id order by id desc), list(distinct status order by status) from finance.orders`,
    tables: orders,
  },
  { sql: `select count(*) from finance.orders using sample reservoir(10 rows) repeatable (42)`, tables: orders },
  { sql: `select * from (values (1, 'a'), (2, 'b')) v(n, t) order by n`, tables: [] },
  { sql: `values (1), (2)`, tables: [] },
  { sql: `select * from (values (1)) a, (values (2), (3)) b order by all`, tables: [] },
  {
    sql: `select g.day, count(o.id) from generate_series(date '2026-01-01', date '2026-01-10', interval 1 day) g(day) left join finance.orders o on o.day = g.day group by all order by all`,
    tables: orders,
  },
  { sql: `select * from range(3) a(i), range(2) b(j) order by all`, tables: [] },
  { sql: `select md5(name), sha256(name), hash(id) is not null, to_base64(encode(name)) from finance.customers order by id`, tables: ['finance.customers'] },
  {
    sql: `select try_cast(name as int), name::varchar(10), id::hugeint, 1.5::decimal(4, 2), '1 day'::interval, amount::float from finance.customers join finance.orders using (id) order by id`,
    tables: ['finance.customers', 'finance.orders'],
  },
  {
    sql: `select 9007199254740993, 170141183460469231731687303715884105727, 0.1, 1e308, 1e3, -2.5e-7, 100e0, 1e15, -5, 1_000, 'it''s', e'a\\nb', $$x$$, '\\xAB'::blob, true, null`,
    tables: [],
  },
  {
    sql: `select delay // 3, delay % 3, delay ** 2, delay & 3, delay | 1, abs(delay) << 1, ~delay, @delay, -delay, xor(delay, 1) from ops.flights order by id`,
    tables: flights,
  },
  { sql: `select carrier is distinct from 'LH', (delay > 3) is true, (delay > 3) is not false, carrier is null from ops.flights order by id`, tables: flights },
  {
    sql: `select typeof(amount), greatest(amount, 3), least(amount, 3), try(1 / 0), current_date is not null from finance.orders order by id limit 1`,
    tables: orders,
  },
  { sql: `select id, amount from finance.orders order by amount desc nulls last, id limit 10 percent`, tables: orders },
  { sql: `select name collate nocase as n from finance.customers order by n collate de`, tables: ['finance.customers'] },
  { sql: `select corr(delay, id), regr_slope(delay, id), covar_pop(delay, id), entropy(delay), skewness(delay) from ops.flights`, tables: flights },
  {
    sql: `with recursive tree(id, parent) as (select 1, null::int union all select id + 1, id from tree where id < 4) select * from tree order by id`,
    tables: [],
  },
  { sql: `select sum(x) from (select unnest([1, 2, 3]) as x) where x in (select unnest([2, 3]))`, tables: [] },
  { sql: `select /* a comment */ id -- another\n from finance.orders /* and /* nested */ */ where id < 3 order by id;`, tables: orders },
  { sql: `select "id", "Amount" from "finance"."ORDERS" order by "ID"`, tables: ['finance.ORDERS'] },
  { sql: `select day: date_trunc('day', placed_at), n: count(*) from finance.orders group by all order by all`, tables: orders },
];
