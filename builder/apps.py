from django.apps import AppConfig


class BuilderConfig(AppConfig):
    name = "builder"
    verbose_name = "Recette"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from builder import checks  # noqa: F401, PLC0415 -- registers them
        from builder.web import devices  # noqa: F401, PLC0415 -- it hears of sign-ins; the pages hear of the rest
