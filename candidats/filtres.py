"""What the CVthèque is searched by (R44): each filter lives in the address, none is lost from one page to the next.

Another criterion is one filter declared in `FiltresCvtheque` and its name in `CRITERES`.
"""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict

from candidats import cvtheque
from candidats.models import Candidat, ResultatPix
from candidats.regles_cvtheque import RAYONS, SELON_MOBILITE, TOUTE_LA_FRANCE
from portal.commun.dates import date_longue
from portal.commun.formulaires import ChampDate, Formulaire
from portal.territoires.champs import ChampCommune
from structures.models import Poste, Structure

CHOIX_RAYONS = [
    (SELON_MOBILITE, "Personnes qui acceptent de venir"),
    *[(str(km), f"À {km} km au plus") for km in RAYONS],
    (TOUTE_LA_FRANCE, "France entière"),
]
TRI_DEFAUT = "distance"
# In the order of their tags; the place and the order of the list are always there.
CRITERES = ("q", "disponible_au", "pix", "experience", "diplome", "coordination")
# R45: levels out of three; sharing one's results is a wish of the person, which excludes nobody by itself.
CHOIX_PIX = [
    ("", "Indifférent"),
    ("0", "Résultats communiqués"),
    ("1", "Palier 1 sur 3 au moins"),
    ("2", "Palier 2 sur 3 au moins"),
    ("3", "Palier 3 sur 3"),
]


class ChampMots(forms.CharField):
    """Words to find: at least one that French full-text search does not leave out."""

    def clean(self, value: Any) -> str:
        texte = super().clean(value)
        if not texte:
            return ""
        mots = cvtheque.mots_cherches(texte)
        if not mots or not cvtheque.dit_quelque_chose(mots):
            raise ValidationError("Ces mots sont trop courants : ajoutez un mot plus précis.")
        return mots


class FormulaireDeRecherche(Formulaire):
    tout_facultatif = True


class Filtre(django_filters.Filter):
    """A field and what it does to the rows, without the choices that django-filter adds."""

    def __init__(self, champ: type[forms.Field], **options: Any) -> None:
        self.field_class = champ
        super().__init__(**options)

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if self.method or value in (None, "", False):
            return super().filter(qs, value) if self.method else qs
        return qs.filter(**{f"{self.field_name}__{self.lookup_expr}": value})


def _coche(label: str, **options: Any) -> Filtre:
    return Filtre(forms.BooleanField, label=label, **options)


class FiltresCvtheque(django_filters.FilterSet):
    """The search form and the rows that answer to it. Place, radius and order go together: `centre` says where from."""

    poste = Filtre(
        forms.ModelChoiceField,
        label="Pour quel poste ?",
        method="plus_tard",
        queryset=Poste.objects.none(),
        to_field_name="uuid",
        empty_label="Aucun en particulier",
    )
    commune = Filtre(
        ChampCommune,
        label="Autour d’une autre commune",
        help_text="Nom ou code postal. Vide : autour du lieu de travail du poste choisi, ou de votre siège.",
        method="plus_tard",
    )
    rayon = Filtre(
        forms.ChoiceField,
        label="Distance",
        help_text="À vol d’oiseau, sans traverser la mer.",
        choices=CHOIX_RAYONS,
        method="plus_tard",
    )
    tri = Filtre(forms.ChoiceField, label="Trier par", choices=list(cvtheque.TRIS.items()), method="plus_tard")
    q = Filtre(
        ChampMots,
        label="Mots de la motivation ou du diplôme",
        max_length=200,
        method="mots",
        help_text="Par exemple : ateliers seniors. Les accents et les pluriels ne comptent pas.",
    )
    disponible_au = Filtre(ChampDate, label="Disponible au plus tard le", field_name="disponible_le", lookup_expr="lte")
    pix = Filtre(forms.ChoiceField, label="Résultats Pix", choices=CHOIX_PIX, method="palier")
    experience = _coche("Avec une expérience de la médiation numérique")
    diplome = _coche("Avec un diplôme de la médiation numérique")
    coordination = _coche("Intéressées par un poste de coordinateur", field_name="interet_coordination")

    class Meta:
        model = Candidat
        form = FormulaireDeRecherche
        fields: list[str] = []

    def __init__(self, donnees: QueryDict, candidats: QuerySet[Candidat], structure: Structure, postes: Any) -> None:
        self.structure, self.postes = structure, postes
        super().__init__(self._completer(donnees), queryset=candidats)
        self.filters["poste"].extra["queryset"] = postes

    def _completer(self, donnees: QueryDict) -> QueryDict:
        """The first visit asks who would come to the first free post; an address that says nothing of the order gets
        the usual one."""
        donnees = donnees.copy()
        if not set(donnees) & set(self.base_filters):
            premier = next(iter(self.postes), None)
            donnees["poste"] = str(premier.uuid) if premier is not None else ""
        if not donnees.get("rayon"):
            donnees["rayon"] = SELON_MOBILITE
        if not donnees.get("tri"):
            donnees["tri"] = TRI_DEFAUT
        return donnees

    def plus_tard(self, candidats: QuerySet[Candidat], nom: str, valeur: Any) -> QuerySet[Candidat]:
        return candidats

    def mots(self, candidats: QuerySet[Candidat], nom: str, valeur: str) -> QuerySet[Candidat]:
        return cvtheque.qui_dit(candidats, valeur) if valeur else candidats

    def palier(self, candidats: QuerySet[Candidat], nom: str, valeur: str) -> QuerySet[Candidat]:
        """R45: who shares a result in force, of this level at least when one is asked for."""
        if not valeur:
            return candidats
        candidats = candidats.filter(pix_partage=True)
        if valeur == "0":
            return candidats
        atteint = ResultatPix.objects.filter(en_vigueur=True, niveau_max=3, niveau__gte=int(valeur))
        return candidats.filter(pk__in=atteint.values("candidat"))

    # --- what was found ---

    @property
    def centre(self) -> cvtheque.Centre:
        donnees = self.form.cleaned_data
        return cvtheque.centre_de(self.structure, donnees.get("poste"), donnees.get("commune"))

    def resultats(self) -> cvtheque.Resultats | None:
        """None while an answer is refused: the form says which."""
        if not self.form.is_valid():
            return None
        donnees, centre = self.form.cleaned_data, self.centre
        candidats = cvtheque.a_portee(self.qs, centre, donnees["rayon"])
        return cvtheque.Resultats(candidats, centre, donnees["rayon"], donnees["tri"])

    def criteres(self) -> list[dict[str, str]]:
        """The criteria in use in words, each with the address of the search without it."""
        if not self.form.is_valid():
            return []
        actifs = []
        for nom in CRITERES:
            valeur = self.form.cleaned_data.get(nom)
            if valeur in (None, "", False):
                continue
            reste = self.data.copy()
            for cle in (nom, "page"):
                reste.pop(cle, None)
            actifs.append({"libelle": self._en_mots(nom, valeur), "sans": f"?{reste.urlencode()}"})
        return actifs

    def _en_mots(self, nom: str, valeur: Any) -> str:
        if nom == "q":
            return f"« {self.data['q']} »"
        if nom == "disponible_au":
            return f"Disponible au plus tard le {date_longue(valeur)}"
        if nom == "pix":
            return f"Pix : {dict(CHOIX_PIX)[valeur].lower()}"
        return str(self.form.fields[nom].label)
