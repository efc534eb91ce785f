"""A template set up on the sandboxes, and its samples played there."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.core import mail
from django.core.cache import cache
from django_scopes import scope

from builder.actions import gallery, publishing, starting
from builder.actions.template_file import Act, Sample, Template
from builder.models import Connection, Exchange, Recipe, Run, Subscription, Workspace
from builder.runner import leases, polling, schedule, trying
from builder.runner.clock import clock, now
from connectors import catalogue
from connectors.spec import Sighting
from tests import make
from tests.runner.conftest import Sandbox, until_over, work
from tests.runner.gallery.words import Words, pattern, plain
from tests.runner.make import NINJA_TOKEN, deliver, make_ghl, make_ninja, overdue

LOOKS = ("/search", "/details", "/statistics")
"""Endings of what is asked by POST and changes nothing."""
BEFORE = -5
"""Seconds: a service tells whole ones, and what was there has to be older than the watching."""
AGAIN = ("updated", "tagged", "untagged", "workflow_removed")
"""Effects that are the same however often they come."""
SIGNED_IN = "oauth.token"
Effect = tuple[str, str, str]


class Stage:
    """One workspace with one recipe, on sandboxes of the first day."""

    def __init__(self, template: Template, sample: Sample, ghl: Sandbox, ninja: Sandbox) -> None:
        self.template, self.sample, self.ghl, self.ninja = template, sample, ghl, ninja
        clock.offset = timedelta()
        ghl.post("/_sandbox/reset", {"ahead": BEFORE, "search_lag": 0, "rate_max": 0})
        ninja.post("/_sandbox/reset", {"ahead": BEFORE, "guard": 0})
        cache.clear(), mail.outbox.clear()
        self.due = now().replace(second=0, microsecond=0)
        self.words = Words(ghl, ninja, now().date())
        self.trigger = catalogue.trigger(template.tree["trigger"]["operation"])
        for act in sample.given:
            self.play(act)
        self.before = self.effects()

    def set_up(self) -> None:
        """As the gallery does it: answered, looked at, published."""
        owner = self.owner = make.make_actor()
        self.workspace: Workspace = owner.workspace
        way = "app" if self.trigger.needs_webhook else "token"
        self.connections = {
            "ghl": make_ghl(self.ghl, way, self.workspace),
            "invoice_ninja": make_ninja(self.ninja.url, self.workspace),
        }
        with scope(workspace=self.workspace):
            recipe = gallery.start(owner, self.template, self._answers())
            found = [problem.text for problem in publishing.problems(recipe)]
            assert found == [], found
            publishing.publish(owner, recipe, recipe.draft_rev)
            self.recipe = Recipe.objects.get(pk=recipe.pk)
        self.watch = Subscription.objects.get(workspace=self.workspace)
        if self.watch.object not in ("schedule", "manual"):
            self._ask()
        self.cursor = self.watch.cursor
        for box in (self.ghl, self.ninja):
            box.set(ahead=0)

    def _answers(self) -> dict[str, str]:
        """The sample's, else defaults, else examples; by the names that a live list shows, as a person chooses."""
        given = {q.key: q.default or q.example for q in self.template.questions}
        answers = self.words.put({**given, **(self.sample.answers or {})})
        for question in self.template.questions:
            if question.source:
                app, _, key = question.source.partition(".")
                depends = {name: answers[name] for name in question.depends}
                listed = {c.label: c.value for c in trying.choices(self.connections[app], key, depends)}
                assert listed, f"{question.source} is empty"
                answers[question.key] = listed.get(answers[question.key], answers[question.key])
        return answers

    def happen(self) -> None:
        """The event, as often as it is told."""
        for act in self.sample.happens:
            self.play(act)
        self.tell()

    def tell(self) -> None:
        self.hear()
        work()

    def hear(self) -> None:
        """Recette hears of it, by whatever way it does; no run is carried out."""
        hooks = [act for act in self.sample.happens if act.hook]
        if self.watch.object == "manual":
            with scope(workspace=self.workspace):
                starting.by_hand(self.owner, self.recipe, {})
        elif self.watch.object == "schedule":
            self._set(poll_at=self.due)
            schedule.fire(self.watch)
        elif hooks:
            for act in hooks:
                deliver(
                    self.connections[act.app], self.words.put({"type": act.hook, "webhookId": act.hook, **act.body})
                )
        else:
            self._set(cursor=self.cursor)
            self._ask()

    def began_with(self) -> dict[str, Any] | None:
        """What the trigger gives to the first run of what was heard, as it would see it; None when none begins."""
        leases.read_events()
        run = Run.objects.filter(workspace=self.workspace).select_related("event").order_by("pk").first()
        if run is None or run.event.complete:
            return run and run.event.data
        told = Sighting(self.trigger.object, run.event.record_id, {}, {}, complete=False)
        return dict(trying.whole(self.connections[self.trigger.connector], self.trigger.key, told).data)

    def _ask(self) -> None:
        self._set(poll_at=overdue())
        polling.poll(self.watch.pk)
        self.watch.refresh_from_db()
        assert self.watch.trouble == "", self.watch.trouble

    def _set(self, **columns: Any) -> None:
        Subscription.objects.filter(pk=self.watch.pk).update(**columns)
        self.watch.refresh_from_db()

    def play(self, act: Act) -> None:
        box = {"ghl": self.ghl, "invoice_ninja": self.ninja}[act.app]
        if act.do:
            box.do(act.do, **self.words.put(act.body or {}))
        elif act.call:
            method, _, path = act.call.partition(" ")
            box._ask(method, self.words.put(path), self.words.put(act.body), self._headers(box))

    def _headers(self, box: Sandbox) -> dict[str, str]:
        if box is self.ninja:
            return {"X-API-TOKEN": NINJA_TOKEN, "X-Requested-With": "XMLHttpRequest"}
        token = box.get("/_sandbox/state")["connect"]["token"]
        return {"Authorization": f"Bearer {token}", "Version": "2021-07-28"}

    @property
    def by_hand(self) -> bool:
        """A person who starts it again means it: it is another run, and has to find nothing left to do."""
        return self.watch.object == "manual"

    # What came of it

    def runs(self) -> list[Run]:
        return [until_over(run) for run in Run.objects.filter(workspace=self.workspace).order_by("pk")]

    def sent(self, run: Run | None = None) -> list[tuple[str, str, str, Any]]:
        """What writes and went out for the recipe's steps, or for those of one run: app, method, path, body."""
        rows = Exchange.objects.filter(workspace=self.workspace, purpose="call").exclude(method="GET")
        rows = rows.filter(step_run__run=run) if run else rows
        rows = rows.order_by("pk").select_related("connection")
        return [self._sent(row) for row in rows if not urlsplit(row.url).path.endswith(LOOKS)]

    def _sent(self, row: Exchange) -> tuple[str, str, str, Any]:
        at: Connection = row.connection
        parts = urlsplit(row.url)
        body = json.loads(row.request_body) if row.request_body else None
        return at.connector, row.method, f"{parts.path}{'?' if parts.query else ''}{parts.query}", plain(body)

    def mails(self) -> tuple[str, ...]:
        return tuple(letter.subject for letter in mail.outbox)

    def wanted(self) -> list[tuple[str, str, str, Any]]:
        """What the template's file says, in the same form."""
        found = []
        for act in self.sample.requests:
            method, _, path = act.call.partition(" ")
            found.append((act.app, method, self.words.put(path), plain(self.words.put(act.body))))
        return found

    def effects(self) -> Counter[Effect]:
        """What was done at both services by their own logs; what may be done again counts once."""
        rows = [(row["kind"], row["id"], row["hash"]) for box in (self.ghl, self.ninja) for row in box.effects()]
        rows = [row for row in rows if row[0] != SIGNED_IN]
        counted = Counter(rows)
        return Counter({row: 1 if row[0].endswith(AGAIN) else n for row, n in counted.items()})

    def done(self) -> Counter[str]:
        """Kinds of what was done since the stage was set."""
        counted: Counter[str] = Counter()
        for (kind, _id, _hash), n in (self.effects() - self.before).items():
            counted[kind] += n
        return counted

    def lose_answers(self) -> None:
        """Each request of the sample is carried out, and its first answer gets lost."""
        for act in self.sample.requests:
            method, _, path = act.call.partition(" ")
            fault = {"method": method, "path": pattern(path.partition("?")[0]), "when": "after", "status": 502}
            {"ghl": self.ghl, "invoice_ninja": self.ninja}[act.app].fail(fault)
