"""`manage.py connector new`: what it writes works, in a copy of this very tree."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from builder.management import new_connector

ROOT = Path(__file__).parent.parent
LEFT_OUT = (".git", ".venv", "var", "acceptance", "benchmarks", "__pycache__", "*.sqlite3*")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Everything that a connector touches."""
    place = tmp_path_factory.mktemp("copy") / "recette"
    shutil.copytree(ROOT, place, ignore=shutil.ignore_patterns(*LEFT_OUT))
    return place


def run(copy, *command):
    done = subprocess.run([sys.executable, *command], cwd=copy, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def begun(copy):
    code, said = run(copy, "manage.py", "connector", "new", "parrot_post", "--label", "Parrot & Sons' Post")
    assert code == 0, said
    return said


def test_command_says_what_it_wrote_and_how_to_go_on(copy, begun):
    named = begun.split("\n\n")[0].splitlines()

    assert len(named) == 8
    assert all((copy / name).exists() for name in named)
    assert "python -m pytest -q tests/connectors/parrot_post" in begun


def test_its_own_test_passes(copy, begun):
    code, said = run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/connectors/parrot_post")

    assert (code, said.splitlines()[-1].split(" in ")[0]) == (0, "15 passed"), said


def test_it_owes_the_catalogue_nothing(copy, begun):
    code, said = run(copy, "manage.py", "operations", "--connector", "parrot_post", "--lint")
    held, told = run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/connectors/test_declarations.py")

    assert (code, said.strip()) == (0, "5 of 5 finished.")
    assert held == 0, told


def test_what_it_wrote_is_written_as_we_write(copy, begun):
    files = ["connectors/parrot_post", "tests/connectors/parrot_post", "connectors/catalogue.py"]

    checked, formatted = (run(copy, "-m", "ruff", *words, *files) for words in (["check"], ["format", "--check"]))
    typed = run(copy, "-m", "mypy", "connectors/parrot_post")

    assert [code for code, _ in (checked, formatted, typed)] == [0, 0, 0], (checked, formatted, typed)


def test_the_same_name_twice_is_refused(copy, begun):
    code, said = run(copy, "manage.py", "connector", "new", "parrot_post")

    assert code != 0
    assert "There is something at connectors/parrot_post already." in said


@pytest.mark.parametrize(
    "key", ["", "Acme", "acme-books", "1st", "_a", "a__b", "a_", "import", "list", "../x", "x" * 21, "acmé"]
)
def test_name_that_can_be_none_is_refused_before_anything_is_written(tmp_path, key):
    with pytest.raises(new_connector.Refused, match="can't be a connector's name"):
        new_connector.begin(tmp_path, key)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("label", "url"),
    [
        ('A "b"', ""), ("a\nb", ""), ("a\\b", ""), ("{what}", ""), ("x" * 41, ""), ("", "acme.com"), ("", "ftp://acme.com"),
        ("", 'https://a.com/"'), ("", "https://a.com/{x}"), ("", "https://"),
    ],
)  # fmt: skip
def test_words_that_would_break_the_code_are_refused(tmp_path, label, url):
    with pytest.raises(new_connector.Refused):
        new_connector.begin(tmp_path, "acme", label, url)

    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def connectors(tmp_path):
    (tmp_path / "connectors").mkdir()
    for name in ("catalogue.py", "auth.py"):
        shutil.copy(ROOT / "connectors" / name, tmp_path / "connectors")
    return tmp_path / "connectors"


def test_module_of_all_connectors_is_hidden_by_none(connectors):
    with pytest.raises(new_connector.Refused, match=r"There is something at connectors/auth\.py already"):
        new_connector.begin(connectors.parent, "auth")

    assert {path.name for path in connectors.rglob("*")} == {"catalogue.py", "auth.py"}


@pytest.mark.parametrize("key", ["re", "search", "connector", "words", "hits"])
def test_name_that_the_catalogue_uses_is_refused(connectors, key):
    before = (connectors / "catalogue.py").read_text()

    with pytest.raises(new_connector.Refused, match=r"means something else in connectors/catalogue\.py"):
        new_connector.begin(connectors.parent, key)

    assert (connectors / "catalogue.py").read_text() == before
    assert not (connectors / key).exists()


def test_catalogue_that_looks_otherwise_is_left_alone(tmp_path):
    (tmp_path / "connectors").mkdir()
    (tmp_path / "connectors" / "catalogue.py").write_text("ALL = ()\n")

    with pytest.raises(new_connector.Refused, match="add it to ALL by hand"):
        new_connector.begin(tmp_path, "acme")

    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["catalogue.py"]


@pytest.mark.parametrize("label", ["Åke's $hop", "50% Off", "Ümläut & Co."])
def test_odd_labels_give_python_that_reads(tmp_path, label):
    (tmp_path / "connectors").mkdir()
    shutil.copy(ROOT / "connectors" / "catalogue.py", tmp_path / "connectors")

    made = new_connector.begin(tmp_path, "shop", label, "https://api.shop.example/v1/")

    for name in made:
        if name.endswith(".py"):
            ast.parse((tmp_path / name).read_text())
    assert label in (tmp_path / "connectors/shop/__init__.py").read_text()
    assert 'HOST = "https://api.shop.example/v1"' in (tmp_path / "connectors/shop/account.py").read_text()


def test_help_page_is_short():
    page = (ROOT / "docs" / "connectors.md").read_text()

    assert len(page.splitlines()) < 100
    assert "manage.py connector new" in page
