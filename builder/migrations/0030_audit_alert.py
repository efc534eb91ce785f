from django.db import migrations, models

KINDS = ["failed", "held", "unknown", "connection", "paused", "quiet", "budget"]


def tell(apps, schema_editor):
    """Whoever is told of everything is told of this, too."""
    for route in apps.get_model("builder", "AlertRoute").objects.all():
        if set(route.kinds) >= set(KINDS):
            route.kinds = [*KINDS, "audit"]
            route.save(update_fields=["kinds"])


class Migration(migrations.Migration):
    dependencies = [("builder", "0029_folder_access")]

    operations = [
        migrations.AlterField(
            model_name="alert",
            name="kind",
            field=models.CharField(
                choices=[
                    ("failed", "A run failed"),
                    ("held", "A run is on hold"),
                    ("unknown", "Nobody knows whether a step was done"),
                    ("connection", "A connection is in trouble"),
                    ("paused", "Recette paused a recipe by itself"),
                    ("quiet", "A recipe that usually runs by now has not"),
                    ("budget", "Four fifths of a service's calls of the day are used"),
                    ("audit", "The audit log was changed past Recette"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
