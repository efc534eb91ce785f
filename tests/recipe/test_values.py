from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.recipe import values
from builder.recipe.errors import BadTemplate, CantRender, Missing, TooMuch, Wrong
from tests.recipe.strategies import PLAIN

NOW = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
SCOPE = {
    "trigger": {
        "value": Decimal("4800.00"),
        "name": "Website",
        "nothing": None,
        "tags": ["VIP", "New"],
        "won": date(2026, 11, 20),
        "contact": {"email": "ann@example.com", "first_name": "Ann"},
        "items": [{"title": "Design", "price": "1.200,50"}, {"title": "Hosting", "price": 20}],
        "sly": "{{ trigger.contact.email }}",
    }
}


@dataclass(frozen=True)
class Field:
    name: str
    type: str = "text"
    label: str = ""
    required: bool = False
    default: Any = None
    choices: tuple = ()
    fields: tuple = ()


LINES = Field(
    "lines", "lines", "Lines", fields=(Field("what", label="What", required=True), Field("cost", "money", "Cost"))
)


def render(text, scope=SCOPE):
    return values.render(text, scope, now=NOW, zone="Europe/Berlin", currency="EUR")


def resolve(inputs, *fields, scope=SCOPE):
    return values.resolve(inputs, fields, scope, now=NOW, zone="Europe/Berlin", currency="EUR")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ trigger.value }}", Decimal("4800.00")),
        (" {{ trigger.tags }}\n", ["VIP", "New"]),
        ("{{ trigger.contact }}", SCOPE["trigger"]["contact"]),
        ("{{ trigger.nothing }}", None),
        ("{{ trigger.won }}", date(2026, 11, 20)),
        ("{{ 1.10 }}", Decimal("1.10")),
        ("{{ today }}", date(2026, 11, 23)),
        ("{{ now | plus_days: 1 }}", datetime(2026, 11, 23, 23, 30, tzinfo=UTC)),
        ("{{ trigger.value | times: 1.19 }}", Decimal("5712.0000")),
        ("{{ trigger.items[0].title }}", "Design"),
        ("{{ trigger['name'] }}", "Website"),
        ("{{ trigger.tags.size }}", 2),
        (True, True),
        ({"a": ["{{ trigger.name }}"]}, {"a": ["Website"]}),
    ],
)
def test_one_pill_keeps_its_type(text, expected):
    found = render(text)

    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no pills { here }", "no pills { here }"),
        ("Deal {{ trigger.name }}, {{ trigger.value }}", "Deal Website, 4800.00"),
        ("{{ trigger.nothing }}.", "."),
        ("{{ trigger.tags }}!", "VIP, New!"),
        ("{{ trigger.won }}!", "2026-11-20!"),
        ("{{ trigger.contact }}!", '{"email":"ann@example.com","first_name":"Ann"}!'),
        ("{% if trigger.value > 1000 %}big{% else %}small{% endif %}", "big"),
        ("{% if trigger.gone %}yes{% else %}no{% endif %}", "no"),
        ("{% unless trigger.gone == 'x' %}no{% endunless %}", "no"),
        ("{% for i in trigger.items %}{{ forloop.index }} {{ i.title }};{% endfor %}", "1 Design;2 Hosting;"),
        ("{% case trigger.name %}{% when 'Website' %}W{% endcase %}", "W"),
        ("{% assign x = trigger.value | plus: 1 %}{{ x }}", "4801.00"),
        ("{% capture x %}{{ trigger.name }}!{% endcapture %}{{ x }}", "Website!"),
        ("a{% comment %}{{ x }}{% endcomment %}b", "ab"),
        ("{{ trigger.sly }}!", "{{ trigger.contact.email }}!"),
    ],
)
def test_text_with_pills_is_filled_in(text, expected):
    assert render(text) == expected


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("{{ trigger.gone }}", "trigger.gone"),
        ("Hello {{ trigger.contact.last_name }}", "trigger.contact.last_name"),
        ("{{ s8f2ca.client.id | upper }}", "s8f2ca.client.id"),
        ("{{ trigger.items[7].title }}", "trigger.items[7].title"),
        ("{{ trigger.nothing.deeper }}", "trigger.nothing.deeper"),
        ("{% for x in trigger.gone %}{{ x }}{% endfor %}", "trigger.gone"),
        ("{{ trigger.name | append: trigger.gone }}", "trigger.gone"),
    ],
)
def test_a_missing_pill_is_named(text, path):
    with pytest.raises(Missing) as caught:
        render(text)

    assert caught.value.path == path
    assert caught.value.message.startswith(f"{path} has no value in this run.")


