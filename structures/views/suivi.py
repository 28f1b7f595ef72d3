"""Follow an application, correct it (R31), ask for its re-examination (R28), withdraw it (R29), note consultations."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.commun.erreurs import ErreurMetier
from portal.commun.formulaires import Formulaire, ajouter_erreur_metier
from portal.commun.jetons import JetonInvalide
from portal.commun.roles import Role
from portal.comptes.acces import exiger_role
from structures import interruptions
from structures.actions import abandonner, corriger, demander_reexamen, noter_consultation, reprendre_pour_correction
from structures.actions.consultations import ETATS_OUVERTS
from structures.consultations import employeuses
from structures.coordination import DELAI_REPONSE, DEPARTEMENTS_MAX
from structures.depot import postes_de
from structures.enums import EtatCandidature, EtatPoste, OrigineReponse
from structures.etats import MACHINE_CANDIDATURE
from structures.forms.besoin import EtapeBesoin
from structures.forms.candidature import EtapeProjet, EtapeStructure
from structures.forms.coordination import EtapeConsultation, EtapeCoordination
from structures.forms.espace import FormulaireConsultation, FormulaireMotif, FormulaireReexamen, FormulaireReprise
from structures.models import Candidature, LigneComite
from structures.reponses import (
    initiales_besoin,
    initiales_consultation,
    initiales_coordination,
    initiales_projet,
    initiales_structure,
    rassembler,
)
from structures.suivi import situation_candidature
from structures.views.portes import Porte, ouvrir

Page = Callable[..., HttpResponse]


def par_les_deux_portes(page: Page) -> tuple[Page, Page]:
    """(by the follow-up link, in the space): the same page, given the open door."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @functools.wraps(page)
    def par_lien(request: HttpRequest, secret: str, **kwargs: Any) -> HttpResponse:
        try:
            porte = ouvrir(request, secret=secret)
        except JetonInvalide as erreur:
            return render(request, "structures/public/suivi_perime.html", {"raison": erreur.message}, status=410)
        return page(request, porte, **kwargs)

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @exiger_role(Role.STRUCTURE)
    @functools.wraps(page)
    def en_espace(request: HttpRequest, uuid: UUID, **kwargs: Any) -> HttpResponse:
        return page(request, ouvrir(request, uuid=uuid), **kwargs)

    return par_lien, en_espace


def _suivre(request: HttpRequest, porte: Porte) -> HttpResponse:
    candidature = porte.candidature
    actions = {ligne.nom for ligne in candidature.actions_permises(porte.acteur)}
    if candidature.reexamen_demande_le is not None:
        actions.discard("reexaminer")
    if _reservee_a_l_espace(porte):
        actions.discard("abandonner")
    contexte = {
        "porte": porte,
        "gabarit": porte.gabarit,
        "candidature": candidature,
        "situation": situation_candidature(candidature, porte.acteur),
        "actions": [
            (libelle, porte.url(page))
            for nom, page, libelle in (
                ("corriger", "corriger", "Corriger ma candidature"),
                ("reprendre", "reprendre", "Reprendre ma candidature pour la corriger"),
                ("reexaminer", "reexamen", "Demander un réexamen"),
                ("abandonner", "abandonner", "Abandonner ma candidature"),
            )
            if nom in actions
        ],
        "historique": _historique(candidature),
        "postes": list(candidature.postes.order_by("numero")),
        "consultations": [(c, porte.url("consultation", c.uuid)) for c in candidature.consultations.order_by("pk")],
        "consultations_ouvertes": candidature.etat in ETATS_OUVERTS,
        "lieux": list(candidature.lieux_souhaites.select_related("commune").order_by("pk")),
        "decision": _derniere_decision(candidature),
    }
    return render(request, "structures/candidature/suivi.html", contexte)


def _reservee_a_l_espace(porte: Porte) -> bool:
    """Once the structure has its space, its posts are no longer given up by a link."""
    return porte.par_lien and porte.candidature.etat == EtatCandidature.ACTIVEE


def _historique(candidature: Candidature) -> list[tuple[Any, str]]:
    """(moment, state) each time the state changed, oldest first: what was said, not by whom."""
    etapes: list[tuple[Any, str]] = []
    for ligne in candidature.history.order_by("history_date", "history_id").only("etat", "etat_le"):
        libelle = EtatCandidature(ligne.etat).label
        if not etapes or etapes[-1][1] != libelle:
            etapes.append((ligne.etat_le, libelle))
    return etapes


