"""Addresses of candidates: registration, their space, the structure's candidates, the links of the mails."""

from django.urls import path

from candidats.views import (
    candidat,
    cv,
    cvtheque,
    disponibilite,
    donnees,
    entretiens,
    evaluations,
    inscription,
    lien,
    pix,
    structure,
)

app_name = "candidats"
_PUBLIC = "devenir-conseiller"
_SOI = "espace/candidat"
_STRUCTURE = "espace/structure/candidats"
_CVTHEQUE = "espace/structure/cvtheque"

urlpatterns = [
    path(f"{_PUBLIC}/inscription/", inscription.inscrire, name="inscription"),
    path(f"{_PUBLIC}/inscription/envoyee/", inscription.envoyee, name="inscription_envoyee"),
    path(f"{_PUBLIC}/inscription/renvoyer/", inscription.renvoyer, name="renvoyer_confirmation"),
    path(f"{_PUBLIC}/confirmer/<str:secret>/", inscription.confirmer, name="confirmer"),
    path(f"{_PUBLIC}/invitation/<str:secret>/", inscription.invitation, name="invitation"),
    path("propositions/<str:secret>/pas-interesse/", lien.pas_interesse, name="pas_interesse"),
    path("propositions/<str:secret>/repondre/", lien.repondre, name="repondre_lien"),
    path("propositions/<str:secret>/entretien/", lien.creneaux, name="creneaux_lien"),
    path("disponibilite/<str:secret>/", disponibilite.par_lien, name="disponibilite"),
    # The candidate's space.
    path(f"{_SOI}/", candidat.espace, name="espace"),
    path(f"{_SOI}/profil/", candidat.profil, name="profil"),
    path(f"{_SOI}/confirmation/", candidat.renvoyer, name="renvoyer_depuis_espace"),
    path(f"{_SOI}/suspendre/", candidat.suspendre, name="suspendre"),
    path(f"{_SOI}/reprendre/", candidat.reprendre, name="reprendre"),
    path(f"{_SOI}/retrait/", candidat.retirer, name="retirer"),
    path(f"{_SOI}/pix/", pix.pix, name="pix"),
    path(f"{_SOI}/pix/retrait/", pix.retirer, name="pix_retirer"),
    path(f"{_SOI}/disponibilite/", disponibilite.confirmer, name="confirmer_disponibilite"),
    path(f"{_SOI}/cv/", cv.cv, name="cv"),
    path(f"{_SOI}/cv/conserver/", cv.renouveler, name="renouveler_cv"),
    path(f"{_SOI}/cv/supprimer/", cv.supprimer, name="supprimer_cv"),
    path(f"{_SOI}/donnees/", donnees.donnees, name="donnees"),
    path(f"{_SOI}/donnees/telecharger.<slug:format>", donnees.telecharger, name="telecharger_donnees"),
    path(f"{_SOI}/propositions/<uuid:uuid>/", candidat.proposition, name="proposition"),
    path(f"{_SOI}/propositions/<uuid:uuid>/interet/", candidat.interet, name="interet"),
    path(f"{_SOI}/propositions/<uuid:uuid>/decliner/", candidat.decliner, name="decliner"),
    path(f"{_SOI}/propositions/<uuid:uuid>/entretien/", entretiens.choisir, name="choisir_creneau"),
    path(f"{_SOI}/entretiens/<uuid:uuid>/accepter/", entretiens.accepter, name="accepter_entretien"),
    path(f"{_SOI}/entretiens/<uuid:uuid>/impossible/", entretiens.impossible, name="refuser_entretien"),
    path(f"{_SOI}/entretiens/<uuid:uuid>/agenda.ics", entretiens.agenda_candidat, name="agenda_candidat"),
    # The structure's space.
    path(f"{_STRUCTURE}/", structure.propositions, name="propositions"),
    path(f"{_STRUCTURE}/export.<slug:format>", structure.export, name="export"),
    path(f"{_STRUCTURE}/guide/", evaluations.guide, name="guide"),
    path(f"{_STRUCTURE}/guide.pdf", evaluations.guide_pdf, name="guide_pdf"),
    path(f"{_STRUCTURE}/comparer/", evaluations.choisir_poste, name="comparer_poste"),
    path(f"{_STRUCTURE}/comparer/<uuid:uuid>/", evaluations.comparer, name="comparer"),
    path(
        f"{_STRUCTURE}/comparer/<uuid:uuid>/export.<slug:format>",
        evaluations.export_comparaison,
        name="export_comparaison",
    ),
    path(f"{_STRUCTURE}/inviter/", structure.inviter, name="inviter"),
    path(f"{_STRUCTURE}/invitations/<uuid:uuid>/renvoyer/", structure.renvoyer_invitation, name="renvoyer_invitation"),
    path(f"{_STRUCTURE}/invitations/<uuid:uuid>/annuler/", structure.annuler_invitation, name="annuler_invitation"),
    path(f"{_STRUCTURE}/entretiens/<uuid:uuid>/annuler/", entretiens.annuler, name="annuler_entretien"),
    path(f"{_STRUCTURE}/entretiens/<uuid:uuid>/modifier/", entretiens.modifier, name="modifier_entretien"),
    path(f"{_STRUCTURE}/entretiens/<uuid:uuid>/absence/", entretiens.absence, name="absence_entretien"),
    path(f"{_STRUCTURE}/entretiens/<uuid:uuid>/passe/", entretiens.passe, name="passer_entretien"),
    path(f"{_STRUCTURE}/entretiens/<uuid:uuid>/agenda.ics", entretiens.agenda_structure, name="agenda_structure"),
    path(f"{_STRUCTURE}/<uuid:uuid>/", structure.mise_en_relation, name="mise_en_relation"),
    path(f"{_STRUCTURE}/<uuid:uuid>/preselectionner/", structure.preselectionner, name="preselectionner"),
    path(f"{_STRUCTURE}/<uuid:uuid>/entretien/", entretiens.proposer, name="proposer_entretien"),
    path(f"{_STRUCTURE}/<uuid:uuid>/evaluation/", evaluations.evaluer, name="evaluer"),
    path(f"{_STRUCTURE}/<uuid:uuid>/pas-interesse/", structure.ecarter, name="ecarter"),
    path(f"{_STRUCTURE}/<uuid:uuid>/reprendre/", structure.retablir, name="retablir"),
    path(f"{_STRUCTURE}/<uuid:uuid>/valider/", structure.valider, name="valider"),
    path(f"{_STRUCTURE}/<uuid:uuid>/annuler-validation/", structure.annuler_validation, name="annuler_validation"),
    # The library of candidates, for activated structures.
    path(f"{_CVTHEQUE}/", cvtheque.chercher, name="cvtheque"),
    path(f"{_CVTHEQUE}/export.<slug:format>", cvtheque.export, name="cvtheque_export"),
    path(f"{_CVTHEQUE}/<uuid:uuid>/", cvtheque.profil, name="cvtheque_profil"),
    path(f"{_CVTHEQUE}/<uuid:uuid>/preselectionner/", cvtheque.preselectionner, name="cvtheque_preselectionner"),
]
