"""/metrics for Prometheus: no name, id or data of a workspace is in it.

The text format is a dozen lines to write. A client library would count in each process's memory, while ours are figures
of the whole installation, out of the database, whichever process is asked.
"""

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django_scopes import scopes_disabled

from builder.checks import is_loopback
from builder.runner import figures

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
REFUSED = "Set METRICS_TOKEN and send it as Authorization: Bearer …, or ask from this machine itself.\n"


def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_see(request):
        return HttpResponse(REFUSED, content_type="text/plain", status=403)
    with scopes_disabled():
        lines = [f'recette_info{{version="{settings.VERSION}"}} 1']
        lines += [line for figure in figures.all() for line in written(figure)]
    return HttpResponse("\n".join(lines) + "\n", content_type=CONTENT_TYPE)


def written(figure: figures.Figure) -> list[str]:
    name = f"recette_{figure.name}"
    lines = [f"# HELP {name} {figure.means}", f"# TYPE {name} {figure.kind}"]
    for labels, value in figure.values:
        told = ",".join(f'{label}="{word}"' for label, word in labels.items())
        suffix = "" if figure.kind != "histogram" else "_bucket" if labels else "_sum"
        lines.append(f"{name}{suffix}{{{told}}} {value:g}" if told else f"{name}{suffix} {value:.10g}")
    if figure.kind == "histogram":
        lines.append(f"{name}_count {figure.values[-2][1]:.10g}")
    return lines


def _may_see(request: HttpRequest) -> bool:
    """With a token, who has it. Without one, this machine, unless a proxy on it asks for somebody else."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))
    return not forwarded and is_loopback(request.META.get("REMOTE_ADDR", "nowhere"))
