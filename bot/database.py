"""A database: opened, migrated when an older Quoth wrote it, and its faults told with place and remedy.

SQLAlchemy Core; SQLite, under the data folder, by default. What the tables hold is not known here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from index.errors import StoreError

__all__ = ["Database", "Schema", "Transaction", "file_in"]


@dataclass(frozen=True, slots=True)
class Schema:
    """Tables of a version; one of them, ``versions``, says which. ``migrations`` hold, for each earlier
    version, what makes a database of the next one of it.
    """

    version: int
    tables: sa.MetaData
    versions: sa.Table
    migrations: Mapping[int, Callable[[sa.Connection], None]]


def file_in(data: Path, name: str) -> str:
    """The address of an SQLite database in a data folder, which is made where there is none."""
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fault = (error.strerror or str(error)).lower()
        raise StoreError(data, fault, "set QUOTH_DATA to a folder that can be written") from error
    return f"sqlite:///{data / name}"


class Database:
    """Connections to a database with the tables of a schema.

    With ``durable``, what a transaction wrote is on the disk when it ends; otherwise a power cut, though no
    kill, may take back the last ones. Raises StoreError when it cannot be opened or written, or was written
    by a newer Quoth.
    """

    def __init__(self, url: str, schema: Schema, *, durable: bool = False) -> None:
        self._engine = sa.create_engine(url, pool_reset_on_return=None)  # transactions end themselves
        self._place = self._engine.url.database or self._engine.url.render_as_string(hide_password=True)
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _tuned_sqlite("FULL" if durable else "NORMAL"))
            sa.event.listen(self._engine, "begin", _begin)
        try:
            self._migrate(schema)
        except SQLAlchemyError as error:
            self._engine.dispose()
            raise self._fault(error) from error

    @property
    def dialect(self) -> str:
        """``sqlite`` or another."""
        return self._engine.dialect.name

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def transaction(self) -> "Transaction":
        """A transaction whose errors are a StoreError."""
        return Transaction(self._engine, self._fault)

    def _migrate(self, schema: Schema) -> None:
        """Make the tables, or bring those of an older version to that of the schema; all or nothing."""
        versions = schema.versions
        with self._engine.execution_options(writes=True).begin() as connection:
            there = sa.inspect(connection).has_table(versions.name)
            found = connection.execute(sa.select(versions.c.version)).scalar() if there else None
            if found is None:
                schema.tables.create_all(connection)
                connection.execute(sa.insert(versions).values(version=schema.version))
                return
            if found > schema.version:
                raise StoreError(self._place, "was written by a newer Quoth", "use that version, or newer")
            for step in range(found, schema.version):
                schema.migrations[step](connection)
            if found < schema.version:
                connection.execute(sa.update(versions).values(version=schema.version))

    def _fault(self, error: SQLAlchemyError) -> StoreError:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        return StoreError(self._place, said, "look at the disk and the file's rights")


class Transaction:
    """A transaction of an engine; what ``fault`` makes of an error is raised in its place."""

    def __init__(self, engine: sa.Engine, fault: Callable[[SQLAlchemyError], StoreError]) -> None:
        self._begun, self._fault = engine.begin(), fault

    def __enter__(self) -> sa.Connection:
        try:
            return self._begun.__enter__()
        except SQLAlchemyError as error:
            raise self._fault(error) from error

    def __exit__(self, *cause: object) -> None:
        try:
            self._begun.__exit__(*cause)  # type: ignore[arg-type]
        except SQLAlchemyError as error:
            raise self._fault(error) from error
        if isinstance(cause[1], SQLAlchemyError):
            raise self._fault(cause[1]) from cause[1]


def _tuned_sqlite(synchronous: str) -> Callable[[object, object], None]:
    def tune(connection: object, _record: object) -> None:
        """Readers beside the writer, a wait for the other process instead of an error."""
        connection.isolation_level = None  # type: ignore[attr-defined]  # see _begin
        cursor = connection.cursor()  # type: ignore[attr-defined]
        for pragma in ("busy_timeout=15000", "journal_mode=WAL", f"synchronous={synchronous}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return tune


def _begin(connection: sa.Connection) -> None:
    """Python's sqlite3 begins no transaction for what makes tables: half of it would outlive a kill.

    One that is known to write after it has read takes the writer's place at once: SQLite lets it wait for
    another process there, but refuses it when it has read what that process then changed.
    """
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
