-- Every call within the window of an entry, with how well place, area and kind agree (answerable.answer.listed.weights).
-- `listed` holds the entries with their words, `near_calls` the calls. A side that does not say gives NULL.
SELECT
  listed.id,
  call.key,
  call.told_us,
  place_level(listed.place, listed.ways, call.place, call.ways) AS place,
  CASE
    WHEN listed.beat <> '' AND listed.beat = call.beat THEN 2
    WHEN listed.district <> '' AND listed.district = call.district THEN 1
    WHEN (listed.beat <> '' AND call.beat <> '') OR (listed.district <> '' AND call.district <> '') THEN 0
  END AS area,
  CASE
    WHEN len(listed.type) = 0 OR len(call.type) = 0 THEN NULL
    WHEN list_has_all(call.type, listed.type) THEN 2
    WHEN list_has_any(call.type, listed.type) THEN 1
    ELSE 0
  END AS kind
FROM listed
JOIN near_calls AS call ON call.told_us BETWEEN listed.about_us - listed.window_us AND listed.about_us + listed.window_us
ORDER BY listed.id, call.told_us, call.key;
