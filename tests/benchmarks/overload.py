"""Twice as many webhooks as can be run: what was accepted runs in the end, once; pages go on answering."""

import threading
import time
from typing import Any

from tests.benchmarks.installation import Installation
from tests.benchmarks.load import percentile
from tests.benchmarks.speed import LOTS, page_times, saturated

SIGNED_IN = """
from django.contrib.sessions.backends.db import SessionStore
from builder.models import Workspace
from tests import make
workspace = Workspace.objects.get()
member = make.make_member(workspace=workspace, role="owner")
from allauth.account.models import EmailAddress
from django.contrib.auth import SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY
store = SessionStore()
store[SESSION_KEY] = str(member.user.pk)
store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
store[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
store.save()
print(store.session_key, workspace.slug)
"""


def twice_saturation(environ: dict[str, str], seconds: float) -> dict[str, Any]:
    installation = Installation(environ)
    installation.prepare("one")
    cookie, slug = installation.ask(SIGNED_IN).split()
    with installation.running():
        rate = 2 * saturated(installation, seconds / 3)["runs_per_second"]
        pages: list[float] = []
        until = time.monotonic() + seconds
        person = threading.Thread(
            target=lambda: pages.extend(page_times(installation, cookie, f"/w/{slug}/runs/", until))
        )
        person.start()
        sender = installation.send(range(LOTS, 2 * LOTS), 64, rate, seconds)
        person.join()
        peak = installation.memory()
        arrived = installation.wait_for(sender.answered, seconds=10 * seconds)
        return {
            "asked_per_second": round(rate),
            "accepted": len(sender.answered),
            "refused": sum(n for status, n in sender.statuses.items() if status != 200),
            "lost": len(sender.answered.keys() - arrived.keys()),
            "doubled": installation.doubled(),
            "pages_p95_ms": round(percentile(pages, 95), 1),
            "worker_mb": peak.get("worker", 0.0),
        }
