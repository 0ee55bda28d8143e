-- How often each value occurs, column by column; a blank counts under its own name.
WITH listed AS (
    SELECT 'dispositions' AS what, coalesce(disposition, 'none') AS value FROM calls
    UNION ALL
    SELECT 'disposition_codes', coalesce(disposition_raw, '') FROM calls
    UNION ALL
    SELECT 'origins', coalesce(origin, 'unknown') FROM calls
    UNION ALL
    SELECT 'entry_kinds', coalesce(entry_kind, 'call') FROM calls
    UNION ALL
    SELECT 'dispatched', coalesce(dispatched, 'not_recorded') FROM calls
    UNION ALL
    SELECT 'arrived', coalesce(arrived, 'not_recorded') FROM calls
    UNION ALL
    SELECT 'priorities', coalesce(priority_initial_raw, priority_final_raw, '') FROM calls
)
SELECT what, value, count(*) AS calls
FROM listed
GROUP BY what, value
ORDER BY what, calls DESC, value;
