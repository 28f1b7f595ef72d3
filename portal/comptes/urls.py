"""Addresses of the person: dispatch of the spaces, acting role, team, account, invitations."""

from django.urls import include, path, re_path

from portal.comptes.views import compte, equipe, espace, invitation
from portal.comptes.views.adresse import ConfirmerAdresse

comptes = (
    [
        path("espace/role/", espace.role, name="role"),
        path("espace/compte/", compte.compte, name="compte"),
        path("espace/equipe/", equipe.equipe, name="equipe"),
        path("espace/equipe/inviter/", equipe.inviter, name="inviter"),
        path("espace/equipe/<uuid:uuid>/droits/", equipe.droits, name="droits"),
        path("espace/equipe/<uuid:uuid>/retirer/", equipe.retirer, name="retirer"),
        path("espace/equipe/invitations/<uuid:uuid>/renvoyer/", equipe.renvoyer, name="renvoyer"),
        path("espace/equipe/invitations/<uuid:uuid>/annuler/", equipe.annuler, name="annuler"),
        path("invitation/<str:secret>/", invitation.accepter, name="invitation"),
        path("invitation/<str:secret>/renouveler/", invitation.renouveler, name="renouveler_invitation"),
    ],
    "comptes",
)

urlpatterns = [
    path("espace/", espace.espace, name="espace"),
    # Before allauth's own page of the same address and name.
    re_path(r"^comptes/confirm-email/(?P<key>[-:\w]+)/$", ConfirmerAdresse.as_view(), name="account_confirm_email"),
    path("", include(comptes)),
]
