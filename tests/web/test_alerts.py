"""The page of alerts, and where they are sent."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from builder.models import Alert, AlertKind, AlertRoute, Role
from builder.runner import alerts
from builder.runner.clock import now
from tests import make
from tests.web.factors_desk import age_of_sign_in, with_password
from tests.web.people import text
from tests.web.test_shell import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def raised(workspace, kind=AlertKind.HELD, of=None, sentence="The invoice number is taken.", number=1):
    of = of or make.make_recipe(workspace=workspace, live=True)
    places = {AlertKind.CONNECTION: "connection", AlertKind.BUDGET: "connection", AlertKind.AUDIT: "workspace"}
    where = places.get(kind, "recipe")
    alerts.note([alerts.Trouble(workspace.pk, kind, where, of.pk, sentence, number=number)])
    return Alert.objects.latest("pk")


def place(workspace, name="alerts", *more):
    return reverse(f"web:{name}", args=[workspace.slug, *more])


def begin(role=Role.ADMIN):
    member = make.make_member(role=role)
    return member.workspace, signed_in(member.user)


def test_nothing_wrong_says_what_would_stand_here():
    workspace, client = begin(Role.VIEWER)

    page = text(client.get(place(workspace)))

    assert "Nothing needs anybody." in page
    assert "Who is told" not in page


def test_each_alert_leads_to_where_it_is_mended():
    workspace, client = begin()
    connection = make.make_connection(workspace=workspace, name="Books")
    for kind in AlertKind:
        raised(workspace, kind, connection if kind in (AlertKind.CONNECTION, AlertKind.BUDGET) else None, number=3)

    page = client.get(place(workspace))

    said = text(page)
    assert "8 alerts" in said
    assert "3 runs were put on hold" in said
    assert "Books: the connection is in trouble" in said
    for _row, line, _icon, _tone in page.context["open"]:
        assert client.get(urlsplit(line.url)._replace(scheme="", netloc="").geturl()).status_code == 200


def test_number_stands_in_the_navigation_and_what_is_over_below():
    workspace, client = begin()
    raised(workspace)
    old = raised(workspace)
    Alert.objects.filter(pk=old.pk).update(over_at=now(), open_key=None)

    page = client.get(place(workspace))

    item = next(item for item in page.context["shell"].nav if item.name == "alerts")
    assert item.count == 1
    assert (len(page.context["open"]), len(page.context["over"])) == (1, 1)


def test_alert_of_another_workspace_is_not_shown():
    workspace, client = begin()
    raised(make.make_workspace())

    assert client.get(place(workspace)).context["open"] == []


def test_route_is_added_changed_switched_and_removed():
    workspace, client = begin()
    form = client.get(place(workspace), {"add": "email"})
    sent = {"way": "email", "kinds": ["held", "failed"], "quiet_from": "22:00", "quiet_to": "07:00"}

    client.post(place(workspace, "alert-route-add"), sent)
    route = AlertRoute.objects.get()
    shown = text(client.get(place(workspace)))
    client.post(place(workspace, "alert-route", route.public_id), {"kinds": ["held"]})
    client.post(place(workspace, "alert-route-switch", route.public_id), {"on": "0"})
    route.refresh_from_db()

    assert "By e-mail" in text(form)
    assert "Owners and admins" in shown
    assert "quiet 22:00 to 07:00" in shown
    assert (route.kinds, route.quiet_from, route.active) == (["held"], None, False)
    client.post(place(workspace, "alert-route-remove", route.public_id))
    assert not AlertRoute.objects.exists()
    assert "Nobody is told" in text(client.get(place(workspace)))


def test_secret_of_a_webhook_is_shown_once():
    workspace, client = begin()

    answer = client.post(
        place(workspace, "alert-route-add"), {"way": "webhook", "kinds": ["held"], "url": "https://x.example/in"}
    )

    assert "whsec_" in answer.content.decode()
    again = client.get(place(workspace), {"route": AlertRoute.objects.get().public_id}).content.decode()
    assert "whsec_" not in again
    assert "x.example" in again
    assert "https://x.example/in" not in again


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"way": "slack", "kinds": ["held"]}, "Paste the address"),
        ({"way": "email", "kinds": []}, "Choose at least one kind."),
        ({"way": "email", "kinds": ["held"], "quiet_from": "22:00"}, "Quiet hours need both times"),
        ({"way": "email", "kinds": ["held"], "people": ["x@example.com"]}, "come into this workspace"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_is_lost(sent, said):
    workspace, client = begin()

    answer = client.post(place(workspace, "alert-route-add"), sent, HTTP_HX_REQUEST="true")

    assert answer.status_code == 422
    assert said in text(answer)
    if "held" in sent["kinds"]:
        assert 'value="held" id="id_kinds_1" checked' in answer.content.decode().replace(' class=""', "")
    assert not AlertRoute.objects.exists()


def test_trial_that_does_not_arrive_says_why_beside_the_route():
    workspace, client = begin()
    route = make.make_alert_route(workspace=workspace, way="slack")

    answer = client.post(place(workspace, "alert-route-try", route.public_id), HTTP_HX_REQUEST="true")

    assert answer.status_code == 422
    assert route.__class__.objects.get().trouble in text(answer)


def test_unknown_ways_and_routes_are_not_there():
    workspace, client = begin()
    theirs = make.make_alert_route()

    assert client.post(place(workspace, "alert-route-add"), {"way": "pigeon"}).status_code == 404
    for name in ("alert-route", "alert-route-switch", "alert-route-remove", "alert-route-try"):
        assert client.post(place(workspace, name, theirs.public_id)).status_code == 404
    assert client.get(place(workspace), {"route": theirs.public_id}).status_code == 404


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.EDITOR])
def test_who_may_not_change_members_changes_no_route(role):
    workspace, client = begin(role)
    route = make.make_alert_route(workspace=workspace)

    assert client.post(place(workspace, "alert-route-remove", route.public_id)).status_code == 403
    assert "Who is told" not in text(client.get(place(workspace)))
    assert now() - route.created_at < timedelta(minutes=1)


def test_where_alerts_go_is_changed_only_by_who_has_shown_who_they_are():
    member = make.make_member(role=Role.ADMIN)
    workspace, (client, _answer) = member.workspace, with_password(member.user)
    route = make.make_alert_route(workspace=workspace)
    age_of_sign_in(client, 3600)

    added = client.post(place(workspace, "alert-route-add"), {"way": "email", "kinds": ["held"]})
    changed = client.post(place(workspace, "alert-route", route.public_id), {"kinds": ["held"]})

    for answer in (added, changed):
        assert answer.status_code == 302
        assert "/reauthenticate/" in answer.url
    assert AlertRoute.objects.get().kinds == route.kinds
