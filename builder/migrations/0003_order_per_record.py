from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """What happened to one record is carried over in its order."""

    dependencies = [("builder", "0002_one_hook_each")]

    operations = [
        migrations.AddField("run", "lane", models.CharField(max_length=120, blank=True)),
        migrations.AddIndex(
            "run", models.Index(fields=["lane", "id"], condition=Q(wake_at__isnull=False), name="run_lane")
        ),
    ]
