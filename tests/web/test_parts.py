"""Each part of the editor and the run viewer in a real browser, above all on a phone of 390 px.

What stands where, at 1440 px and at 390 px (– is nowhere else, so it is here at both):

    part                              1440 px                                        390 px
    1 steps, drawn                    acceptance/test_control_steps, test_approval   here
    2 add, move, copy, paste, undo    test_scripts, acceptance/test_keyboard         here; the chooser in test_places
      several steps at once           test_chosen                                    test_chosen
      fold, outline, zoom             test_fold, test_outline, test_run_canvas       the same three
    3 pills, picker                   test_scripts, test_editor_typing, journey      here
      dead pill, value map            test_editor, test_editor_parts                 test_phone
    4 test a step, preview            acceptance/test_journey; preview: here         here; sample, write: test_phone
    5 check, review, publish, back    acceptance/test_journey, test_keyboard         here; replay, way back: test_phone
    6 two tabs, lost network          test_scripts (network); two tabs: here         here
    7 list, viewer, fix, discard      test_run_live, test_run_fix_live               test_run_fix_live, here
      kept events, all runs, customer test_pausing, test_customer                    test_phone
    8 palette, keys, text             test_find, test_scripts, test_places           here; approval in acceptance
    every page: axe, both themes, nine widths                                        test_axe
    on paper, without motion, at 200 %                                               test_media
"""

import re
from typing import Any

import pytest
from django_scopes import scope
from playwright.sync_api import Page, Route, expect

from builder.models import Membership, Role, Run, RunStatus, StepStatus
from builder.recipe import shape
from builder.recipe import tree as trees
from tests import make
from tests.runner.conftest import Sandbox
from tests.runner.make import make_ghl, make_ninja
from tests.web import axe
from tests.web.editor_desk import Desk, make_desk
from tests.web.people import browser_of, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}


@pytest.fixture
def desk() -> Desk:
    return make_desk(Role.OWNER)


@pytest.fixture
def visit(page: Page, live_server: Any) -> Any:
    return visiting(page, live_server)


@pytest.fixture
def travelling(chromium: Any, live_server: Any) -> Any:
    """A browser whose console may complain of what got lost or went meanwhile."""
    context = chromium.new_context(locale="en-GB")
    yield visiting(context.new_page(), live_server)
    context.close()


def visiting(page: Page, live_server: Any) -> Any:
    def open_(desk: Desk, address: str = "", size: dict[str, int] = PHONE) -> Page:
        sign_in(page, desk.browser, live_server.url)
        page.set_viewport_size(size)
        page.goto(f"{live_server.url}{address if address.startswith('/') else desk.url() + address}")
        return page

    return open_


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def store(desk: Desk, steps: list[dict[str, Any]]) -> None:
    recipe = desk.now
    recipe.draft = trees.parse({**recipe.draft, "steps": steps})
    recipe.save()


def panel(page: Page) -> Any:
    return page.get_by_role("complementary", name="Step ")


def box(page: Page, name: str) -> Any:
    found = panel(page).get_by_role("textbox", name=re.compile(f"^{name}"))
    return found.and_(page.locator(":not([data-pills])"))


def menu(page: Page, step: str, act: str) -> None:
    """Of a card, as a thumb would."""
    page.locator(f"#step-{step} .step-menu").click()
    page.locator(f"#menu-{step} [data-act={act}]").click()


WORDS = {
    "action": "Then", "only_if": "Only if", "paths": "Choose a path", "each": "For each", "wait": "Wait",
    "approval": "Ask", "remember": "Remember", "call": "Call", "stop": "Stop",
}  # fmt: skip


