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
-- as many rows as there are different waits, however many calls there are: every figure is taken from these
counted AS (
    SELECT definition, population, at_most_us, judgement, wait_us, best_us, worst_us, count(*)::BIGINT AS here
    FROM bounded
    GROUP BY ALL
),
ranked AS (
    SELECT
        definition, population, measure, value, here,
        sum(here) OVER (PARTITION BY definition, population, measure ORDER BY value) AS upto,
        sum(here) OVER (PARTITION BY definition, population, measure) AS every
    FROM (
        SELECT definition, population, 'wait' AS measure, wait_us::DOUBLE AS value, here
        FROM counted WHERE judgement = 'counted'
        UNION ALL
        SELECT definition, population, 'best', best_us, here FROM counted WHERE best_us IS NOT NULL
        UNION ALL
        SELECT definition, population, 'worst', worst_us, here FROM counted WHERE worst_us IS NOT NULL
    )
),
-- the two neighbours of every quantile among the waits in order, and how far it lies between them
neighbours AS (
    SELECT
        definition, population, measure, share, any_value((every - 1) * share % 1) AS between,
        min(value) FILTER (upto > floor((every - 1) * share)) AS lower,
        min(value) FILTER (upto > ceil((every - 1) * share)) AS upper
    FROM ranked, (VALUES (0.5::DOUBLE), (0.9::DOUBLE)) AS shares(share)
    GROUP BY definition, population, measure, share
),
quantiles AS (
    SELECT
        definition, population,
        list(at_us ORDER BY share) FILTER (measure = 'wait') AS quantiles_us,
        list(at_us ORDER BY share) FILTER (measure = 'best') AS best_quantiles_us,
        list(at_us ORDER BY share) FILTER (measure = 'worst') AS worst_quantiles_us
    FROM (
        SELECT *, CASE WHEN lower = upper THEN lower ELSE lower * (1 - between) + upper * between END AS at_us
        FROM neighbours
    )
    GROUP BY definition, population
),
figures AS (
    SELECT
        definition,
        population,
        any_value(at_most_us) AS at_most_us,
        coalesce(sum(here) FILTER (judgement = 'counted'), 0)::BIGINT AS counted,
        coalesce(sum(here) FILTER (judgement = 'missing_from'), 0)::BIGINT AS missing_from,
        coalesce(sum(here) FILTER (judgement = 'missing_to'), 0)::BIGINT AS missing_to,
        coalesce(sum(here) FILTER (judgement = 'out_of_order'), 0)::BIGINT AS out_of_order,
        coalesce(sum(here) FILTER (judgement = 'uncertain'), 0)::BIGINT AS uncertain,
        coalesce(sum(here) FILTER (judgement = 'no_start'), 0)::BIGINT AS no_start,
        coalesce(sum(here) FILTER (judgement = 'no_end'), 0)::BIGINT AS no_end,
        coalesce(sum(here) FILTER (judgement = 'over_24_h'), 0)::BIGINT AS over_24_h,
        coalesce(sum(here) FILTER (best_us IS NOT NULL), 0)::BIGINT AS calls,
        coalesce(sum(here) FILTER (judgement = 'counted' AND wait_us <= 600000000), 0)::BIGINT AS within_600_s,
        coalesce(sum(here) FILTER (judgement = 'counted' AND wait_us <= 3600000000), 0)::BIGINT AS within_3600_s,
        -- a sum of whole numbers is the same in whatever order the threads add them up
        sum(wait_us::HUGEINT * here) FILTER (judgement = 'counted') AS waits_us
    FROM counted
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
FROM figures
LEFT JOIN quantiles USING (definition, population);