def test_a_fallback_stands_in_for_a_missing_pill():
    assert render("{{ trigger.gone.deeper | default: 'none' }}") == "none"
    assert render("{{ trigger.nothing | default: 5 }}") == 5
    assert render("{{ trigger.value | default: 5 }}") == Decimal("4800.00")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{", "opens with {{ and never closes"),
        ("{{ }}", "can't be read"),
        ("{{ a b }}", "can't be read"),
        ("{% if a %}", "can't be read"),
        ("{{ a | uper }}", "There is no formatter “uper”. Did you mean “upper”?"),
        ("{{ a | plus }}", "can't be used like this. An example: {{ 2 | plus: 0.5 }}"),
        ("{{ a | default: instead: 1 }}", "can't be used like this"),
        ("{% include 'x' %}", "is no instruction here"),
        ("{% render 'x' %}", "is no instruction here"),
        ("{% raw %}x{% endraw %}", "is no instruction here"),
        ("{% tablerow a in b %}{% endtablerow %}", "is no instruction here"),
        ("{% liquid echo a %}", "is no instruction here"),
        ("{%- cycle 1, 2 -%}", "is no instruction here"),
        ("{% %}", "is no instruction here"),
        ("x" * 10_241 + "{{ a }}", "longer than 10 KB"),
        ("{{ " + "a" * 1001 + " }}", "longer than 1000 characters"),
    ],
)
def test_a_bad_text_is_explained(text, words):
    with pytest.raises(BadTemplate) as caught:
        render(text)

    assert words in caught.value.message


class Trap:
    """Something that has no business in a scope."""

    secret = "s3cret"

    def __getitem__(self, key):
        raise AssertionError("touched")

    def __str__(self):
        raise AssertionError("written")


DEEP: list = []
for _ in range(50_000):
    DEEP = [DEEP]

HOSTILE = [
    "{{ trigger.__class__ }}",
    "{{ trigger.__class__.__mro__[1].__subclasses__ }}",
    "{{ ''.__class__ }}",
    "{{ trigger['__class__'] }}",
    "{{ trigger.value.real }}",
    "{{ trigger.constructor.constructor }}",
    "{{ trap }}",
    "{{ trap.secret }}",
    "{{ wrapped.trap.secret }}",
    "{{ wrapped }}!",
    "{{ wrapped | json }}",
    "{{ wrapped.list | join }}",
    "{% for x in trap %}{{ x }}{% endfor %}",
    "{% assign x = trap %}{{ x }}",
    "{{ forloop }}",
    "{{ deep | json }}",
    "{{ deep }}!",
    "{{ deep | join }}",
    "{% for a in (1..1000000) %}x{% endfor %}",
    "{% for a in (1..99999999999999999999999999) %}x{% endfor %}",
    "{{ (1..1000000000) | join }}",
    "{{ (1..1000000000) }}!",
    "{% for a in (1..4000) %}" * 9 + "x" + "{% endfor %}" * 9,
    "{% for a in (1..4000) %}{% endfor %}" * 270,
    "{% for a in (1..5000) %}" + "{{''}}" * 1500 + "{% endfor %}",
    "{% for a in (1..5000) %}" + "{% if true %}{% endif %}" * 400 + "{% endfor %}",
    "{% for a in (1..4900) %}{% if huge contains 'y' %}{% endif %}{% endfor %}",
    "{% for a in (1..4900) %}{{ big | upper | lower | upper | lower | count }}{% endfor %}",
    "{% for a in (1..4900) %}{% assign x = a %}{% endfor %}",
    "{% for a in (1..3000) %}{{ big }}{% endfor %}",
    "{{ big" + " | upper" * 1200 + " }}",
    "{{ big" + " | upper" * 120 + " }}",
    "{{ 'x'" + " | replace: 'x', 'xxxxxxxxxx'" * 30 + " }}",
    "{{ '\"'" + " | json" * 100 + " }}",
    "{{ 'é'" + " | url_encode" * 90 + " }}",
    "{{ 9" + " | times: 999999999" * 50 + " }}",
    "{{ " + "9" * 900 + " }}!",
    "{% if " + "a and " * 160 + "a %}{% endif %}",
    ("{% if " + "a and " * 160 + "a %}{% endif %}") * 10,
    "{% if true %}" * 700 + "{% endif %}" * 100,
    "{% if true %}" * 40 + "{% endif %}" * 40,
    "{{ " + "a[" * 450 + "a" + "]" * 450 + " }}",
    "{{ " + "(" * 900 + " }}",
    ("{{ " + "(" * 900 + " }}") * 11,
    ("{{ a" + "['" * 450 + " }}") * 10,
    ("{{ " + "'\"" * 450 + " }}") * 10,
    "{{" + " " * 10_000,
    "{{" + " " * 9000 + "}}",
    ("{{" + " " * 900 + "a}}") * 10,
    "{%" * 5000,
    "{{" * 5000,
    "{% comment %}" + "{% raw %}" * 1000,
    "{% comment %}" + "{% if %}" * 1000,
    "{{ a }}" * 1400,
    "{" * 10_000 + "{{ trigger.name }}",
    "{{ '%s' | date: '%s%n' }}",
    "{{ trigger.name | date: '" + "%A" * 400 + "' }}",
    "{{ now | plus_days: 999999999999 }}",
    "{{ '(a+)+$' | replace: '(a+)+$', 'x' }}",
    "{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' | number }}",
    "{{ '" + "1" * 800 + "' | number }}",
    "{{ '" + "1," * 400 + "' | number }}",
    "{{ '" + "a@" * 400 + "' | phone }}",
    "{% for a in trigger.items limit: 'x' %}{% endfor %}",
    "{% break %}",
    "{{ trigger | first }}",
    "{{ 'a' | truncate: -99999999999999999999 }}",
    "{% if trigger.name > 3 %}{% endif %}",
    "{% if trigger contains trigger %}{% endif %}",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:40])
