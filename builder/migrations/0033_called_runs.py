from django.db import migrations, models

from builder.migrations._indexes import AddIndexAlongside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("builder", "0032_money_and_calls")]

    operations = [
        AddIndexAlongside(
            model_name="run",
            index=models.Index(fields=["parent"], condition=models.Q(("parent__isnull", False)), name="run_called"),
        ),
    ]
