"""What bodies look like. A Shape describes and checks; it knows nothing of what is done with it."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.drainage import set_override
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from builder.api.paging import LIMIT, MOST

ID = "k7mq2xw9ehtd"
AT = "2026-11-12T09:30:00Z"


class Shape(serializers.Serializer[Any]):
    """A name that isn't declared is refused: a misspelt one is never passed over in silence."""

    example: ClassVar[Mapping[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        set_override(cls, "component_name", cls.__name__.removesuffix("Shape"))

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := data.keys() - self.fields.keys()):
            message = _("There is no “%(name)s” here.")
            raise serializers.ValidationError({str(n)[:60]: [message % {"name": str(n)[:60]}] for n in sorted(unknown)})
        return super().to_internal_value(data)


class Listed(Shape):
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=LIMIT, help_text="Rows of a page.")
    cursor = serializers.CharField(default="", allow_blank=True, help_text="`next` of the page before.")


class Found(Listed):
    q = serializers.CharField(default="", allow_blank=True, max_length=200, help_text="Words to look for.")


class Nothing(Shape):
    """No parts."""


@extend_schema_field({"type": "object", "additionalProperties": {}})
class Plain(serializers.Field[Any, Any, Any, Any]):
    """JSON as it is kept."""

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field({})
class Anything(Plain):
    """Any JSON value."""


def text(help: str = "", **more: Any) -> serializers.CharField:
    return serializers.CharField(help_text=help or None, **more)


def given(help: str = "", limit: int = 200, **more: Any) -> serializers.CharField:
    """Text that may be left out."""
    return serializers.CharField(help_text=help or None, max_length=limit, default="", allow_blank=True, **more)


def words(help: str = "", **more: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), help_text=help or None, **more)


def number(help: str = "", **more: Any) -> serializers.IntegerField:
    return serializers.IntegerField(help_text=help or None, **more)


def moment(help: str = "", **more: Any) -> serializers.DateTimeField:
    """In answers in UTC, whatever the workspace's zone is; so is one that was sent without a zone."""
    return serializers.DateTimeField(help_text=help or None, default_timezone=UTC, **more)


def maybe_moment(help: str = "", **more: Any) -> serializers.DateTimeField:
    return moment(help, allow_null=True, **more)


def one_of(choices: Any, help: str = "", **more: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=list(choices), help_text=help or None, **more)


def key_of(id: str) -> int:
    """Of a member's id; 0, which nobody has, for what is none."""
    return int(id) if id.isdecimal() and id.isascii() and len(id) < 19 else 0


def name_of(help: str = "", **more: Any) -> serializers.CharField:
    """A person or thing by its name, null when it is gone."""
    return serializers.CharField(help_text=help or None, allow_null=True, **more)
