"""What both sandboxes are made of: the journal, the effect log, faults, control calls."""

import time
from decimal import Decimal

import httpx
import pytest

from connectors.sandbox_kit.effects import Effects
from connectors.sandbox_kit.environment import lazily
from connectors.sandbox_kit.faults import Faults, WrongFault
from connectors.sandbox_kit.http import BadJson, dumps, loads
from connectors.sandbox_kit.routes import Routes
from connectors.sandbox_kit.store import Store
from tests.sandboxes import bench

MARKER = "wf-ABCDEFGHIJKLMNOPQRST"


def test_store_survives_a_restart_with_numbers_and_amounts(tmp_path):
    path = tmp_path / "journal.jsonl"
    store = Store(path)
    store.next("a")
    store.put("a", {"id": "1", "amount": Decimal("12.50"), "whole": Decimal(3)})
    store.next("a")
    store.put("a", {"id": "2"})
    store.drop("a", "2")
    store.close()

    again = Store(path)

    assert again.rows("a") == [{"id": "1", "amount": Decimal("12.5"), "whole": Decimal(3)}]
    assert again.next("a") == 3
    again.close()


def test_store_passes_over_a_torn_last_line(tmp_path):
    path = tmp_path / "journal.jsonl"
    store = Store(path)
    store.put("a", {"id": "1"})
    store.close()
    path.write_bytes(path.read_bytes() + b'{"t":"a","k":"2","r":{"id"')

    again = Store(path)

    assert again.rows("a") == [{"id": "1"}]
    again.close()


def test_effects_hold_markers_and_a_hash_and_are_read_back(tmp_path):
    path = tmp_path / "effects.jsonl"
    log = Effects(path)
    log.add(bench.START, "invoice.created", "x", {"notes": f"ref {MARKER} {MARKER}"}, "api")
    log.close()

    again = Effects(path)

    assert [(line["kind"], line["id"], line["markers"]) for line in again.lines] == [("invoice.created", "x", [MARKER])]
    assert again.lines[0]["time"] == "2026-11-22T12:00:00+00:00"
    again.close()


def test_routes_prefer_letters_and_mind_the_slash():
    routes = Routes()
    routes.on("GET", "/a/{id}")("hole")
    routes.on("GET", "/a/all")("letters")

    assert routes.find("GET", "/a/all")[0].handler == "letters"
    assert routes.find("GET", "/a/7")[1] == {"id": "7"}
    assert routes.find("GET", "/a/") is None
    assert routes.find("GET", "/a/7/") is None


@pytest.mark.parametrize("raw", [b"", b"{", b"NaN", b'{"a": Infinity}', b"[" * 100_000, b"\xff"])
def test_loads_refuses_what_is_no_json(raw):
    with pytest.raises(BadJson):
        loads(raw)


def test_dumps_writes_amounts_as_numbers():
    assert dumps({"a": Decimal("12.50"), "b": Decimal("3")}) == b'{"a":12.5,"b":3}'


def test_faults_are_used_up_and_match_by_pattern():
    faults = Faults()
    faults.add([{"method": "post", "path": "/a/*", "status": 500, "times": 2}, {"path": "/b", "times": None}])

    taken = [bool(faults.take("POST", "/a/1")) for _ in range(3)]

    assert taken == [True, True, False]
    assert faults.take("GET", "/a/1") is None
    assert all(faults.take("GET", "/b") for _ in range(5))


@pytest.mark.parametrize("wrong", [{"colour": "red"}, {"when": "never"}, {"delay": "soon"}])
def test_faults_that_can_not_be_are_refused(wrong):
    with pytest.raises((WrongFault, ValueError)):
        Faults().add(wrong)


def test_fault_before_leaves_no_effect(books):
    books.post(
        "/_sandbox/faults", [{"method": "POST", "path": "/api/v1/clients", "status": 503, "body": {"message": "down"}}]
    )

    answer = books.call("POST", "/api/v1/clients", {"name": "A"})

    assert (answer.status_code, answer.json()) == (503, {"message": "down"})
    assert books.effects() == []


def test_fault_after_has_its_effect_all_the_same(books):
    fault = {
        "method": "POST",
        "path": "/api/v1/clients",
        "status": 502,
        "when": "after",
        "body": "<h1>Bad gateway</h1>",
    }
    books.post("/_sandbox/faults", fault)

    answer = books.call("POST", "/api/v1/clients", {"name": "A"})

    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/plain")
    assert books.effects() == ["client.created"]


