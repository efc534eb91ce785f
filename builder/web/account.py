"""What a person sets for themselves, wherever they are a member."""

from django import forms
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from builder.actions import people
from builder.models import Membership, Theme
from builder.web import reply
from builder.web.forms import Form
from builder.web.request import Request


class AccountForm(Form):
    name = forms.CharField(label=lazy("Name"), widget=forms.TextInput({"autocomplete": "name"}))
    theme = forms.ChoiceField(label=lazy("Look"), choices=Theme.choices)
    single_keys = forms.BooleanField(
        label=lazy("Single letters are shortcuts"), help_text=lazy("Press ? on any page to see them.")
    )


@require_http_methods(["GET", "POST"])
def account(request: Request) -> HttpResponse:
    user = request.user
    if request.method == "GET":
        kept = {"name": user.name, "theme": user.theme, "single_keys": user.single_keys}
        return _page(request, AccountForm(initial=kept))
    form = AccountForm(request.POST)
    if form.tried(people.change_profile, user, form.given("name"), bool(form.given("single_keys"))) is None:
        return _page(request, form, status=422)
    if form.given("theme") in Theme.values:
        people.choose_theme(user, Theme(form.given("theme")))
    return reply.go(request, "web:account", said=_("Your account is saved."))


def _page(request: Request, form: AccountForm, status: int = 200) -> HttpResponse:
    rows = Membership.objects.filter(user=request.user).select_related("workspace").order_by("workspace__name")
    return reply.page(request, "settings/account.html", "account", {"form": form, "rows": rows}, status=status)


urlpatterns = [path("account/", account, name="account")]