def test_hostile_text_ends_at_once_and_gets_nothing(text):
    scope = {
        **SCOPE,
        "trap": Trap(),
        "wrapped": {"trap": Trap(), "list": [Trap()]},
        "deep": DEEP,
        "big": "x" * 60_000,
        "huge": "x" * 900_000,
    }
    best = 1.0
    for _ in range(3):
        started = process_time()
        try:
            found = render(text, scope)
        except CantRender as error:
            found = error.message
        best = min(best, process_time() - started)

    assert best <= 0.1
    assert "s3cret" not in str(found)[:70_000]


WORDS = """{{ }} {% %} {{- -}} trigger .name .items [0] ['x'] | upper default: join: 1 1.5 'a' " ( .. ) for in if else
    endif endfor assign = == > contains and or nil true blank , : . - é"""
PIECES = st.sampled_from(WORDS.split())


@given(st.lists(PIECES, max_size=25).map(" ".join))
def test_render_raises_nothing_undocumented(text):
    try:
        render(text)
    except CantRender as error:
        assert error.message


@given(PLAIN)
def test_render_takes_any_plain_value(value):
    try:
        values.render("{{ x }} {{ x | json }} {{ x | first }} {{ x.a }}", {"x": value}, now=NOW)
    except CantRender as error:
        assert error.message


def test_now_comes_from_outside_alone():
    with pytest.raises(Missing, match="now has no value"):
        values.render("{{ now }}", {}, now=None)


