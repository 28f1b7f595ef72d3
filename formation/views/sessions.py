"""The sessions of a body: list, creation, enrolled people, closing, departures (R82, R83)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from formation import acces, actions, lectures, pages
from formation.actions.communs import ETATS_PARTIS
from formation.enums import EtatInscription, EtatSession, Modalite
from formation.etats import MACHINE_INSCRIPTION, MACHINE_SESSION
from formation.forms.organisme import (
    FORMULAIRES_SESSION,
    FormulaireAnnulationSession,
    FormulaireDepart,
    FormulaireDepartCorrige,
    FormulaireModalite,
)
from formation.forms.structure import FormulaireMotifFacultatif
from formation.models import Inscription, SessionFormation
from formation.regles import suivre_depart
from formation.views.communs import CADRE_ORGANISME, FORMATS, GET_ET_POST, appliquer, confirmer
from portal.commun.dates import date_longue
from portal.commun.exports import Colonne, exporter
from portal.commun.formulaires import Formulaire
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role
from subventions.enums import EtatContrat
from subventions.models import Contrat

COLONNES = [
    Colonne("Début", "debut"),
    Colonne("Fin", "fin"),
    Colonne("Modalité", "get_modalite_display"),
    Colonne("Commune", lambda session: session.commune.nom if session.commune else ""),
    Colonne("Adresse ou lien", "lieu"),
    Colonne("Durée (heures)", "heures"),
    Colonne("Clôture des inscriptions", "cloture_le"),
    Colonne("Places", "capacite"),
    Colonne("Inscriptions", "nb_inscrits"),
    Colonne("En attente", "nb_attente"),
    Colonne("État", "get_etat_display"),
]
# R112: no birth date, no piece.
COLONNES_INSCRITS = [
    Colonne("Personne", "dossier.mise_en_relation.candidat.utilisateur.nom_complet"),
    Colonne("Adresse électronique", "dossier.mise_en_relation.candidat.utilisateur.email"),
    Colonne("Téléphone", "dossier.mise_en_relation.candidat.telephone"),
    Colonne("Structure", "dossier.structure.nom"),
    Colonne("Commune", "dossier.structure.commune.nom"),
    Colonne("Département", "dossier.structure.departement_id"),
    Colonne("Contact de la structure", "dossier.structure.contact_courriel"),
    Colonne("Inscription", "get_etat_display"),
    Colonne("Inscription le", "inscrite_le"),
    Colonne("Départ en formation", "depart_le"),
]


@require_safe
@never_cache
@exiger_role(Role.ORGANISME)
def liste(request: HttpRequest) -> HttpResponse:
    organisme = acces.organisme_de(request.acteur)
    vue = _vue(request)
    sessions = lectures.avec_places(lectures.filtrer_sessions(organisme, vue, timezone.localdate()))
    page = Paginator(sessions, lectures.PAR_PAGE).get_page(request.GET.get("page"))
    contexte = {
        "organisme": organisme,
        "page": page,
        "lignes": [(session, pages.etat_des_inscriptions(session)) for session in page.object_list],
        "vue": vue,
        "vues": list(lectures.VUES_SESSIONS.items()),
        "titre_vue": lectures.VUES_SESSIONS[vue],
        "texte_vide": lectures.TEXTES_SANS_SESSION[vue],
    }
    return render(request, "formation/organisme/sessions.html", contexte)


def _vue(request: HttpRequest) -> str:
    vue = request.GET.get("vue") or "a-venir"
    return vue if vue in lectures.VUES_SESSIONS else "a-venir"


@require_safe
@never_cache
@exiger_role(Role.ORGANISME)
def export(request: HttpRequest, format: str) -> HttpResponse:
    if format not in FORMATS:
        raise Http404
    organisme = acces.organisme_de(request.acteur)
    sessions = lectures.avec_places(lectures.filtrer_sessions(organisme, _vue(request), timezone.localdate()))
    return exporter(f"sessions-{timezone.localdate():%Y-%m-%d}", COLONNES, sessions, format=format)


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.ORGANISME)
def creer(request: HttpRequest) -> HttpResponse:
    organisme = acces.organisme_de(request.acteur)
    modalites = acces.modalites_de(organisme)
    modalite = _modalite(request, modalites)
    if modalite is None:
        return _choisir_la_modalite(request, modalites)
    form = FORMULAIRES_SESSION[modalite](request.POST if request.method == "POST" else None)
    creees: list[SessionFormation] = []
    if form.is_valid() and appliquer(
        form,
        lambda: creees.append(
            actions.creer_session(acteur=request.acteur, organisme=organisme, donnees=form.cleaned_data)
        ),
    ):
        messages.success(request, "La session est publiée : les structures de votre territoire peuvent y inscrire.")
        return redirect("formation:session", creees[0].uuid)
    contexte = {
        "gabarit": CADRE_ORGANISME,
        "titre": f"Créer une session {'en présentiel' if form.en_presentiel else 'à distance'}",
        "form": form,
        "bouton": "Publier la session",
        "action": f"{reverse('formation:session_creer')}?modalite={modalite}",
        "annuler": reverse("formation:sessions"),
        "autre_modalite": len(modalites) > 1,
    }
    return render(request, "formation/organisme/session_creer.html", contexte)


def _modalite(request: HttpRequest, modalites: list[str]) -> str | None:
    """The one of the address, or the only one of the body's lots; None when it must be asked."""
    choisie = request.GET.get("modalite")
    if choisie in modalites:
        return choisie
    return modalites[0] if len(modalites) == 1 else None


