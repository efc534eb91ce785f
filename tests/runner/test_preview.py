"""A whole draft on one record: what reads is asked, what writes is shown, and nothing is changed."""

from typing import Any

import pytest
from django.core import mail

from builder.models import Connection, Event, Recipe, Run, RunStatus, StepRun
from builder.recipe import tree as trees
from builder.runner import preview
from connectors.spec import Request
from tests import make
from tests.runner.conftest import Sandbox
from tests.runner.make import action, make_ghl, make_hooked, make_ninja

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def draft(*steps: dict[str, Any], workspace: Any = None) -> Recipe:
    tree = trees.parse({"format": 1, "trigger": {"operation": "tools.hook.received"}, "steps": list(steps)})
    return make.make_recipe(workspace=workspace, tree=tree)


def shown(*steps: dict[str, Any], workspace: Any = None, **data: Any) -> preview.Shown:
    return preview.of(draft(*steps, workspace=workspace), data)


def text(step_id: str, template: str, **more: Any) -> dict[str, Any]:
    return action(step_id, "tools.text.format", text=template) | more


def rule(field: str, op: str, value: str) -> dict[str, Any]:
    return {"match": "all", "rules": [{"field": field, "op": op, "value": value}]}


def unsent(found: preview.Shown) -> list[dict[str, Any]]:
    return [call for row in found.taken for call in row.calls if not call["sent"]]


