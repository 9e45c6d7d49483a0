-- Churn among the contacted against churn among those held back. An effect smaller than its margin (95 %, two proportions)
-- may be chance.
WITH counted AS (
  SELECT
    campaigns.name AS campaign,
    campaigns.region,
    count(*) FILTER (WHERE contacted) AS contacted,
    count(*) FILTER (WHERE NOT contacted) AS held_back,
    count(*) FILTER (WHERE contacted AND churned) / nullif(count(*) FILTER (WHERE contacted), 0)::DOUBLE AS churn_contacted,
    count(*) FILTER (WHERE NOT contacted AND churned) / nullif(count(*) FILTER (WHERE NOT contacted), 0)::DOUBLE AS churn_held_back
  FROM marketing.audiences AS audiences
  JOIN marketing.campaigns AS campaigns ON campaigns.campaign_id = audiences.campaign_id
  JOIN finance.churn AS churn ON churn.flyer_id = audiences.flyer_id
  GROUP BY ALL
)
SELECT
  *,
  churn_contacted - churn_held_back AS effect,
  1.96 * sqrt(
    churn_contacted * (1 - churn_contacted) / contacted + churn_held_back * (1 - churn_held_back) / held_back
  ) AS margin
FROM counted
ORDER BY campaign, region
