-- Synthetic: two campaigns in each region, as the campaign tool would export them.
SELECT campaign_id, name, region, channel, starts_on, ends_on, budget_usd::DECIMAL(12, 2) AS budget_usd
FROM (
  VALUES
    ('apology-us', 'We owe you one', 'US', 'email', DATE '2001-05-02', DATE '2001-05-20', 180000),
    ('apology-americas', 'We owe you one', 'AMERICAS', 'email', DATE '2001-05-02', DATE '2001-05-20', 30000),
    ('apology-eu', 'We owe you one', 'EU', 'letter', DATE '2001-05-02', DATE '2001-05-20', 90000),
    ('apology-uk', 'We owe you one', 'UK', 'letter', DATE '2001-05-02', DATE '2001-05-20', 25000),
    ('apology-asia', 'We owe you one', 'ASIA', 'letter', DATE '2001-05-02', DATE '2001-05-20', 12000),
    ('summer-us', 'Summer skies', 'US', 'email', DATE '2001-05-14', DATE '2001-06-30', 250000),
    ('summer-americas', 'Summer skies', 'AMERICAS', 'email', DATE '2001-05-14', DATE '2001-06-30', 40000),
    ('summer-eu', 'Summer skies', 'EU', 'telephone', DATE '2001-05-14', DATE '2001-06-30', 110000),
    ('summer-uk', 'Summer skies', 'UK', 'telephone', DATE '2001-05-14', DATE '2001-06-30', 30000),
    ('summer-asia', 'Summer skies', 'ASIA', 'email', DATE '2001-05-14', DATE '2001-06-30', 9000)
) AS exported(campaign_id, name, region, channel, starts_on, ends_on, budget_usd)
ORDER BY campaign_id
