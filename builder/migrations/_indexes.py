"""Indexes of large tables, built while others write."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


class AddIndexAlongside(AddIndexConcurrently):
    """On PostgreSQL nobody waits for it; elsewhere as ever. Its migration must not be atomic. What an interrupted build
    left behind is built anew."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            migrations.AddIndex.database_forwards(self, app_label, schema_editor, from_state, to_state)
            return
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(self.index.name)}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        plain = schema_editor.connection.vendor != "postgresql"
        undo = migrations.AddIndex.database_backwards if plain else AddIndexConcurrently.database_backwards
        undo(self, app_label, schema_editor, from_state, to_state)
