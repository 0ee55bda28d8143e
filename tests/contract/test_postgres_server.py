"""What tests may rely on in the PostgreSQL server they are given."""

from __future__ import annotations

import signal

import psycopg
import pytest
from tests.support import postgres_server as support
from tests.support.postgres_server import PostgresServer


@pytest.mark.parametrize("time", ["first", "second"])
def test_every_test_has_an_empty_database(postgres_dsn: str, time: str) -> None:
    with psycopg.connect(postgres_dsn) as connection:
        connection.execute("CREATE TABLE call (n bigint PRIMARY KEY)")
        connection.execute("INSERT INTO call VALUES (1)")


def test_no_network_port_is_open(postgres_dsn: str) -> None:
    with psycopg.connect(postgres_dsn) as connection:
        assert connection.execute("SHOW listen_addresses").fetchall() == [("",)]


def test_nobody_else_reaches_the_socket(postgres_server: PostgresServer) -> None:
    assert postgres_server.folder.stat().st_mode & 0o077 == 0


def test_what_was_committed_outlives_a_crash_of_the_server(postgres_server: PostgresServer, postgres_dsn: str) -> None:
    with psycopg.connect(postgres_dsn) as connection:
        connection.execute("CREATE TABLE call (n bigint)")
    postgres_server.stop(how=signal.SIGQUIT)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(postgres_dsn)
    postgres_server.start()
    with psycopg.connect(postgres_dsn) as connection:
        assert connection.execute("SELECT count(*) FROM call").fetchall() == [(0,)]


def test_a_server_that_cannot_start_says_what_it_said_itself(tmp_path: object) -> None:
    where = support.programs()
    if where is None:
        pytest.skip("no PostgreSQL server on this machine")
    server = PostgresServer(where)
    try:
        with (server.folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write("no_such_setting = 1\n")
        with pytest.raises(RuntimeError, match="no_such_setting"):
            server.start()
    finally:
        server.remove()
    assert not server.folder.exists()
