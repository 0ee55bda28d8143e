-- The record on PostgreSQL: the tables of record_1.sql in this server's types. One database (or schema) holds one log.
CREATE TABLE entry (
    seq            BIGINT PRIMARY KEY,
    id             TEXT NOT NULL UNIQUE,
    recorded_at_us BIGINT NOT NULL,
    leaf           BYTEA NOT NULL,
    body           BYTEA NOT NULL
);

CREATE TABLE tile (
    level  SMALLINT NOT NULL,
    n      BIGINT NOT NULL,
    root   BYTEA NOT NULL,
    hashes BYTEA NOT NULL,
    PRIMARY KEY (level, n)
);

CREATE TABLE head (
    log  TEXT PRIMARY KEY,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    note BYTEA NOT NULL
);

CREATE TABLE sealed (
    id    TEXT NOT NULL,
    name  TEXT NOT NULL,
    nonce BYTEA NOT NULL,
    ct    BYTEA NOT NULL,
    PRIMARY KEY (id, name)
);

CREATE TABLE erased (
    id   TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (id, name)
);
