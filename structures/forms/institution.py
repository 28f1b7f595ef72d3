"""Forms of the institutions in the administration: opinion, hand-back, committee, decision, campaign, posts.

They only check what was typed; the rules are checked by the verbs, whose refusals come back next to their field.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet

from portal.commun.acteurs import Acteur
from portal.commun.formulaires import ChampDate, ChampMontant, Formulaire
from structures.enums import ETATS_POSTE_COMPTE, SensAvis
from structures.faits import FAITS
from structures.models import Campagne, Candidature, Comite, Structure
from structures.regimes import CodeRegime, Horloge
from structures.regles import COMMENTAIRE_MAX, COMMENTAIRE_MIN

POSTES_MAX = 200


class ChampStructureCedante(forms.ModelChoiceField):
    def label_from_instance(self, obj: Structure) -> str:
        postes = f"{obj.nb_postes} poste{'s' if obj.nb_postes > 1 else ''}"
        return f"{obj.nom} ({obj.commune.nom}, {obj.identifiant_nomme}) – {postes}"


def structures_cedantes(candidature: Candidature) -> QuerySet[Structure]:
    """R25: the structures of the département that hold posts, without the one that applies."""
    return (
        Structure.objects.filter(commune__departement=candidature.commune.departement_id)
        .exclude(pk=candidature.structure_id)
        .annotate(nb_postes=Count("postes", filter=Q(postes__etat__in=ETATS_POSTE_COMPTE)))
        .filter(nb_postes__gt=0)
        .select_related("commune")
        .order_by("nom_normalise")
    )


class FormulaireAvis(Formulaire):
    """R25."""

    sens = forms.ChoiceField(label="Avis", choices=SensAvis.choices, widget=forms.RadioSelect)
    nb_postes = forms.IntegerField(
        label="Nombre de postes proposé",
        min_value=0,
        max_value=POSTES_MAX,
        help_text="Un avis favorable propose au moins un poste.",
    )
    rang = forms.IntegerField(
        label="Rang dans le département",
        required=False,
        min_value=1,
        max_value=9999,
        help_text="1 pour la candidature la plus prioritaire.",
    )
    commentaire = forms.CharField(
        label="Commentaire",
        min_length=COMMENTAIRE_MIN,
        max_length=COMMENTAIRE_MAX,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=f"De {COMMENTAIRE_MIN} à {COMMENTAIRE_MAX} caractères. La structure ne le voit pas.",
    )
    structure_cedante = ChampStructureCedante(
        label="Structure à qui reprendre un poste",
        queryset=Structure.objects.none(),
        required=False,
        empty_label="Aucune",
        help_text="Parmi les structures du département qui ont des postes.",
    )

    def __init__(self, *args: Any, acteur: Acteur, objet: Candidature, **kwargs: Any):
        super().__init__(*args, initial=_avis_initial(objet), **kwargs)
        self.fields["structure_cedante"].queryset = structures_cedantes(objet)


def _avis_initial(candidature: Candidature) -> dict[str, Any]:
    """The opinion in force, to be changed; what the structure asks for, the first time."""
    avis = candidature.avis.filter(en_vigueur=True).first()
    if avis is None:
        return {"nb_postes": candidature.nb_conseillers}
    champs = ("sens", "nb_postes", "rang", "commentaire")
    return {**{champ: getattr(avis, champ) for champ in champs}, "structure_cedante": avis.structure_cedante_id}


def _motif(libelle: str, aide: str) -> forms.CharField:
    return forms.CharField(
        label=libelle, max_length=COMMENTAIRE_MAX, widget=forms.Textarea(attrs={"rows": 5}), help_text=aide
    )


class FormulaireCorrection(Formulaire):
    """R31."""

    motif = _motif(
        "Ce qu’il faut corriger",
        f"De {COMMENTAIRE_MIN} à {COMMENTAIRE_MAX} caractères. La structure le reçoit tel quel.",
    )


class FormulaireRetrait(Formulaire):
    """R30."""

    motif = _motif("Motif du retrait", "La structure le reçoit tel quel.")


class FormulaireFaits(Formulaire):
    """R24."""

    faits = forms.MultipleChoiceField(
        label="Faits prioritaires",
        choices=[(champ, libelles[1]) for champ, libelles in FAITS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Cochez ce qui est vrai pour cette structure.",
    )

    def __init__(self, *args: Any, acteur: Acteur, objet: Structure | Candidature, **kwargs: Any):
        structure = objet.structure if isinstance(objet, Candidature) else objet
        # No structure before the application is confirmed: the verb says so.
        vrais = [champ for champ in FAITS if structure is not None and getattr(structure, champ)]
        super().__init__(*args, initial={"faits": vrais}, **kwargs)


class FormulaireComite(Formulaire):
    """R26. The campaign is for life: it is asked once."""

    campagne = forms.ModelChoiceField(
        label="Campagne", queryset=Campagne.objects.order_by("-ouvre_le", "nom"), empty_label="Choisissez une campagne"
    )
    numero = forms.IntegerField(label="Numéro", min_value=1, max_value=9999)
    date = ChampDate(label="Date de séance")
    enveloppe_postes = forms.IntegerField(
        label="Postes à répartir",
        min_value=0,
        max_value=100_000,
        help_text="Au plus ce qui reste dans l’enveloppe de la campagne.",
    )
    presidence = forms.CharField(
        label="Présidence de séance",
        max_length=150,
        required=False,
        help_text="Nom et fonction de la personne qui préside, pour le procès-verbal.",
    )

    def __init__(self, *args: Any, acteur: Acteur, objet: Comite | None = None, **kwargs: Any):
        if objet is not None:
            champs = ("date", "enveloppe_postes", "presidence")
            kwargs["initial"] = {champ: getattr(objet, champ) for champ in champs}
        super().__init__(*args, **kwargs)
        if objet is not None:
            del self.fields["campagne"], self.fields["numero"]


class FormulaireCampagne(Formulaire):
    """DOMAIN §4, R15. The code and the regime are for life."""

    nom = forms.CharField(label="Nom", max_length=150)
    code = forms.SlugField(
        label="Code", max_length=60, help_text="Lettres sans accent, chiffres et tirets, par exemple public-2027."
    )
    regime = forms.ChoiceField(label="Régime", choices=[("", "Choisissez un régime"), *CodeRegime.choix()])
    ouvre_le = ChampDate(label="Ouvre le")
    ferme_le = ChampDate(label="Ferme le", required=False, help_text="Vide : sans date de fermeture.")
    enveloppe_postes = forms.IntegerField(label="Postes de l’enveloppe", min_value=0, max_value=1_000_000)
    enveloppe_montant = ChampMontant(label="Montant de l’enveloppe, en euros", max_digits=14)
    horloge = forms.ChoiceField(
        label="Départ des échéances de versement",
        choices=[("", "Celui du régime"), *Horloge.choix()],
        required=False,
    )

    def __init__(self, *args: Any, acteur: Acteur, objet: Campagne | None = None, **kwargs: Any):
        if objet is not None:
            champs = ("nom", "ouvre_le", "ferme_le", "enveloppe_postes", "enveloppe_montant", "horloge")
            kwargs["initial"] = {champ: getattr(objet, champ) for champ in champs}
        super().__init__(*args, **kwargs)
        if objet is not None:
            del self.fields["code"], self.fields["regime"]


class FormulaireDerogation(Formulaire):
    """R30: more time for a post."""

    echeance = ChampDate(label="Nouvelle échéance", help_text="Le poste devra être pourvu au plus tard ce jour-là.")
    motif = _motif("Motif de la dérogation", "La structure le reçoit tel quel.")