def test_1_every_control_step_is_drawn_and_its_options_are_there(visit, desk):
    kinds = list(shape.KINDS)
    steps = [shape.blank(kind, f"skind{at}") for at, kind in enumerate(kinds)]
    fork = steps[kinds.index("paths")]
    fork["paths"] = [{"id": "p1", "name": "A very long name of a path that goes on and on", "steps": []}]
    store(desk, [*steps, desk.step("sclien")])
    page = visit(desk, size=DESKTOP)

    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert fits(page)
        for at, kind in enumerate(kinds):
            card = page.locator(f"#step-skind{at}")
            expect(card.locator(".kw")).to_contain_text(WORDS.get(kind, ""))
            room = card.bounding_box()
            assert room["x"] >= 0 and room["x"] + room["width"] <= size["width"] and room["width"] > 200
        expect(page.locator(".lane-cond", has_text="Anything else")).to_be_visible()
        expect(page.locator(".lane-cond", has_text="item")).to_be_visible()

    for at, _kind in enumerate(kinds):
        page.locator(f"#step-skind{at} .hit").click()
        expect(panel(page).get_by_role("heading", name=f"{at + 2} · ")).to_be_visible()
        page.get_by_role("tab").last.click()
        expect(page.get_by_role("tab").last).to_have_attribute("aria-selected", "true")
        assert fits(page)
        page.get_by_role("button", name="Close step").click()
    page.locator("#step-sclien .hit").click()
    page.get_by_role("tab", name="Options").click()
    for option in (
        "service is away",
        "done for good",
        "nobody knows",
        "waits for an answer",
        "Run only if",
        "Note",
        "Skip this step",
    ):
        expect(panel(page)).to_contain_text(option)
    assert fits(page)


def test_2_steps_are_added_moved_copied_pasted_and_deleted_by_a_thumb_and_undone(travelling, desk):
    page = travelling(desk)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#li-sonlyi > .edge [data-act=add]").click()
    page.get_by_role("combobox").fill("remember a value")
    page.get_by_role("option").filter(has_text="Remember").first.click()
    expect(panel(page)).to_be_visible()
    added = next(step for step in desk.ids if step not in ("sonlyi", "sclien", "sinvoi"))
    page.get_by_role("button", name="Close step").click()

    menu(page, added, "down")
    expect(page.locator("#say")).to_contain_text("moved")
    assert desk.ids == ["sonlyi", "sclien", added, "sinvoi"]
    menu(page, "sonlyi", "copy")
    expect(page.locator("#say")).to_have_text("Copied")
    menu(page, "sinvoi", "paste")
    expect(page.locator("#canvas .step")).to_have_count(6)
    assert [step["kind"] for step in desk.now.draft["steps"]] == ["only_if", "action", "remember", "action", "only_if"]
    menu(page, added, "cut")
    expect(page.locator(f"#step-{added}")).to_have_count(0)
    menu(page, "sclien", "remove")
    expect(page.locator("#step-sclien")).to_have_count(0)
    page.locator("#toast").get_by_role("button", name="Undo").last.click()
    expect(page.locator("#step-sclien")).to_be_visible()

    page.reload()  # what was done is kept with the draft
    for left in (5, 6, 5, 5, 4):
        page.locator(".dock").get_by_role("button", name="Undo").click()
        expect(page.locator("#canvas .step")).to_have_count(left)
    assert desk.ids == ["sonlyi", "sclien", "sinvoi"]
    expect(page.locator(".dock").get_by_role("button", name="Undo")).to_be_disabled()
    assert fits(page)

    # by keys, also in another recipe, at a desk
    page.set_viewport_size(DESKTOP)
    page.locator("#step-sonlyi .hit").focus()
    page.keyboard.press("Control+c")
    expect(page.locator("#say")).to_have_text("Copied")
    page.locator("#step-sinvoi .hit").focus()
    page.keyboard.press("Control+v")
    expect(page.locator("#canvas .step")).to_have_count(5)
    page.evaluate("navigator.clipboard.writeText('Dear Mara,')")
    page.keyboard.press("Control+v")
    expect(page.locator("#toast")).to_contain_text("There is no step on the clipboard.")
    assert len(desk.ids) == 4


def slow(route: Route) -> None:
    route.request.frame.page.wait_for_timeout(600)
    route.continue_()


# Enter in the very moment the list for what was typed is there, before htmx has told of it.
ENTER_WITH_THE_LIST = """() => {
  const field = document.activeElement;
  const observer = new MutationObserver(() => {
    observer.disconnect();
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  });
  observer.observe(document.getElementById("picker"), { childList: true, subtree: true });
}"""


