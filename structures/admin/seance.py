"""The live session: an agenda decided line by line, with everything needed to decide on one screen (R15, R25, R26)."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from portal.commun.erreurs import AccesRefuse, ErreurMetier
from portal.commun.formulaires import ajouter_erreur_metier
from portal.comptes.admin_pages import cadre
from structures import enveloppe
from structures.actions import decider
from structures.actions.comites import DecisionModifiee
from structures.enums import EtatComite, NatureLigne
from structures.forms.seance import FormulaireDecision
from structures.models import Comite, LigneComite
from structures.motifs import inserer
from structures.ordre_du_jour import a_ceder, agenda, bilan_de, completer, engages, version_de, vote_de

# Up to this number the list to jump to shows every line; beyond, those of the département, and the other départements.
SAUTS_MAX = 200
CHAMPS_REPERE = (
    "uuid",
    "decision",
    "nature",
    "candidature__numero",
    "candidature__nom",
    "candidature__commune__departement",
    "candidature__commune__departement__nom",
)


class LigneRetiree(Exception):
    """The line is not on this agenda, or not any more."""


class Parcours:
    """Where one line stands in the agenda: before, after, the next one to decide, and the list to jump to."""

    def __init__(self, comite: Comite, voulue: UUID | None) -> None:
        self.reperes = list(agenda(comite).values(*CHAMPS_REPERE))
        self.indice = self._chercher(voulue)

    def _chercher(self, voulue: UUID | None) -> int:
        if voulue is not None:
            for indice, repere in enumerate(self.reperes):
                if repere["uuid"] == voulue:
                    return indice
            raise LigneRetiree
        return next((i for i, repere in enumerate(self.reperes) if not repere["decision"]), 0)

    @property
    def courant(self) -> dict[str, Any]:
        return self.reperes[self.indice]

    def _a(self, indice: int) -> UUID | None:
        return self.reperes[indice]["uuid"] if 0 <= indice < len(self.reperes) else None

    @property
    def precedente(self) -> UUID | None:
        return self._a(self.indice - 1)

    @property
    def suivante(self) -> UUID | None:
        return self._a(self.indice + 1)

    @property
    def a_decider(self) -> UUID | None:
        """The next line without a decision, after this one, else from the top."""
        tour = [*self.reperes[self.indice + 1 :], *self.reperes[: self.indice]]
        return next((repere["uuid"] for repere in tour if not repere["decision"]), None)

    @property
    def rang(self) -> int:
        return self.indice + 1

    def sauts(self) -> list[dict[str, Any]]:
        """The lines by département, each with its decision; those of the other départements in one when too many."""
        ici = self.courant["candidature__commune__departement"]
        groupes = []
        for (code, nom), lignes in groupby(
            self.reperes,
            key=lambda r: (r["candidature__commune__departement"], r["candidature__commune__departement__nom"]),
        ):
            lignes = list(lignes)
            decidees = sum(1 for ligne in lignes if ligne["decision"])
            entier = len(self.reperes) <= SAUTS_MAX or code == ici
            groupes.append(
                {
                    "titre": f"{nom} ({code}) : {decidees} sur {len(lignes)}",
                    "lignes": lignes if entier else [],
                    "premiere": lignes[0]["uuid"],
                }
            )
        return groupes


class PagesSeance:
    """Mixin of the committee's pages."""

    def vue_seance(self, request: HttpRequest, uuid: Any) -> HttpResponse:
        comite = self._en_preparation(request, uuid)
        if comite.etat != EtatComite.PREPARATION:
            perdue = " Celle que vous venez d’envoyer n’est pas enregistrée." if request.method == "POST" else ""
            messages.warning(request, f"Le comité n° {comite.numero} est clos : il ne se décide plus.{perdue}")
            return HttpResponseRedirect(self.adresse(comite))
        try:
            parcours = Parcours(comite, _uuid(request.GET.get("ligne", "")))
        except LigneRetiree:
            messages.error(request, "Cette ligne a été retirée de l’ordre du jour entre-temps.")
            return HttpResponseRedirect(self._page(comite, "seance"))
        if not parcours.reperes:
            messages.info(request, "L’ordre du jour est vide : inscrivez d’abord ce que le comité examine.")
            return HttpResponseRedirect(self._page(comite, "inscrire"))
        lignes = completer(comite, agenda(comite).filter(uuid=parcours.courant["uuid"]))
        if not lignes:
            # Taken off the agenda since the list was read.
            return HttpResponseRedirect(self._page(comite, "seance"))
        (ligne,) = lignes
        form, conflit = self._decision(request, ligne)
        if form is None:
            return self._apres_la_decision(request, comite, ligne, parcours)
        contexte = {
            **cadre(self.fil(comite), "Séance"),
            "comite": comite,
            "ligne": ligne,
            "form": form,
            "conflit": conflit,
            "parcours": parcours,
            "sauts": parcours.sauts(),
            "adresse": self.adresse(comite),
            "adresse_cloture": self._page(comite, "cloturer"),
            **_a_savoir(ligne),
            **_reste(comite),
        }
        return render(request, "admin/structures/seance.html", contexte)

    def _decision(
        self, request: HttpRequest, ligne: LigneComite
    ) -> tuple[FormulaireDecision | None, LigneComite | None]:
        """The form to show, and the decision of somebody who was faster; no form: the decision is saved."""
        if request.method != "POST":
            return FormulaireDecision(ligne=ligne), None
        donnees = request.POST.copy()
        if "inserer" in donnees:
            donnees["motif"] = inserer(donnees.get("motif", ""), donnees.get("motif_type", ""))
            donnees["motif_type"] = ""
            form = FormulaireDecision(donnees, ligne=ligne)
            # Nothing is asked yet: what is missing is told when the decision is saved.
            form.is_valid()
            form.errors.clear()
            return form, None
        form = FormulaireDecision(donnees, ligne=ligne)
        if not form.is_valid():
            return form, None
        try:
            decider(acteur=request.acteur, ligne=ligne, **form.cleaned_data)
        except AccesRefuse:
            raise
        except DecisionModifiee as erreur:
            # Saving once more is then a choice made with both decisions under the eyes.
            donnees["version"] = version_de(erreur.ligne)
            form = FormulaireDecision(donnees, ligne=ligne)
            form.add_error(None, erreur.message)
            return form, erreur.ligne
        except ErreurMetier as erreur:
            ajouter_erreur_metier(form, erreur)
            return form, None
        return None, None

    def _apres_la_decision(
        self, request: HttpRequest, comite: Comite, ligne: LigneComite, parcours: Parcours
    ) -> HttpResponse:
        prise = LigneComite.objects.select_related("candidature").get(pk=ligne.pk)
        sans = " Elle est prise sans avis de la préfecture." if prise.sans_avis else ""
        messages.success(request, f"Décision enregistrée pour la candidature n° {prise.candidature.numero}.{sans}")
        reste = comite.lignes.filter(decision="").exists()
        if not reste:
            messages.info(request, "Toutes les lignes sont décidées : le comité peut être clôturé.")
        suite = parcours.courant["uuid"]
        if request.POST.get("suite") == "suivante":
            suite = parcours.suivante or parcours.a_decider or suite
        return HttpResponseRedirect(f"{self._page(comite, 'seance')}?ligne={suite}")


