-- Lines $first to $last (not included) of the export of one made-up city, from 0. Every number comes from a hash of the
-- line's position, the seed and the city, so that a line is the same whoever makes it, alone or with others.
-- A hash of several values only combines theirs: without the second hash around it the numbers of a line would go together.
WITH line AS (
    SELECT i, (hash(hash(i, $seed::BIGINT, $city)) & 1048575)::BIGINT AS luck FROM range($first, $last) AS t(i)
),
-- a line that repeats an earlier one stands at an odd position and takes an even one's place: no repeat of a repeat
place AS (
    SELECT i % 2 = 1 AND luck % 1000 < 2 * $repeated_per_mille AS repeated,
        CASE WHEN repeated THEN greatest(i - 1 - 2 * (luck // 1000 % 50), 0) ELSE i END AS p
    FROM line
),
hashed AS (
    SELECT repeated, p, hash(p, $seed::BIGINT, $city) AS own,
        hash(xor(own, 1)) AS a, hash(xor(own, 2)) AS b, hash(xor(own, 3)) AS c, hash(xor(own, 4)) AS d
    FROM place
),
-- each hash gives three numbers from 0 to 1048575
drawn AS (
    SELECT repeated, p,
        ((a & 1048575)::BIGINT + 0.5) / 1048576 AS wait_u, (((a >> 20) & 1048575)::BIGINT + 0.5) / 1048576 AS travel_u,
        (((a >> 40) & 1048575)::BIGINT + 0.5) / 1048576 AS scene_u,
        (b & 1048575)::BIGINT % 10000 AS fate, 1 + ((b >> 20) & 1048575)::BIGINT % 100 AS type_at,
        1 + ((b >> 40) & 1048575)::BIGINT % 100 AS origin_at,
        (c & 1048575)::BIGINT % 1000 AS arrival_luck, ((c >> 20) & 1048575)::BIGINT % 10000 AS rare,
        ((c >> 40) & 1048575)::BIGINT AS house,
        (d & 1048575)::BIGINT AS area, ((d >> 20) & 1048575)::BIGINT AS ending,
        CASE WHEN $breaks_lines THEN ((d >> 40) & 1048575)::BIGINT % 10000 ELSE 9999 END AS spoilt
    FROM hashed
),
coded AS (
    SELECT *, $types[type_at] AS type, $priorities[type_at] AS priority, $origins[origin_at] AS origin,
        origin = '$officer' AS officer, NOT officer AND fate < 630 AS nobody_sent,
        -- evenly over the year, a few places out of order
        (p * 16 + house % 64) * ($days * 86400) // (16 * $rows + 64) AS even_s
    FROM drawn
),
-- three times as many calls in the late afternoon as before dawn; waits with a Pareto tail, seven days at most
lasted AS (
    SELECT *,
        $midnight_s + even_s - even_s % 86400
            + (86400 * (even_s % 86400 / 86400.0 + 0.5 / (2 * pi()) * (sin(2 * pi() * (even_s % 86400 / 86400.0) - 1.3) + sin(1.3))))::BIGINT
            AS received_s,
        CASE WHEN officer THEN 0 ELSE least(20 + [60, 180, 400, 900][priority] * (pow(wait_u, -0.6) - 1), 604800)::BIGINT END
            AS wait_s,
        CASE WHEN officer THEN 0 ELSE least(60 + 240 * (pow(travel_u, -0.5) - 1), 86400)::BIGINT END AS travel_s,
        least(300 + 900 * (pow(scene_u, -0.4) - 1), 604800)::BIGINT AS scene_s
    FROM coded
),
-- one call in two of the spring's first hour was stamped by a clock that nobody had set forward
clocked AS (
    SELECT *, house % 2 = 0 AND received_s >= $spring_s AND received_s < $spring_s + 3600 AS not_set
    FROM lasted
),
walled AS (
    SELECT *, $received AS received, $dispatched AS dispatched, $enroute AS enroute, $arrived AS arrived, $closed AS closed
    FROM clocked
),
written AS (
    SELECT *, printf('%010d', p + 1) AS call_no,
        strftime(received, '$time_format') AS received_text,
        CASE WHEN nobody_sent THEN '' ELSE strftime(dispatched, '$time_format') END AS dispatched_text,
        CASE WHEN nobody_sent OR area % 7 = 0 THEN '' ELSE strftime(enroute, '$time_format') END AS enroute_text,
        CASE WHEN nobody_sent OR arrival_luck < $no_arrival_per_mille THEN ''
            WHEN rare BETWEEN 5 AND 14 THEN '$sentinel'
            ELSE strftime(arrived, '$time_format') END AS arrived_text,
        CASE WHEN nobody_sent AND fate < 50 THEN '' WHEN rare BETWEEN 15 AND 29 THEN 'NULL'
            ELSE strftime(closed, '$time_format') END AS closed_text,
        CASE WHEN nobody_sent THEN CASE WHEN fate < 50 THEN '' WHEN fate < 300 THEN 'NUA' WHEN fate < 500 THEN 'CAN' ELSE 'DUP' END
            WHEN rare BETWEEN 30 AND 39 THEN 'Q7'
            ELSE ['RPT', 'RPT', 'RPT', 'HAN', 'HAN', 'HAN', 'HAN', 'HAN', 'HAN', 'AST', 'AST', 'ARR', 'CIT', 'GOA', 'GOA',
                'GOA', 'UTL', 'UNF', 'FAL', ''][1 + ending % 20] END AS disposition,
        (house % 99 * 100)::VARCHAR || ' block of ' || ['Main St', 'Oak Ave', 'Peña Blvd', 'River Rd', 'O''Hara St'][1 + area % 5]
            AS street,
        (1 + area // 5 % 8)::VARCHAR AS district, district || (1 + area // 40 % 6)::VARCHAR AS beat
    FROM walled
),
placed AS (
    SELECT *,
        CASE WHEN spoilt = 0 THEN '"' || street WHEN area % 9 = 0 THEN '"' || street || ', Unit ' || (house % 40)::VARCHAR || '"'
            ELSE street END AS block
    FROM written
)
