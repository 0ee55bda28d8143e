-- Rows of a made-up city, as texts, one a call. $rows, $seed. The same two give the same rows: every number comes from
-- a hash of the row's position. Local wall clock of America/New_York over 2023: the autumn hour occurs twice.
WITH place AS (
    SELECT i, (hash(i, $seed) >> 1)::BIGINT AS h, (hash(i, $seed, 1) >> 1)::BIGINT AS g, (hash(i, $seed, 2) >> 1)::BIGINT AS f
    FROM range($rows) t(i)
),
drawn AS (
    SELECT i, h, g, f,
        TIMESTAMP '2023-01-01' + to_microseconds(i * (365 * 86400) // $rows * 1000000) AS received,
        1 + (h % 100 >= 12)::INT + (h % 100 >= 45)::INT + (h % 100 >= 80)::INT AS priority,
        -- heavy-tailed waits: the logarithm of a uniform number, stretched by priority
        (20 - 90 * ln(((g % 1000003) + 1) / 1000004.0) * (1 + (h % 100 >= 12)::INT * 4))::BIGINT AS wait_s,
        (60 - 240 * ln(((f % 1000003) + 1) / 1000004.0))::BIGINT AS travel_s,
        (h // 128) % 1000 AS fate, (g // 128) % 10000 AS rare, (f // 128) % 1000 AS kind
    FROM place
),
timed AS (
    SELECT *, fate < 60 AS nobody_sent,
        received + to_seconds(wait_s) AS dispatched, received + to_seconds(wait_s + 30) AS enroute,
        -- one in two thousand arrives before it was received: a clock that was set
        received + to_seconds(CASE WHEN rare < 5 THEN -1926 ELSE wait_s + travel_s END) AS arrived,
        received + to_seconds(wait_s + travel_s + 900 + kind * 3) AS closed
    FROM drawn
)
SELECT printf('%09d', i) AS call_no,
    strftime(received, '%m/%d/%Y %H:%M:%S') AS received,
    CASE WHEN nobody_sent THEN '' ELSE strftime(dispatched, '%m/%d/%Y %H:%M:%S') END AS dispatched,
    CASE WHEN nobody_sent OR fate % 7 = 0 THEN '' ELSE strftime(enroute, '%m/%d/%Y %H:%M:%S') END AS enroute,
    CASE WHEN nobody_sent OR kind < 190 THEN '' WHEN rare BETWEEN 5 AND 14 THEN '01/01/1900 00:00:00'
        ELSE strftime(arrived, '%m/%d/%Y %H:%M:%S') END AS arrived,
    CASE WHEN rare BETWEEN 15 AND 29 THEN 'NULL' ELSE strftime(closed, '%m/%d/%Y %H:%M:%S') END AS closed,
    ['E911', 'E911', 'PHONE', 'ALARM', 'ONVIEW'][1 + (h // 7) % 5] AS origin,
    printf('%03d', (g // 11) % 180) AS type,
    priority::VARCHAR AS priority,
    CASE WHEN nobody_sent THEN ['NUA', 'CAN', 'DUP', 'NUA'][1 + (g // 13) % 4]
        ELSE ['RPT', 'ARR', 'GOA', 'UTL', 'HAN', 'HAN', 'RPT', ''][1 + (g // 13) % 8] END AS disposition,
    ((f // 17) % 9900 // 100 * 100)::VARCHAR || ' Block of ' || ['Main', 'Oak', 'Elm', 'River', 'Hill'][1 + f % 5]
        || ' St, Unit ' || (f % 40)::VARCHAR AS block,
    ((h // 3) % 8 + 1)::VARCHAR AS district,
    ((h // 3) % 8 + 1)::VARCHAR || ((h // 5) % 6 + 1)::VARCHAR AS beat
FROM timed
ORDER BY i