def _choisir_la_modalite(request: HttpRequest, modalites: list[str]) -> HttpResponse:
    """First page, only for a body with both kinds of lots: what is asked next follows from the answer (R82)."""
    form = FormulaireModalite(request.GET if "modalite" in request.GET else None, modalites=modalites)
    contexte = {
        "gabarit": CADRE_ORGANISME,
        "titre": "Créer une session",
        "form": form,
        "annuler": reverse("formation:sessions"),
        "sans_lot": not modalites,
    }
    return render(request, "formation/organisme/session_modalite.html", contexte)


# --- one session ----------------------------------------------------------------------------------------------------


@require_safe
@never_cache
@exiger_role(Role.ORGANISME)
def session(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = _obtenir(request, uuid)
    inscriptions = list(_inscriptions(objet))
    aujourdhui = timezone.localdate()
    lignes = [_ligne(inscription, objet, aujourdhui) for inscription in inscriptions]
    contexte = {
        "session": objet,
        "etat_session": pages.etat_des_inscriptions(objet),
        "en_presentiel": objet.modalite == Modalite.PRESENTIEL,
        "inscrites": [ligne for ligne in lignes if ligne["inscription"].etat != EtatInscription.ATTENTE],
        "en_attente": [ligne for ligne in lignes if ligne["inscription"].etat == EtatInscription.ATTENTE],
        "actions": {ligne.nom for ligne in objet.actions_permises(request.acteur)},
        "parties": any(i.etat in ETATS_PARTIS for i in inscriptions),
        "finie": aujourdhui > objet.fin,
    }
    return render(request, "formation/organisme/session.html", contexte)


def _obtenir(request: HttpRequest, uuid: UUID) -> SessionFormation:
    return get_object_or_404(lectures.avec_places(acces.sessions_visibles_par(request.acteur)), uuid=uuid)


def _inscriptions(objet: SessionFormation):
    return (
        objet.inscriptions.exclude(etat=EtatInscription.ANNULEE)
        .select_related(
            "dossier__contrat", "dossier__structure__commune", "dossier__mise_en_relation__candidat__utilisateur"
        )
        .order_by("inscrite_le", "pk")
    )


def _ligne(inscription: Inscription, objet: SessionFormation, aujourdhui) -> dict:
    """R83 for one person: the contract, the limit, what can be recorded."""
    contrat = getattr(inscription.dossier, "contrat", None)
    signe = contrat is not None and contrat.etat == EtatContrat.SIGNE
    depart = None
    if contrat is not None and contrat.etat in (EtatContrat.PREPARE, EtatContrat.SIGNE):
        depart = suivre_depart(debut_contrat=contrat.debut, depart_le=inscription.depart_le, aujourdhui=aujourdhui)
    commencee = objet.etat == EtatSession.CONFIRMEE and aujourdhui >= objet.debut
    return {
        "inscription": inscription,
        "personne": inscription.dossier.mise_en_relation.candidat.utilisateur.nom_complet,
        "contrat_signe": signe,
        "depart": depart,
        "a_partir": inscription.etat == EtatInscription.INSCRITE and commencee and signe,
        "partie": inscription.etat in ETATS_PARTIS,
        "annulable": inscription.etat in (EtatInscription.INSCRITE, EtatInscription.ATTENTE),
    }


@require_safe
@never_cache
@exiger_role(Role.ORGANISME)
def export_inscrits(request: HttpRequest, uuid: UUID, format: str) -> HttpResponse:
    if format not in FORMATS:
        raise Http404
    objet = _obtenir(request, uuid)
    return exporter(f"session-{objet.debut:%Y-%m-%d}-inscrits", COLONNES_INSCRITS, _inscriptions(objet), format=format)


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.ORGANISME)
def cloturer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """R82: the portal does it by itself at night; the body may do it as soon as the closing day has passed."""
    objet = _obtenir(request, uuid)
    etat = pages.etat_des_inscriptions(objet)
    form = Formulaire(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(
        form,
        lambda: actions.cloturer_inscriptions(acteur=request.acteur, session=objet, le=timezone.localdate()),
    ):
        messages.success(request, "Les inscriptions sont closes. Les personnes et leurs structures sont prévenues.")
        return redirect("formation:session", objet.uuid)
    if etat.inscrits < etat.seuil:
        texte = (
            f"{etat.inscrits} inscriptions pour un seuil de {etat.seuil} : la session n’aura pas lieu en présentiel. "
            "Une formation à distance sera proposée à chaque personne, par courriel."
        )
    else:
        texte = f"{etat.inscrits} inscriptions : la session sera confirmée. Chaque personne sera prévenue par courriel."
    return _confirmer(request, objet, form, "Clore les inscriptions ?", texte, "Clore les inscriptions")


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.ORGANISME)
def annuler(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = _obtenir(request, uuid)
    MACHINE_SESSION.verifier(objet, "annuler", request.acteur)
    form = FormulaireAnnulationSession(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(
        form, lambda: actions.annuler_session(acteur=request.acteur, session=objet, **form.cleaned_data)
    ):
        messages.success(request, "La session est annulée. Les personnes inscrites et leurs structures sont prévenues.")
        return redirect("formation:session", objet.uuid)
    texte = "Toutes les inscriptions sont annulées. Chaque personne et chaque structure reçoit votre motif."
    return _confirmer(request, objet, form, "Annuler la session ?", texte, "Annuler la session")


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.ORGANISME)
def terminer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    objet = _obtenir(request, uuid)
    MACHINE_SESSION.verifier(objet, "terminer", request.acteur)
    form = Formulaire(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(form, lambda: actions.terminer_session(acteur=request.acteur, session=objet)):
        messages.success(request, "La session est terminée.")
        return redirect("formation:session", objet.uuid)
    texte = "Les personnes parties sont notées comme ayant suivi la formation. La liste d’attente est close."
    return _confirmer(request, objet, form, "Terminer la session ?", texte, "Terminer la session")


def _confirmer(
    request: HttpRequest, objet: SessionFormation, form: Formulaire, titre: str, texte: str, bouton: str
) -> HttpResponse:
    return confirmer(
        request,
        gabarit=CADRE_ORGANISME,
        titre=titre,
        texte=f"{objet}. {texte}",
        bouton=bouton,
        annuler=reverse("formation:session", args=[objet.uuid]),
        form=form,
    )


# --- one person of a session ----------------------------------------------------------------------------------------


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.ORGANISME)
def depart(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """R83, R54: record the departure of one person, or correct its date with a reason."""
    inscription = acces.obtenir_inscription(request.acteur, uuid)
    correction = inscription.etat in ETATS_PARTIS
    if not correction:
        MACHINE_INSCRIPTION.verifier(inscription, "partir", request.acteur)
    classe = FormulaireDepartCorrige if correction else FormulaireDepart
    jour = inscription.depart_le or max(min(timezone.localdate(), inscription.session.fin), inscription.session.debut)
    form = classe(request.POST if request.method == "POST" else None, initial={"le": jour})
    if form.is_valid() and appliquer(
        form,
        lambda: actions.enregistrer_depart(acteur=request.acteur, inscription=inscription, **form.cleaned_data),
    ):
        le = date_longue(form.cleaned_data["le"])
        messages.success(request, f"Le départ du {le} est enregistré. La structure est prévenue.")
        return redirect("formation:session", inscription.session.uuid)
    contexte = {
        "gabarit": CADRE_ORGANISME,
        "inscription": inscription,
        "session": inscription.session,
        "personne": inscription.dossier.mise_en_relation.candidat.utilisateur.nom_complet,
        "correction": correction,
        "contrat": Contrat.objects.filter(dossier=inscription.dossier, etat=EtatContrat.SIGNE).first(),
        "titre": "Corriger la date du départ" if correction else "Enregistrer le départ en formation",
        "form": form,
        "bouton": "Corriger la date" if correction else "Enregistrer le départ",
        "annuler": reverse("formation:session", args=[inscription.session.uuid]),
    }
    return render(request, "formation/organisme/depart.html", contexte)


@require_http_methods(GET_ET_POST)
@never_cache
@exiger_role(Role.ORGANISME)
def annuler_inscription(request: HttpRequest, uuid: UUID) -> HttpResponse:
    inscription = acces.obtenir_inscription(request.acteur, uuid)
    MACHINE_INSCRIPTION.verifier(inscription, "annuler", request.acteur)
    form = FormulaireMotifFacultatif(request.POST if request.method == "POST" else None)
    if form.is_valid() and appliquer(
        form,
        lambda: actions.annuler_inscription(acteur=request.acteur, inscription=inscription, **form.cleaned_data),
    ):
        messages.success(request, "L’inscription est annulée. La personne et sa structure sont prévenues.")
        return redirect("formation:session", inscription.session.uuid)
    personne = inscription.dossier.mise_en_relation.candidat.utilisateur.nom_complet
    texte = f"{personne} : la place est rendue, la première personne de la liste d’attente la prend."
    return _confirmer(request, inscription.session, form, "Annuler l’inscription ?", texte, "Annuler l’inscription")
