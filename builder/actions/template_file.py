"""A recipe template as it is read from its file; `docs/templates.md` says what stands in one.

In its tree `{answer}` stands for the answer to that question, by itself or inside a text, and a step with
`when: answer` is left out when the answer is empty or no. Inside a pill only numbers may stand.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

NAMED = re.compile(r"<\w+(?:\.\w+)?: ([^<>]+)>")
SLOT = re.compile(r"(?<!\{)\{([a-z_]+)\}(?!\})")
TYPES = ("text", "money", "integer", "boolean", "choice", "table")
GROUPS = ("Onboarding", "Getting paid", "Keeping in step", "Reporting", "Agency")
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Question:
    key: str
    label: str
    help: str = ""
    type: str = "text"
    """text, money, integer, boolean, choice, or table: lines such as `summer sale = 0042`"""
    source: str = ""
    """Live list of a connector, `ghl.pipelines`: asked of the chosen connection."""
    depends: tuple[str, ...] = ()
    """Other questions the list depends on, named like the list's own inputs; else `pipelineId=pipeline`."""
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False
    default: str = ""
    example: str = ""

    @property
    def feeding(self) -> dict[str, str]:
        """The question for each input of its list."""
        pairs = [one.partition("=") for one in self.depends]
        return {name: other or name for name, _sign, other in pairs}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What can go wrong, and what becomes of it."""

    what: str
    then: str


@dataclass(frozen=True, slots=True)
class Act:
    """Something done at a service: a request, what a person does there by hand, or its webhook."""

    app: str
    call: str = ""
    """`PUT /api/v1/clients/<clients: Sundial Bakery>`"""
    do: str = ""
    hook: str = ""
    """Name of the webhook event."""
    body: Any = None

    @property
    def shown(self) -> str:
        """The request for people: records by their names."""
        text = self.call
        while NAMED.search(text):
            text = NAMED.sub(r"\1", text)
        action = self.body.get("action") if isinstance(self.body, dict) else None
        return f"{text} · {action}" if action else text


@dataclass(frozen=True, slots=True)
class Sample:
    """An event, and what has to go out for it. `<clients: Sundial Bakery>` is the id of that record."""

    name: str
    happens: tuple[Act, ...]
    """Nothing: its time comes."""
    requests: tuple[Act, ...]
    """Everything that writes, in this order."""
    given: tuple[Act, ...] = ()
    """What was there before."""
    answers: Mapping[str, str] | None = None
    """Other than the examples."""
    mails: tuple[str, ...] = ()
    """Subjects of what goes out from this server."""
    ends: str = "done"
    """done, filtered, failed, held, or nothing: no run begins"""


@dataclass(frozen=True, slots=True)
class Template:
    key: str
    title: str
    summary: str
    sentence: tuple[str, ...]
    """How it reads, in lines."""
    apps: tuple[str, ...]
    """Connectors it needs a connection of."""
    questions: tuple[Question, ...]
    tree: Mapping[str, Any]
    words: tuple[str, ...] = ()
    group: str = ""
    """One of GROUPS: the chip it is found under."""
    who: str = ""
    """Whom it is for."""
    guards: tuple[str, ...] = ()
    """What keeps it from doing harm."""
    troubles: tuple[Trouble, ...] = ()
    samples: tuple[Sample, ...] = ()
    number: int = 0
    """Version of a team's own; 0: it came with Recette."""
    retired: bool = False

    @property
    def version(self) -> str:
        """Another one when the steps or the questions are: a word put right is no newer version."""
        asked = [(q.key, q.type, q.required) for q in self.questions]
        told = json.dumps([self.tree, asked], sort_keys=True, default=str)
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def question(self, key: str) -> Question | None:
        return next((q for q in self.questions if q.key == key), None)


def read(path: Path) -> Template:
    """Raises ValueError or TypeError where the file is none."""
    return of(yaml.load(path.read_text(encoding="utf-8"), Loader))


def of(raw: dict[str, Any]) -> Template:
    """The template of a file's content, which is used up. Raises ValueError, TypeError or KeyError."""
    if raw.pop("format") != 1:
        raise ValueError(f"{raw['key']}: only format 1 can be read")
    lists: dict[str, Any] = {name: tuple(raw.pop(name, ())) for name in ("sentence", "apps", "words", "guards")}
    questions = tuple(map(_question, raw.pop("questions")))
    troubles = tuple(Trouble(**row) for row in raw.pop("troubles", ()))
    samples = tuple(map(_sample, raw.pop("samples", ())))
    return Template(**raw, **lists, questions=questions, troubles=troubles, samples=samples)


def content(template: Template) -> dict[str, Any]:
    """What stands in its file, in the order in which it is read; without samples and whatever is empty."""
    told: dict[str, Any] = {"format": 1, "key": template.key}
    for name in ("group", "title", "summary", "who"):
        told[name] = getattr(template, name)
    for name in ("words", "apps", "sentence", "guards"):
        told[name] = list(getattr(template, name))
    told["troubles"] = [asdict(trouble) for trouble in template.troubles]
    told["questions"] = [_told(question) for question in template.questions]
    told["tree"] = template.tree
    return {name: value for name, value in told.items() if value or name == "questions"}


def _told(question: Question) -> dict[str, Any]:
    told = asdict(question)
    told |= {"depends": list(question.depends), "choices": [list(pair) for pair in question.choices]}
    return {name: value for name, value in told.items() if value}


def _question(raw: dict[str, Any]) -> Question:
    others = {name: value for name, value in raw.items() if name not in ("choices", "depends")}
    choices = tuple((str(value), str(label)) for value, label in raw.get("choices", ()))
    found = Question(**others, depends=tuple(raw.get("depends", ())), choices=choices)
    if found.type not in TYPES:
        raise ValueError(f"{found.key}: there is no question of the type {found.type}")
    return found


def _sample(raw: dict[str, Any]) -> Sample:
    acts: dict[str, Any] = {name: tuple(map(_act, raw.pop(name, ()))) for name in ("given", "happens", "requests")}
    mails = tuple(raw.pop("mails", ()))
    return Sample(**raw, **acts, mails=mails)


def _act(raw: Mapping[str, Any]) -> Act:
    others = {name: value for name, value in raw.items() if name not in ("in", "with")}
    return Act(app=raw["in"], body=raw.get("with"), **others)