def test_fault_that_cuts_breaks_the_connection_after_half_of_the_answer(books):
    books.post("/_sandbox/faults", [{"path": "/api/v1/clients", "cut": True, "when": "after"}])

    with pytest.raises(httpx.RemoteProtocolError):
        books.call("POST", "/api/v1/clients", {"name": "A"})

    assert books.effects() == ["client.created"]


def test_faults_are_listed_and_cleared(books):
    books.post("/_sandbox/faults", [{"path": "/x", "status": 429, "headers": {"Retry-After": "2"}}])

    assert [one["status"] for one in books.get("/_sandbox/faults")["faults"]] == [429]
    assert books.call("DELETE", "/_sandbox/faults").json() == {"faults": []}


@pytest.mark.parametrize("make", [bench.ghl, bench.invoice_ninja])
def test_control_shows_lists_doings_and_how_to_connect(make):
    for box in make():
        state = box.get("/_sandbox/state")
        doings = box.get("/_sandbox/doings")["doings"]

        assert state["connect"]["token"] == box.app.settings["token"]
        assert all(len(row) > 1 for shown in state["lists"] for row in shown["rows"])
        assert {one["list"] for one in doings} <= {shown["key"] for shown in state["lists"]}


def test_control_wants_json(books):
    answer = books.call("POST", "/_sandbox/do", headers={"Content-Type": "text/plain"}, content=b"do=pay_invoice")

    assert answer.status_code == 415


def test_control_names_what_it_does_not_know(books):
    assert books.call("POST", "/_sandbox/do", {"do": "fly"}).status_code == 400
    assert books.call("POST", "/_sandbox/settings", {"colour": 1}).status_code == 400
    assert books.call("GET", "/_sandbox/nothing").status_code == 404


def test_control_filters_effects(books):
    books.post("/api/v1/clients", {"name": "A", "private_notes": MARKER})
    books.post("/api/v1/clients", {"name": "B"})

    assert books.get("/_sandbox/effects?kind=client.created")["total"] == 2
    assert len(books.get(f"/_sandbox/effects?marker={MARKER}")["effects"]) == 1
    assert books.get("/_sandbox/effects?since=2")["effects"] == []


def test_settings_change_and_reset_puts_them_and_the_records_back(crm):
    crm.post("/_sandbox/settings", {"search_lag": "3.5", "allow_duplicates": "true"})
    crm.do("new_contact", name="Vera Pell", email="vera@pell.example")

    assert (crm.app.settings["search_lag"], crm.app.settings["allow_duplicates"]) == (3.5, True)
    crm.post("/_sandbox/reset", {})
    assert (crm.app.settings["search_lag"], crm.app.settings["allow_duplicates"]) == (0.0, False)
    assert len(crm.app.store.rows("contacts")) == 25
    assert crm.effects() == []


@pytest.mark.parametrize(("make", "table"), [(bench.ghl, "contacts"), (bench.invoice_ninja, "clients")])
def test_records_effects_and_keys_survive_a_restart(tmp_path, make, table):
    for box in make(tmp_path):
        first = box.app.store.rows(table)
        key = box.app.keys.public() if table == "contacts" else ""
        box.app.effect("x.made", "1", {})
    for box in make(tmp_path):
        assert box.app.store.rows(table) == first
        assert box.effects() == ["x.made"]
        assert not key or box.app.keys.public() == key


def test_calls_are_listed_without_their_secrets(crm):
    crm.get(f"/contacts/search/duplicate?locationId={bench.PLACE['locationId']}&email=nobody@x.example")

    last = crm.get("/_sandbox/calls")["calls"][-1]

    assert last == {"time": bench.START, "method": "GET", "path": "/contacts/search/duplicate", "status": 200}


def test_application_is_made_lazily_from_the_environment(tmp_path, monkeypatch):
    made = []

    def make(folder, **settings):
        made.append((folder, settings))
        return bench.make_ghl(None, **settings)

    app = lazily(make, "ghl")
    monkeypatch.setenv("SANDBOX_STATE", str(tmp_path))
    monkeypatch.setenv("SANDBOX_GHL_SETTINGS", '{"rate_max": 7}')

    assert made == []
    for box in bench.ghl():
        box.app = app
        box.get("/_sandbox/state")
        box.get("/_sandbox/state")
        assert made == [(tmp_path / "ghl", {"rate_max": 7})]
        box.app = bench.make_ghl()


def test_speed_slows_every_answer(books):
    books.post("/_sandbox/settings", {"speed": 0.02})

    before = time.monotonic()
    books.get("/api/v1/ping")

    assert time.monotonic() - before >= 0.02
