"""A YAML file nobody trusts, read within limits: no tags, nothing deep, nothing endless, nothing twice."""

from typing import Any

import yaml
from django.utils.translation import gettext as _

from builder.actions.errors import Invalid

LARGEST = 512 * 1024
DEEPEST = 60
MOST = 60_000
"""Values, names among them."""
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Plain(Dumper):  # type: ignore[misc, valid-type]
    """Every value where it stands, long texts as blocks."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: Any, text: str) -> Any:
    block = (
        "\n" in text
        and not text.startswith((" ", "\n"))
        and not any(line != line.rstrip() for line in text.split("\n"))
    )
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if block else None)


_Plain.add_representer(str, _text)


def write(value: Any) -> str:
    """The same text for the same value, names in the order they have."""
    return str(
        yaml.dump(value, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110, default_flow_style=False)
    )


def read(data: bytes | str) -> dict[str, Any]:
    """Raises Invalid."""
    if len(data) > LARGEST:
        raise Invalid(_("This file is larger than %(n)d KB.") % {"n": LARGEST // 1024}, "file")
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        _walk(text)
        found = yaml.load(text, Loader)
        _written_out(found)
    except UnicodeDecodeError:
        raise Invalid(_("This is no text file. Choose one that Recette wrote."), "file") from None
    except yaml.MarkedYAMLError as problem:
        raise Invalid(_unreadable(problem), "file") from None
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        raise Invalid(_("This file can't be read as YAML. Choose one just as Recette wrote it."), "file") from None
    if not isinstance(found, dict):
        raise Invalid(_("This file holds nothing that Recette knows. Choose one just as Recette wrote it."), "file")
    return found


def _written_out(found: Any) -> None:
    """Raises Invalid where places that refer to one another make far more of a file than stands in it."""
    pending, count = [(found, 0)], 0
    while pending:
        held, depth = pending.pop()
        count += 1
        if count > MOST or depth > DEEPEST:
            raise Invalid(_("Places of this file that refer to one another make it far too large."), "file")
        inner = held.values() if isinstance(held, dict) else held if isinstance(held, list) else ()
        pending.extend((one, depth + 1) for one in inner)


def _unreadable(problem: yaml.MarkedYAMLError) -> str:
    line = problem.problem_mark.line + 1 if problem.problem_mark else 1
    if isinstance(problem, yaml.constructor.ConstructorError):
        return _("Line %(line)d asks for something to be run or made. Files may hold plain values only.") % {
            "line": line
        }
    return _("Line %(line)d can't be read as YAML. Choose a file just as Recette wrote it.") % {"line": line}


def _walk(text: str) -> None:
    """Raises Invalid, before anything is made of it."""
    names: list[set[str] | None] = []
    waits: list[bool] = []
    """Of each mapping: whether a name comes next."""
    for number, event in enumerate(yaml.parse(text, Loader)):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if number > MOST or len(names) > DEEPEST:
            raise Invalid(
                _("This file is nested too deep, or holds too many values (line %(n)d).") % {"n": line}, "file"
            )
        if isinstance(event, yaml.ScalarEvent) and names and names[-1] is not None and waits[-1]:
            if event.value in names[-1]:
                raise Invalid(
                    _("“%(name)s” stands twice (line %(n)d).") % {"name": event.value[:40], "n": line}, "file"
                )
            names[-1].add(event.value)
        if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            names.pop(), waits.pop()
        if isinstance(event, yaml.ScalarEvent | yaml.MappingEndEvent | yaml.SequenceEndEvent) and waits:
            waits[-1] = not waits[-1]
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            names.append(set() if isinstance(event, yaml.MappingStartEvent) else None)
            waits.append(True)
