-- Calls and recorded clock points by local month. `utc_offsets` (from_us, offset_us) is the agency's zone as a table;
-- a call without any time belongs to no month.
SELECT
    coalesce(strftime(make_timestamp(start_us + offset_us), '%Y-%m'), 'unknown') AS month,
    count(*) AS calls,
    count(occurred), count(phone), count(received), count(answered), count(entered), count(queued), count(dispatched),
    count(enroute), count(arrived), count(contact), count(cleared), count(closed), count(first_closed), count(reopened)
FROM described
ASOF LEFT JOIN utc_offsets ON described.start_us >= utc_offsets.from_us
GROUP BY month
ORDER BY month = 'unknown', month;
