"""One person to train, seen by the body: contact, test, result, exemption, enrolment (R80, R81, R84)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from formation import acces, actions, lectures, pages
from formation.enums import Etape, EtatInscription, EtatPositionnement
from formation.forms.organisme import (
    FormulaireContactPris,
    FormulaireDispense,
    FormulaireResultat,
    FormulaireResultatCorrige,
    FormulaireTest,
)
from formation.models import Organisme
from formation.suivi import Suivi, suivi_de
from formation.views.communs import CADRE_ORGANISME, GET_ET_POST, adresse_personne, appliquer, confirmer
from portal.commun.dates import date_longue
from portal.commun.erreurs import TransitionInterdite
from portal.commun.formulaires import Formulaire
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role
from subventions.models import Dossier


@require_safe
@never_cache
@exiger_role(Role.ORGANISME)
def personne(request: HttpRequest, uuid: UUID) -> HttpResponse:
    organisme = acces.organisme_de(request.acteur)
    objet = acces.obtenir_dossier_formation(request.acteur, uuid)
    contexte = pages.contexte_suivi(objet, request.acteur)
    suivi = contexte["suivi"]
    contexte |= {
        "organisme": organisme,
        "contact": next((c for c in suivi.contacts if c.organisme_id == organisme.pk), None),
        "autre_organisme": suivi.organisme if suivi.organisme not in (None, organisme) else None,
        "sessions": _sessions(suivi, organisme),
        "peut": _permis(suivi, organisme),
    }
    return render(request, "formation/organisme/personne.html", contexte)


def _permis(suivi: Suivi, organisme: Organisme) -> dict[str, bool]:
    """Which buttons to show; the verbs remain the judges."""
    le_sien = suivi.test is None or suivi.test.organisme_id == organisme.pk
    pas_parti = suivi.dossier.depart_formation_le is None and suivi.etape is not Etape.DISPENSE
    place = suivi.inscription
    chez_nous = place is not None and place.session.organisme_id == organisme.pk
    return {
        "contact": pas_parti and all(c.organisme_id != organisme.pk for c in suivi.contacts),
        "test": pas_parti and le_sien and (suivi.test is None or suivi.test.etat == EtatPositionnement.PROPOSE),
        "resultat": pas_parti and le_sien and suivi.test is not None,
        "dispense": pas_parti and le_sien,
        "depart": chez_nous
        and place.etat in (EtatInscription.INSCRITE, EtatInscription.PARTIE, EtatInscription.TERMINEE),
        "annuler": chez_nous and place.etat in (EtatInscription.INSCRITE, EtatInscription.ATTENTE),
    }


def _sessions(suivi: Suivi, organisme: Organisme) -> list[Any]:
    if suivi.etape is not Etape.SESSION or suivi.test is None:
        return []
    structure = suivi.dossier.structure
    return list(lectures.sessions_de_l_organisme(organisme, structure, suivi.test.heures, suivi.aujourdhui))


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.ORGANISME)
def contact(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet, organisme = acces.obtenir_dossier_formation(request.acteur, uuid), acces.organisme_de(request.acteur)
    form = FormulaireContactPris(_donnees(request), initial={"contacte_le": timezone.localdate()})

    def noter() -> None:
        actions.noter_contact(
            acteur=request.acteur,
            dossier=objet,
            organisme=organisme,
            le=form.cleaned_data["contacte_le"],
            message=form.cleaned_data["message"],
        )

    fait = "Le contact est noté. La structure et la personne sont prévenues."
    titre, intro = "Noter un contact", "La structure et la personne reçoivent vos coordonnées, et votre message."
    return _formulaire(request, objet, form, noter, titre, "Noter ce contact", fait, intro=intro)


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.ORGANISME)
def test(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet, organisme = acces.obtenir_dossier_formation(request.acteur, uuid), acces.organisme_de(request.acteur)
    ancien = suivi_de(objet).test
    form = FormulaireTest(_donnees(request), initial={"lieu": ancien.lieu} if ancien else None)

    def proposer() -> None:
        actions.proposer_test(acteur=request.acteur, dossier=objet, organisme=organisme, **form.cleaned_data)

    fait = "Le test est proposé. La personne et la structure reçoivent la date, avec le fichier d’agenda."
    return _formulaire(
        request, objet, form, proposer, "Proposer un test de positionnement", "Proposer cette date", fait,
        page="formation/organisme/test.html", ancien=ancien,
    )  # fmt: skip


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.ORGANISME)
def resultat(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = acces.obtenir_dossier_formation(request.acteur, uuid)
    le_test = suivi_de(objet).test
    if le_test is None or le_test.organisme_id != acces.organisme_de(request.acteur).pk:
        raise TransitionInterdite("Votre organisme n’a pas de test en cours pour cette personne.")
    corrige = le_test.etat == EtatPositionnement.PASSE
    classe = FormulaireResultatCorrige if corrige else FormulaireResultat
    initial: dict[str, Any] = {"resultat_le": timezone.localdate()}
    if corrige:
        initial = {nom: getattr(le_test, nom) for nom in ("heures", "resultat_le", "commentaire")}
    form = classe(_donnees(request), initial=initial)

    def enregistrer() -> None:
        champs = dict(form.cleaned_data)
        actions.enregistrer_resultat(
            acteur=request.acteur, positionnement=le_test, le=champs.pop("resultat_le"), **champs
        )

    titre = "Corriger le résultat du test" if corrige else "Enregistrer le résultat du test"
    fait = "Le résultat est enregistré. La personne et la structure le reçoivent."
    return _formulaire(request, objet, form, enregistrer, titre, "Enregistrer le résultat", fait)


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.ORGANISME)
def dispense(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet, organisme = acces.obtenir_dossier_formation(request.acteur, uuid), acces.organisme_de(request.acteur)
    fichiers = request.FILES if request.method == "POST" else None
    form = FormulaireDispense(_donnees(request), fichiers, initial={"le": timezone.localdate()})

    def dispenser() -> None:
        actions.dispenser(
            acteur=request.acteur,
            dossier=objet,
            organisme=organisme,
            titulaire_remn=form.cleaned_data["titulaire_remn"],
            fichier=form.cleaned_data["justificatif"],
            le=form.cleaned_data["le"],
        )

    intro = (
        "La dispense porte sur les cours : les certifications restent à passer. Une inscription en cours est annulée. "
        "La structure et la personne sont prévenues. Cette décision ne s’annule pas."
    )
    fait = "La dispense est enregistrée."
    titre = "Dispenser de formation"
    return _formulaire(request, objet, form, dispenser, titre, "Dispenser de formation", fait, intro=intro)


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.ORGANISME)
def inscrire(request: HttpRequest, uuid: UUID, session: UUID) -> HttpResponse:
    objet = acces.obtenir_dossier_formation(request.acteur, uuid)
    choisie = get_object_or_404(lectures.avec_places(acces.sessions_visibles_par(request.acteur)), uuid=session)
    form = Formulaire(_donnees(request))
    if form.is_valid() and appliquer(
        form, lambda: actions.inscrire(acteur=request.acteur, session=choisie, dossier=objet)
    ):
        messages.success(request, f"L’inscription à la session du {date_longue(choisie.debut)} est enregistrée.")
        return redirect(adresse_personne(objet))
    return confirmer(
        request,
        gabarit=CADRE_ORGANISME,
        titre="Inscrire à cette session ?",
        texte="",
        bouton="Confirmer l’inscription",
        annuler=adresse_personne(objet),
        form=form,
        page="formation/inscrire.html",
        session=choisie,
        etat_session=pages.etat_des_inscriptions(choisie),
        dossier=objet,
    )


def _donnees(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _formulaire(
    request: HttpRequest,
    dossier: Dossier,
    form: BaseForm,
    verbe: Callable[[], Any],
    titre: str,
    bouton: str,
    fait: str,
    *,
    intro: str = "",
    page: str = "formation/organisme/formulaire.html",
    **contexte: Any,
) -> HttpResponse:
    """A form about one person, and its verb."""
    if form.is_valid() and appliquer(form, verbe):
        messages.success(request, fait)
        return redirect(adresse_personne(dossier))
    contexte |= {
        "gabarit": CADRE_ORGANISME,
        "dossier": dossier,
        "titre": titre,
        "intro": intro,
        "form": form,
        "bouton": bouton,
        "annuler": adresse_personne(dossier),
    }
    return render(request, page, contexte)
