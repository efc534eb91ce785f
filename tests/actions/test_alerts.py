"""Who is told of what: routes are added, changed, tried and removed, and nothing secret leaves them."""

from datetime import time

import pytest

from builder import seal
from builder.actions import alerts, workspaces
from builder.actions.errors import Invalid
from builder.models import AlertKind, AlertRoute, AlertWay, AuditEvent, Role
from builder.runner import messengers
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
ALL = list(AlertKind.values)
SLACK = "https://hooks.slack.example/services/T0/B0/very-secret"


def given(**more):
    return {"kinds": ALL, "quiet_from": "", "quiet_to": "", "people": [], "url": "", **more}


def wrong(by, way="email", **more):
    with pytest.raises(Invalid) as refused:
        alerts.add(by, way, given(**more))
    return refused.value.errors


def test_new_workspace_has_its_owners_and_admins_told():
    workspace = workspaces.new_workspace("Lumen", make.make_user(email="anna@lumen.example"))

    (route,) = AlertRoute.objects.filter(workspace=workspace)

    assert (route.way, route.kinds, alerts.readers(route)) == ("email", ALL, ["anna@lumen.example"])


def test_mail_goes_to_members_that_were_chosen():
    by = make.make_actor(role=Role.ADMIN)
    make.make_member(workspace=by.workspace, email="Bea@lumen.example", role=Role.OPERATOR)

    route, secret = alerts.add(by, "email", given(people=["bea@LUMEN.example", "bea@lumen.example"]))

    assert (route.people, secret) == (["bea@lumen.example"], "")
    assert alerts.readers(route) == ["bea@lumen.example"]
    assert AuditEvent.objects.filter(verb="alert_route.added").exists()


def test_address_is_sealed_and_told_by_its_host_alone():
    by = make.make_actor()

    route, secret = alerts.add(by, "webhook", given(url=SLACK))

    assert secret.startswith("whsec_")
    assert (route.host, str(route)) == ("hooks.slack.example", "Webhook: hooks.slack.example")
    assert "very-secret" not in f"{route.__dict__} {AuditEvent.objects.get(verb='alert_route.added').details}"
    assert seal.unseal(route.sealed, messengers.place(route)) == {"url": SLACK, "secret": secret}


def test_changed_address_keeps_the_secret_and_none_keeps_the_address():
    by = make.make_actor()
    route, secret = alerts.add(by, "webhook", given(url=SLACK))

    route = alerts.change(by, route, given(kinds=["held"], quiet_from="22:00", quiet_to="7:30"))
    kept = seal.unseal(route.sealed, messengers.place(route))
    route = alerts.change(by, route, given(url="https://other.example/in"))

    assert (kept["url"], route.host) == (SLACK, "other.example")
    assert seal.unseal(route.sealed, messengers.place(route)) == {"url": "https://other.example/in", "secret": secret}
    route.refresh_from_db()
    assert (route.kinds, route.quiet_from) == (ALL, None)


def test_quiet_hours_are_kept_as_times():
    route, _secret = alerts.add(make.make_actor(), "email", given(quiet_from="22:00", quiet_to="7:05"))

    assert (route.quiet_from, route.quiet_to) == (time(22), time(7, 5))


@pytest.mark.parametrize(
    ("way", "more", "field"),
    [
        ("email", {"kinds": []}, "kinds"),
        ("email", {"kinds": ["everything"]}, "kinds"),
        ("email", {"quiet_from": "25:00", "quiet_to": "07:00"}, "quiet_from"),
        ("email", {"quiet_from": "22:00"}, "quiet_to"),
        ("email", {"people": ["stranger@example.com"]}, "people"),
        ("webhook", {}, "url"),
        ("slack", {"url": "ftp://x.example"}, "url"),
        ("slack", {"url": "https://me:secret@x.example/in"}, "url"),
        ("webhook", {"url": "https://x.example/" + "a" * 2000}, "url"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(way, more, field):
    by = make.make_actor()

    assert list(wrong(by, way, **more)) == [field]
    assert not AlertRoute.objects.exists()


def test_private_address_is_refused_where_they_are_not_allowed(settings):
    settings.ALLOW_PRIVATE_ADDRESSES = False

    assert list(wrong(make.make_actor(), "webhook", url="http://127.0.0.1:8080/in")) == ["url"]
    for url in ("http://169.254.169.254/latest", "http://localhost/in", "http://[::1]:8080/in", "http://10.1.2.3/"):
        assert list(wrong(make.make_actor(), "slack", url=url)) == ["url"]


def test_unknown_way_and_too_many_routes_are_refused():
    by = make.make_actor()
    for _ in range(alerts.MOST):
        AlertRoute.objects.create(workspace=by.workspace, way=AlertWay.EMAIL, kinds=ALL)

    with pytest.raises(Invalid, match="Remove one first"):
        alerts.add(by, "email", given())
    with pytest.raises(Invalid, match="Choose e-mail"):
        alerts.add(by, "pigeon", given())


def test_route_is_tried_switched_off_and_removed(mailoutbox):
    by = make.make_actor()
    route, _secret = alerts.add(by, "email", given())

    alerts.try_out(by, route)
    alerts.switch(by, route, False)
    alerts.switch(by, route, False)
    alerts.remove(by, route)

    assert mailoutbox[0].subject == f"This is a trial. Alerts of “{by.workspace.name}” arrive here."
    assert not AlertRoute.objects.exists()
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == [f"alert_route.{word}" for word in ("added", "tried", "switched_off", "removed")]


def test_trial_that_does_not_arrive_says_why():
    by = make.make_actor()
    route, _secret = alerts.add(by, "slack", given(url="http://127.0.0.1:9/in"))

    with pytest.raises(Invalid) as refused:
        alerts.try_out(by, route)

    route.refresh_from_db()
    assert refused.value.message == route.trouble
    assert "127.0.0.1" in route.trouble
