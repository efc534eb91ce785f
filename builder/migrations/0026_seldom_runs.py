from django.db import migrations, models

from builder.migrations._indexes import AddIndexAlongside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("builder", "0025_agencies"),
    ]

    operations = [
        AddIndexAlongside(
            model_name="run",
            index=models.Index(
                fields=["workspace", "-id"],
                condition=models.Q(("status__in", ("cancelled", "filtered", "waiting"))),
                name="run_seldom",
            ),
        ),
    ]
