"""A backup is a zip: `manifest.json` and either a whole SQLite file or one COPY stream for each PostgreSQL table.

COPY needs no pg_dump of the server's own version, streams, and keeps every type exactly, because the tables it is read
into are made by the same migrations.
"""

import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

FORMAT = 1
MANIFEST = "manifest.json"
SQLITE = "recette.sqlite3"
CHUNK = 1 << 20


class Refused(Exception):
    """Why nothing was done, and the way out."""


def write(path: Path) -> dict[str, Any]:
    """The manifest of what now lies at `path`, a file that only its owner reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".unfinished")
    with open(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            manifest = describe() | (_write_sqlite(archive) if is_sqlite() else _write_postgres(archive))
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return manifest


def describe() -> dict[str, Any]:
    return {
        "format": FORMAT,
        "database": connection.vendor,
        "version": settings.VERSION,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "migrations": sorted(MigrationRecorder(connection).applied_migrations()),
        "seal_keys": [key.split(":")[0] for key in settings.SEAL_KEYS],
    }


def is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def read_manifest(path: Path) -> dict[str, Any]:
    """Raises Refused for anything but a whole backup."""
    try:
        with zipfile.ZipFile(path) as archive:
            if broken := archive.testzip():
                raise Refused(f"{path} is damaged at {broken}. Take an earlier backup.")
            return json.loads(archive.read(MANIFEST))
    except FileNotFoundError:
        raise Refused(f"There is no file {path}.") from None
    except (zipfile.BadZipFile, KeyError, ValueError):
        raise Refused(f"{path} is no backup of Recette.") from None


def restore(path: Path, force: bool) -> dict[str, Any]:
    """The manifest of what the database holds now; raises Refused before anything is touched."""
    manifest = read_manifest(path)
    _check_fit(manifest)
    if not force and (full := first_table_with_rows()):
        raise Refused(
            f"The database is not empty ({full} has rows), and restoring replaces all of it. "
            "Make a backup of it first, then add --force."
        )
    with zipfile.ZipFile(path) as archive:
        _read_sqlite(archive) if is_sqlite() else _read_postgres(archive, manifest)
    call_command("migrate", interactive=False, verbosity=0)
    return manifest


def missing_keys(manifest: dict[str, Any]) -> list[str]:
    """Ids of the seal keys that were in use then and are not given now."""
    return sorted(set(manifest["seal_keys"]) - {key.split(":")[0] for key in settings.SEAL_KEYS})


def _check_fit(manifest: dict[str, Any]) -> None:
    if manifest["format"] != FORMAT:
        raise Refused(f"The backup has format {manifest['format']}; this version reads format {FORMAT}.")
    if manifest["database"] != connection.vendor:
        raise Refused(
            f"The backup is of {manifest['database']} and DATABASE_URL names {connection.vendor}. Restore it into "
            "a database of its own kind."
        )
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    if unknown := [name for app, name in manifest["migrations"] if (app, name) not in known]:
        raise Refused(
            f"The backup was made by Recette {manifest['version']}, which is newer than {settings.VERSION} (it has "
            f"the migration {unknown[0]}). Install that version first."
        )


def first_table_with_rows() -> str | None:
    """The tables of people's data; what migrations fill by themselves doesn't count."""
    existing = set(connection.introspection.table_names())
    tables = [model._meta.db_table for model in apps.get_app_config("builder").get_models()]
    with connection.cursor() as cursor:
        for table in tables:
            if table in existing:
                cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")
                if cursor.fetchone():
                    return table
    return None


# SQLite: its own online backup, in one step, so that it is one moment's state


def _write_sqlite(archive: zipfile.ZipFile) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR) as folder:
        path = Path(folder) / SQLITE
        connection.ensure_connection()
        _copy_sqlite(connection.connection, path)
        archive.write(path, SQLITE)
    return {}


def _copy_sqlite(source: sqlite3.Connection, path: Path) -> None:
    target = sqlite3.connect(path)
    try:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
    finally:
        target.close()


def _read_sqlite(archive: zipfile.ZipFile) -> None:
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR) as folder:
        path = Path(folder) / SQLITE
        with archive.open(SQLITE) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target, CHUNK)
        kept = sqlite3.connect(path)
        try:
            if kept.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise Refused("The database inside the backup is damaged. Take an earlier backup.")
            connection.ensure_connection()
            kept.backup(connection.connection)
        finally:
            kept.close()
    connection.close()


# PostgreSQL: a COPY stream for each table, out of one snapshot and into one transaction


def _write_postgres(archive: zipfile.ZipFile) -> dict[str, Any]:
    tables = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for table in sorted(set(connection.introspection.table_names(cursor)) - {"django_migrations"}):
            tables[table] = _columns(cursor, table)
            with (
                archive.open(f"tables/{table}", "w", force_zip64=True) as target,
                cursor.copy(f"COPY {_named(table, tables[table])} TO STDOUT") as rows,
            ):
                for chunk in rows:
                    target.write(chunk)
    return {"tables": tables}


def _read_postgres(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)} CASCADE")
        _migrate_to({(app, name) for app, name in manifest["migrations"]})
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {', '.join(map(connection.ops.quote_name, manifest['tables']))}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table, columns in manifest["tables"].items():
            with (
                archive.open(f"tables/{table}") as source,
                cursor.copy(f"COPY {_named(table, columns)} FROM STDIN") as to,
            ):
                while chunk := source.read(CHUNK):
                    to.write(chunk)
        for statement in _sequence_resets():
            cursor.execute(statement)


def _migrate_to(applied: set[tuple[str, str]]) -> None:
    """The tables as they were then; the last ones of each line of migrations bring the others along."""
    executor = MigrationExecutor(connection)
    nodes = executor.loader.graph.node_map
    executor.migrate([key for key in applied if not applied & {child.key for child in nodes[key].children}])


def _columns(cursor: Any, table: str) -> list[str]:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND table_name = %s AND is_generated = 'NEVER' "
        "ORDER BY ordinal_position",
        [table],
    )
    return [name for (name,) in cursor.fetchall()]


def _named(table: str, columns: list[str]) -> str:
    quote = connection.ops.quote_name
    return f"{quote(table)} ({', '.join(quote(column) for column in columns)})"


def _sequence_resets() -> Iterator[str]:
    existing = set(connection.introspection.table_names())
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in existing]
    yield from connection.ops.sequence_reset_sql(no_style(), models)
