from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone

from builder.models import Health, RecipeState, RunStatus, StepStatus
from builder.templatetags import look


def draw(source: str, **context: object) -> str:
    return Template("{% load look %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (0, "0 ms"),
        (412, "412 ms"),
        (999.6, "1000 ms"),
        (1840, "1.8 s"),
        (59_949, "59.9 s"),
        (59_951, "1 min 00 s"),
        (124_000, "2 min 04 s"),
        (3_900_000, "1 h 05 min"),
        (timedelta(days=3), "3 days"),
        (None, ""),
    ],
)
def test_took_says_a_length_in_the_unit_that_fits(length, said):
    assert look.took(length) == said


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (Decimal("4800"), "USD", "$4,800.00"),
        ("-12.5", "EUR", "−€12.50"),
        ("4800", "JPY", "¥4,800"),
        ("12", "XYZ", "12.00 XYZ"),
        ("12", "", "12.00"),
        ("NaN", "USD", "NaN"),
        ("a lot", "USD", "a lot"),
        (None, "USD", ""),
    ],
)
def test_money_has_its_sign_its_digits_and_a_true_minus(amount, currency, said):
    assert look.money(amount, currency) == said


def test_count_groups_thousands():
    assert [look.count(4218), look.count(-3), look.count(None)] == ["4,218", "−3", ""]


def test_percent_has_one_decimal_below_a_hundred():
    assert [look.percent(0.938), look.percent(1), look.percent(None)] == ["93.8%", "100%", ""]


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(seconds=40), "40 s ago"),
        (timedelta(minutes=12), "12 min ago"),
        (timedelta(hours=5), "5 h ago"),
    ],
)
def test_when_is_relative_within_a_day(ago, said):
    assert f">{said}<" in look.when(timezone.now() - ago)


def test_when_gives_the_exact_time_in_the_workspace_zone():
    moment = datetime(2026, 1, 31, 23, 30, 5, tzinfo=UTC)

    with timezone.override(ZoneInfo("Europe/Berlin")):
        drawn = look.when(moment)

    assert drawn == '<time datetime="2026-02-01T00:30:05+01:00" title="1 Feb 2026, 00:30:05">1 Feb 2026</time>'


def test_when_says_never_for_nothing():
    assert look.when(None) == "never"


def test_icon_is_silent_beside_text_and_speaks_alone():
    quiet, loud = look.icon("plug-connected", "s"), look.icon("plug-connected", label="Connected & <well>")

    assert quiet == ('<svg class="i s" aria-hidden="true"><use href="/static/img/icons.svg#i-plug-connected"/></svg>')
    assert 'role="img" aria-label="Connected &amp; &lt;well&gt;"' in loud


def test_app_tile_of_an_unknown_app_is_a_tool():
    assert 'data-app="ghl" title="HighLevel"' in look.app_tile("ghl")
    assert 'class="tile s" data-app="tools"' in look.app_tile("tools", "s", "filter")


def test_every_state_a_row_can_have_has_a_picture_and_a_word():
    states = {*RecipeState.values, *RunStatus.values, *StepStatus.values, *Health.values}

    assert states - set(look.STATES) == set()


def test_state_draws_shape_word_and_attribute():
    drawn = draw('{% state "held" "3 on hold" "chip" %}')

    assert drawn.startswith('<span class="st chip" data-state="held"><svg')
    assert drawn.endswith('<span class="trunc">3 on hold</span></span>')


def test_state_word_falls_back_to_what_it_was_given():
    assert [look.state_word("filtered"), look.state_word("odd")] == ["Filtered out", "odd"]


def test_pill_escapes_what_it_shows_and_keeps_its_reference():
    drawn = draw('{% pill "ghl" "1" label "" "" ref %}!', label="<b>", ref="{{ trigger.id }}")

    assert 'data-ref="{{ trigger.id }}"' in drawn
    assert drawn.endswith('<span class="no">1</span><span class="trunc">&lt;b&gt;</span></span>!')
