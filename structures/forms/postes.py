"""Forms of the posts of a structure: returned, asked for, and its change of establishment (R21, R29)."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.commun.erreurs import RegleNonRespectee
from portal.commun.formulaires import ChampDate, ChampFichier, Formulaire
from portal.territoires.champs import ChampCommune
from structures.actions.demandes import POSTES_MAX
from structures.annuaire import Fiche, Verdict, chercher, commune_de
from structures.enums import EtatPoste, MotifAjout, MotifRestitution
from structures.identifiants import NOUVELLE_CALEDONIE, normaliser_siret
from structures.models import Campagne, Candidature, Poste, Structure

PRECISION_MAX = 800
AUTRE = "autre"


class FormulaireMotifChoisi(Formulaire):
    """A reason among those of the scheme, with what the structure adds; « autre » must be said in words."""

    raison = forms.ChoiceField(label="Motif", widget=forms.RadioSelect, choices=MotifRestitution.choices)
    precision = forms.CharField(
        label="Précisions",
        required=False,
        max_length=PRECISION_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"{PRECISION_MAX} caractères au plus. La préfecture et l’ANCT les lisent.",
    )

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        precision = donnees.get("precision", "")
        if donnees.get("raison") == AUTRE and not precision.strip() and "precision" not in self.errors:
            self.add_error("precision", "Indiquez ce motif en quelques mots.")
        return donnees

    @property
    def motif(self) -> str:
        """One sentence: the chosen reason, then the words of the structure."""
        raison, precision = self.cleaned_data["raison"], self.cleaned_data["precision"].strip()
        if raison == AUTRE:
            return precision
        libelle = dict(self.fields["raison"].choices)[raison]
        return f"{libelle}. {precision}" if precision else f"{libelle}."


class ChoixDePostes(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Poste) -> str:
        genre = " (coordinateur)" if obj.coordinateur else ""
        return f"Poste n° {obj.numero}{genre}, {obj.campagne.nom}"


class FormulaireRestitution(FormulaireMotifChoisi):
    """R29: one or several free posts in one form."""

    postes = ChoixDePostes(
        queryset=Poste.objects.none(),
        label="Quels postes rendez-vous ?",
        help_text="Seuls vos postes libres peuvent être rendus.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choisissez au moins un poste à rendre.",
            "invalid_choice": "Ce poste n’est plus libre : il ne peut pas être rendu.",
        },
    )
    field_order = ["postes", "raison", "precision"]

    def __init__(self, *args: Any, structure: Structure, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["postes"].queryset = (
            structure.postes.filter(etat=EtatPoste.A_POURVOIR).select_related("campagne").order_by("numero")
        )


class FormulaireDemande(FormulaireMotifChoisi):
    """R29: how many posts, from when, why; in which call when several are open."""

    candidature = forms.ChoiceField(label="Pour quels postes ?", widget=forms.RadioSelect)
    nb_postes = forms.IntegerField(
        label="Combien de postes demandez-vous ?",
        min_value=1,
        max_value=POSTES_MAX,
        help_text=f"De 1 à {POSTES_MAX}, en plus de ceux que vous avez.",
        error_messages={
            "required": "Indiquez combien de postes vous demandez.",
            "min_value": "Demandez au moins un poste.",
            "max_value": f"Une demande porte sur {POSTES_MAX} postes au plus.",
        },
    )
    demarrage_le = ChampDate(label="À partir de quand pouvez-vous accueillir ?")
    field_order = ["candidature", "nb_postes", "demarrage_le", "raison", "precision"]

    def __init__(self, *args: Any, origines: list[tuple[Candidature, Campagne]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["raison"].choices = MotifAjout.choices
        self.origines = {str(candidature.uuid): candidature for candidature, _ in origines}
        self.fields["candidature"].choices = [
            (str(c.uuid), f"{'Coordinateur' if c.coordinateur else 'Conseiller numérique'} – {campagne.nom}")
            for c, campagne in origines
        ]
        if len(origines) == 1:
            del self.fields["candidature"]

    @property
    def donnees(self) -> dict[str, Any]:
        """What the verb takes."""
        choisie = self.origines.get(self.cleaned_data.get("candidature", ""))
        return {
            "nb_postes": self.cleaned_data["nb_postes"],
            "demarrage_le": self.cleaned_data["demarrage_le"],
            "motif": self.motif,
            "candidature": choisie,
        }


class FormulaireChangement(Formulaire):
    """R21: the new establishment; what is left empty comes from the directory when it answers."""

    siret = forms.CharField(
        label="Nouveau SIRET",
        required=False,
        max_length=30,
        help_text="14 chiffres, espaces permis. En Nouvelle-Calédonie, laissez vide et indiquez le RIDET.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    ridet = forms.CharField(label="Nouveau RIDET", required=False, max_length=30)
    nom = forms.CharField(
        label="Nom de la structure",
        required=False,
        max_length=250,
        help_text="Laissez vide pour prendre celui de l’annuaire des entreprises.",
    )
    adresse = forms.CharField(
        label="Adresse", required=False, max_length=250, help_text="Numéro et voie. Vide : celle de l’annuaire."
    )
    commune = ChampCommune(label="Commune", required=False)
    motif = forms.CharField(
        label="Pourquoi changez-vous d’établissement ?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Par exemple : fusion de communes, déménagement du siège, changement de portage.",
    )
    justificatif = ChampFichier(
        label="Justificatif",
        types=("pdf", "jpg", "png"),
        help_text="Avis de situation INSEE, délibération ou arrêté. PDF, JPG ou PNG, 5 Mo au plus.",
    )

    def __init__(self, *args: Any, structure: Structure, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.structure = structure
        if structure.departement_id != NOUVELLE_CALEDONIE:
            del self.fields["ridet"]
            self.fields["siret"].required = True
            self.fields["siret"].help_text = "14 chiffres, espaces permis."
            self.fields["siret"].error_messages["required"] = "Indiquez le nouveau SIRET."

    def clean_siret(self) -> str:
        saisie = self.cleaned_data["siret"]
        try:
            return normaliser_siret(saisie) if saisie.strip() else ""
        except RegleNonRespectee as erreur:
            raise forms.ValidationError(erreur.message) from erreur

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        siret = donnees.get("siret")
        fiche = chercher(siret) if siret else Fiche("", Verdict.INDISPONIBLE)
        if fiche.verdict == Verdict.FERME:
            self.add_error("siret", "D’après l’annuaire des entreprises, cet établissement est fermé.")
        elif fiche.verdict == Verdict.INCONNU:
            self.add_error("siret", "L’annuaire des entreprises ne connaît pas ce SIRET : vérifiez-le.")
        donnees["nom"] = donnees.get("nom") or fiche.nom
        donnees["adresse"] = donnees.get("adresse") or fiche.adresse
        donnees["commune"] = donnees.get("commune") or commune_de(fiche)
        if not self.errors:
            self._exiger_complet(donnees)
        commune = donnees.get("commune")
        if commune is not None:
            codes = commune.liste_codes_postaux or [commune.code]
            donnees["code_postal"] = fiche.code_postal if fiche.code_postal in codes else codes[0]
        donnees["categorie_juridique"] = fiche.categorie_juridique
        return donnees

    def _exiger_complet(self, donnees: dict[str, Any]) -> None:
        suite = "L’annuaire ne le donne pas : indiquez-le."
        if not donnees["nom"]:
            self.add_error("nom", f"Il manque le nom de la structure. {suite}")
        if donnees["commune"] is None:
            self.add_error("commune", "Il manque la commune. L’annuaire ne la donne pas : indiquez-la.")
