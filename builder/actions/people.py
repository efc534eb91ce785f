"""A person: what is asked of a new one, and what each may set for themselves."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from builder.actions.errors import Invalid
from builder.models import Theme, User

Errors = dict[str, list[str]]
MAX_PASSWORD = 128


def errors_in(name: str, email: str, password: str | None) -> Errors:
    """A sentence for each field that won't do. `password`: None for who needs none."""
    found = {"name": _name(name), "email": _email(email)}
    if password is not None:
        found["password"] = _password(name, email, password)
    return {field: sentences for field, sentences in found.items() if sentences}


def new_user(name: str, email: str, password: str | None) -> User:
    return User.objects.create_user(email.strip(), password, name=name.strip())


def choose_theme(user: User, theme: Theme) -> None:
    User.objects.filter(pk=user.pk).update(theme=theme)


def change_profile(user: User, name: str, single_keys: bool) -> User:
    """`single_keys`: whether one letter alone is a shortcut."""
    if wrong := _name(name):
        raise Invalid(errors={"name": wrong})
    user.name, user.single_keys = name.strip(), single_keys
    user.save(update_fields=["name", "single_keys"])
    return user


def _name(name: str) -> list[str]:
    if not name.strip():
        return [_("Write your name, as colleagues should read it.")]
    return [_("The name is longer than 120 characters. Shorten it.")] if len(name) > 120 else []


def _email(email: str) -> list[str]:
    try:
        validate_email(email.strip())
    except ValidationError:
        return [_("This is not an e-mail address. It looks like name@example.com.")]
    if User.objects.filter(email__iexact=email.strip()).exists():
        return [_("Somebody has signed up with this e-mail address already. Sign in instead.")]
    return []


def _password(name: str, email: str, password: str) -> list[str]:
    if len(password) > MAX_PASSWORD:
        return [_("The password is longer than %(n)d characters. Shorten it.") % {"n": MAX_PASSWORD}]
    try:
        validate_password(password, User(name=name, email=email))
    except ValidationError as problem:
        return [str(message) for message in problem.messages]
    return []
