"""What a person does with Recette, in the words of its pages: things are found by what they are called."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

PASSWORD = "a spoonful of sugar"


def found_workspace(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Your name").fill("Anna Keller")
    page.get_by_label("E-mail").fill("anna@lumen.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("textbox", name="Workspace").fill("Lumen Studio")
    page.get_by_role("button", name="Create my workspace").click()
    expect(page.get_by_role("heading", name="Bring both accounts to the table")).to_be_visible()


def enter_account(page: Page, address: str, **fields: str) -> None:
    """Fills the form of a connection; its address may be folded away."""
    if not page.get_by_label("Address").is_visible():
        page.get_by_text("More fields").click()
    page.get_by_label("Address").fill(address)
    for label, value in fields.items():
        page.get_by_label(label.replace("_", " ")).fill(value)
    page.get_by_role("button", name="Test and save").click()


def connect_both(page: Page, ghl: dict[str, str], ninja: dict[str, str]) -> None:
    """Begins and ends at the page that asks for both accounts."""
    page.get_by_role("link", name="Connect HighLevel: Private integration token").click()
    token = {"Location_ID": ghl["location_id"], "Private_integration_token": ghl["token"]}
    enter_account(page, ghl["address"], **token)
    page.get_by_role("link", name="Connect Invoice Ninja: API token").click()
    enter_account(page, ninja["address"], API_token=ninja["token"])
    expect(page.get_by_text("Connected", exact=True)).to_have_count(2)


def navigation(page: Page) -> Locator:
    """At the left."""
    return page.get_by_role("navigation", name="Main").first


def go(page: Page, place: str) -> None:
    """From anywhere; the editor has only a way back."""
    back = page.get_by_role("banner").get_by_role("link", name="All recipes")
    if back.is_visible():
        back.click()
    navigation(page).get_by_role("link", name=place).click()
    expect(page.get_by_role("heading", name=place, level=1)).to_be_visible()


def told(page: Page, text: str) -> None:
    """A message at the edge of the page."""
    expect(page.get_by_text(text).first).to_be_visible()


# Building


def begin(page: Page, name: str) -> None:
    go(page, "Recipes")
    page.get_by_role("link", name="New recipe").first.click()
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_role("button", name="Make an empty recipe").click()
    expect(page.get_by_role("textbox", name="Name of the recipe")).to_have_value(name)


def choose(page: Page, search: str, operation: str) -> None:
    """In the chooser that is open."""
    chooser = page.get_by_role("dialog").filter(has=page.get_by_role("listbox", name="Operations"))
    chooser.get_by_role("combobox", name="Search operations").fill(search)
    expect(chooser.get_by_role("listbox")).to_have_attribute("data-q", search)
    chooser.get_by_role("option", name=operation).first.click()
    expect(chooser).to_be_hidden()


def start_when(page: Page, search: str, trigger: str) -> None:
    page.get_by_role("link", name="Step 1:").click()
    page.get_by_role("button", name="Choose a trigger").click()
    choose(page, search, trigger)
    expect(panel(page).get_by_role("heading", name=f"1 · {trigger}")).to_be_visible()


def add_step(page: Page, search: str, operation: str) -> None:
    """At the end of the recipe."""
    number = page.get_by_role("button", name="Add a step here").count() + 1
    page.get_by_role("button", name="Add a step here").last.click()
    choose(page, search, operation)
    expect(panel(page).get_by_role("heading", name=f"{number} · {operation}")).to_be_visible()


def panel(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Step ")


def field(page: Page, name: str) -> Locator:
    """As it is drawn for people: never the source of a text with pills, which is what no script would show."""
    return boxes(panel(page), name)


def boxes(within: Locator, name: str) -> Locator:
    found = within.get_by_role("textbox", name=re.compile(f"^{re.escape(name)}( required)?$"))
    return found.and_(within.page.locator(":not([data-pills])"))


def say(page: Page, name: str, text: str) -> None:
    """Types into a field, after what is there."""
    field(page, name).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def put(page: Page, name: str, search: str, value: str) -> None:
    """Puts a value of an earlier step into a field, out of the picker."""
    put_into(page, field(page, name), search, value)


def put_into(page: Page, box: Locator, search: str, value: str) -> None:
    box.click()
    picker = page.get_by_role("dialog", name="Insert data")
    picker.get_by_role("combobox", name="Search values").fill(search)
    expect(picker.get_by_role("listbox")).to_have_attribute("data-q", search)
    picker.get_by_role("option", name=re.compile(f"^{re.escape(value)}( |$)")).first.click()
    expect(box).to_contain_text(value.rpartition(" › ")[2])


def reads(page: Page, text: str) -> None:
    """The line under a field that says what it would be filled with."""
    expect(panel(page).get_by_text(text, exact=True).first).to_be_visible()


def tab(page: Page, name: str) -> None:
    panel(page).get_by_role("tab", name=name).click()
    expect(panel(page).get_by_role("tab", name=name, selected=True)).to_be_visible()


def test_with_real_data(page: Page) -> None:
    tab(page, "Test")
    panel(page).get_by_role("button", name="Test this step").click()
    page.get_by_role("dialog").get_by_role("button", name="Test with real data").click()


def saved(page: Page, name: str) -> None:
    """The edit of this field is the newest thing that could be undone."""
    expect(page.get_by_role("button", name=f"Undo: fill in “{name}”")).to_be_enabled()


def problems(page: Page) -> Locator:
    """What keeps the draft from being published."""
    return page.locator("#problem-list > li")


def publish(page: Page, number: int, note: str = "") -> None:
    page.get_by_role("link", name=re.compile(f"^Publish( v{number})?$")).click()
    dialog = page.get_by_role("dialog", name=f"Publish v{number}")
    if note:
        dialog.get_by_label("Note").fill(note)
    dialog.get_by_role("button", name=f"Publish v{number}").click()
    told(page, f"Version {number} is live.")


def build_won_deal(page: Page, pipeline: str) -> None:
    """When an opportunity is won → only if value is more than 0 → find or create client → create invoice."""
    start_when(page, "won", "An opportunity is won")
    panel(page).get_by_role("combobox", name="Pipeline").select_option(pipeline)
    add_step(page, "only if", "Only if")
    panel(page).get_by_role("button", name="Add a condition").click()
    put(page, "Look at", "value", "Value")
    panel(page).get_by_role("combobox", name="How to compare").select_option("is more than")
    expect(field(page, "Compare with")).to_have_text("0")
    add_step(page, "find or create client", "Find or create a client")
    put(page, "Name", "company", "Contact › Company")
    put(page, "E-mail", "email", "Contact › E-mail")
    put(page, "First name", "first name", "Contact › First name")
    put(page, "Last name", "last name", "Contact › Last name")
    add_step(page, "invoice ninja create invoice", "Create an invoice")
    panel(page).get_by_role("link", name="Use a value").first.click()
    put(page, "Client", "client id", "Client › ID")
    put(page, "Date", "today", "Today")
    put(page, "Due date", "today", "Today + 14 days")
    panel(page).get_by_role("button", name="Add line").click()
    say(page, "Item", "Project")
    put(page, "Description", "name", "Name")
    put(page, "Price each", "value", "Value")
    say(page, "Public notes", "Thank you, ")
    put(page, "Public notes", "first name", "Contact › First name")
    reads(page, "Thank you, Nadia")


# Runs


def open_run(page: Page, about: str) -> None:
    """As soon as it is in the list, which keeps itself fresh."""
    go(page, "Runs")
    page.get_by_role("link", name=about).first.click()
    expect(page.get_by_role("list", name="Steps of this run")).to_be_visible()


def status(page: Page, text: str) -> None:
    expect(page.get_by_role("banner").get_by_text(text).first).to_be_visible()


def look_at(page: Page, step: int, details: str) -> Any:
    opened = page.get_by_role("complementary", name=f"Step {step} in this run")
    if not opened.is_visible():
        page.get_by_role("link", name=f"Step {step}:").click()
    opened.get_by_role("navigation", name="Details").get_by_role("link", name=details).click()
    shown = page.get_by_role("region", name="Exact exchange" if details == "Exchange" else details)
    expect(shown).to_be_visible()
    return shown


# Templates


def set_up(page: Page, template: str, **answers: str) -> None:
    """From the gallery to a draft; answers by the beginning of their question."""
    go(page, "Templates")
    page.get_by_role("link", name=template).or_(
        page.get_by_role("region", name=template).get_by_role("link", name="Set it up")
    ).first.click()
    if not page.url.endswith("/set-up/"):
        page.get_by_role("link", name="Set it up").first.click()
    page.get_by_role("button", name="Continue to the questions").click()
    for question, answer in answers.items():
        start = re.compile("^" + question.replace("_", " "))
        choice = page.get_by_role("combobox", name=start).and_(page.locator("select"))
        expect(choice.or_(page.get_by_role("textbox", name=start)).first).to_be_visible()
        if choice.count():
            choice.select_option(answer)
        else:
            page.get_by_role("textbox", name=start).or_(page.get_by_role("combobox", name=start)).fill(answer)
    page.get_by_role("button", name="Create the recipe").click()
    expect(page.get_by_role("heading", name="Go live")).to_be_visible()
