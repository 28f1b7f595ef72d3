"""Addresses of the structures: application, follow-up by link, space."""

from django.urls import path

from structures.views import brouillon, confirmation, consultation, espace, espace_postes, suivi
from structures.views.candidature import Candidater

app_name = "structures"

_candidater = Candidater.as_view(url_name="structures:candidater")
_POSTE = "espace/structure/postes/<uuid:uuid>/"
_CHANGEMENT = "espace/structure/ma-structure/etablissement/"
_LIEU = "espace/structure/ma-structure/lieux/"
_CANDIDATURE = "espace/structure/candidatures/<uuid:uuid>/"
_SUIVI = "accueillir/suivi/<str:secret>/"

urlpatterns = [
    path("accueillir/candidater/", _candidater, name="candidater"),
    path("accueillir/candidater/messagerie/", confirmation.verifier, name="verifier"),
    path("accueillir/candidater/messagerie/renvoyer/", confirmation.renvoyer, name="renvoyer"),
    path("accueillir/candidater/enregistrer/", brouillon.enregistrer, name="enregistrer"),
    path("accueillir/candidater/recommencer/", brouillon.recommencer, name="recommencer"),
    path("accueillir/candidater/<slug:step>/", _candidater, name="candidater"),
    path("accueillir/reprendre/<str:secret>/", brouillon.reprendre, name="reprendre"),
    path("accueillir/consultation/<str:secret>/", consultation.repondre, name="consultation"),
    path("accueillir/confirmer/<str:secret>/", confirmation.confirmer, name="confirmer"),
    path("accueillir/confirmer/<str:secret>/renvoyer/", confirmation.nouveau_lien, name="nouveau_lien"),
    path(_SUIVI, suivi.suivi_lien, name="suivi"),
    path(f"{_SUIVI}corriger/", suivi.corriger_lien, name="suivi_corriger"),
    path(f"{_SUIVI}reprendre/", suivi.reprendre_lien, name="suivi_reprendre"),
    path(f"{_SUIVI}reexamen/", suivi.reexamen_lien, name="suivi_reexamen"),
    path(f"{_SUIVI}abandonner/", suivi.abandonner_lien, name="suivi_abandonner"),
    path(f"{_SUIVI}consultations/<uuid:consultation>/", suivi.consultation_lien, name="suivi_consultation"),
    path("espace/structure/", espace.accueil, name="espace"),
    path("espace/structure/postes/export/<str:format>/", espace.exporter_postes, name="exporter_postes"),
    path(_POSTE, espace.poste, name="poste"),
    path(f"{_POSTE}rendre/", espace_postes.rendre, name="rendre_poste"),
    path("espace/structure/postes/rendre/", espace_postes.rendre, name="rendre_postes"),
    path("espace/structure/demandes/nouvelle/", espace_postes.demander, name="demander_postes"),
    path("espace/structure/demandes/<uuid:uuid>/", espace_postes.demande, name="demande"),
    path("espace/structure/demandes/<uuid:uuid>/retirer/", espace_postes.demande_retirer, name="retirer_demande"),
    path(f"{_POSTE}lieux/", espace.lieux_du_poste, name="lieux_poste"),
    path(_CANDIDATURE, suivi.suivi_espace, name="candidature"),
    path(f"{_CANDIDATURE}corriger/", suivi.corriger_espace, name="candidature_corriger"),
    path(f"{_CANDIDATURE}reprendre/", suivi.reprendre_espace, name="candidature_reprendre"),
    path(f"{_CANDIDATURE}reexamen/", suivi.reexamen_espace, name="candidature_reexamen"),
    path(f"{_CANDIDATURE}abandonner/", suivi.abandonner_espace, name="candidature_abandonner"),
    path(
        f"{_CANDIDATURE}consultations/<uuid:consultation>/", suivi.consultation_espace, name="candidature_consultation"
    ),
    path("espace/structure/ma-structure/", espace.ma_structure, name="ma_structure"),
    path("espace/structure/ma-structure/donnees-legales/", espace_postes.donnees_legales, name="donnees_legales"),
    path(_CHANGEMENT, espace_postes.changer, name="demander_changement"),
    path(f"{_CHANGEMENT}<uuid:uuid>/", espace_postes.changement, name="changement"),
    path(f"{_CHANGEMENT}<uuid:uuid>/retirer/", espace_postes.changement_retirer, name="retirer_changement"),
    path("espace/structure/ma-structure/contact/", espace.contact, name="contact"),
    path(f"{_LIEU}ajouter/", espace.lieu_ajouter, name="lieu_ajouter"),
    path(f"{_LIEU}<uuid:uuid>/", espace.lieu_modifier, name="lieu_modifier"),
    path(f"{_LIEU}<uuid:uuid>/retirer/", espace.lieu_retirer, name="lieu_retirer"),
]
