-- Synthetic, seed 42: a coin decides who is contacted and who is held back for comparison. The agreement's role shows
-- only flyers who consented, so nobody else can be in an audience.
SELECT
  campaigns.campaign_id,
  flyers.flyer_id,
  CASE campaigns.name
    WHEN 'We owe you one' THEN md5_number_lower('42 apology ' || flyers.flyer_id) % 2 = 0
    ELSE md5_number_lower('42 summer ' || flyers.flyer_id) % 2 = 0
  END AS contacted
FROM loyalty.flyers AS flyers
JOIN marketing.campaigns AS campaigns ON campaigns.region = flyers.region
WHERE campaigns.name = 'We owe you one' OR flyers.tier <> 'blue'
ORDER BY campaigns.campaign_id, flyers.flyer_id
