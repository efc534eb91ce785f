from django.db import migrations, models

from builder.migrations._indexes import AddIndexAlongside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("builder", "0030_audit_alert")]

    operations = [
        AddIndexAlongside(
            model_name="hourcount",
            index=models.Index(
                fields=["workspace", "hour"],
                condition=models.Q(("failed__gt", 0), ("held__gt", 0), _connector="OR"),
                name="count_in_trouble",
            ),
        ),
    ]
