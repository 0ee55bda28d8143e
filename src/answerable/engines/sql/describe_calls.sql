-- The view `described`: what every description asks of a call, over the view `calls` (canonical columns).
-- A time counts as recorded unless its quality says missing or sentinel; it is uncertain where its quality says that
-- the clock itself cannot be relied on. Both sets of bits are variables, set from model.call.Quality.
CREATE TEMP VIEW described AS
WITH points AS (
    SELECT
        CASE WHEN quality_occurred     & getvariable('unrecorded_bits') = 0 THEN epoch_us(occurred_at) END     AS occurred,
        CASE WHEN quality_phone        & getvariable('unrecorded_bits') = 0 THEN epoch_us(phone_at) END        AS phone,
        CASE WHEN quality_received     & getvariable('unrecorded_bits') = 0 THEN epoch_us(received_at) END     AS received,
        CASE WHEN quality_answered     & getvariable('unrecorded_bits') = 0 THEN epoch_us(answered_at) END     AS answered,
        CASE WHEN quality_entered      & getvariable('unrecorded_bits') = 0 THEN epoch_us(entered_at) END      AS entered,
        CASE WHEN quality_queued       & getvariable('unrecorded_bits') = 0 THEN epoch_us(queued_at) END       AS queued,
        CASE WHEN quality_dispatched   & getvariable('unrecorded_bits') = 0 THEN epoch_us(dispatched_at) END   AS dispatched,
        CASE WHEN quality_enroute      & getvariable('unrecorded_bits') = 0 THEN epoch_us(enroute_at) END      AS enroute,
        CASE WHEN quality_arrived      & getvariable('unrecorded_bits') = 0 THEN epoch_us(arrived_at) END      AS arrived,
        CASE WHEN quality_contact      & getvariable('unrecorded_bits') = 0 THEN epoch_us(contact_at) END      AS contact,
        CASE WHEN quality_cleared      & getvariable('unrecorded_bits') = 0 THEN epoch_us(cleared_at) END      AS cleared,
        CASE WHEN quality_closed       & getvariable('unrecorded_bits') = 0 THEN epoch_us(closed_at) END       AS closed,
        CASE WHEN quality_first_closed & getvariable('unrecorded_bits') = 0 THEN epoch_us(first_closed_at) END AS first_closed,
        CASE WHEN quality_reopened     & getvariable('unrecorded_bits') = 0 THEN epoch_us(reopened_at) END     AS reopened,
        quality_received   & getvariable('uncertain_bits') <> 0 AS received_uncertain,
        quality_queued     & getvariable('uncertain_bits') <> 0 AS queued_uncertain,
        quality_dispatched & getvariable('uncertain_bits') <> 0 AS dispatched_uncertain,
        quality_arrived    & getvariable('uncertain_bits') <> 0 AS arrived_uncertain,
        dispatched = 'no' AS dispatched_never,
        arrived = 'no' AS arrived_never,
        CASE
            -- the same call told twice would be measured twice
            WHEN duplicate_of IS NOT NULL OR disposition = 'duplicate' THEN NULL
            -- nobody waits for the answer to these
            WHEN entry_kind IN ('test', 'broadcast', 'information') THEN NULL
            WHEN origin = 'scheduled' THEN NULL
            WHEN origin = 'officer' THEN 'officer_initiated'
            ELSE 'calls'
        END AS population
    FROM calls
)
SELECT
    *,
    coalesce(
        received, phone, answered, entered, queued, dispatched, enroute, arrived, contact, cleared, closed,
        first_closed, reopened, occurred
    ) AS start_us
FROM points;
