-- How often each pair of judgements occurs: one row a pair, what it says before, the same after, and the calls.
SELECT $before, $after, $calls AS calls
FROM $judged
GROUP BY ALL
