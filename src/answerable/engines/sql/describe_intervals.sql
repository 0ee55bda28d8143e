-- Every interval under every definition, for calls somebody waits for and, apart, for what officers began themselves.
-- Each call is counted once a definition: measured, or left out for the first reason that applies.
WITH spans AS (
    SELECT 'received to arrived' AS definition, population, received AS from_us, arrived AS to_us,
           received_uncertain OR arrived_uncertain AS uncertain, NULL AS at_most_us
    FROM described
    UNION ALL
    SELECT 'received to arrived (0 to 24 h)', population, received, arrived,
           received_uncertain OR arrived_uncertain, 86400000000
    FROM described
    UNION ALL
    SELECT 'queued to arrived', population, queued, arrived, queued_uncertain OR arrived_uncertain, NULL
    FROM described
    UNION ALL
    SELECT 'dispatched to arrived', population, dispatched, arrived, dispatched_uncertain OR arrived_uncertain, NULL
    FROM described
    UNION ALL
    SELECT 'received to dispatched', population, received, dispatched, received_uncertain OR dispatched_uncertain, NULL
    FROM described
),
judged AS (
    SELECT
        definition,
        population,
        to_us - from_us AS wait_us,
        CASE
            WHEN from_us IS NULL THEN 'missing_from'
            WHEN to_us IS NULL THEN 'missing_to'
            WHEN uncertain THEN 'uncertain'
            WHEN to_us < from_us THEN 'out_of_order'
            WHEN to_us - from_us > at_most_us THEN 'over_24_h'
            ELSE 'counted'
        END AS judgement
    FROM spans
    WHERE population IS NOT NULL
)
SELECT
    definition,
    population,
    count(*) FILTER (judgement = 'counted') AS counted,
    count(*) FILTER (judgement = 'missing_from') AS missing_from,
    count(*) FILTER (judgement = 'missing_to') AS missing_to,
    count(*) FILTER (judgement = 'out_of_order') AS out_of_order,
    count(*) FILTER (judgement = 'uncertain') AS uncertain,
    count(*) FILTER (judgement = 'over_24_h') AS over_24_h,
    avg(wait_us) FILTER (judgement = 'counted') / 1e6 AS mean_s,
    quantile_cont(wait_us, 0.5) FILTER (judgement = 'counted') / 1e6 AS median_s,
    quantile_cont(wait_us, 0.9) FILTER (judgement = 'counted') / 1e6 AS p90_s
FROM judged
GROUP BY definition, population;
