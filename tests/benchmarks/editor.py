"""How long a person waits in the builder: the page, a saved field, an opened step, a search over all operations."""

import gzip
import json
import re
import secrets
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import sync_playwright

from tests import browser
from tests.benchmarks.installation import Installation
from tests.benchmarks.load import percentile

LONG, LONGEST = 15, 200
"""Steps, the trigger not counted."""
TIMES = 60
PAINTS = 7
WORDS = ("invoice", "send email", "create contact", "tag", "recurring inv", "payment", "update opportunity", "quote")
TOKEN = re.compile(r'"X-CSRFToken":"(\w+)"')
SCRIPTS = Path(__file__).parents[2] / "static" / "js"
PLANT = """
import json
from builder.recipe import tree as trees
from tests import make
workspace = make.make_workspace(slug="bench-editor")
ghl = make.make_connection(workspace=workspace, connector="ghl")
ninja = make.make_connection(workspace=workspace, connector="invoice_ninja")

def recipe(count):
    body = []
    for at in range(count // 3):
        for step in make.won_steps(ninja):
            body.append(json.loads(json.dumps(step).replace(step["id"], step["id"][:3] + f"{at:03}")
                .replace("sclien.", f"scl{at:03}.")))
    body += make.won_steps(ninja)[: count - len(body)]
    tree = make.make_tree(ghl=ghl, steps=body)
    return make.make_recipe(workspace=workspace, tree=tree, name=f"{count} steps").public_id

print(json.dumps([recipe(%d), recipe(%d)]))
"""
SIGNED_IN = """
from django.test import Client
from builder.models import Workspace
from tests import make
member = make.make_member(workspace=Workspace.objects.get(slug="bench-editor"), role="owner")
client = Client()
client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
print(client.cookies["recette"].value)
"""


def builder(environ: dict[str, str], seconds: float) -> dict[str, Any]:
    """Milliseconds for 95 of 100, but for sizes and the median of the first paint."""
    installation = Installation(environ)
    installation.manage("migrate", "--verbosity", "0")
    long, longest = json.loads(installation.ask(PLANT % (LONG, LONGEST)).splitlines()[-1])
    cookie = installation.ask(SIGNED_IN).splitlines()[-1]
    with installation.running():
        desk, far = Desk(installation, cookie, long), Desk(installation, cookie, longest)
        return {
            "html_bytes": len(desk.page().content),
            "own_js_bytes_gzipped": sum(len(gzip.compress(each.read_bytes())) for each in SCRIPTS.glob("*.js")),
            "first_paint_ms": first_paint(desk),
            "page_p95_ms": p95(desk.page),
            "save_p95_ms": p95(desk.save),
            "panel_p95_ms": p95(desk.panel),
            "search_p95_ms": p95(desk.search),
            "save_of_200_steps_p95_ms": p95(far.save),
            "page_of_200_steps_p95_ms": p95(far.page),
        }


class Desk:
    """One recipe, open in a browser that speaks as the page's scripts do."""

    def __init__(self, installation: Installation, cookie: str, recipe: str) -> None:
        self.base = f"http://127.0.0.1:{installation.web_port}"
        self.path, self.cookie = f"/w/bench-editor/recipes/{recipe}/", cookie
        at = {"HX-Request": "true", "HX-Current-URL": f"{self.base}{self.path}?step=scl000"}
        self.http = httpx.Client(base_url=self.base, cookies={"recette": cookie}, headers=at, timeout=30)
        token = TOKEN.search(self.page().text)
        assert token
        self.http.headers["X-CSRFToken"] = token[1]
        self.rev = self.count = 0

    def page(self) -> httpx.Response:
        return self._good(self.http.get(self.path, headers={"HX-Request": ""}))

    def save(self) -> None:
        self.count += 1
        field = {"op": "set_field", "step": "scl000", "field": "name", "value": f"Somebody {self.count}"}
        sent = {**field, "rev": self.rev, "key": secrets.token_hex(8)}
        self._good(self.http.post(f"{self.path}draft/commands/", data=sent))
        self.rev += 1

    def panel(self) -> None:
        self.count += 1
        self._good(self.http.get(f"{self.path}steps/{('scl000', 'sin000', 'son000')[self.count % 3]}/"))

    def search(self) -> None:
        self.count += 1
        word = WORDS[self.count % len(WORDS)]
        self._good(self.http.get(f"{self.path}steps/new/", params={"after": "scl000", "part": "found", "q": word}))

    @staticmethod
    def _good(answer: httpx.Response) -> httpx.Response:
        assert answer.status_code == 200, (answer.status_code, answer.request.url, answer.text[:300])
        return answer


def p95(act: Callable[[], Any]) -> float:
    for _ in range(5):
        act()
    took = []
    for _ in range(TIMES):
        tick = time.monotonic()
        act()
        took.append((time.monotonic() - tick) * 1000)
    return round(percentile(took, 95), 1)


def first_paint(desk: Desk) -> float:
    """The median of some loads in fresh profiles: nothing is kept from one to the next."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser.find(), args=list(browser.FLAGS))
        found = [_paint(running, desk) for _ in range(PAINTS)]
        running.close()
    return round(statistics.median(found), 1)


def _paint(running: Any, desk: Desk) -> float:
    context = running.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "recette", "value": desk.cookie, "url": desk.base}])
    page = context.new_page()
    page.goto(desk.base + desk.path, wait_until="networkidle")
    shown = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    context.close()
    return float(shown)
