"""Many rows, one statement each, one round trip: Django's bulk_update builds a CASE of all values, far slower."""

from collections.abc import Iterable, Sequence

from django.db import connection, models


def update(model: type[models.Model], columns: Sequence[str], rows: Iterable[models.Model]) -> None:
    """Writes these columns of rows that exist, as they are now."""
    fields = [f for f in model._meta.concrete_fields if f.name in columns]
    values = [[f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields] + [row.pk] for row in rows]
    if not values:
        return
    assignments = ", ".join(f'"{f.column}" = %s' for f in fields)
    with connection.cursor() as cursor:
        cursor.executemany(f'UPDATE "{model._meta.db_table}" SET {assignments} WHERE "id" = %s', values)
