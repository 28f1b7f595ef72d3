"""Forms of the institutions about posts and structures in the scheme: transfer, opinion on a request, new contact."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from portal.commun.acteurs import Acteur
from portal.commun.formulaires import Formulaire
from structures.actions.postes import MOTIF_MAX
from structures.actions.transferts import ETATS_REPRENEUSE
from structures.enums import SensAvis
from structures.models import Candidature, DemandePostes, Poste
from structures.regles import COMMENTAIRE_MAX, COMMENTAIRE_MIN


def _texte(libelle: str, aide: str, maximum: int = MOTIF_MAX) -> forms.CharField:
    return forms.CharField(label=libelle, max_length=maximum, widget=forms.Textarea(attrs={"rows": 5}), help_text=aide)


class ChampRepreneuse(forms.ModelChoiceField):
    def label_from_instance(self, obj: Candidature) -> str:
        structure = obj.structure
        return f"{structure.nom} ({structure.commune.nom}, {structure.identifiant_nomme}) – candidature n° {obj.numero}"


def repreneuses(poste: Poste) -> QuerySet[Candidature]:
    """R29: the applications that the verb would accept; it stays the judge."""
    structure = poste.structure
    return (
        Candidature.objects.filter(
            regime=poste.regime,
            coordinateur=poste.coordinateur,
            etat__in=ETATS_REPRENEUSE,
            structure__commune__departement=structure.departement_id,
            statut_juridique=poste.candidature.statut_juridique,
            structure__fusionnee_dans__isnull=True,
        )
        .exclude(structure=structure)
        .select_related("structure__commune")
        .order_by("structure__nom_normalise", "pk")
    )


class FormulaireTransfert(Formulaire):
    """R29."""

    candidature = ChampRepreneuse(
        label="Structure qui reprend le poste",
        queryset=Candidature.objects.none(),
        empty_label="Choisissez une structure",
        help_text="Du même département, de même statut juridique, retenue dans le même appel.",
    )
    motif = _texte("Motif du transfert", "Les deux structures et la préfecture le reçoivent tel quel.")

    def __init__(self, *args: Any, acteur: Acteur, objet: Poste, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["candidature"].queryset = repreneuses(objet)


class FormulaireAvisDemande(Formulaire):
    """R25, on a request for more posts."""

    sens = forms.ChoiceField(label="Avis", choices=SensAvis.choices, widget=forms.RadioSelect)
    commentaire = forms.CharField(
        label="Commentaire",
        min_length=COMMENTAIRE_MIN,
        max_length=COMMENTAIRE_MAX,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=f"De {COMMENTAIRE_MIN} à {COMMENTAIRE_MAX} caractères. La structure ne le voit pas.",
    )

    def __init__(self, *args: Any, acteur: Acteur, objet: DemandePostes, **kwargs: Any):
        initial = {"sens": objet.avis_sens, "commentaire": objet.avis_commentaire}
        super().__init__(*args, initial=initial, **kwargs)


class FormulaireRefusChangement(Formulaire):
    motif = _texte("Motif du refus", "La structure le reçoit tel quel.")


class FormulaireNouveauContact(Formulaire):
    """R27, hard case 19."""

    prenom = forms.CharField(label="Prénom", max_length=100)
    nom = forms.CharField(label="Nom", max_length=100)
    fonction = forms.CharField(label="Fonction", max_length=100)
    courriel = forms.EmailField(label="Adresse électronique", max_length=254)
