"""Settings: `answerable.toml`, over it the environment (ANSWERABLE_…), over both what a command line says.

The file lies in the folder where a command is started, or where ANSWERABLE_CONFIG says. It is read strictly: a key that
nobody reads is an error with its line, so that no setting is silently without effect.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from answerable.errors import SettingsError
from answerable.notation import NotationError, toml_values

FILE: Final = "answerable.toml"
FILE_SAID: Final = "ANSWERABLE_CONFIG"
MOST_THREADS = 256
SECURITIES: Final = ("starttls", "tls", "none")
_SIZE = re.compile(r"([1-9][0-9]{0,5}) ?(MB|GB|TB|MiB|GiB|TiB)", re.ASCII)
_UNITS = {"MB": 10**6, "GB": 10**9, "TB": 10**12, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
_BESIDE_BYTES = 250 * 10**6
"""What a process takes beside the engine: the interpreter, rows on their way, blocks that are being decoded."""
_IMPORT_BYTES = 2 * 10**9
"""What an import's engine may use where nobody says."""
_NUMBER = re.compile(r"[0-9]{1,5}", re.ASCII)


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A setting: its name in the file, its variable, what holds without either. `path`: relative to the file."""

    name: str
    env: str
    otherwise: str = ""
    many: bool = False
    path: bool = False


KEYS: Final = (
    Key(name="memory", env="ANSWERABLE_MEMORY"),
    Key(name="threads", env="ANSWERABLE_THREADS", otherwise="0"),
    Key(name="serve.policy", env="ANSWERABLE_POLICY", path=True),
    Key(name="serve.listen", env="ANSWERABLE_LISTEN", otherwise="127.0.0.1:8040"),
    Key(name="serve.url", env="ANSWERABLE_URL"),
    Key(name="serve.zone", env="ANSWERABLE_ZONE", otherwise="UTC"),
    Key(name="serve.shadow", env="ANSWERABLE_SHADOW", path=True),
    Key(name="serve.source", env="ANSWERABLE_SOURCE"),
    Key(name="serve.feed", env="ANSWERABLE_FEED", otherwise="cad"),
    Key(name="serve.processes", env="ANSWERABLE_PROCESSES", otherwise="1"),
    Key(name="serve.alarm-to", env="ANSWERABLE_ALARM_TO", many=True),
    Key(name="smtp.host", env="ANSWERABLE_SMTP_HOST"),
    Key(name="smtp.port", env="ANSWERABLE_SMTP_PORT", otherwise="587"),
    Key(name="smtp.security", env="ANSWERABLE_SMTP_SECURITY", otherwise="starttls"),
    Key(name="smtp.from", env="ANSWERABLE_SMTP_FROM"),
    Key(name="smtp.user", env="ANSWERABLE_SMTP_USER"),
    Key(name="smtp.password-file", env="ANSWERABLE_SMTP_PASSWORD_FILE", path=True),
)
"""Every setting; docs/reference/settings.md."""

_BY_NAME: Final = {key.name: key for key in KEYS}


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for one setting, and who says so: a variable, the file with its line, or nobody (the default)."""

    name: str
    values: tuple[str, ...]
    by: str

    @property
    def text(self) -> str:
        """The value; several with a space between."""
        return " ".join(self.values)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`memory`: what may be used (`1GB`; empty: nobody says); `threads`: the engine's worker threads (0: all cores)."""

    memory: str = ""
    threads: int = 0

    def engine_bytes(self) -> int | None:
        """What the bulk engine may use, so that the whole process stays within `memory`. Raises SettingsError."""
        if not self.memory:
            return None
        size = _SIZE.fullmatch(self.memory)
        if size is None:
            raise SettingsError(f"ANSWERABLE_MEMORY is {self.memory!r}; write a size such as 1GB or 800MB")
        whole = int(size[1]) * _UNITS[size[2]]
        return max(whole - _BESIDE_BYTES, whole // 2)

    def import_bytes(self) -> int:
        """What the engine of an import may use. Raises SettingsError."""
        return self.engine_bytes() or _IMPORT_BYTES


class Smtp(msgspec.Struct, frozen=True, kw_only=True):
    """The server that takes mail. `security`: starttls, tls (from the first byte), or none; `password_file` holds the
    password of `user` and nothing else."""

    host: str
    sender: str
    port: int = 587
    security: str = "starttls"
    user: str = ""
    password_file: Path | None = None


def read_settings(
    environ: Mapping[str, str] | None = None, *, folder: Path | None = None, memory: str | None = None
) -> Settings:
    """What the bulk engine may use; `memory` of a command line goes before all else.

    Raises SettingsError naming the option, the variable, or the file and line.
    """
    said = read_said(environ, folder=folder)
    threads = said["threads"]
    size = said["memory"] if memory is None else Said(name="memory", values=(memory,), by="--memory")
    if size.values and _SIZE.fullmatch(size.text) is None:
        raise _fault(size, "write a size such as 1GB or 800MB")
    if _NUMBER.fullmatch(threads.text) is None:
        raise _fault(threads, "write a whole number of threads, such as 2")
    if int(threads.text) > MOST_THREADS:
        raise SettingsError(f"{_where(threads)} is {threads.text}; at most {MOST_THREADS} make sense")
    return Settings(memory=size.text, threads=int(threads.text))


def read_smtp(environ: Mapping[str, str] | None = None, *, folder: Path | None = None) -> Smtp | None:
    """The server for mail; None where no `smtp.host` is said. Raises SettingsError."""
    said = read_said(environ, folder=folder)
    host, sender, port, security = (said[f"smtp.{name}"] for name in ("host", "from", "port", "security"))
    if not host.values:
        return None
    if not sender.values or "@" not in sender.text:
        raise SettingsError(f"{_where(host)} is set, and `smtp.from` is no address such as desk@alder.example")
    if _NUMBER.fullmatch(port.text) is None or not 0 < int(port.text) < 65_536:
        raise _fault(port, "write a port from 1 to 65535")
    if security.text not in SECURITIES:
        raise _fault(security, f"write one of {', '.join(SECURITIES)}")
    secret = said["smtp.password-file"]
    return Smtp(
        host=host.text,
        sender=sender.text,
        port=int(port.text),
        security=security.text,
        user=said["smtp.user"].text,
        password_file=Path(secret.text) if secret.values else None,
    )


def read_said(environ: Mapping[str, str] | None = None, *, folder: Path | None = None) -> dict[str, Said]:
    """Every setting, by its name. Raises SettingsError where the file cannot be read or says what nobody reads."""
    env = os.environ if environ is None else environ
    written = _read_file(config_file(env, folder=folder))
    found = dict[str, Said]()
    for key in KEYS:
        if env.get(key.env, "") != "":
            values = tuple(env[key.env].split()) if key.many else (env[key.env],)
            found[key.name] = Said(name=key.name, values=values, by=key.env)
        else:
            otherwise = Said(name=key.name, values=(key.otherwise,) if key.otherwise else (), by="")
            found[key.name] = written.get(key.name, otherwise)
    return found


def config_file(environ: Mapping[str, str], *, folder: Path | None = None) -> Path | None:
    """Where the file lies; None where there is none. One that ANSWERABLE_CONFIG names must be there."""
    named = environ.get(FILE_SAID, "")
    if named:
        return Path(named)
    path = (Path() if folder is None else folder) / FILE
    return path if path.is_file() else None


def _read_file(path: Path | None) -> dict[str, Said]:
    if path is None:
        return {}
    try:
        data = path.read_bytes()
        held, text = toml_values(data), data.decode("utf-8-sig")
    except OSError as fault:
        raise SettingsError(f"{path}: {fault.strerror}") from fault
    except NotationError as fault:
        raise SettingsError(f"{path}: {fault}") from fault
    found = dict[str, Said]()
    for name, value in _flat(held, path=path, text=text):
        line = _line_of(text, name)
        if name not in _BY_NAME:
            raise SettingsError(
                f"{path}, line {line}: {name!r} is not a setting.", hint=_meant(name) or "docs/reference/settings.md"
            )
        values = _values(value, _BY_NAME[name], where=f"{path}, line {line}", beside=path.parent)
        found[name] = Said(name=name, values=values, by=f"{path}, line {line}")
    return found


def _flat(held: Mapping[str, Any], *, path: Path, text: str) -> list[tuple[str, Any]]:
    """Every key with its value, under its name with its table."""
    tables = {key.name.partition(".")[0] for key in KEYS if "." in key.name}
    found = list[tuple[str, Any]]()
    for name, value in held.items():
        if name in tables and not isinstance(value, dict):
            raise SettingsError(f"{path}, line {_line_of(text, name)}: [{name}] is a table of settings")
        inner = value.items() if isinstance(value, dict) else ()
        found += [(f"{name}.{key}", one) for key, one in inner]
        if not isinstance(value, dict) or name not in tables:
            found.append((name, value))
    return found


def _values(value: Any, key: Key, *, where: str, beside: Path) -> tuple[str, ...]:
    held = value if key.many and isinstance(value, list) else [value]
    texts = [str(one) if isinstance(one, int) and not isinstance(one, bool) else one for one in held]
    if not all(isinstance(one, str) and one.strip() and one.isprintable() for one in texts):
        wanted = "a text, or a list of texts" if key.many else "a text"
        raise SettingsError(f"{where}: `{key.name}` is {value!r}; write {wanted}")
    return tuple(str(beside / one) if key.path else one for one in texts)


def _line_of(text: str, name: str) -> int:
    """The line on which a setting stands; of an inline or dotted spelling, the nearest that names it."""
    table, _, key = name.rpartition(".")
    inside, best = "", 1
    for number, line in enumerate(text.splitlines(), start=1):
        heading = re.match(r"\s*\[+\s*([A-Za-z0-9_.\"-]+)\s*\]+", line)
        if heading:
            inside = heading[1].strip('"')
            best = number if inside in (name, table) else best
        elif re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", line) and inside == table:
            return number
        elif re.match(rf"\s*\"?{re.escape(table or key)}\"?\s*[.=]", line) and not inside:
            best = number
    return best


def _meant(name: str) -> str:
    near = difflib.get_close_matches(name, _BY_NAME, n=1)
    return f"Did you mean {near[0]!r}?" if near else ""


def _where(said: Said) -> str:
    return f"{said.by}: `{said.name}`" if " " in said.by or "." in said.by else said.by


def _fault(said: Said, wanted: str) -> SettingsError:
    return SettingsError(f"{_where(said)} is {said.text!r}; {wanted}")
