-- Calls and recorded clock points by the number of their local month ($month, engines/local_months.py). Nothing is joined: a
-- join in the order of time would keep every call in memory.
SELECT
    $month AS month,
    count(*) AS calls,
    count(occurred), count(phone), count(received), count(answered), count(entered), count(queued), count(dispatched),
    count(enroute), count(arrived), count(contact), count(cleared), count(closed), count(first_closed), count(reopened)
FROM described
GROUP BY month
ORDER BY month = -1, month;
