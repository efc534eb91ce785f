from django.db import migrations, models

import builder.models.run
from builder.migrations._indexes import AddIndexAlongside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("builder", "0017_called_events"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(  # the column stays as it is: only what new rows are given differs
            state_operations=[
                migrations.AlterField(
                    model_name="run",
                    name="engine",
                    field=models.PositiveSmallIntegerField(default=builder.models.run.newest_engine),
                ),
            ],
        ),
        AddIndexAlongside(
            model_name="recordlink",
            index=models.Index(fields=["workspace", "kind", "remote_id"], name="link_by_remote"),
        ),
        AddIndexAlongside(
            model_name="recordlink",
            index=models.Index(fields=["workspace", "kind", "local_key"], name="link_by_local"),
        ),
    ]
