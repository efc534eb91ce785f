"""A third connector begun: a small package in the notation that works, with its test, entered in the catalogue."""

import ast
import builtins
import keyword
import re
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

STARTER = Path(__file__).parent / "starter"
FILES = {
    "connectors/$key/__init__.py": "init.txt",
    "connectors/$key/account.py": "account.txt",
    "connectors/$key/answers.py": "answers.txt",
    "connectors/$key/notes.py": "notes.txt",
    "connectors/$key/samples/note.json": "note.txt",
    "tests/connectors/$key/__init__.py": "",
    "tests/connectors/$key/test_$key.py": "test.txt",
}
CATALOGUE = "connectors/catalogue.py"
IMPORTED = re.compile(r"^from connectors import ([\w, ]+?)(  #.*)?$", re.MULTILINE)
IMPORTS = re.compile(r"(?:^from [\w.]+ import [^(\n]+\n)+", re.MULTILINE)
LISTED = re.compile(r"^(ALL: tuple\[Connector, \.\.\.\] = \()(.+)(tools\.CONNECTOR\))$", re.MULTILINE)
KEY = re.compile(r"[a-z](_?[a-z])*")
LONGEST, LONGEST_LABEL = 20, 40
TAKEN = "There is something at {place} already. Choose another name, or take that away first."
BOUND = "“{key}” means something else in {place} already. Choose another name."


class Refused(Exception):
    """With the sentence for the person who asked."""


def begin(root: Path, key: str, label: str = "", url: str = "") -> list[str]:
    """Paths of the files that were written or changed, below the root. Nothing is, where it raises Refused."""
    words = {"key": _key(key), "label": _label(label, key), "url": _url(url, key)}
    made = {root / Template(path).substitute(words): _text(source, words) for path, source in FILES.items()}
    for package in sorted({path.parents[0] for path in made if path.name == "__init__.py"}):
        for place in (package, package.with_suffix(".py")):
            if place.exists():
                raise Refused(TAKEN.format(place=place.relative_to(root)))
    made[root / CATALOGUE] = _entered((root / CATALOGUE).read_text(), words["key"])
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return [str(path.relative_to(root)) for path in made]


def _key(key: str) -> str:
    if not KEY.fullmatch(key) or len(key) > LONGEST or keyword.iskeyword(key) or hasattr(builtins, key):
        raise Refused(
            f"“{key}” can't be a connector's name: small letters and single underscores, {LONGEST} at most, such as "
            "acme_books. It stands in recipes and never changes."
        )
    return key


def _label(label: str, key: str) -> str:
    found = label.strip() or key.replace("_", " ").title()
    if not found.isprintable() or set(found) & set('"\\{}') or len(found) > LONGEST_LABEL:
        raise Refused(
            f"A label is one line of at most {LONGEST_LABEL} characters, without quotes, braces, backslashes."
        )
    return found


def _url(url: str, key: str) -> str:
    found = url.strip().rstrip("/") or f"https://api.{key.replace('_', '-')}.example"
    parts = urlsplit(found)
    written = found.isprintable() and not set(found) & set(' "\\{}')
    if parts.scheme not in ("http", "https") or not parts.hostname or not written:
        raise Refused(f"{found} is no address of an API: it looks like https://api.acme.com/v1.")
    return found


def _text(source: str, words: dict[str, str]) -> str:
    return _sorted(Template((STARTER / source).read_text()).substitute(words)) if source else ""


def _sorted(source: str) -> str:
    """Where an import of the new package belongs hangs on its name."""
    return IMPORTS.sub(
        lambda block: "".join(sorted(block[0].splitlines(True), key=lambda line: line.split()[1])), source
    )


def _entered(catalogue: str, key: str) -> str:
    """The catalogue's source with one connector more. Its name is a variable there, which no other may bear."""
    if key in _bound(catalogue):
        raise Refused(BOUND.format(key=key, place=CATALOGUE))
    imported, listed = IMPORTED.search(catalogue), LISTED.search(catalogue)
    if not imported or not listed:
        raise Refused(f"{CATALOGUE} looks other than expected: import the connector and add it to ALL by hand.")
    names = sorted({*imported[1].split(", "), key})
    after = catalogue.replace(imported[0], f"from connectors import {', '.join(names)}{imported[2] or ''}")
    return after.replace(listed[0], f"{listed[1]}{listed[2]}{key}.CONNECTOR, {listed[3]}")


def _bound(source: str) -> set[str]:
    """Every name that it gives a meaning to, be it an argument within a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                found.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.alias(name=name, asname=other):
                found.add(other or name.split(".")[0])
    return found