def test_reads_are_asked_and_writes_are_not_sent(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    name = ninja.records("clients")[0]["name"]
    look = action("slook1", "invoice_ninja.clients.search", at, filter=name)
    make_one = action("smake1", "invoice_ninja.clients.create", at, name="{{ trigger.name }}")
    before = ninja.effects()

    found = shown(look, make_one, workspace=at.workspace, name="Ada Nowak")

    assert ninja.effects() == before
    assert found.status == RunStatus.DONE
    assert [call["sent"] for row in found.taken for call in row.calls] == [True, False]
    (write,) = unsent(found)
    assert (write["method"], write["url"]) == ("POST", f"{ninja.url}/api/v1/clients")
    assert '"name":"Ada Nowak"' in write["body"]
    assert [row.guessed for row in found.taken] == [False, True]


def test_update_is_shown_beside_the_live_record(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    client = ninja.records("clients")[0]
    change = action("schang", "invoice_ninja.clients.update", at, client_id=client["id"], website="https://new.example")

    (write,) = unsent(shown(change, workspace=at.workspace))

    assert write["live"]
    assert write["changes"] == [{"name": "website", "before": client["website"], "after": "https://new.example"}]


def test_update_of_a_contact_reads_it_first(ghl: Sandbox) -> None:
    at = make_ghl(ghl)
    contact = ghl.records("contacts")[0]
    same = action("ssame1", "ghl.contacts.update", at, contactId=contact["id"], firstName=contact["firstName"])
    other = action("sother", "ghl.contacts.update", at, contactId=contact["id"], firstName="Somebody")

    writes = unsent(shown(same, other, workspace=at.workspace))

    assert [write["live"] for write in writes] == [True, True]
    assert [write["changes"] for write in writes] == [
        [],
        [{"name": "firstName", "before": contact["firstName"], "after": "Somebody"}],
    ]


def test_later_steps_go_on_with_what_would_be_made(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    client = action("sclien", "invoice_ninja.clients.create", at, name="Ada")
    lines = [{"product_key": "Care", "quantity": "2", "cost": "60.50"}]
    bill = action("sbill1", "invoice_ninja.invoices.create", at, client_id="{{ sclien.client.id }}", line_items=lines)
    dear = {"id": "sdear1", "kind": "only_if", "conditions": rule("{{ sbill1.invoice.amount }}", "eq", "121")}

    found = shown(client, bill, dear, text("stext1", "{{ sclien.client.name }}"), workspace=at.workspace)

    assert found.status == RunStatus.DONE, found
    assert '"client_id":"recette-new-sclien"' in unsent(found)[1]["body"]
    assert [row.leans for row in found.taken] == [[], ["sclien"], ["sbill1"], ["sclien"]]


def test_what_reads_a_record_that_is_not_there_yet_is_not_asked(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    client = action("sclien", "invoice_ninja.clients.create", at, name="Ada")
    again = action("sagain", "invoice_ninja.clients.get", at, client_id="{{ sclien.client.id }}")
    asked = len(ninja.calls("GET"))

    found = shown(client, again, text("stext1", "{{ sagain.client.name }}"), workspace=at.workspace)

    assert (found.status, len(ninja.calls("GET"))) == (RunStatus.DONE, asked)
    assert found.taken[1].guessed


def test_condition_that_does_not_fit_ends_it() -> None:
    only = {"id": "sonlyi", "kind": "only_if", "conditions": rule("{{ trigger.value }}", "gt", "0")}

    found = shown(only, text("snever", "never"), value=0)

    assert (found.status, found.stopped_at) == (RunStatus.FILTERED, "sonlyi")
    assert found.because == "value is 0, not more than 0"
    assert [row.step for row in found.taken] == ["sonlyi"]


def test_loop_is_gone_round_three_times_and_says_so() -> None:
    loop = {
        "id": "seach1",
        "kind": "each",
        "list": "{{ trigger.rows }}",
        "steps": [text("stext1", "{{ seach1.item }}")],
    }

    found = shown(loop, rows=list("abcde"))

    assert found.taken[0].note == "5 items. The preview goes through the first 3."
    assert [row.round for row in found.taken[1:]] == ["0", "1", "2"]


def test_waits_questions_and_mails_are_told_and_gone_past() -> None:
    called = make_hooked(text("sother", "x"))
    steps = [
        {"id": "swait1", "kind": "wait", "mode": "for", "amount": "3", "unit": "days"},
        {"id": "sask01", "kind": "approval", "people": ["ann@example.com"], "message": "?"},
        {"id": "scall1", "kind": "call", "recipe": called.public_id, "inputs": {"name": "{{ trigger.name }}"}},
        action("smail1", "tools.email.send", to="bob@example.com", subject="Hello {{ trigger.name }}", body="…"),
        text("slast1", "{{ sask01.decision }} {{ smail1.email.subject }}"),
    ]
    before = len(mail.outbox)

    found = shown(*steps, workspace=called.workspace, name="Ada")

    assert found.status == RunStatus.DONE, found
    assert [row.note.split(".")[0] for row in found.taken[1:3]] == [
        "It would ask ann@example",
        f"It would call the recipe “{called.name}”",
    ]
    assert found.taken[0].note.startswith("It would wait until ")
    assert found.taken[3].input["subject"] == "Hello Ada"
    assert [row.guessed for row in found.taken] == [False, True, True, True, False]
    assert [row.writes for row in found.taken] == [False, True, True, True, False]
    assert len(mail.outbox) == before
    assert not Run.objects.exists() and not Event.objects.exists() and not StepRun.objects.exists()


def test_wait_for_an_event_goes_on_with_its_sample(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    wait = {"id": "swait1", "kind": "wait", "mode": "event", "trigger": "invoice_ninja.invoice.paid", "about": "inv1"}
    wait |= {"connection": at.public_id, "inputs": {}, "timeout": {"amount": "7", "unit": "days"}}

    found = shown(wait, text("stext1", "{{ swait1.happened }}"), workspace=at.workspace)

    assert found.status == RunStatus.DONE, found
    assert found.taken[0].guessed
    assert "Here it goes on as if that had happened." in found.taken[0].note


def test_field_that_stays_empty_is_told_and_stops_it(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    step = action("sbill1", "invoice_ninja.invoices.create", at, client_id="{{ trigger.nobody }}")

    found = shown(step, text("snever", "never"), workspace=at.workspace, name="Ada")

    assert (found.status, found.stopped_at) == (RunStatus.HELD, "sbill1")
    assert (found.taken[0].about, found.taken[0].error) == ("client_id", found.because)
    assert "step 1" in found.because


def test_refusal_of_the_service_is_told(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    step = action("sgone1", "invoice_ninja.clients.get", at, client_id="nothere")

    found = shown(step, workspace=at.workspace)

    assert found.status == RunStatus.HELD
    assert found.taken[0].calls[0]["status"] in (400, 404)
    assert found.taken[0].error


def test_web_request_that_reads_is_sent_and_one_that_writes_is_not(ninja: Sandbox) -> None:
    get = action("sread1", "tools.http.request", url=f"{ninja.url}/_sandbox/effects", method="GET")
    post = action("spost1", "tools.http.request", url=f"{ninja.url}/_sandbox/reset", method="POST", body="{}")
    ninja.do("new_client", name="Aardvark Ltd", email="hello@aardvark.example")
    before = ninja.effects()

    found = shown(get, post)

    assert [call["sent"] for row in found.taken for call in row.calls] == [True, False], found
    assert ninja.effects() == before


def test_token_that_ran_out_is_fetched_anew(ghl: Sandbox) -> None:
    at = make_ghl(ghl, "app")
    ghl.post("/_sandbox/expire", {})
    contact = ghl.records("contacts")[0]
    sealed = at.sealed

    found = shown(action("sread1", "ghl.contacts.get", at, contactId=contact["id"]), workspace=at.workspace)

    assert found.status == RunStatus.DONE, found
    assert Connection.objects.get(pk=at.pk).sealed != sealed


def test_deleted_account_is_told_at_its_step() -> None:
    step = action("sgone1", "ghl.contacts.get", None, contactId="x")

    found = shown(step)

    assert found.because == "This step has no connection: choose one in the recipe and publish it again."


def test_writing_is_what_every_request_but_a_reading_one_does() -> None:
    assert Request("POST", "/x").effect
    assert Request("DELETE", "/x").effect
    assert not Request("POST", "/search", reads=True).effect


SECRET = "sk_live_0123456789abcdef"


def test_secrets_of_a_web_request_are_kept_nowhere(ninja: Sandbox) -> None:
    body = f'{{"website": "https://new.example", "password": "hunter2", "settings": {{"api_key": "{SECRET}"}}}}'
    headers = [{"name": "Authorization", "value": f"Bearer {SECRET}"}]
    put = action("sputs1", "tools.http.request", url=f"{ninja.url}/things/1", method="PUT", body=body, headers=headers)

    found = shown(put)

    assert found.status == RunStatus.DONE, found
    assert SECRET not in str(found)
    assert "hunter2" not in str(found)


def test_secrets_of_a_live_record_are_not_shown_beside_it(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    client = ninja.records("clients")[0]
    token = "sandbox-invoice-ninja-token-012345678901234567890123456789012345"
    change = action("schang", "invoice_ninja.clients.update", at, client_id=client["id"], public_notes=f"see {token}")

    found = shown(change, workspace=at.workspace)

    assert found.taken[0].calls[-1]["changes"], found
    assert token not in str(found.taken[0].calls)


def test_address_of_a_web_request_that_writes_is_not_called_at_all(ninja: Sandbox) -> None:
    asked = len(ninja.calls())
    put = action("sputs1", "tools.http.request", url=f"{ninja.url}/api/v1/clients/1", method="PUT", body="{}")

    assert shown(put).status == RunStatus.DONE
    assert len(ninja.calls()) == asked


def test_web_request_that_writes_gives_what_the_catalogue_says(ninja: Sandbox) -> None:
    post = action("spost1", "tools.http.request", url=f"{ninja.url}/things", method="POST", body="{}")

    found = shown(post, text("stext1", "{{ spost1.status }} {{ spost1.body.id }}"))

    assert found.status == RunStatus.DONE, found


def test_token_that_ran_out_is_fetched_anew_for_what_would_be_changed_too(ghl: Sandbox) -> None:
    at = make_ghl(ghl, "app")
    ghl.post("/_sandbox/expire", {})
    contact = ghl.records("contacts")[0]
    step = action("schang", "ghl.contacts.update", at, contactId=contact["id"], firstName="Somebody")

    (write,) = unsent(shown(step, workspace=at.workspace))

    assert (write["live"], len(write["changes"])) == (True, 1)


def test_record_that_cannot_be_read_says_why_nothing_is_compared(ghl: Sandbox) -> None:
    at = make_ghl(ghl)
    ghl.fail({"method": "GET", "status": 503, "times": 9})
    contact = ghl.records("contacts")[0]
    step = action("schang", "ghl.contacts.update", at, contactId=contact["id"], firstName="Somebody")

    (write,) = unsent(shown(step, workspace=at.workspace))

    assert not write["live"]


def test_change_of_state_goes_on_with_the_live_record(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    invoice = next(row for row in ninja.records("invoices") if str(row["status_id"]) == "2")
    paid = action("spaid1", "invoice_ninja.invoices.mark_paid", at, invoice_id=invoice["id"])
    told = text("stext1", "{{ spaid1.invoice.number }}")

    found = shown(paid, told, {"id": "sonlyi", "kind": "only_if",
        "conditions": rule("{{ stext1.text }}", "eq", invoice["number"])}, workspace=at.workspace)  # fmt: skip

    assert found.status == RunStatus.DONE, found


def test_what_reading_would_use_up_is_not_read(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    step = action("sfetch", "invoice_ninja.reports.fetch", at, hash="a1b2c3")

    found = shown(step, workspace=at.workspace)

    assert [call["sent"] for call in found.taken[0].calls] == [False]
    assert ninja.calls("POST", "/api/v1/reports/preview") == []


def test_only_what_writes_is_counted_as_writing(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    client = action("sclien", "invoice_ninja.clients.create", at, name="Ada")
    again = action("sagain", "invoice_ninja.clients.get", at, client_id="{{ sclien.client.id }}")

    found = shown(client, again, workspace=at.workspace)

    assert [row.writes for row in found.taken] == [True, False]


def test_step_after_a_loop_sees_all_of_its_items() -> None:
    loop = {
        "id": "seach1",
        "kind": "each",
        "list": "{{ trigger.rows }}",
        "steps": [text("stext1", "{{ seach1.item }}")],
    }
    last = {"id": "sonlyi", "kind": "only_if", "conditions": rule("{{ seach1.items | size }}", "eq", "7")}

    found = shown(loop, last, rows=list("abcdefg"))

    assert (found.status, len(found.taken)) == (RunStatus.DONE, 5), found


def test_link_that_a_step_would_make_is_found_by_the_next(ninja: Sandbox) -> None:
    at = make_ninja(ninja.url)
    client = action("sclien", "invoice_ninja.clients.find_or_create", at, name="Ada", source_id="contact1")
    look = action("slook1", "tools.links.find", kind="client", id="contact1", otherwise="stop")

    found = shown(client, look, text("stext1", "{{ slook1.id }}"), workspace=at.workspace)

    assert found.status == RunStatus.DONE, found
