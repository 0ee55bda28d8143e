-- The first and the last instant from which months are counted.
SELECT min(start_us), max(start_us) FROM described;
