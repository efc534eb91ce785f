"""A recipe as text: every step a numbered sentence with what it is given, in reading order."""

import pytest

from builder.models import Role
from tests.web.accounts_desk import EVERY_ROLE
from tests.web.editor_desk import make_desk
from tests.web.people import only, statuses, text

pytestmark = pytest.mark.django_db
SECRET = "sesame-1234-sesame"


def fork():
    rule = {"field": "{{ trigger.value }}", "op": "gt", "value": "1000"}
    big = {"id": "pbig01", "name": "Big", "conditions": {"match": "all", "rules": [rule]}, "steps": [wait()]}
    return {"id": "sforks", "kind": "paths", "paths": [big], "otherwise": {"steps": []}}


def wait():
    return {"id": "swaits", "kind": "wait", "amount": "3", "unit": "days", "note": "So that they can pay."}


def call():
    inputs = {
        "method": "POST", "url": "https://api.example.com/x?api_key=" + SECRET, "auth": "bearer", "auth_secret": SECRET,
    }  # fmt: skip
    return {"id": "scalls", "kind": "action", "operation": "tools.http.request", "inputs": inputs}


def read(desk) -> str:
    return text(desk.get("recipe-text"))


def test_steps_are_sentences_with_all_they_are_given():
    page = read(make_desk())

    assert "When an opportunity is won" in page
    assert "Only if value is more than 0" in page
    assert "Then create an invoice" in page
    assert page.index("find or create a client") < page.index("create an invoice")
    assert "Line items" in page
    assert "{{" not in page


def test_paths_and_wishes_are_told_where_they_belong():
    desk = make_desk(steps=[fork()])
    desk.edit("set_policy", step="swaits", option="on_error", value="stop")

    page = read(desk)

    assert page.index("If Big: value is more than 1000") < page.index("Wait 3 days") < page.index("Otherwise Nothing")
    assert "So that they can pay." in page


def test_what_happens_when_it_fails_is_told_where_somebody_chose():
    desk = make_desk()
    desk.edit("set_policy", step="sclien", option="on_error", value="go_on")
    desk.edit("toggle_step", step="sinvoi")

    page = read(desk)

    assert page.count("If it can’t be done for good: Go on without it.") == 1
    assert page.count("Skipped: a run passes it over.") == 1


def test_secrets_stay_in_the_recipe():
    assert SECRET not in read(make_desk(steps=[call()]))


def test_it_says_which_recipe_it_is():
    draft, live = make_desk(), make_desk(live=True)
    live.edit("rename_step", step="sinvoi", name="Bill it")

    assert "A draft that was never published." in read(draft)
    assert "The draft, with 1 change since version 1." in read(live)


def test_every_role_may_read():
    desk = make_desk()
    url = desk.url("recipe-text")

    assert statuses(desk.workspace, lambda browser: browser.get(url)) == only(*EVERY_ROLE)
    assert Role.VIEWER in EVERY_ROLE