def test_resolve_gives_typed_values_and_leaves_out_the_empty():
    fields = [
        Field("name"),
        Field("email", "email"),
        Field("amount", "money"),
        Field("due", "date"),
        Field("tags", "tags"),
        Field("draft", "boolean"),
        Field("nickname"),
        Field("terms", default="30 days"),
    ]
    inputs = {
        "name": "{{ trigger.contact.first_name }} – {{ trigger.name }}",
        "email": "{{ trigger.contact.email }}",
        "amount": "{{ trigger.value }}",
        "due": "{{ now | plus_days: 14 }}",
        "tags": ["{{ trigger.tags }}", "won"],
        "draft": True,
        "nickname": "{{ trigger.nothing }}",
        "unknown": "x",
    }

    found, troubles = resolve(inputs, *fields)

    assert troubles == []
    assert found == {
        "name": "Ann – Website",
        "email": "ann@example.com",
        "amount": Decimal("4800.00"),
        "due": date(2026, 12, 7),
        "tags": ["VIP", "New", "won"],
        "draft": True,
        "terms": "30 days",
    }


@pytest.mark.parametrize("inputs", [{}, {"name": " "}, {"email": "{{ trigger.nothing }}"}])
def test_resolve_wants_one_of_several_fields(inputs):
    fields = [Field("name", label="Name"), Field("email", "email", "E-mail"), Field("city")]

    found, troubles = values.resolve(inputs, fields, SCOPE, now=NOW, one_of=("name", "email"))

    assert found == {}
    assert troubles == [("name", "“Name”, “E-mail” are all empty: at least one of them is needed.", "")]
    assert values.resolve({"email": "a@b.example"}, fields, SCOPE, now=NOW, one_of=("name", "email"))[1] == []


def test_resolve_collects_every_trouble():
    fields = [
        Field("a", label="Client", required=True),
        Field("b", label="Name", required=True),
        Field("c", "number"),
        Field("d"),
    ]

    found, troubles = resolve({"b": "{{ trigger.nothing }}", "c": "abc", "d": "{{ gone }}"}, *fields)

    assert found == {}
    assert [trouble.field for trouble in troubles] == ["a", "b", "c", "d"]
    assert [trouble.message for trouble in troubles] == [
        "“Client” must not be empty. Fill it in, or choose a value from an earlier step.",
        "“Name” must not be empty, and {{ trigger.nothing }} is empty in this run. Give it a fallback with “default”.",
        "“abc” isn't a number. Write digits, such as 1250.00.",
        "gone has no value in this run. Choose another value, or give it a fallback with “default”.",
    ]


def test_resolve_fills_lines_one_by_one():
    rows = [{"what": "{{ trigger.name }}", "cost": "{{ trigger.value }}"}, {"what": "Fee", "cost": "19,90"}]

    found, troubles = resolve({"lines": rows}, LINES)

    assert troubles == []
    assert found["lines"] == [
        {"what": "Website", "cost": Decimal("4800.00")},
        {"what": "Fee", "cost": Decimal("19.90")},
    ]


def test_resolve_fills_a_line_for_each_item():
    line = {"what": "{{ number }}. {{ item.title }}", "cost": "{{ item.price }}"}

    found, troubles = resolve({"lines": {"each": "{{ trigger.items }}", "line": line}}, LINES)

    assert troubles == []
    assert found["lines"] == [
        {"what": "1. Design", "cost": Decimal("1200.50")},
        {"what": "2. Hosting", "cost": Decimal("20")},
    ]


def test_resolve_takes_a_ready_list_of_lines():
    scope = {"x": [{"what": "A", "cost": "5,00", "extra": "kept"}]}

    found, troubles = resolve({"lines": "{{ x }}"}, LINES, scope=scope)

    assert (found["lines"], troubles) == ([{"what": "A", "cost": Decimal("5.00"), "extra": "kept"}], [])


def test_resolve_names_the_line_and_column():
    _, troubles = resolve({"lines": [{"what": "A"}, {"cost": "x"}]}, LINES)

    assert [trouble.field for trouble in troubles] == ["lines.1.what", "lines.1.cost"]


def test_resolve_limits_lines():
    _, troubles = resolve({"lines": {"each": "{{ x }}", "line": {}}}, LINES, scope={"x": [1] * 1001})

    assert [trouble.message for trouble in troubles] == [
        "The list has 1001 items; 1000 lines are the limit. Choose a shorter list."
    ]


