"""The second factor on pages: allauth's own, with our words, sealed secrets and codes that count once."""

import time
from typing import Any, ClassVar

import qrcode
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows import reauthentication
from allauth.account.signals import password_changed, password_reset, password_set
from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.base.internal.flows import delete_and_cleanup
from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.views import EditWebAuthnView, ReauthenticateWebAuthnView, RemoveWebAuthnView
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.generic import RedirectView

from builder import seal
from builder.actions import identities, second_factor
from builder.actions.actor import address_of
from builder.actions.errors import ActionError
from builder.web import devices, reply

PLACE = "second factor"
"""What the secrets are sealed for."""
SHOWN_FOR = 900
"""Seconds in which new recovery codes can be seen, kept and printed."""
TOO_MANY = lazy("Too many wrong tries. Wait five minutes; after many tries, until tomorrow.")
WRONG_CODE = lazy("This code is wrong, too old or used already. Type the one that your app shows now.")
WRONG_PASSKEY = lazy("This passkey was not accepted. Try again, or use another way.")


class Factors(DefaultMFAAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG_CODE,
        "cannot_generate_recovery_codes": lazy("Set up an app or a passkey first; recovery codes stand in for these."),
    }

    def encrypt(self, text: str) -> str:
        return seal.seal({"secret": text}, PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        return seal.unseal(encrypted_text, PLACE)["secret"]

    def build_totp_svg(self, url: str) -> SafeString:
        """To stand in the page itself: the content policy lets no picture in by `data:`."""
        code = qrcode.QRCode(border=3)
        code.add_data(url)
        rows = code.get_matrix()
        dark = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, cell in enumerate(row) if cell)
        return format_html(
            '<svg width="200" height="200" viewBox="0 0 {0} {0}" shape-rendering="crispEdges" role="img" '
            'aria-label="{1}"><rect width="{0}" height="{0}" rx="1" fill="#fff"/><path fill="#000" d="{2}"/></svg>',
            len(rows), _("QR code of the key below"), dark,
        )  # fmt: skip

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return devices.words(context.request.META.get("HTTP_USER_AGENT", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": app_settings.TOTP_ISSUER}


class _Code(forms.Form):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        field = self.fields["code"]
        field.label = lazy("Code")
        field.error_messages["required"] = lazy("Type the code.")
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs |= {"autocapitalize": "off", "spellcheck": "false"}

    def clean_code(self) -> str:
        try:
            code = super().clean_code()  # type: ignore[misc]
        except ValidationError as problem:
            if problem.code in ("too_many_login_attempts", "rate_limited"):
                raise ValidationError(TOO_MANY, problem.code) from None
            raise
        self._once(code)
        return code

    def _once(self, code: str) -> None:
        """An app's code is good for a minute and a half here, so that clocks may differ: longer than allauth keeps in
        mind that it was used."""
        plain = "".join(each for each in code if each.isalnum())
        if not cache.add(f"code-used|{self.user.pk}|{plain}", 1, 180):  # type: ignore[attr-defined]
            raise ValidationError(WRONG_CODE, "incorrect_code")


class CodeAtTheDoor(_Code, AuthenticateForm):
    pass


class CodeAgain(_Code, ReauthenticateForm):
    pass


class FirstCode(_Code, ActivateTOTPForm):
    pass


class _Passkey(forms.Form):
    def add_error(self, field: str | None, error: Any) -> None:
        """One sentence for all that can be wrong with what a browser sent: nobody can mend it by hand."""
        if field in ("credential", None):
            tired = getattr(error, "code", "") == "too_many_login_attempts"
            field, error = "credential", ValidationError(TOO_MANY if tired else WRONG_PASSKEY)
        super().add_error(field, error)


class PasskeyAtTheDoor(_Passkey, AuthenticateWebAuthnForm):
    pass


class PasskeyAlone(_Passkey, LoginWebAuthnForm):
    pass


class PasskeyAgain(_Passkey, ReauthenticateWebAuthnForm):
    pass


class _Named(forms.Form):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        self.fields["name"] = forms.CharField(
            label=lazy("Name"),
            max_length=60,
            required=False,
            help_text=lazy("So that you know it among others: the device that keeps it."),
        )


class NewPasskey(_Passkey, _Named, AddWebAuthnForm):
    pass


class PasskeyName(_Named, EditWebAuthnForm):
    def clean_name(self) -> str:
        return self.cleaned_data["name"].strip() or self.instance.wrap().name


class Index(IndexView):
    """How a person signs in, and what there is to add, to renew and to remove."""

    template_name = "mfa/index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        held = found["authenticators"]
        codes = held.get(Authenticator.Type.RECOVERY_CODES)
        connected = identities.usable(self.request.user)
        return {
            **found,
            "app": held.get(Authenticator.Type.TOTP),
            "passkeys": held.get(Authenticator.Type.WEBAUTHN, []),
            "codes": codes,
            "left": len(codes.get_unused_codes()) if codes else 0,
            "total": app_settings.RECOVERY_CODE_COUNT,
            "has_one": Authenticator.Type.TOTP in held or Authenticator.Type.WEBAUTHN in held,
            "demanded_by": second_factor.demanded_by(self.request.user),
            "bound_for": self.request.session.get("bound_for"),
            "providers": [(each, connected.get(each.key)) for each in settings.OIDC],
        }


class _CodesOnce:
    """Recovery codes are shown when they are new; afterwards only how many are left."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        codes = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.RECOVERY_CODES).first()
        seen_at = codes.data.get("viewed_at") if codes else None
        if codes is None or (seen_at and time.time() - seen_at > SHOWN_FOR):
            return redirect("mfa_index")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class RecoveryCodes(_CodesOnce, ViewRecoveryCodesView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        return {**found, "bound_for": self.request.session.get("bound_for")}


class DownloadedCodes(_CodesOnce, DownloadRecoveryCodesView):
    pass


class RenamedPasskey(EditWebAuthnView):
    success_url = reverse_lazy("mfa_index")


class RemovedPasskey(RemoveWebAuthnView):
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """As allauth does it, but that the mail goes when the passkey is gone for good."""
        reauthentication.raise_if_reauthentication_required(self.request, app="allauth.mfa")
        passkey = self.get_object()
        try:
            identities.remove_passkey(self.request.user, passkey, lambda: delete_and_cleanup(self.request, passkey))
        except ActionError as trouble:
            return reply.go(self.request, "mfa_index", said=trouble.message, icon="alert-triangle")
        adapter = get_adapter(self.request)
        adapter.add_message(self.request, messages.SUCCESS, "mfa/messages/webauthn_removed.txt")
        adapter.send_notification_mail("mfa/email/webauthn_removed", self.request.user)
        return redirect(self.get_success_url())


class PasskeyAsked(ReauthenticateWebAuthnView):
    def form_invalid(self, form: forms.Form) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **kwargs}


@receiver(authenticator_added)
def added(request: HttpRequest, user: Any, authenticator: Authenticator, **_more: Any) -> None:
    second_factor.note(user, "member.factor_added", address_of(request), kind=authenticator.type)


@receiver(authenticator_removed)
def removed(request: HttpRequest, user: Any, authenticator: Authenticator, **_more: Any) -> None:
    second_factor.note(user, "member.factor_removed", address_of(request), kind=authenticator.type)


@receiver(authenticator_reset)
def renewed(request: HttpRequest, user: Any, authenticator: Authenticator, **_more: Any) -> None:
    second_factor.note(user, "member.factor_renewed", address_of(request), kind=authenticator.type)


@receiver([password_changed, password_set, password_reset])
def password_chosen(request: HttpRequest, user: Any, **_more: Any) -> None:
    second_factor.note(user, "member.password_changed", address_of(request))


urlpatterns = [
    path("accounts/2fa/", Index.as_view(), name="mfa_index"),
    path("accounts/2fa/recovery-codes/", RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("accounts/2fa/recovery-codes/download/", DownloadedCodes.as_view(), name="mfa_download_recovery_codes"),
    path("accounts/2fa/webauthn/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("accounts/2fa/webauthn/keys/<int:pk>/edit/", RenamedPasskey.as_view(), name="mfa_edit_webauthn"),
    path("accounts/2fa/webauthn/keys/<int:pk>/remove/", RemovedPasskey.as_view(), name="mfa_remove_webauthn"),
    path("accounts/2fa/webauthn/reauthenticate/", PasskeyAsked.as_view(), name="mfa_reauthenticate_webauthn"),
]
