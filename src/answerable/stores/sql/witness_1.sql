-- What a witness has cosigned: the last state of each log. It only ever grows.
CREATE TABLE seen (
    origin TEXT PRIMARY KEY,
    size   INTEGER NOT NULL,
    root   BLOB NOT NULL
) STRICT;