def _derniere_decision(candidature: Candidature) -> LigneComite | None:
    lignes = candidature.lignes_comite.filter(comite__clos_le__isnull=False).select_related("comite")
    return lignes.order_by("-comite__clos_le").first()


def _corriger(request: HttpRequest, porte: Porte) -> HttpResponse:
    """R31: the answers on one page, as they were given; the establishment and the call do not change."""
    candidature = porte.candidature
    if not MACHINE_CANDIDATURE.autorise(candidature.etat, "corriger", porte.acteur):
        messages.info(request, "Cette candidature n’est pas à corriger en ce moment.")
        return HttpResponseRedirect(porte.url())
    donnees = request.POST if request.method == "POST" else None
    commun: dict[str, Any] = {"campagne": candidature.campagne}
    formulaires = [
        EtapeStructure(
            donnees,
            prefix="structure",
            initial=initiales_structure(candidature),
            ridet=bool(candidature.ridet),
            **commun,
        ),
        EtapeBesoin(
            donnees,
            prefix="besoin",
            initial=initiales_besoin(candidature),
            cas=_cas_choisi(candidature, donnees),
            **commun,
        ),
        EtapeProjet(donnees, prefix="projet", initial=initiales_projet(candidature), **commun),
    ]
    if candidature.coordinateur:
        formulaires += _formulaires_coordination(porte, candidature, donnees, commun)
    # Every form is judged before any is refused, so that all the errors are shown at once.
    justes = [form.is_valid() for form in formulaires]
    if donnees is not None and all(justes):
        reponses, lignes = rassembler(*(form.cleaned_data for form in formulaires))
        try:
            corriger(acteur=porte.acteur, donnees=reponses, **lignes, **porte.droit)
        except ErreurMetier as erreur:
            champ = getattr(erreur, "champ", None)
            fautif = next((form for form in formulaires if champ in form.fields), formulaires[0])
            ajouter_erreur_metier(fautif, erreur)
        else:
            messages.success(request, "Votre candidature corrigée est déposée. Son examen reprend.")
            return HttpResponseRedirect(porte.url())
    contexte = {"porte": porte, "gabarit": porte.gabarit, "candidature": candidature, "formulaires": formulaires}
    noms = ("form_structure", "form_besoin", "form_projet", "form_coordination", "form_consultation")
    contexte |= dict.fromkeys(noms) | dict(zip(noms, formulaires, strict=False))
    contexte["delai_reponse"] = DELAI_REPONSE.days
    return render(request, "structures/candidature/corriger.html", contexte)


def _cas_choisi(candidature: Candidature, donnees: Any) -> str:
    return candidature.cas_coordinateur if donnees is None else donnees.get("coordination-cas_coordinateur", "")


def _formulaires_coordination(
    porte: Porte, candidature: Candidature, donnees: Any, commun: dict[str, Any]
) -> list[Formulaire]:
    """S2: the case may change too; the structures already asked stay asked (`enregistrer_lignes`)."""
    departement = candidature.commune.departement_id
    coordination = EtapeCoordination(
        donnees,
        prefix="coordination",
        initial=initiales_coordination(candidature),
        postes=postes_de(candidature.siret, candidature.ridet).order_by("numero"),
        connue=not porte.par_lien,
        departement=departement,
        choisir_le_cas=True,
        **commun,
    )
    # Those of the perimeter that is being given, so that a wider one brings its structures on the same page.
    codes = set(candidature.perimetre_departements or [departement])
    if donnees is not None:
        codes |= {donnees.get(f"coordination-departement_{rang}", "") for rang in range(1, DEPARTEMENTS_MAX + 1)}
    connues = employeuses(codes, sauf=candidature.identifiant)
    consultation = EtapeConsultation(
        donnees,
        prefix="consultation",
        initial=initiales_consultation(candidature),
        employeuses=connues,
        **commun,
    )
    return [coordination, consultation]


def _confirmation(
    request: HttpRequest, porte: Porte, form: Formulaire, verbe: Callable[[Formulaire], Any], fait: str, **textes: Any
) -> HttpResponse:
    """A page that asks before acting; a refusal of the verb is shown next to the reason."""
    if request.method == "POST" and form.is_valid():
        try:
            verbe(form)
        except ErreurMetier as erreur:
            ajouter_erreur_metier(form, erreur)
        else:
            messages.success(request, fait)
            return HttpResponseRedirect(porte.url())
    contexte = {"gabarit": porte.gabarit, "porte": porte, "form": form, "annuler": porte.url(), **textes}
    return render(request, "structures/candidature/confirmation.html", contexte)


