"""The same POST as one would write it today: FastAPI, pydantic, SQLAlchemy, PostgreSQL; a row a call, durable when
answered. It proves nothing, judges nothing, and tells no board."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import JSON, BigInteger, String, Text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

TOKEN = "benchmark"  # noqa: S105


class Base(DeclarativeBase):
    """The tables."""


class CallRow(Base):
    """A call in the database."""

    __tablename__ = "call"
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(128), unique=True)
    place: Mapped[str | None] = mapped_column(Text)
    nature: Mapped[str | None] = mapped_column(Text)
    narrative: Mapped[str | None] = mapped_column(Text)
    caller_name: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    caller_agency: Mapped[str | None] = mapped_column(Text)
    district: Mapped[str | None] = mapped_column(Text)
    beat: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


class CallIn(BaseModel):
    """A call as it is sent."""

    model_config = {"extra": "forbid"}
    id: str = Field(max_length=128, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*$")
    place: str | None = Field(None, max_length=4_000)
    nature: str | None = Field(None, max_length=300)
    narrative: str | None = Field(None, max_length=4_000)
    caller_name: str | None = Field(None, max_length=300)
    phone: str | None = Field(None, max_length=300)
    caller_agency: str | None = Field(None, max_length=300)
    district: str | None = None
    beat: str | None = None
    facts: dict[str, bool | int | str] = {}


class CallOut(BaseModel):
    """The answer."""

    id: str
    index: int


def create(database: str) -> FastAPI:
    """The application on a PostgreSQL database."""
    engine = create_async_engine(database, pool_size=32, max_overflow=32)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    app = FastAPI()

    async def session() -> Any:
        async with sessions() as made:
            yield made

    def device(authorization: str = Header()) -> None:
        if authorization != f"Bearer {TOKEN}":
            raise HTTPException(401)

    @app.on_event("startup")
    async def tables() -> None:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)

    @app.post("/v1/calls", status_code=201, dependencies=[Depends(device)])
    async def receive(call: CallIn, database: AsyncSession = Depends(session)) -> CallOut:  # noqa: B008  FastAPI's way
        row = CallRow(**call.model_dump())
        database.add(row)
        await database.commit()
        return CallOut(id=row.id, index=row.seq)

    return app


def main() -> None:
    """`DATABASE PORT`: serve until ended."""
    database, port = sys.argv[1:]
    uvicorn.run(create(database), port=int(port), log_level="error", loop="uvloop", http="httptools")


if __name__ == "__main__":
    main()
