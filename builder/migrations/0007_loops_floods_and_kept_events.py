import django.db.models.deletion
from django.db import migrations, models

import builder.models.columns


class Migration(migrations.Migration):
    dependencies = [
        ("builder", "0006_keeping_house"),
    ]

    operations = [
        migrations.CreateModel(
            name="Kept",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.CreateModel(
            name="OwnWrite",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object", models.CharField(max_length=40)),
                ("record_id", models.CharField(max_length=100)),
                ("values", builder.models.columns.JsonText(default=dict)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="recipe",
            name="mail_due",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="recipe",
            name="never_pause",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="recipe",
            name="paused_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="recipe",
            name="paused_by",
            field=models.CharField(
                blank=True,
                choices=[
                    ("errors", "Nearly every run failed"),
                    ("loop", "It seemed to go round in a loop"),
                    ("flood", "Far more events came than usual"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="recipe",
            name="resumed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="run",
            name="chain",
            field=builder.models.columns.JsonText(default=list),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="pace",
            field=builder.models.columns.JsonText(default=dict),
        ),
        migrations.AddIndex(
            model_name="hourcount",
            index=models.Index(fields=["hour"], name="count_by_hour"),
        ),
        migrations.AddIndex(
            model_name="recipe",
            index=models.Index(condition=models.Q(("mail_due", True)), fields=["id"], name="recipe_mail_due"),
        ),
        migrations.AddField(
            model_name="kept",
            name="event",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="builder.event"),
        ),
        migrations.AddField(
            model_name="kept",
            name="recipe",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="kept", to="builder.recipe"
            ),
        ),
        migrations.AddField(
            model_name="kept",
            name="workspace",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="builder.workspace"),
        ),
        migrations.AddField(
            model_name="ownwrite",
            name="connection",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="builder.connection"),
        ),
        migrations.AddField(
            model_name="ownwrite",
            name="run",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="builder.run"),
        ),
        migrations.AddField(
            model_name="ownwrite",
            name="workspace",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="builder.workspace"),
        ),
        migrations.AddConstraint(
            model_name="kept",
            constraint=models.UniqueConstraint(fields=("recipe", "event"), name="one_kept_each"),
        ),
        migrations.AddConstraint(
            model_name="ownwrite",
            constraint=models.UniqueConstraint(
                fields=("connection", "object", "record_id"), name="one_own_write_per_record"
            ),
        ),
    ]
