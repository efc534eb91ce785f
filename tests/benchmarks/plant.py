"""Puts the recipe of the benchmark into an installation and prints the path of its hook: webhook → one mapped POST.

python -m tests.benchmarks.plant UPSTREAM_URL
"""

import os
import sys

import django


def plant(upstream: str) -> str:
    from django_scopes import scopes_disabled  # noqa: PLC0415 -- once Django is set up

    from builder import seal  # noqa: PLC0415
    from builder.runner import deliveries  # noqa: PLC0415
    from tests.runner.make import action, make_hooked  # noqa: PLC0415

    with scopes_disabled():
        inputs = {"method": "POST", "url": upstream + "/take", "body": '{"n": {{ trigger.n }}}'}
        recipe = make_hooked(action("stheir", "tools.http.request", **inputs))
        hook = recipe.subscriptions.get().hooks.get()
        return f"/hooks/{seal.unseal(hook.sealed, deliveries.place(hook))['key']}/"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "builder.settings")
    django.setup()
    print(plant(sys.argv[1]))
