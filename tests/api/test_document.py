"""The document is whole, true, and all there is; the page shows it."""

import io
import re

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from builder.api import problems, reference
from builder.api.document import document
from tests.api import schemas
from tests.api.routes import ROUTES

OPERATIONS = [
    pytest.param(operation, id=operation["operationId"])
    for methods in document()["paths"].values()
    for operation in methods.values()
]
EACH = pytest.mark.parametrize("operation", OPERATIONS)


def test_the_document_is_valid_and_made_without_a_warning():
    said = io.StringIO()

    call_command("spectacular", "--validate", "--fail-on-warn", stdout=io.StringIO(), stderr=said)

    assert said.getvalue() == ""


def test_the_document_is_open_to_everybody_and_says_what_is_served():
    response = Client().get("/api/v1/openapi.json")

    assert response["Content-Type"] == "application/vnd.oai.openapi+json"
    assert response.json()["openapi"].startswith("3.1")
    assert response.json() == document()


@EACH
def test_an_endpoint_is_described_with_an_example_and_its_problems(operation: dict):
    answers = operation["responses"]
    good = [status for status in answers if status < "300"]

    assert operation["summary"]
    assert {"401", "422", "429", "500", "503"} <= answers.keys()
    assert (operation.get("x-scope") is None) == (operation["operationId"] == "me_show")
    for part in (operation.get("requestBody"), answers[good[0]]):
        for content in (part or {}).get("content", {}).values():
            example = next(iter(content["examples"].values()))["value"]
            schemas.check(example, content["schema"])


@pytest.mark.parametrize("code", problems.KINDS)
def test_a_problem_is_described_with_an_example(code: str):
    response = document()["components"]["responses"][code]
    content = response["content"][problems.MEDIA_TYPE]

    schemas.check(content["example"], content["schema"])
    assert content["example"]["type"] == f"/api/#problem-{code}"


def test_every_address_below_the_api_is_in_the_document():
    served = {re.sub("<.*?>", "{}", path) for path in addresses(get_resolver().url_patterns) if path.startswith("api/")}

    documented = {"api/v1" + re.sub("{.*?}", "{}", path.removeprefix("/api/v1")) for path in document()["paths"]}
    assert served == documented | {"api/", "api/v1/openapi.json", r"api/^[\s\S]*$"}


def addresses(patterns: list, prefix: str = "") -> list[str]:
    found = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found += addresses(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            found.append(prefix + str(pattern.pattern))
    return found


def test_the_page_shows_every_endpoint_and_every_problem(db: None):
    response = Client().get("/api/")
    html = response.content.decode()

    anchors = re.findall(r'id="([^"]+)"', html)
    links = re.findall(r'href="#([^"]+)"', html)
    assert response.status_code == 200
    assert len(re.findall("<article", html)) == len(ROUTES)
    assert not set(links) - set(anchors)
    assert len(set(anchors)) == len(anchors)
    assert {f"problem-{code}" for code in problems.KINDS} <= set(anchors)


def test_the_page_needs_no_script_and_no_style_of_its_own(db: None):
    html = Client().get("/api/").content.decode()

    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_fits_a_phone_and_breaks_no_rule_of_the_browser(theme: str, live_server, page):
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": 390, "height": 800})

    page.goto(f"{live_server.url}/api/")
    page.locator("#drafts_edit summary").click()

    assert page.locator("#drafts_edit details dl").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("base", ["https://recipes.example.com", ""])
def test_the_examples_begin_where_the_world_reaches_us(base: str, db: None, settings):
    settings.PUBLIC_URL = base

    html = Client().get("/api/").content.decode()

    assert f"curl {base or 'http://testserver'}/api/v1/me" in html


def test_marked_text_comes_in_pieces():
    found = reference.pieces("Send `a` or **b**, *deal* finds <x>.")

    assert [(piece.text, piece.kind) for piece in found] == [
        ("Send ", ""),
        ("a", "code"),
        (" or ", ""),
        ("b", "b"),
        (", ", ""),
        ("deal", "em"),
        (" finds <x>.", ""),
    ]


def test_fields_inside_objects_and_lists_have_dotted_names():
    end = next(e for g in reference.groups() for e in g.endpoints if e.anchor == "runs_show")
    names = {row.name: row.type for row in end.answer}

    assert names["steps"] == "list of object"
    assert names["steps[].exchanges[].status"] == "integer or null"
    assert names["created_at"] == "time"
    assert end.address == "/api/v1/runs/k7mq2xw9ehtd"


def test_marked_paragraphs_and_lists_come_in_blocks():
    found = reference.blocks("One\nline.\n\n- `a`: first,\n  still first\n- second")

    assert [(block.listed, ["".join(p.text for p in line) for line in block.lines]) for block in found] == [
        (False, ["One line."]),
        (True, ["a: first, still first", "second"]),
    ]
