"""Text with pills on a real draft, written in a real browser: what is stored is what was there and what was typed."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.runner.conftest import wait_for
from tests.web.editor_desk import Desk, make_desk
from tests.web.people import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

NAME, STAGE = "{{ trigger.name }}", "{{ trigger.stage.name }}"


@pytest.fixture
def desk() -> Desk:
    return make_desk()


@pytest.fixture
def fields(page: Page, live_server: Any, desk: Desk) -> Any:
    """Opens the fields of the invoice's step, one of them already written."""
    sign_in(page, desk.browser, live_server.url)

    def open_(field: str, text: str) -> Page:
        desk.edit("set_field", step="sinvoi", field=field, value=text)
        page.goto(f"{live_server.url}{desk.url()}?step=sinvoi&tab=fields")
        return page

    return open_


def typed(page: Page, label: str) -> None:
    """One letter after what stands in the field, by a click behind it; its answer is awaited."""
    box = page.get_by_role("textbox", name=label, exact=True)
    page.evaluate("document.querySelectorAll('#panel details').forEach((fold) => (fold.open = true))")
    room = box.bounding_box()
    box.click(position={"x": room["width"] - 4, "y": room["height"] - 8})
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.type("X")
        box.blur()
    expect(page.locator("#savebar")).to_contain_text("aved")


@pytest.mark.parametrize(
    "text", [f"A-{NAME}-B", f"A-{NAME}-B-{STAGE}-C", f"{NAME}{STAGE}", f"{NAME} {STAGE}", f"({NAME})"]
)
def test_a_letter_beside_pills_changes_nothing_else_in_a_line(fields, desk, text):
    typed(fields("po_number", text), "PO number")

    assert desk.step("sinvoi")["inputs"]["po_number"] == f"{text}X"


@pytest.mark.parametrize(
    "text", [f"A-{NAME}-B", f"A-{NAME}-B-{STAGE}-C", f"One\n{NAME}\n\n{STAGE} two", f"{NAME}\n{STAGE}"]
)
def test_a_letter_beside_pills_changes_nothing_else_in_several_lines(fields, desk, text):
    typed(fields("public_notes", text), "Public notes")

    assert desk.step("sinvoi")["inputs"]["public_notes"] == f"{text}X"


@pytest.mark.parametrize(("field", "label"), [("po_number", "PO number"), ("public_notes", "Public notes")])
def test_a_letter_before_a_reload_is_not_lost(fields, desk, field, label):
    page = fields(field, "A")
    page.evaluate("document.querySelectorAll('#panel details').forEach((fold) => (fold.open = true))")
    page.get_by_role("textbox", name=label, exact=True).click()
    page.keyboard.press("Control+End")
    page.keyboard.type("B")

    page.reload()

    wait_for(lambda: desk.step("sinvoi")["inputs"][field] == "AB")
