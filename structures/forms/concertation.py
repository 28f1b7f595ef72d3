"""The filters of the local review, and the files that come back (R24, R25)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.commun.acteurs import Acteur
from portal.commun.formulaires import Formulaire
from portal.commun.normalisation import normaliser
from portal.territoires.models import Departement, Epci
from structures import acces
from structures.enums import ETATS_A_EXAMINER, LIBELLES_INSTITUTION, EtatCandidature, SensAvis, TypeStructure
from structures.faits import FAITS
from structures.lecture_faits import SOURCE_MAX
from structures.models import Avis, Campagne, Candidature

DEPARTEMENTS_AVEC_EPCI = 13
SANS, AVEC, TOUTES = "sans", "avec", "toutes"
ETATS = [
    ("", "En attente d’une décision"),
    (TOUTES, "Toutes"),
    *((etat.value, LIBELLES_INSTITUTION[etat]) for etat in EtatCandidature if etat != EtatCandidature.A_CONFIRMER),
]
AVIS = [("", "Rendu ou non"), (SANS, "Sans avis"), (AVEC, "Avis rendu"), *SensAvis.choices]


def _epcis(donnees: Any, departements: list[Departement], acteur: Acteur) -> list[tuple[str, str]]:
    """Those of the département chosen; over a larger territory the list would be too long to be read."""
    candidatures = acces.candidatures_visibles_par(acteur).filter(confirmee_le__isnull=False)
    if choisi := donnees.get("departement"):
        candidatures = candidatures.filter(commune__departement=choisi)
    elif len(departements) > DEPARTEMENTS_AVEC_EPCI:
        seul = Epci.objects.filter(pk=donnees.get("epci") or "")
        return [("", "Choisissez d’abord un département"), *seul.values_list("code", "nom")]
    epcis = Epci.objects.filter(pk__in=candidatures.order_by().values("commune__epci"))
    return [("", "Tous"), *epcis.order_by("nom_normalise").values_list("code", "nom")]


class FiltresConcertation(forms.Form):
    """Read from the address; a value that is not in a list filters nothing."""

    campagne = forms.ChoiceField(label="Campagne", required=False)
    departement = forms.ChoiceField(label="Département", required=False)
    epci = forms.ChoiceField(label="EPCI", required=False)
    etat = forms.ChoiceField(label="État", choices=ETATS, required=False)
    avis = forms.ChoiceField(label="Avis", choices=AVIS, required=False)
    type = forms.ChoiceField(label="Type", choices=[("", "Tous"), *TypeStructure.choices], required=False)
    fait = forms.ChoiceField(
        label="Fait prioritaire",
        choices=[("", "Tous"), *((champ, libelles[1]) for champ, libelles in FAITS.items())],
        required=False,
    )
    q = forms.CharField(label="Structure ou commune", max_length=100, required=False)

    def __init__(
        self, data: Any, *, campagnes: list[Campagne], departements: list[Departement], acteur: Acteur
    ) -> None:
        super().__init__(data, label_suffix="")
        self.fields["campagne"].choices = [("", "Toutes"), *((c.code, c.nom) for c in campagnes)]
        self.fields["departement"].choices = [("", "Tous"), *((d.code, str(d)) for d in departements)]
        if len(departements) == 1:
            del self.fields["departement"]
        self.fields["epci"].choices = _epcis(data, departements, acteur)
        self.full_clean()

    def valeur(self, nom: str) -> str:
        return getattr(self, "cleaned_data", {}).get(nom) or ""

    @property
    def actifs(self) -> bool:
        return any(self.valeur(nom) for nom in self.fields)

    def requete(self) -> str:
        """What the ranking and the map keep of the filters."""
        choisis = {nom: self.valeur(nom) for nom in ("departement", "campagne") if self.valeur(nom)}
        return f"?{urlencode(choisis)}" if choisis else ""

    def appliquer(self, candidatures: QuerySet[Candidature]) -> QuerySet[Candidature]:
        etat = self.valeur("etat")
        if not etat:
            candidatures = candidatures.filter(etat__in=ETATS_A_EXAMINER)
        elif etat != TOUTES:
            candidatures = candidatures.filter(etat=etat)
        chemins = {
            "campagne": "campagne__code",
            "departement": "commune__departement",
            "epci": "commune__epci",
            "type": "type",
        }
        for nom, chemin in chemins.items():
            if self.valeur(nom):
                candidatures = candidatures.filter(**{chemin: self.valeur(nom)})
        if self.valeur("fait"):
            candidatures = candidatures.filter(**{f"structure__{self.valeur('fait')}": True})
        return self._chercher(self._selon_l_avis(candidatures))

    def _selon_l_avis(self, candidatures: QuerySet[Candidature]) -> QuerySet[Candidature]:
        avis, choix = Avis.objects.filter(candidature=OuterRef("pk"), en_vigueur=True), self.valeur("avis")
        if choix == SANS:
            return candidatures.filter(~Exists(avis))
        if choix == AVEC:
            return candidatures.filter(Exists(avis))
        return candidatures.filter(Exists(avis.filter(sens=choix))) if choix else candidatures

    def _chercher(self, candidatures: QuerySet[Candidature]) -> QuerySet[Candidature]:
        for mot in normaliser(self.valeur("q")).split():
            filtre = Q(structure__nom_normalise__contains=mot) | Q(commune__nom_normalise__contains=mot)
            if mot.isascii() and mot.isdigit():
                filtre |= Q(siret__startswith=mot) | Q(code_postal=mot)
                if len(mot) < 10:
                    filtre |= Q(numero=int(mot))
            candidatures = candidatures.filter(filtre)
        return candidatures


class FormulaireImport(Formulaire):
    """A spreadsheet; what is wrong in it is told by who reads it."""

    fichier = forms.FileField(
        label="Fichier",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
        help_text="Format CSV ou XLSX, 10 Mo au plus. Les titres de colonnes sont sur la première ligne.",
        error_messages={
            "required": "Choisissez un fichier.",
            "empty": "Ce fichier est vide. Choisissez-en un autre.",
            "invalid": "Le fichier n’a pas été transmis. Choisissez-le de nouveau.",
        },
    )


AJOUTER, REMPLACER = "ajouter", "remplacer"


class FormulaireImportFaits(FormulaireImport):
    """R24."""

    mode = forms.ChoiceField(
        label="Que faire des listes déjà importées ?",
        choices=[
            (AJOUTER, "Ajouter le fichier à ce qui est enregistré"),
            (REMPLACER, "Remplacer les listes des faits nommés dans le fichier : les lieux absents perdent le fait"),
        ],
        initial=AJOUTER,
        widget=forms.RadioSelect,
        help_text=(
            "Un fichier de communes « QPV » ne remplace que la liste des QPV. Ce qu’une préfecture ou l’ANCT a "
            "renseigné sur une structure reste."
        ),
    )
    source = forms.CharField(
        label="Source",
        max_length=SOURCE_MAX,
        required=False,
        help_text="Pour les lignes qui n’en donnent pas, par exemple « ANCT, liste du 1er mars 2024 ».",
    )