def _autorisee(porte: Porte, transition: str) -> None:
    """A page whose action is not possible now does not exist; the verb checks again."""
    if not MACHINE_CANDIDATURE.autorise(porte.candidature.etat, transition, porte.acteur):
        raise Http404("Cette action n’est pas possible dans l’état actuel de la candidature.")


def _reprendre(request: HttpRequest, porte: Porte) -> HttpResponse:
    _autorisee(porte, "reprendre")
    form = FormulaireReprise(request.POST or None)
    return _confirmation(
        request,
        porte,
        form,
        lambda f: reprendre_pour_correction(acteur=porte.acteur, motif=f.cleaned_data["motif"], **porte.droit),
        "Votre candidature est reprise : corrigez-la, puis déposez-la de nouveau.",
        titre="Reprendre votre candidature pour la corriger ?",
        texte="Tant que vous ne l’aurez pas déposée de nouveau, elle ne sera pas examinée.",
        bouton="Reprendre ma candidature",
    )


def _reexamen(request: HttpRequest, porte: Porte) -> HttpResponse:
    _autorisee(porte, "reexaminer")
    if porte.candidature.reexamen_demande_le is not None:
        raise Http404("Le réexamen a déjà été demandé.")
    aide = "Dites ce qui a changé ou ce qui n’avait pas été vu. 2 500 caractères au plus."
    form = FormulaireReexamen(request.POST or None, libelle="Pourquoi demandez-vous un nouvel examen ?", aide=aide)
    form.fields["motif"].error_messages["required"] = "Expliquez ce qui justifie un nouvel examen."
    return _confirmation(
        request,
        porte,
        form,
        lambda f: demander_reexamen(acteur=porte.acteur, motif=f.cleaned_data["motif"], **porte.droit),
        "Votre demande de réexamen est enregistrée.",
        titre="Demander le réexamen de votre candidature",
        texte="Le réexamen ne se demande qu’une fois : votre candidature repasse devant un comité.",
        bouton="Demander le réexamen",
    )


def _abandonner(request: HttpRequest, porte: Porte) -> HttpResponse:
    _autorisee(porte, "abandonner")
    if _reservee_a_l_espace(porte):
        raise Http404("Abandonnez cette candidature depuis l’espace de la structure.")
    form = FormulaireMotif(request.POST or None, libelle="Pourquoi abandonnez-vous cette candidature ?")
    postes = list(porte.candidature.postes.comptes().order_by("numero"))
    suite = " Les postes accordés seront rendus." if postes else ""
    libres = [poste for poste in postes if poste.etat == EtatPoste.A_POURVOIR]
    return _confirmation(
        request,
        porte,
        form,
        lambda f: abandonner(acteur=porte.acteur, motif=f.cleaned_data["motif"], **porte.droit),
        "Votre candidature est abandonnée.",
        titre="Abandonner votre candidature ?",
        texte=f"L’abandon est définitif ; vous pourrez déposer une autre candidature si l’appel est ouvert.{suite}",
        bouton="Abandonner ma candidature",
        avertissements=interruptions.phrases(libres),
    )


def _consultation(request: HttpRequest, porte: Porte, consultation: UUID) -> HttpResponse:
    objet = porte.candidature.consultations.filter(uuid=consultation).first()
    if objet is None or objet.origine_reponse == OrigineReponse.LIEN:
        # What the consulted structure answered itself is not noted by another.
        raise Http404
    initial = {"commentaire": objet.commentaire}
    if objet.favorable is not None:
        initial["favorable"] = "oui" if objet.favorable else "non"
    form = FormulaireConsultation(request.POST or None, initial=initial)
    droit = {"secret": porte.cle} if porte.par_lien else {}
    return _confirmation(
        request,
        porte,
        form,
        lambda f: noter_consultation(acteur=porte.acteur, consultation=objet, **f.cleaned_data, **droit),
        f"La réponse de {objet.nom} est enregistrée.",
        titre=f"Réponse de {objet.nom}",
        texte="Indiquez la réponse de cette structure à votre projet de coordination.",
        bouton="Enregistrer la réponse",
    )


suivi_lien, suivi_espace = par_les_deux_portes(_suivre)
corriger_lien, corriger_espace = par_les_deux_portes(_corriger)
reprendre_lien, reprendre_espace = par_les_deux_portes(_reprendre)
reexamen_lien, reexamen_espace = par_les_deux_portes(_reexamen)
abandonner_lien, abandonner_espace = par_les_deux_portes(_abandonner)
consultation_lien, consultation_espace = par_les_deux_portes(_consultation)
