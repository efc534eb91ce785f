from django.urls import include, path

from builder.web import accounts, devices, factors

urlpatterns = [
    path("accounts/email/", accounts.addresses, name="account_email"),
    path("accounts/password/set/", accounts.first_password, name="account_set_password"),
    *factors.urlpatterns,
    *devices.urlpatterns,
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("api/", include("builder.api.urls")),
    path("", include("builder.web.urls")),
]

handler400 = "builder.web.errors.bad_request"
handler403 = "builder.web.errors.denied"
handler404 = "builder.web.errors.missing"
handler500 = "builder.web.errors.own_fault"