def test_3_a_value_is_picked_by_a_thumb_and_formatted(visit, desk):
    page = visit(desk, "?step=sinvoi&tab=fields")
    page.evaluate("document.querySelectorAll('#panel details').forEach((fold) => (fold.open = true))")
    number = box(page, "PO number")
    number.click()
    picker = page.get_by_role("dialog", name="Insert data")
    picker.get_by_role("combobox", name="Search values").fill("stage")
    expect(picker.get_by_role("listbox")).to_have_attribute("data-q", "stage")
    expect(picker).to_be_in_viewport(ratio=0.9)
    room = picker.bounding_box()
    assert room["x"] >= 0 and room["x"] + room["width"] <= 390

    with page.expect_response(lambda answer: answer.request.method == "POST"):
        picker.get_by_role("option").first.click()

    expect(number.locator(".pill")).to_have_count(1)
    expect(picker).to_be_hidden()
    expect(page.locator("#f-po_number-notes")).not_to_be_empty()
    expect(page.locator("#savebar")).to_contain_text("aved")
    picked = desk.step("sinvoi")["inputs"]["po_number"]
    assert re.fullmatch(r"\{\{ trigger\.\S+ \}\}", picked)

    number.locator(".pill").click()
    words = picker.get_by_role("combobox", name="Search formatters")
    words.fill("every letter as a capital")
    expect(picker.get_by_role("option")).to_have_count(1)
    room = picker.bounding_box()
    assert room["x"] >= 0 and room["x"] + room["width"] <= 390 and fits(page)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        picker.get_by_role("option", name="Capital letters").click()
    expect(number.locator(".pill")).to_have_count(1)
    expect(number.locator(".pill")).to_contain_text("capital letters")

    # by keys, with what it is told
    page.set_viewport_size(DESKTOP)
    number.focus()
    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(words).to_be_focused()
    assert axe.violations(page) == []
    page.keyboard.type("if empty")
    expect(picker.get_by_role("listbox")).to_have_attribute("data-q", "if empty")
    page.keyboard.press("Tab")
    page.keyboard.type("No stage")
    expect(picker.get_by_role("listbox")).to_have_attribute("data-with", "No stage")
    page.keyboard.press("Shift+Tab")
    page.evaluate(ENTER_WITH_THE_LIST)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.type(" ")
    expect(number.locator(".pill")).to_contain_text("if empty, use")
    expect(page.locator("#savebar")).to_contain_text("aved")
    formatted = picked.replace(" }}", ' | upper | default: "No stage" }}')
    assert desk.step("sinvoi")["inputs"]["po_number"] == formatted

    # what is told two things has a field for each, with its own fault, and Enter puts it in
    page.set_viewport_size(PHONE)
    number.locator(".pill").click()
    words.fill("replace")
    expect(picker.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(picker.get_by_label("Text to replace")).to_be_focused()
    assert fits(page) and axe.violations(page) == []
    page.keyboard.press("Enter")
    expect(picker.get_by_label("Text to replace")).to_have_accessible_description("Type it: it can’t be empty.")
    expect(picker.get_by_label("Text to replace")).to_be_focused()
    page.keyboard.type("E")
    expect(picker.locator(".reads")).to_contain_text("Reads as")
    page.keyboard.press("Tab")
    page.route(re.compile("&apply"), slow)  # and Enter comes at once
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.type("x, y")
        page.keyboard.press("Enter")
    expect(number.locator(".pill")).to_contain_text("replace")
    expect(page.locator("#savebar")).to_contain_text("aved")
    assert desk.step("sinvoi")["inputs"]["po_number"] == formatted.replace(" }}", ' | replace: "E", "x, y" }}')


@pytest.fixture
def over_sandboxes(ghl: Sandbox, ninja: Sandbox) -> Desk:
    workspace = make.make_workspace()
    crm, books = make_ghl(ghl, workspace=workspace), make_ninja(ninja.url, workspace)
    recipe = make.make_recipe(workspace=workspace, tree=make.make_tree(ghl=crm, ninja=books), connection=crm)
    return Desk(workspace, recipe, browser_of(workspace, Role.OWNER, name="Dana Okafor"), crm, books)


def test_4_and_5_a_draft_is_checked_previewed_and_published_on_a_phone(visit, over_sandboxes, ninja):
    desk = over_sandboxes
    product = {"operation": "invoice_ninja.products.create", "connection": desk.ninja.public_id}
    desk.edit("add_step", after="sinvoi", kind="action", **product)
    page = visit(desk)
    page.locator("#to-fix summary").click()
    page.locator("#problem-list").get_by_role("link").first.click()
    expect(panel(page)).to_be_visible()
    box(page, "Item").click()
    page.keyboard.type("Care plan")
    page.get_by_role("button", name="Close step").click()
    expect(page.locator("#to-fix")).to_be_hidden()
    assert fits(page)
    before = ninja.effects()

    page.get_by_role("button", name="More of this recipe").click()
    page.get_by_role("link", name="Preview").click()
    page.get_by_role("button", name="Go through it").click()
    expect(page.get_by_text("A run would go through to its end.")).to_be_visible()
    expect(page.get_by_text("not sent").first).to_be_visible()
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert fits(page)
    assert ninja.effects() == before

    page.get_by_role("link", name="Open the draft").click()
    page.locator("#publish").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading").first).to_be_visible()
    room = dialog.bounding_box()
    assert room["x"] >= 0 and room["x"] + room["width"] <= 390 and fits(page)
    dialog.get_by_role("button", name=re.compile("Publish")).last.click()
    expect(page.locator("#savebar")).to_contain_text("Live")
    assert desk.now.live.number == 1


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1440", "390"])
def test_6_a_stale_edit_shows_both_values_and_typing_goes_on_without_a_network(travelling, desk, size):
    camille = desk.colleague()
    page = travelling(desk, "?step=sinvoi&tab=fields", size)
    page.evaluate("document.querySelectorAll('#panel details').forEach((fold) => (fold.open = true))")
    page.route("**/draft/pulse/**", lambda route: route.abort())  # the tab learns of nothing by itself

    def both(mine: str, theirs: str, choice: str) -> None:
        desk.edit("set_field", browser=camille, step="sinvoi", field="po_number", value=theirs)
        box(page, "PO number").click()
        page.keyboard.press("Control+a")
        page.keyboard.type(mine)
        clash = page.locator("#f-po_number-conflict")
        expect(clash).to_contain_text("Camille Roux changed this meanwhile.")
        expect(clash).to_contain_text(theirs)
        expect(clash).to_contain_text(mine)
        assert fits(page)
        assert desk.step("sinvoi")["inputs"]["po_number"] == theirs  # nothing was written over
        clash.get_by_role("button", name=choice).click()
        expect(clash).to_be_empty()

    both("Mine 1", "Hers 1", "Keep mine")
    expect(page.locator("#savebar")).to_contain_text("aved")
    assert desk.step("sinvoi")["inputs"]["po_number"] == "Mine 1"
    both("Mine 2", "Hers 2", "Take theirs")
    expect(box(page, "PO number")).to_have_text("Hers 2")
    assert desk.step("sinvoi")["inputs"]["po_number"] == "Hers 2"

    page.context.set_offline(True)
    box(page, "PO number").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("Typed on a train")
    expect(page.locator("body > .unsent")).to_be_visible()
    page.keyboard.type(", on and on")
    expect(box(page, "PO number")).to_have_text("Typed on a train, on and on")
    assert fits(page)
    with page.expect_response(lambda answer: "on+and+on" in (answer.request.post_data or "")):
        page.context.set_offline(False)
    expect(page.locator("body > .unsent")).to_have_count(0)
    expect(page.locator("#savebar")).to_contain_text("aved")
    page.reload()
    page.evaluate("document.querySelectorAll('#panel details').forEach((fold) => (fold.open = true))")
    expect(box(page, "PO number")).to_have_text("Typed on a train, on and on")  # the same step, the same tab


def held(desk: Desk, title: str) -> Run:
    stands = {
        "status": RunStatus.HELD,
        "because": "“Price each” must not be empty.",
        "stopped_at": "sinvoi",
        "place": [2],
    }
    run = make.make_run(recipe=desk.recipe, title=title, **stands)
    error = {"code": "inputs", "message": "“Price each” must not be empty.", "field": "line_items.0.cost"}
    given = {"client_id": "Vol1", "line_items": [{"product_key": "Care plan", "quantity": "1"}]}
    row = {"step_id": "sinvoi", "operation": "invoice_ninja.invoices.create"}
    make.make_step_run(run=run, status=StepStatus.FAILED, error=error, input=given, **row)
    return run


def test_7_a_run_is_found_mended_and_another_discarded_on_a_phone(visit):
    desk = make_desk(Role.OWNER, live=True)
    mended, dropped = held(desk, "Harbor Dental"), held(desk, "Oak & Ember")
    page = visit(desk, f"/w/{desk.workspace.slug}/runs/")
    page.get_by_label("Search runs").fill("harbor")
    expect(page.get_by_role("link", name="Oak & Ember")).to_have_count(0)
    expect(page).to_have_url(re.compile("q=harbor"))
    assert fits(page)

    page.get_by_role("link", name="Harbor Dental").click()
    page.locator("#step-sinvoi .hit").click()
    expect(page).to_have_url(re.compile("step=sinvoi"))
    page.get_by_role("textbox", name="Price each").fill("15")
    page.get_by_role("button", name="Fix and go on").click()
    expect(page.locator("#run-stand")).not_to_contain_text("On hold")
    assert fits(page)
    mended.refresh_from_db()
    assert mended.fixes == {"sinvoi": {"line_items": [{"product_key": "Care plan", "quantity": "1", "cost": "15"}]}}

    page.get_by_role("button", name="Close").first.click()
    page.locator("header.bar > a").first.click()
    row = page.get_by_role("row").filter(has_text="Oak & Ember")
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    expect(page.get_by_role("dialog")).to_contain_text("discarded")
    with scope(workspace=desk.workspace):
        assert Run.objects.get(pk=dropped.pk).status == RunStatus.CANCELLED


def test_8_palette_sheet_of_keys_letters_and_text_on_a_phone(visit, desk):
    page = visit(desk)
    page.keyboard.press("Control+k")
    page.keyboard.type("create an inv")
    expect(page.locator("#palette").get_by_role("option", selected=True)).to_contain_text("create an invoice")
    room = page.locator("#palette").bounding_box()
    assert room["x"] >= 0 and room["x"] + room["width"] <= 390 and fits(page)
    for _ in range(2):  # the first empties the search
        page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    expect(page.locator("input:focus")).to_have_count(0)
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard")
    expect(keys).to_contain_text("Fold and unfold the paths")
    assert fits(page)
    page.keyboard.press("Escape")
    page.locator("#step-sinvoi .hit").focus()
    page.keyboard.press("m")
    expect(page.get_by_role("dialog")).to_contain_text("Move")
    page.keyboard.press("Escape")
    page.locator("#step-sinvoi .hit").focus()
    page.keyboard.press("g")
    page.keyboard.press("t")  # of two letters the second never counts alone
    expect(page.locator("#panel h2")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/recipes/")

    with scope(workspace=desk.workspace):
        user = Membership.objects.select_related("user").get(workspace=desk.workspace).user
    user.single_keys = False
    user.save()
    visit(desk)
    page.keyboard.press("?")
    page.locator("#step-sinvoi .hit").focus()
    for letter in "amtc":
        page.keyboard.press(letter)
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("ArrowUp")
    expect(page.locator("#step-sclien .hit")).to_be_focused()

    visit(desk, desk.url("recipe-text"))
    expect(page.get_by_text("find or create a client").first).to_be_visible()
    assert fits(page)
    for place, address in (("Versions", "/versions/"), ("Build", f"/{desk.recipe.public_id}/"), ("Runs", "/runs/")):
        page.get_by_role("button", name="More of this recipe").click()
        menu_ = page.get_by_role("navigation", name="More of this recipe")
        room = menu_.bounding_box()
        assert room["x"] >= 0 and room["x"] + room["width"] <= 390
        menu_.get_by_role("link", name=place).click()
        page.wait_for_url(lambda url, address=address: address in url)
    expect(page).to_have_url(re.compile(f"recipe={desk.recipe.public_id}"))
