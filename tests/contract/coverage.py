"""Which of our operations uses each of Invoice Ninja's, and why some need none of their own."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from tests.contract.documents import Service

BY_HAND = "opens, closes, empties or moves a whole company: its owner does it, by hand"
SIGNING_IN = "signing in, for people: the connection's token does it"
NO_ROUTE = "no route of the service (5.10.17); ours go where there is one"
CALLED_BY_OTHERS = "called by another service, never by a client"
SERVER = "for whoever runs the server"
BOUGHT = "buying and licences of the account itself"
NEEDS_NONE: dict[str, str] = {
    "GET */create": "a blank form: no id, and nothing in it that a recipe could use",
    "GET */edit": "the same record as its “get” gives",
    "GET /api/v1/*/{*}/{action}": "a record's bulk actions at another address: they are named operations",
    # the document's slips
    "* /api/v1/purchase_order/{id}": NO_ROUTE,
    "* /api/v1/bank_transation*": NO_ROUTE,
    "POST /api/v1/bank_integrations/*/account_id": NO_ROUTE,
    "POST /api/v1/reports/credit": NO_ROUTE,
    "POST /api/v1/reports/expense": NO_ROUTE,
    "GET /api/v1/recurring_invoice/*/download": NO_ROUTE,
    "DELETE /api/v1/users/{id}": NO_ROUTE,
    "POST /api/v1/users/{user}/reconfirm": NO_ROUTE,
    "POST /api/v1/company_users": NO_ROUTE,
    "POST /api/v1/login": SIGNING_IN,
    "GET /api/v1/claim_license": BOUGHT,
    "GET /api/v1/webcron": SERVER,
    # another operation does the same
    "POST /api/v1/charts/totals": "the older way to the figures: ours take the second version",
    "POST /api/v1/charts/chart_summary": "the older way to the figures: ours take the second version",
    "POST /api/v1/preview*": "a design's older preview: ours takes live_design and live_preview",
    "PUT /api/v1/company_users/{user}": "a user's role and permissions: users.update sets them",
    "DELETE /api/v1/documents/{id}": "asks for a password: documents.delete goes by the bulk call, which doesn't",
    "POST /api/v1/filters/{entity}": "names of bulk actions: they are the named operations",
    "POST /api/v1/refresh": "everything at once, for an app's start: each kind has a list of its own",
    # does nothing
    "POST /api/v1/documents": "answers nothing and keeps nothing: files go to their record, by its upload",
    "* /api/v1/system_logs*": "always refused: the log is only read",
    # people's own, and the owner's
    "POST /api/v1/companies": BY_HAND,
    "DELETE /api/v1/companies/{id}": BY_HAND,
    "POST /api/v1/companies/purge*": BY_HAND,
    "POST /api/v1/migrat*": BY_HAND,
    "POST /api/v1/import_json": BY_HAND,
    "POST /api/v1/logout": SIGNING_IN,
    "POST /api/v1/one_time_token": SIGNING_IN,
    "POST /api/v1/password_timeout": SIGNING_IN,
    "POST /api/v1/connected_account*": SIGNING_IN,
    "* /api/v1/settings/*able_two_factor": SIGNING_IN,
    "POST /api/v1/verify*": SIGNING_IN,
    "POST /api/v1/users/{user}/disconnect_*": SIGNING_IN,
    "PUT /api/v1/company_users/{user}/preferences": "how somebody's own pages look",
    "PUT /api/v1/accounts/{account}": "which pages the account's people see",
    "POST /api/v1/apple/confirm_purchase": BOUGHT,
    "POST /api/v1/claim_license": BOUGHT,
    "POST /api/v1/check_subdomain": BOUGHT,
    "POST /api/v1/apple/process_webhook": CALLED_BY_OTHERS,
    "POST /api/v1/postmark_webhook": CALLED_BY_OTHERS,
    "POST /api/v1/yodlee/refresh": CALLED_BY_OTHERS,
    "POST /api/v1/yodlee/status/*": "part of connecting a bank, which a person does at the bank's page",
    "GET /api/v1/nordigen/institutions": "part of connecting a bank, which a person does at the bank's page",
    "POST /api/v1/stripe/*": "part of setting up Stripe, which an administrator does at its page",
    "POST /api/v1/smtp/check": "tries a mail server's password while it is being typed in",
    "POST /api/v1/self-update": SERVER,
    "GET /api/v1/last_error": SERVER,
    "GET /api/v1/scheduler": SERVER,
}
"""Operations by name, with a star for any part, and why a recipe has no use for them. The facts are those of the
service's own code, 5.10.17; what “does nothing” was read in its controllers on 2026-11-29."""


def tally(service: Service, used: Mapping[str, list[str]]) -> tuple[list[str], list[str]]:
    """(lines for people, what is neither used nor named). A reason that explains nothing is wrong as well."""
    names = [one.name for one in service.operations]
    called = [name for name in names if any("." in key for key in used.get(name, ()))]
    by_itself = [name for name in used if name in names and name not in called]
    unused = [name for name in names if name not in used]
    known = len(names) - len(unused)
    named = [name for name in unused if any(_explained(name))]
    lines = [
        f"{service.key}: {known + len(named)} of {len(names)} described operations are accounted for",
        f"  {len(called)} are called by operations of ours, {len(by_itself)} by connections, live lists and polls",
        f"  {len(named)} need none of their own",
        *(f"    {n}: {reason}" for reason, n in _counted(named)),
    ]
    wrong = [f"{name}: nothing of ours calls it, and nothing says why" for name in unused if name not in named]
    wrong += [f"{pattern}: no operation needs this reason" for pattern in NEEDS_NONE if not _fits_any(pattern, unused)]
    return lines, wrong


def table(service: Service, used: Mapping[str, list[str]]) -> Iterator[str]:
    """A line for each of the service's operations: who of ours calls it, or why nobody does."""
    for one in service.operations:
        ours = list(dict.fromkeys(key.removeprefix(f"{service.key}.") for key in used.get(one.name, ())))
        yield f"  {one.name}: {', '.join(ours) or next(_explained(one.name), 'nobody, and nothing says why')}"


def _explained(name: str) -> Iterator[str]:
    return (reason for pattern, reason in NEEDS_NONE.items() if fnmatchcase(name, pattern))


def _fits_any(pattern: str, names: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names)


def _counted(names: list[str]) -> Iterator[tuple[str, int]]:
    reasons = [next(_explained(name)) for name in names]
    return ((reason, reasons.count(reason)) for reason in dict.fromkeys(reasons))
