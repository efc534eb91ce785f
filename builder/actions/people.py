"""What people do with their own account. Signing in and out is django-allauth's."""

from builder.models import Theme, User


def choose_theme(user: User, theme: Theme) -> None:
    user.theme = theme
    user.save(update_fields=["theme"])