def _a_savoir(ligne: LigneComite) -> dict[str, Any]:
    """What is read for one line only: decisions taken before, places, consultations, posts of the giving structure."""
    candidature = ligne.candidature
    avant = (
        candidature.lignes_comite.filter(comite__etat=EtatComite.CLOS)
        .select_related("comite", "structure_cedante")
        .order_by("-comite__clos_le")
    )
    proposee = ligne.avis_en_vigueur.structure_cedante if ligne.avis_en_vigueur else None
    reexamen = ligne.nature == NatureLigne.EXAMEN and candidature.reexamen_demande_le is not None
    avis_ancien = (
        reexamen and ligne.avis_en_vigueur and ligne.avis_en_vigueur.rendu_le < candidature.reexamen_demande_le
    )
    return {
        "avant": list(avant),
        "lieux": list(candidature.lieux_souhaites.select_related("commune").order_by("pk")),
        "consultations": list(candidature.consultations.order_by("pk")) if candidature.coordinateur else [],
        "cedante_proposee": proposee,
        "cedante_libres": a_ceder(candidature).filter(structure=proposee).count() if proposee else 0,
        "reexamen": reexamen,
        "avis_avant_reexamen": avis_ancien,
        "corrigee_depuis": bool(ligne.decision) and candidature.etat_le > ligne.modifie_le,
        "vote": vote_de(ligne),
    }


def _reste(comite: Comite) -> dict[str, Any]:
    """R15: what is left in the committee and in the campaign once the decisions prepared are counted."""
    lignes = comite.lignes.all()
    bilan = bilan_de(lignes)
    prepare, reste = enveloppe.demande_par_groupes(lignes), enveloppe.reste(comite.campagne)
    return {
        "bilan": bilan,
        "decidees": bilan["candidatures"] - bilan["sans_decision"],
        "comite_reste": comite.enveloppe_postes - engages(lignes),
        "campagne_reste": reste.postes - prepare.postes,
        "campagne_montant": reste.montant - prepare.montant,
    }


def _uuid(texte: str) -> UUID | None:
    if not texte:
        return None
    try:
        return UUID(texte)
    except ValueError as erreur:
        raise Http404 from erreur
