-- Every interval under every definition, for calls somebody waits for and, apart, for what officers began themselves.
-- Each call is counted once a definition: measured, or left out for the first reason that applies. Of a call whose wait is
-- not known, `best_us` takes that it waited for nothing, `worst_us` that it waited for ever, or for the longest that the
-- definition counts; both are NULL for calls that the definition is not about.
WITH spans AS (
    SELECT 'received to arrived' AS definition, population, received AS from_us, arrived AS to_us,
           received_uncertain OR arrived_uncertain AS uncertain, FALSE AS from_never, arrived_never AS to_never,
           NULL AS at_most_us
    FROM described
    UNION ALL
    SELECT 'received to arrived (0 to 24 h)', population, received, arrived,
           received_uncertain OR arrived_uncertain, FALSE, arrived_never, 86400000000
    FROM described
    UNION ALL
    SELECT 'queued to arrived', population, queued, arrived,
           queued_uncertain OR arrived_uncertain, FALSE, arrived_never, NULL
    FROM described
    UNION ALL
    SELECT 'dispatched to arrived', population, dispatched, arrived,
           dispatched_uncertain OR arrived_uncertain, dispatched_never, arrived_never, NULL
    FROM described
    UNION ALL
    SELECT 'received to dispatched', population, received, dispatched,
           received_uncertain OR dispatched_uncertain, FALSE, dispatched_never, NULL
    FROM described
),
judged AS (
    SELECT
        definition,
        population,
        at_most_us,
        to_us - from_us AS wait_us,
        CASE
            WHEN from_us IS NULL AND from_never THEN 'no_start'
            WHEN from_us IS NULL THEN 'missing_from'
            WHEN to_us IS NULL AND to_never THEN 'no_end'
            WHEN to_us IS NULL THEN 'missing_to'
            WHEN uncertain THEN 'uncertain'
            WHEN to_us < from_us THEN 'out_of_order'
            WHEN to_us - from_us > at_most_us THEN 'over_24_h'
            ELSE 'counted'
        END AS judgement
    FROM spans
    WHERE population IS NOT NULL
),
bounded AS (
    SELECT
        *,
        CASE
            WHEN judgement = 'counted' THEN wait_us
            WHEN judgement = 'no_end' AND at_most_us IS NULL THEN 'infinity'::DOUBLE
            WHEN judgement IN ('missing_from', 'missing_to', 'uncertain', 'out_of_order') THEN 0
        END AS best_us,
        CASE
            WHEN judgement IN ('missing_from', 'missing_to', 'uncertain', 'out_of_order')
            THEN coalesce(at_most_us, 'infinity'::DOUBLE)
            ELSE best_us
        END AS worst_us
    FROM judged
),
figures AS (
    SELECT
        definition,
        population,
        any_value(at_most_us) AS at_most_us,
        count(*) FILTER (judgement = 'counted') AS counted,
        count(*) FILTER (judgement = 'missing_from') AS missing_from,
        count(*) FILTER (judgement = 'missing_to') AS missing_to,
        count(*) FILTER (judgement = 'out_of_order') AS out_of_order,
        count(*) FILTER (judgement = 'uncertain') AS uncertain,
        count(*) FILTER (judgement = 'no_start') AS no_start,
        count(*) FILTER (judgement = 'no_end') AS no_end,
        count(*) FILTER (judgement = 'over_24_h') AS over_24_h,
        count(best_us) AS calls,
        count(*) FILTER (judgement = 'counted' AND wait_us <= 600000000) AS within_600_s,
        count(*) FILTER (judgement = 'counted' AND wait_us <= 3600000000) AS within_3600_s,
        -- a sum of whole numbers is the same in whatever order the threads add them up
        sum(wait_us) FILTER (judgement = 'counted') AS waits_us,
        quantile_cont(wait_us, [0.5, 0.9]) FILTER (judgement = 'counted') AS quantiles_us,
        quantile_cont(best_us, [0.5, 0.9]) AS best_quantiles_us,
        quantile_cont(worst_us, [0.5, 0.9]) AS worst_quantiles_us
    FROM bounded
    GROUP BY definition, population
)
SELECT
    definition,
    population,
    counted,
    missing_from, missing_to, out_of_order, uncertain, no_start, no_end, over_24_h,
    calls,
    within_600_s, within_3600_s,
    waits_us / counted / 1e6 AS mean_s,
    quantiles_us[1] / 1e6 AS median_s,
    quantiles_us[2] / 1e6 AS p90_s,
    -- between a number and what is never reached nothing is reached: the engine says infinity, or no number
    CASE WHEN isfinite(best_quantiles_us[1]) THEN best_quantiles_us[1] / 1e6 END AS best_median_s,
    CASE WHEN isfinite(best_quantiles_us[2]) THEN best_quantiles_us[2] / 1e6 END AS best_p90_s,
    CASE WHEN at_most_us IS NOT NULL OR no_end = 0 THEN waits_us / calls / 1e6 END AS best_mean_s,
    CASE WHEN isfinite(worst_quantiles_us[1]) THEN worst_quantiles_us[1] / 1e6 END AS worst_median_s,
    CASE WHEN isfinite(worst_quantiles_us[2]) THEN worst_quantiles_us[2] / 1e6 END AS worst_p90_s,
    CASE
        WHEN calls = counted THEN waits_us / calls / 1e6
        ELSE (waits_us + (calls - counted) * at_most_us) / calls / 1e6
    END AS worst_mean_s
FROM figures;
