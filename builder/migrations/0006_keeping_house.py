from django.db import migrations, models

import builder.models.columns


class Migration(migrations.Migration):
    dependencies = [
        ("builder", "0005_step_run_sealed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                ("hour", models.DateTimeField()),
                ("share", models.PositiveSmallIntegerField()),
                ("number", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, unique=True)),
                ("holder", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField("hourcount", "cancelled", models.PositiveIntegerField(default=0)),
        migrations.AddField("workspace", "keep_days", models.PositiveIntegerField(null=True)),
        migrations.AddField("workspace", "keep_exchanges_days", models.PositiveIntegerField(null=True)),
        migrations.AddField("workspace", "keep_runs", models.PositiveIntegerField(null=True)),
        # Text as before, read and written another way: the tables stay as they are.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("event", "data", builder.models.columns.PackedJson(null=True)),
                migrations.AlterField("exchange", "request_body", builder.models.columns.PackedText(blank=True)),
                migrations.AlterField("exchange", "response_body", builder.models.columns.PackedText(blank=True)),
                migrations.AlterField("steprun", "input", builder.models.columns.PackedJson(null=True)),
                migrations.AlterField("steprun", "output", builder.models.columns.PackedJson(null=True)),
            ]
        ),
        migrations.AddIndex(
            "steprun",
            models.Index(condition=models.Q(("status__in", ("unknown", "held"))), fields=["run"], name="step_unknown"),
        ),
        migrations.AddConstraint(
            "tally", models.UniqueConstraint(fields=("name", "hour", "share"), name="one_tally_each")
        ),
    ]
