"""Contract, agreement, payments and simulator; included by `subventions.urls`."""

from django.urls import path

from subventions.views import contrats, conventions, conventions_bdt, simulateur, versements

DOSSIER = "espace/structure/subvention/<uuid:uuid>/"
CONVENTIONS = "espace/bdt/conventions/"
CONVENTION = f"{CONVENTIONS}<uuid:uuid>/"
TRANCHES = "espace/bdt/tranches/"

urlpatterns = [
    path("simulateur/", simulateur.simulateur, name="simulateur"),
    path(f"{DOSSIER}contrat/", contrats.contrat, name="contrat"),
    path(f"{DOSSIER}contrat/preparer/", contrats.preparer, name="contrat_preparer"),
    path(f"{DOSSIER}contrat/signature/", contrats.signer, name="contrat_signature"),
    path(f"{DOSSIER}convention/", conventions.convention, name="convention"),
    path(f"{DOSSIER}convention/signer/", conventions.signer, name="convention_signer"),
    path(CONVENTIONS, conventions_bdt.liste, name="conventions_bdt"),
    path(f"{CONVENTIONS}export/<slug:format>/", conventions_bdt.export, name="conventions_export"),
    path("espace/bdt/dossiers/<uuid:uuid>/convention/", conventions_bdt.etablir, name="convention_etablir"),
    path(CONVENTION, conventions_bdt.convention, name="convention_bdt"),
    path(f"{CONVENTION}signer/", conventions_bdt.signer, name="convention_signer_bdt"),
    path(f"{CONVENTION}annuler/", conventions_bdt.annuler, name="convention_annuler"),
    path(f"{CONVENTION}suspendre/", versements.suspendre, name="convention_suspendre"),
    path("espace/bdt/suspensions/<uuid:uuid>/lever/", versements.lever, name="suspension_lever"),
    path(TRANCHES, versements.tranches, name="tranches_bdt"),
    path(f"{TRANCHES}export/<slug:format>/", versements.export, name="tranches_export"),
]
