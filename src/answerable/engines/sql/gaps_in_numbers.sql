-- Of each series of call numbers, how far it reaches and how many of its numbers there are:
-- `18-000123` is number 123 of the series `18-`. Numbers that differ in their last two digits alone are one block, in which
-- each is a bit. So texts are taken apart once a block, and what is counted stays small however many calls there are.
WITH told AS (
    SELECT
        call_id,
        call_id[-2] BETWEEN '0' AND '9' AND call_id[-1] BETWEEN '0' AND '9' AS paired,
        CASE WHEN paired THEN call_id[-2:] ELSE '0' END::HUGEINT AS bit
    FROM read_parquet($parquet)
),
blocks AS (
    SELECT
        CASE WHEN paired THEN call_id[:-3] || '00' ELSE call_id END AS number_text,
        bit_or(1::HUGEINT << bit) AS held, min(bit) AS low, max(bit) AS high
    FROM told GROUP BY number_text
),
numbered AS (
    SELECT
        held, low, high,
        regexp_extract(number_text, '^(.*?)([0-9]{1,15})$$', 1) AS series,
        TRY_CAST(regexp_extract(number_text, '^(.*?)([0-9]{1,15})$$', 2) AS BIGINT) AS number
    FROM blocks
),
-- `7` and `007` are one number
merged AS (
    SELECT
        series, bit_or(held << (number % 100)::HUGEINT) AS held, min(number + low) AS first, max(number + high) AS last,
        bool_or(number IS NULL) AS without
    FROM numbered GROUP BY series, number // 100
)
SELECT
    sum(span - held)::BIGINT AS gaps, sum(held)::BIGINT AS held, bool_or(without) AS without, count(*) AS series
FROM (
    SELECT max(last) - min(first) + 1 AS span, sum(bit_count(held)) AS held, bool_or(without) AS without
    FROM merged GROUP BY series
)
