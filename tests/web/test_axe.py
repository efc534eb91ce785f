"""Every page of the URLconf, in both themes, wide and narrow: no barrier that axe finds, nothing that scrolls sideways.

The pages are those of the demo in a real installation, one after the other in one tab. A page that is new in the
URLconf has to be named here.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLResolver, get_resolver
from playwright.sync_api import Browser, Page, expect

from tests.acceptance import person
from tests.acceptance.conftest import profile, recette
from tests.acceptance.recette import Recette
from tests.web import axe, tokens_kept

__all__ = ["recette"]

WIDTHS = (360, 390, 480, 640, 768, 1024, 1280, 1440, 1920)
GONE = re.compile(r"Failed to load resource: the server responded with a status of (404|410)")
TABS = ("app", "fields", "options", "test")

FOR_ANYBODY = {
    "web:welcome": ["/welcome/"],
    "web:join": ["/invitations/no-such-key/"],
    "account_login": ["/accounts/login/"],
    "account_signup": ["/accounts/signup/"],
    "account_inactive": ["/accounts/inactive/"],
    "account_reset_password": ["/accounts/password/reset/"],
    "account_reset_password_done": ["/accounts/password/reset/done/"],
    "account_reset_password_from_key": ["/accounts/password/reset/key/1-no-such-key/"],
    "account_reset_password_from_key_done": ["/accounts/password/reset/key/done/"],
    "account_email_verification_sent": ["/accounts/confirm-email/"],
    "account_confirm_email": ["/accounts/confirm-email/no-such-key/"],
}
FOR_MEMBERS = {
    "web:recipes": ["/w/{slug}/recipes/", "/w/{slug}/recipes/?q=nothing-like-it"],
    "web:recipe-new": ["/w/{slug}/recipes/new/"],
    "web:recipe-import": [],
    "web:recipe-rename": ["/w/{slug}/recipes/{recipe}/rename/"],
    "web:recipe-move": ["/w/{slug}/recipes/{recipe}/move/"],
    "web:recipe-guards": ["/w/{slug}/recipes/{recipe}/guards/"],
    "web:recipe-kept": ["/w/{slug}/recipes/{recipe}/kept/"],
    "web:recipe-run": ["/w/{slug}/recipes/{recipe}/run/"],
    "web:recipe-period": ["/w/{slug}/recipes/{recipe}/period/"],
    "web:recipe": [
        "/w/{slug}/recipes/{recipe}/",
        *(
            f"/w/{{slug}}/recipes/{{recipe}}/?step={step}&tab={tab}"
            for step in ("{client}", "{invoice}")
            for tab in TABS
        ),
        "/w/{slug}/recipes/{recipe}/?step=trigger&tab=app",
        "/w/{slug}/recipes/{recipe}/?step=trigger&tab=test",
        "/w/{slug}/recipes/{recipe}/?step={only_if}&tab=conditions",
        "/w/{slug}/recipes/{recipe}/?step={only_if}&tab=test",
    ],
    "web:recipe-step-new": ["/w/{slug}/recipes/{recipe}/steps/new/?after=trigger&path=&q=invoice"],
    "web:recipe-step-move": ["/w/{slug}/recipes/{recipe}/steps/{client}/move/"],
    "web:recipe-owner": ["/w/{slug}/recipes/{recipe}/owner/"],
    "web:recipe-text": ["/w/{slug}/recipes/{recipe}/text/"],
    "web:recipe-publish": ["/w/{slug}/recipes/{recipe}/publish/"],
    "web:recipe-preview": ["/w/{slug}/recipes/{recipe}/preview/"],
    "web:recipe-shadow": ["/w/{slug}/recipes/{recipe}/shadow/"],
    "web:recipe-versions": ["/w/{slug}/recipes/{recipe}/versions/"],
    "web:first-steps": ["/w/{slug}/welcome/"],
    "web:connections": ["/w/{slug}/connections/"],
    "web:catalogue": [
        "/w/{slug}/catalogue/",
        "/w/{slug}/catalogue/?q=invoice&kind=trigger",
        "/w/{slug}/catalogue/?q=zzz",
    ],
    "web:catalogue-item": [
        "/w/{slug}/catalogue/invoice_ninja.invoices.create/",
        "/w/{slug}/catalogue/ghl.payments.list_orders/",
        "/w/{slug}/catalogue/ghl.note.created/",
    ],
    "web:connect": ["/w/{slug}/connections/new/", "/w/{slug}/connections/new/?app=ghl"],
    "web:connect-method": [
        "/w/{slug}/connections/new/ghl/token/",
        "/w/{slug}/connections/new/ghl/app/",
        "/w/{slug}/connections/new/invoice_ninja/token/",
    ],
    # looked at in test_installing.py: nothing was installed for the demo
    "web:install": [],
    "web:connect-installed": [],
    "web:agency": [],
    "web:connection": ["/w/{slug}/connections/{connection}/"],
    "web:connection-rotate": ["/w/{slug}/connections/{connection}/rotate/"],
    "web:connection-delete": ["/w/{slug}/connections/{connection}/delete/"],
    "web:alerts": ["/w/{slug}/alerts/", "/w/{slug}/alerts/?add=email", "/w/{slug}/alerts/?add=webhook"],
    "web:team": ["/w/{slug}/team/"],
    "web:members": ["/w/{slug}/team/members/"],
    "web:leave": ["/w/{slug}/team/members/leave/"],
    "web:folder-access": [],  # looked at in test_folders.py: the demo has one member
    "web:member-remove": [],  # looked at in test_handing.py: the demo has one member
    "web:invitations": ["/w/{slug}/team/invitations/"],
    "web:tokens": ["/w/{slug}/team/tokens/"],
    "web:audit": ["/w/{slug}/team/audit/"],
    "web:usage": ["/w/{slug}/team/usage/"],
    "web:settings": ["/w/{slug}/settings/"],
    "web:erase": ["/w/{slug}/settings/erase/"],
    "web:erasure": [],  # looked at in test_erasing.py: the demo erases nobody
    "web:account": ["/account/"],
    "web:provider-again": [],  # looked at in test_providers_live.py: the demo knows no provider
    "web:sandbox": ["/w/{slug}/sandbox/ghl/", "/w/{slug}/sandbox/invoice_ninja/"],
    "web:runs": ["/w/{slug}/runs/", "/w/{slug}/runs/?q=nothing-like-it"],
    "web:runs-retry-all": ["/w/{slug}/runs/retry-all/"],
    "web:runs-discard-all": ["/w/{slug}/runs/discard-all/"],
    "web:run": [
        "/w/{slug}/runs/{run}/",
        "/w/{slug}/runs/{filtered}/",
        *(f"/w/{{slug}}/runs/{{run}}/?step={{invoice}}&tab={tab}" for tab in ("", "in", "out", "http")),
    ],
    "web:approval": [],  # looked at in tests/acceptance/test_approval.py: the demo asks nobody
    "web:run-edit": ["/w/{slug}/runs/{run}/edit/"],
    "web:find": ["/w/{slug}/find/?q=deal"],
    "web:customer": ["/w/{slug}/customer/?q=mara"],
    "web:events": ["/w/{slug}/events/"],
    "web:event": ["/w/{slug}/events/{event}/"],
    "web:templates": ["/w/{slug}/templates/"],
    "web:template": ["/w/{slug}/templates/client-onboarding/"],
    "web:template-set-up": [
        "/w/{slug}/templates/client-onboarding/set-up/",
        "/w/{slug}/templates/client-onboarding/set-up/?step=answers",
    ],
    "web:template-done": ["/w/{slug}/templates/won-deal-to-draft-invoice/set-up/{recipe}/"],
    "web:recipe-template": ["/w/{slug}/recipes/{recipe}/template/"],
    "web:template-import": ["/w/{slug}/templates/import/"],
    "web:template-shared": ["/templates/shared/no-such-key/"],
    # looked at in test_team_templates.py: the demo has none of its own
    "web:template-words": [],
    "web:files": ["/w/{slug}/files/"],
    "web:files-look": [],  # looked at in test_files.py
    "web:recipe-update": [],
    "web:states": ["/ui/"],
    "web:states-builder": ["/ui/builder/"],
    "account_set_password": ["/accounts/password/set/"],
    "api:reference": ["/api/"],
    "nowhere": ["/no/such/page/"],
}
WITH_PASSWORD = {
    "account_logout": ["/accounts/logout/"],
    "account_email": ["/accounts/email/"],
    "account_change_password": ["/accounts/password/change/"],
    "account_reauthenticate": ["/accounts/reauthenticate/"],
    "mfa_index": ["/accounts/2fa/"],
    "mfa_activate_totp": ["/accounts/2fa/totp/activate/"],
    "mfa_add_webauthn": ["/accounts/2fa/webauthn/add/"],
    "usersessions_list": ["/accounts/sessions/"],
    # with a second factor they are looked at in test_passkeys.py
    "mfa_authenticate": [],
    "mfa_reauthenticate": [],
    "mfa_reauthenticate_webauthn": [],
    "mfa_deactivate_totp": [],
    "mfa_view_recovery_codes": [],
    "mfa_generate_recovery_codes": [],
    "mfa_edit_webauthn": [],
    "mfa_remove_webauthn": [],
}
NO_PAGE = {
    "api:openapi", "web:home", "web:workspace", "web:theme", "web:session", "web:sign-in",
    "web:oauth-callback", "web:welcome-demo", "web:join-as-another", "account_confirm_login_code",
    "web:recipe-duplicate", "web:recipe-delete", "web:recipe-restore", "web:recipe-switch", "web:recipe-export",
    "web:recipe-copied", "web:run-whole", "web:event-whole",
    "web:recipe-commands", "web:recipe-undo", "web:recipe-redo", "web:recipe-pulse", "web:recipe-records",
    "web:recipe-preview-records", "web:recipe-preview-sample",
    "web:recipe-sample", "web:recipe-step", "web:recipe-slot", "web:recipe-data", "web:recipe-test", "web:recipe-live",
    "web:recipe-roll-back", "web:recipe-secret", "web:connections-test", "web:connection-change", "web:connection-test",
    "web:connection-rename", "web:connection-rotate-switch", "web:connection-rotate-withdraw",
    "web:connection-hook", "web:agency-forget", "web:member-role",
    "web:invitation-resend", "web:invitation-revoke", "web:token-revoke", "web:sandboxes", "web:sandbox-records",
    "web:sandbox-do", "web:sandbox-reset", "web:runs-pulse", "web:runs-retry", "web:runs-discard",
    "web:run-pulse", "web:run-retry",
    "web:run-fix", "web:run-fix-list",
    "web:recipe-pausing", "web:run-again", "web:run-cancel", "web:template-publish", "web:states-picker",
    "web:states-heard",
    "web:settings-keeping", "web:sample-data", "web:alert-route-add", "web:alert-route", "web:alert-route-switch",
    "web:alert-route-remove", "web:alert-route-try", "web:settings-two-factor",
    "web:settings-logo", "web:settings-logo-remove", "web:logo", "web:audit-check",
    "web:audit-export", "web:erasure-file",
    "web:template-export", "web:template-retire", "web:template-delete", "web:template-share",
    "web:template-link-revoke", "web:recipe-update-leave", "web:files-export",
    "web:files-bring",
    "web:provider-start", "web:provider-back", "web:provider-connect", "web:provider-disconnect",
    "web:provider-ask-again",
    "mfa_list_webauthn", "mfa_login_webauthn", "mfa_download_recovery_codes", "session-end",
}  # fmt: skip
"""They answer with a part, with data, or lead elsewhere."""


def test_every_page_of_the_urlconf_is_looked_at_here():
    assert set(names(get_resolver())) == {*FOR_ANYBODY, *FOR_MEMBERS, *WITH_PASSWORD, *NO_PAGE} - {"nowhere"}


def names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from names(each, f"{space}{each.namespace}:" if each.namespace else space)
        elif each.name:
            yield f"{space}{each.name}"


@pytest.fixture(scope="module")
def known(chromium: Browser, recette: Recette) -> dict[str, Any]:
    """The demo: its ids as they stand in addresses, and the state of a browser that is in it."""
    with profile(chromium, recette) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_role("button", name="Look around with sample data").click()
        expect(page.get_by_role("heading", name="Recipes", level=1)).to_be_visible()
        slug = page.url.split("/")[4]
        found = {"slug": slug, "state": context.storage_state()}
        page.get_by_role("link", name="Won deal to draft invoice", exact=True).click()
        steps = [link_id(page, f"Step {number}", r"step=(\w+)") for number in (2, 3, 4)]
        found |= {"recipe": page.url.split("/")[6], **dict(zip(("only_if", "client", "invoice"), steps, strict=True))}
        page.goto(f"/w/{slug}/connections/")
        found["connection"] = link_id(page, "HighLevel (token, polling)", r"connections/(\w+)/")
        page.goto(f"/w/{slug}/runs/")
        page.get_by_role("link", name="Filtered out 1").wait_for()
        found["run"] = link_id(page, "Bakery pre-order site", r"runs/(\w+)/")
        page.get_by_role("link", name="Filtered out 1").click()
        page.wait_for_url("**state=filtered**")
        found["filtered"] = link_id(page, "Kennel booking pages", r"runs/(\w+)/")
        page.goto(f"/w/{slug}/events/")
        found["event"] = (
            page.get_by_role("main").locator("a[href*='/events/']").last.get_attribute("href").split("/")[4]
        )
        return found


def link_id(page: Page, name: str, pattern: str) -> str:
    href = page.get_by_role("link", name=name).first.get_attribute("href") or ""
    return re.search(pattern, href)[1]  # type: ignore[index]


@pytest.fixture(scope="module")
def outside(chromium: Browser, recette: Recette, known: dict[str, Any]) -> Iterator[Page]:
    with profile(chromium, recette, GONE, reduced_motion="reduce") as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def inside(chromium: Browser, recette: Recette, known: dict[str, Any]) -> Iterator[Page]:
    with profile(chromium, recette, GONE, storage_state=known["state"], reduced_motion="reduce") as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def founder(chromium: Browser, recette: Recette) -> Iterator[Page]:
    """Comes last: from then on the door to a new workspace is closed."""
    with profile(chromium, recette, reduced_motion="reduce") as context:
        page = context.new_page()
        person.found_workspace(page)
        yield page


def every(pages: dict[str, list[str]]) -> list[str]:
    return [address for addresses in pages.values() for address in addresses]


@pytest.mark.parametrize("address", every(FOR_ANYBODY))
def test_page_for_anybody_has_no_barrier(outside: Page, address: str):
    look_at(outside, address)


@pytest.mark.parametrize("address", every(FOR_MEMBERS))
def test_page_for_members_has_no_barrier(inside: Page, known: dict[str, Any], address: str):
    look_at(inside, address.format(**known))


@pytest.mark.parametrize("address", every(WITH_PASSWORD))
def test_page_of_an_account_has_no_barrier(founder: Page, address: str):
    look_at(founder, address)


def look_at(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    answer = page.goto(address)
    assert (answer and answer.ok) or "such" in address, answer
    settle(page)
    problems = []
    for width, theme in ((1440, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.evaluate(axe.TRANSITIONS)
        found = [*axe.violations(page), *tokens_kept.strange(page)]
        problems += [f"{width} px, {theme}: {problem}" for problem in found]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if wider := page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"):
            problems.append(f"{width} px: it scrolls sideways by {wider} px")
    assert problems == []


def settle(page: Page) -> None:
    """Lists that come by themselves are there."""
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
