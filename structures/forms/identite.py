"""Step 2: the establishment (R21), and the case of a coordinator's application (S2, II.a)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

from portal.commun.erreurs import ErreurMetier
from portal.commun.formulaires import ajouter_erreur_metier, ajouter_manquements, avec_aide
from structures.annuaire import Fiche, Verdict
from structures.coordination import CAS, refus_du_cas
from structures.depot import candidature_vivante, contradiction, manquement_doublon, postes_de
from structures.forms.candidature import FormulaireEtape, borner, intitule, question
from structures.identifiants import NOUVELLE_CALEDONIE, identifiant_unique, normaliser_ridet

CONTESTATION_MIN, CONTESTATION_MAX = 10, 1000


class Identifiant(forms.CharField):
    """One of two that is compulsory: marked as such, and judged by the step."""

    def validate(self, value: Any) -> None:
        return None


def choix_du_cas() -> list[tuple[str, Any]]:
    return [(cas.code, avec_aide(cas.titre, cas.explication)) for cas in CAS.values()]


class EtapeIdentite(FormulaireEtape):
    """The directory is asked here, and the application goes on without its answer.

    When the legal category contradicts what was chosen, the form comes back with a box to contest it and a reason: the
    application goes on, and ANCT settles (R21).
    """

    siret = Identifiant(
        max_length=40,
        label=intitule("siret"),
        help_text="14 chiffres, avec ou sans espaces. C’est l’établissement qui signera le contrat de travail.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    ridet = forms.CharField(
        required=False,
        max_length=40,
        label="RIDET",
        help_text="Pour la Nouvelle-Calédonie seulement, à la place du SIRET.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    contester = forms.BooleanField(
        required=False,
        label="Je conteste ce classement",
        help_text="Votre candidature continue : l’ANCT vérifiera et vous répondra par courriel.",
    )
    contestation_statut = borner(
        forms.CharField(
            required=False,
            label="Pourquoi contestez-vous ce classement ?",
            help_text="Ce qui permet de vérifier : texte de création, statuts, numéro RNA. 1 000 caractères au plus.",
            widget=forms.Textarea(attrs={"rows": 4}),
        ),
        CONTESTATION_MAX,
    )
    cas_coordinateur = forms.ChoiceField(choices=choix_du_cas, widget=forms.RadioSelect, **question("cas_coordinateur"))

    CONTESTATION = ("contester", "contestation_statut")

    def __init__(self, *args: Any, chercher: Callable[[str], Fiche], genre: str = "", **kwargs: Any):
        self.chercher, self.genre = chercher, genre
        self.a_contester = ""
        super().__init__(*args, **kwargs)
        if self.campagne is None or not self.campagne.donnees_regime.coordinateur:
            del self.fields["cas_coordinateur"]

    def principaux(self) -> list[forms.BoundField]:
        """What is always asked; the contestation only when there is something to contest."""
        return [self[nom] for nom in self.fields if nom not in self.CONTESTATION]

    def contestation(self) -> list[forms.BoundField]:
        if not (self.a_contester or (self.is_bound and self.data.get(self.add_prefix("contester")))):
            return []
        return [self[nom] for nom in self.CONTESTATION]

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        siret, ridet = donnees.get("siret") or "", donnees.get("ridet") or ""
        try:
            if ridet and not siret:
                normaliser_ridet(ridet, NOUVELLE_CALEDONIE)
            departement = NOUVELLE_CALEDONIE if ridet else ""
            siret, ridet = identifiant_unique(siret, ridet, departement)
        except ErreurMetier as erreur:
            ajouter_erreur_metier(self, erreur)
            return donnees
        donnees["siret"], donnees["ridet"] = siret, ridet
        self._refuser_doublon(siret, ridet)
        self._verifier_cas(donnees.get("cas_coordinateur") or "", siret, ridet)
        if siret and "siret" not in self.errors:
            self._consulter_annuaire(siret, donnees)
        elif not siret:
            donnees["contestation_statut"] = ""
        return donnees

    def _refuser_doublon(self, siret: str | None, ridet: str | None) -> None:
        if self.campagne is None:
            return
        vivante = candidature_vivante(
            siret=siret,
            ridet=ridet,
            regime=self.campagne.regime,
            coordinateur=self.campagne.donnees_regime.coordinateur,
        )
        if vivante is not None:
            ajouter_manquements(self, [manquement_doublon(vivante)])

    def _verifier_cas(self, code: str, siret: str | None, ridet: str | None) -> None:
        cas = CAS.get(code)
        if cas is None:
            return
        refus = refus_du_cas(cas, beneficiaire=postes_de(siret, ridet).exists())
        if refus:
            self.add_error("cas_coordinateur", refus)

    def _consulter_annuaire(self, siret: str, donnees: dict[str, Any]) -> None:
        fiche = self.chercher(siret)
        if fiche.verdict == Verdict.FERME:
            self.add_error(
                "siret",
                "D’après l’annuaire des entreprises, cet établissement est fermé : indiquez le SIRET d’un "
                "établissement ouvert.",
            )
            return
        self.a_contester = ""
        if fiche.verdict == Verdict.TROUVE and self.genre and self.campagne is not None:
            self.a_contester = contradiction(
                self.genre, self.campagne.regime, fiche.categorie_juridique, fiche.siret[:9]
            )
        self._contester(donnees)

    def _contester(self, donnees: dict[str, Any]) -> None:
        """R21: the legal category decides public or private; a doubtful one only warns, on the next page."""
        motif = (donnees.get("contestation_statut") or "").strip()
        donnees["contestation_statut"] = motif if self.a_contester and donnees.get("contester") else ""
        if not self.a_contester:
            return
        if not donnees.get("contester"):
            suite = "Vérifiez le SIRET, changez de type de structure à l’étape précédente, ou contestez ce classement."
            self.add_error("siret", f"{self.a_contester} {suite}")
        elif len(motif) < CONTESTATION_MIN and "contestation_statut" not in self.errors:
            message = f"Dites pourquoi vous contestez ce classement, en {CONTESTATION_MIN} caractères au moins."
            self.add_error("contestation_statut", message)