def test_resolve_never_reads_data_as_a_template():
    scope = {**SCOPE, "rows": [{"what": "{{ trigger.contact.email }}"}]}

    found, _ = resolve({"lines": "{{ rows }}", "note": "{{ trigger.sly }}"}, LINES, Field("note"), scope=scope)

    assert found == {"lines": [{"what": "{{ trigger.contact.email }}"}], "note": "{{ trigger.contact.email }}"}


def test_resolve_fills_an_object_by_its_members():
    address = Field("address", "object", fields=(Field("city"), Field("zip", required=True, label="ZIP")))

    found, troubles = resolve({"address": {"city": "{{ trigger.name }}"}}, address)

    assert found == {"address": {"city": "Website"}}
    assert [trouble.field for trouble in troubles] == ["address.zip"]


def test_resolve_knows_choices_by_value_and_label():
    field = Field("status", "choice", choices=(("1", "Draft"), ("2", "Sent")))

    assert resolve({"status": "sent"}, field)[0] == {"status": "2"}
    assert resolve({"status": "1"}, field)[0] == {"status": "1"}
    assert resolve({"status": "Paid"}, field)[1][0].message == (
        "“Paid” is none of the choices here. Choose one of Draft, Sent."
    )


def test_refs_finds_every_pill():
    inputs = {
        "a": "{{ trigger.contact.email | upper }} {% for i in s11111.rows %}{{ i.x }}{% endfor %}",
        "b": [{"c": "{{ s22222.client.contacts[0].email }}"}],
        "d": {"each": "{{ s33333.items }}", "line": {"e": "{{ item.name }} {{ s44444.id }}"}},
        "f": "{{ now }} {{ broken",
        "g": "{% if s55555 %}{{ s66666[trigger.key].x }}{% endif %}",
    }

    assert values.refs(inputs) == {
        ("trigger", "contact.email"),
        ("s11111", "rows"),
        ("s22222", "client.contacts[0].email"),
        ("s33333", "items"),
        ("s44444", "id"),
        ("s55555", ""),
        ("s66666", ""),
        ("trigger", "key"),
    }


def test_too_much_and_wrong_are_told_apart():
    with pytest.raises(TooMuch):
        render("{% for a in (1..6000) %}x{% endfor %}")
    with pytest.raises(Wrong):
        render("{% if trigger.name > 3 %}x{% endif %}")


def test_a_pill_takes_microseconds():
    render("{{ trigger.contact.email }}")

    started = process_time()
    for _ in range(1000):
        render("{{ trigger.contact.email }}")

    assert (process_time() - started) / 1000 < 100e-6


@pytest.mark.parametrize(
    "name", ["limit", "for", "blank", "empty", "true", "in", "Due date", "a-b", "it's", "größe", "1st"]
)
def test_pill_reaches_any_name(name):
    text = values.pill("x", f"list[1].{name}")

    assert render(text, {"x": {"list": [0, {name: Decimal(7)}]}}) == Decimal(7)
    assert values.refs(text) == {("x", f"list[1].{name}")}


def test_pill_of_a_whole_step():
    assert values.pill("trigger") == "{{ trigger }}"


@pytest.mark.parametrize(("given", "found"), [("0.5", Decimal("0.5")), (1, Decimal(1)), ("1.0", Decimal(1))])
def test_number_that_is_one_of_few_is_taken_by_its_worth(given, found):
    field = Field("priority", "number", choices=(("0", "0"), ("0.5", "0.5"), ("1", "1")))

    assert values.resolve({"priority": given}, [field], {}, now=None) == ({"priority": found}, [])


def test_number_that_is_none_of_few_is_told():
    field = Field("priority", "number", choices=(("0", "0"), ("0.5", "0.5"), ("1", "1")))

    _, [trouble] = values.resolve({"priority": "2"}, [field], {}, now=None)

    assert trouble.message == "“2” is none of the choices here. Choose one of 0, 0.5, 1."
