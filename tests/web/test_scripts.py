"""The scripts, in a real browser, on sheets that have nothing behind them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.make import make_member
from tests.web.people import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = "{{ trigger.contact.first_name }}"
COMPANY = "{{ trigger.contact.company }}"


@pytest.fixture
def sheet(page: Page, live_server: Any) -> Page:
    page.goto(f"{live_server.url}/ui/")
    return page


@pytest.fixture
def lonely(chromium: Any, live_server: Any) -> Iterator[Page]:
    """The builder in a browser whose console may complain of failed requests."""
    context = chromium.new_context()
    opened = context.new_page()
    opened.goto(f"{live_server.url}/ui/builder/")
    yield opened
    context.close()


@pytest.fixture
def builder(page: Page, live_server: Any) -> Page:
    page.goto(f"{live_server.url}/ui/builder/")
    return page


def heard(page: Page) -> dict[str, str]:
    """What the server was last told."""
    expect(page.locator("#heard")).not_to_be_empty()
    return json.loads(page.locator("#heard").text_content())


def notes(page: Page) -> Any:
    return page.get_by_role("textbox", name="Public notes")


def value_of(page: Page, field: str = "notes") -> str:
    return page.locator(f"form:has([value={field}]) textarea").input_value()


# dialogs, menus, messages


def test_dialog_opens_closes_and_gives_the_focus_back(sheet):
    opener = sheet.get_by_role("button", name="Open a dialog")

    opener.click()
    expect(sheet.get_by_role("dialog", name="Publish v8")).to_be_visible()
    sheet.keyboard.press("Escape")

    expect(sheet.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_click_beside_a_dialog_closes_it(sheet):
    sheet.get_by_role("button", name="Open a dialog").click()

    sheet.mouse.click(5, 5)

    expect(sheet.get_by_role("dialog")).to_have_count(0)


def test_question_mark_lists_the_keys_but_not_while_typing(sheet):
    sheet.get_by_label("Name").fill("")
    sheet.keyboard.press("?")
    expect(sheet.get_by_label("Name")).to_have_value("?")

    sheet.get_by_label("Name").blur()
    sheet.keyboard.press("?")

    expect(sheet.get_by_role("dialog", name="Keyboard")).to_be_visible()


def test_theme_changes_at_once_and_is_stored(page, live_server, client):
    member = make_member()
    client.force_login(member.user)
    sign_in(page, client, live_server.url)
    page.goto(f"{live_server.url}/ui/")

    page.get_by_role("button", name="Account: Robin Weber").first.click()
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="Dark").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    member.user.refresh_from_db()
    assert member.user.theme == "dark"


def test_menu_opens_inside_the_window_and_arrows_walk_it(page, live_server, client):
    client.force_login(make_member().user)
    sign_in(page, client, live_server.url)
    page.goto(f"{live_server.url}/ui/")

    page.get_by_role("button", name="Account: Robin Weber").first.click()
    box = page.locator("#menu-account").bounding_box()
    page.keyboard.press("ArrowDown")

    assert box["x"] >= 0 and box["y"] >= 0 and box["y"] + box["height"] <= 900
    expect(page.get_by_role("button", name="Light")).to_be_focused()


def test_message_from_the_server_is_shown_and_read_out(sheet):
    sheet.evaluate(
        "document.body.dispatchEvent(new CustomEvent('toast', {bubbles: true, detail: {value: 'Step removed'}}))"
    )

    expect(sheet.locator("#toast .toast")).to_have_text("Step removed")
    expect(sheet.locator("#say")).to_have_text("Step removed")


# the flow


def test_arrow_keys_walk_the_steps_and_the_paths(builder):
    step = builder.locator(".hit")
    step.first.focus()

    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight"):
        builder.keyboard.press(key)
    expect(builder.locator("#step-sddddd .hit")).to_be_focused()

    builder.keyboard.press("ArrowLeft")
    expect(builder.locator("#step-sccccc .hit")).to_be_focused()
    builder.keyboard.press("ArrowLeft")
    expect(builder.locator("#step-sbbbbb .hit")).to_be_focused()
    builder.keyboard.press("Home")
    expect(builder.locator("#step-trigger .hit")).to_be_focused()


def test_selecting_a_step_marks_it_alone(builder):
    builder.locator("#step-saaaaa .hit").click()

    expect(builder.locator(".step[data-sel]")).to_have_attribute("id", "step-saaaaa")
    expect(builder.locator(".hit[aria-current]")).to_have_count(1)


def test_escape_in_the_panel_closes_it_and_returns_to_the_card(builder):
    builder.get_by_role("tab", name="Test").focus()

    builder.keyboard.press("Escape")

    expect(builder.locator("#panel")).to_be_empty()
    expect(builder.locator("#step-sddddd .hit")).to_be_focused()


def test_zoom_is_kept_for_the_next_visit(builder):
    builder.locator("body").press("-")
    expect(builder.locator("#canvas")).to_have_attribute("data-zoom", "80")

    builder.reload()

    expect(builder.locator("[data-zoom-now]")).to_have_text("80%")


def test_dragging_a_step_asks_the_server_and_leaves_the_page_alone(builder):
    number = builder.locator("#step-sccccc .no").bounding_box()
    above = builder.locator("#step-saaaaa").bounding_box()
    builder.mouse.move(number["x"] + 8, number["y"] + 14)
    builder.mouse.down()
    builder.mouse.move(above["x"] + 40, above["y"] + above["height"] + 20, steps=12)
    builder.mouse.move(above["x"] + 42, above["y"] + above["height"] + 16, steps=4)
    builder.mouse.up()

    assert heard(builder) == {"step": "sccccc", "after": "saaaaa", "path": ""}
    expect(builder.locator(".lane #step-sccccc")).to_have_count(1)


# text with pills


def test_typing_beside_a_pill_keeps_the_template_text(builder):
    notes(builder).press("End")
    builder.keyboard.type(" Soon.")

    expect(builder.locator("#heard")).to_contain_text("Soon.")
    assert value_of(builder) == f"Thank you, {FIRST}! Soon."
    assert heard(builder) == {"field": "notes", "value": f"Thank you, {FIRST}! Soon."}


def test_backspace_marks_a_pill_then_removes_it(builder):
    notes(builder).press("End")
    builder.keyboard.press("Backspace")
    builder.keyboard.press("Backspace")
    expect(builder.locator(".editor .pill[aria-selected=true]")).to_have_count(1)

    builder.keyboard.press("Backspace")

    assert value_of(builder) == "Thank you, "


def test_a_brace_opens_the_picker_and_enter_inserts(builder):
    notes(builder).press("End")
    builder.keyboard.press("{")
    search = builder.get_by_role("combobox", name="Search values")
    expect(search).to_be_focused()

    builder.keyboard.press("Enter")

    assert value_of(builder) == f"Thank you, {FIRST}!{COMPANY}"
    expect(notes(builder)).to_be_focused()


def test_a_caret_that_moved_a_moment_ago_is_where_the_value_goes(builder):
    """Chromium tells of a selection with the next frame; the focus may have gone to the picker before."""
    notes(builder).press("Home")
    expect(builder.locator("#picker")).to_be_visible()

    builder.evaluate("""() => {
        const end = new KeyboardEvent("keydown", { key: "End", bubbles: true, cancelable: true });
        document.activeElement.dispatchEvent(end);
        document.querySelector("#picker input").focus();
    }""")
    builder.keyboard.press("Enter")

    assert value_of(builder) == f"Thank you, {FIRST}!{COMPANY}"


def test_end_goes_behind_a_pill_that_ends_the_field(builder):
    notes(builder).press("ControlOrMeta+a")
    builder.keyboard.press("Delete")
    builder.keyboard.press("{")
    expect(builder.get_by_role("combobox", name="Search values")).to_be_focused()
    builder.keyboard.press("Enter")
    expect(notes(builder)).to_be_focused()

    builder.keyboard.press("Home")
    builder.keyboard.press("End")
    builder.keyboard.type("!")

    assert value_of(builder) == f"{COMPANY}!"


def test_picker_is_walked_with_arrows_and_left_with_escape(builder):
    notes(builder).press("End")
    builder.keyboard.press("{")
    expect(builder.get_by_role("combobox", name="Search values")).to_be_focused()
    builder.keyboard.press("ArrowDown")
    expect(builder.get_by_role("option", name="Email")).to_have_attribute("aria-selected", "true")

    builder.keyboard.press("Escape")

    expect(builder.locator("#picker")).to_be_hidden()
    expect(notes(builder)).to_be_focused()


def test_a_click_inserts_where_the_caret_was(builder):
    notes(builder).press("Home")
    builder.get_by_role("option", name="Email").click()

    assert value_of(builder) == f"{{{{ trigger.contact.email }}}}Thank you, {FIRST}!"


def test_enter_breaks_the_line_only_where_lines_belong(builder):
    number = builder.get_by_role("textbox", name="Number", exact=True)
    number.press("End")
    builder.keyboard.press("Enter")
    assert value_of(builder, "number") == f"Thank you, {FIRST}!"

    notes(builder).press("End")
    builder.keyboard.press("Enter")
    builder.keyboard.type("Bye")

    assert value_of(builder) == f"Thank you, {FIRST}!\nBye"


# when the server can't be reached


def test_an_edit_that_cannot_be_sent_waits_and_goes_out_later(lonely):
    def away(route: Route) -> None:
        route.abort()

    lonely.route("**/ui/heard/", away)
    notes(lonely).press("End")
    lonely.keyboard.type("?")
    expect(lonely.locator("#unsent-banner")).to_be_visible()

    lonely.unroute("**/ui/heard/", away)

    expect(lonely.locator("#unsent-banner")).to_be_hidden(timeout=15_000)
    assert lonely.evaluate("Object.values(sessionStorage)") == ["[]"]


def test_a_session_that_ended_asks_to_sign_in_and_keeps_the_edit(lonely):
    answer = {"status": 401, "headers": {"HX-Trigger": "auth:needed"}, "body": ""}
    lonely.route("**/ui/heard/", lambda route: route.fulfill(**answer))
    notes(lonely).press("End")

    lonely.keyboard.type("?")

    expect(lonely.get_by_role("dialog", name="You were signed out")).to_be_visible()
    assert f"{FIRST}!?" in lonely.evaluate(
        "new URLSearchParams(JSON.parse(Object.values(sessionStorage)[0])[0].body).get('value')"
    )


def test_our_own_fault_is_told_in_a_message_above_everything(lonely):
    said = '<div class="toast" data-toast><span>That was our mistake.</span></div>'
    lonely.route("**/ui/heard/", lambda route: route.fulfill(status=500, body=said, content_type="text/html"))

    notes(lonely).press("End")
    lonely.keyboard.type("?")

    expect(lonely.locator("#toast .toast")).to_have_text("That was our mistake.")
    expect(lonely.locator("#toast")).to_be_visible()
