"""Puts the recipes of a benchmark into an installation and prints the paths of their hooks.

    python -m tests.benchmarks.plant UPSTREAM_URL [one|three|ten] [HOW_MANY]

`one`: webhook → one mapped POST. `three`: look-up → only if → POST, each answered after 50 ms. `ten`: ten POSTs, each
with the number of its run and a digit behind it.
"""

import os
import secrets
import sys
from typing import Any

import django


def plant(upstream: str, kind: str = "one", many: int = 1) -> list[str]:
    from django_scopes import scopes_disabled  # noqa: PLC0415 -- once Django is set up

    from tests import make  # noqa: PLC0415
    from tests.runner.make import make_hooked  # noqa: PLC0415

    with scopes_disabled():
        workspace = make.make_workspace(slug=f"bench-{secrets.token_hex(4)}")
        recipes = [make_hooked(*steps(kind, upstream), workspace=workspace) for _ in range(many)]
        return [path_of(recipe) for recipe in recipes]


def steps(kind: str, upstream: str) -> list[dict[str, Any]]:
    from tests.runner.make import action  # noqa: PLC0415

    body = '{"n": {{ trigger.n }}}'
    if kind == "one":
        return [action("stheir", "tools.http.request", method="POST", url=upstream + "/take", body=body)]
    if kind == "ten":
        bodies = [f'{{"n": {{{{ trigger.n }}}}{number}}}' for number in range(10)]
        told = {"method": "POST", "url": upstream + "/take"}
        return [action(f"stake{number}", "tools.http.request", **told, body=body) for number, body in enumerate(bodies)]
    gold = {"match": "all", "rules": [{"field": "{{ slooku.body.level }}", "op": "is", "value": "gold"}]}
    return [
        action("slooku", "tools.http.request", method="GET", url=upstream + "/slow/look"),
        {"id": "sonlyi", "kind": "only_if", "conditions": gold},
        action("stheir", "tools.http.request", method="POST", url=upstream + "/slow/take", body=body),
    ]


def path_of(recipe: Any) -> str:
    from builder import seal  # noqa: PLC0415
    from builder.runner import deliveries  # noqa: PLC0415

    hook = recipe.subscriptions.get().hooks.get()
    return f"/hooks/{seal.unseal(hook.sealed, deliveries.place(hook))['key']}/"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "builder.settings")
    django.setup()
    numbers = [int(word) for word in sys.argv[3:]]
    print("\n".join(plant(sys.argv[1], *sys.argv[2:3], *numbers)))
