-- How often each pair of judgements occurs: one row a pair, what it says before, the same after, and the calls.
SELECT $before, $after, count(*) AS calls
FROM judged_before AS before JOIN judged AS after ON after.n = before.n
GROUP BY ALL
