"""The form of the live session: one decision, its reason, its vote (R26)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, QuerySet

from portal.commun.formulaires import Formulaire
from structures.enums import Decision, NatureLigne
from structures.models import LigneComite, Structure
from structures.motifs import choix_motifs, inserer
from structures.ordre_du_jour import a_ceder, situation_de, version_de
from structures.regles import MOTIF_MAX, postes_en_mots
from structures.regles_comite import VOIX_MAX, lire_vote

POSTES_MAX = 200
AIDE_POSTES = {
    NatureLigne.EXAMEN: "Seulement pour une candidature retenue.",
    NatureLigne.AJOUT: "En plus de ceux que la structure a déjà.",
    NatureLigne.CORRECTION: "En tout, après la correction, dans cette campagne.",
}
AIDE_EXISTANT = "Toujours 1 : cette candidature porte sur un poste qui existe. L’enveloppe n’est pas utilisée."
LIBELLES_AJOUT = {Decision.RETENUE: "Accordée"}


class ChampCedante(forms.ModelChoiceField):
    def label_from_instance(self, obj: Structure) -> str:
        libres = f"{postes_en_mots(obj.nb_libres)} libre{'s' if obj.nb_libres > 1 else ''}"
        return f"{obj.nom} ({obj.commune.nom}, {obj.identifiant_nomme}), {libres}"


def cedantes(ligne: LigneComite) -> QuerySet[Structure]:
    """R29: the structures of the département that have free posts of the same kind to give."""
    libres = a_ceder(ligne.candidature)
    return (
        Structure.objects.filter(pk__in=libres.values("structure"), postes__in=libres)
        .annotate(nb_libres=Count("postes"))
        .select_related("commune")
        .order_by("nom_normalise")
    )


class FormulaireDecision(Formulaire):
    """R26: the reason is told to the structure. `version` is the decision that was read before this one."""

    version = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    decision = forms.ChoiceField(label="Ce que le comité décide", choices=Decision.choices, widget=forms.RadioSelect)
    nb_postes = forms.IntegerField(label="Postes accordés", min_value=0, max_value=POSTES_MAX, required=False)
    structure_cedante = ChampCedante(
        label="Prendre ces postes à une autre structure",
        queryset=Structure.objects.none(),
        required=False,
        empty_label="Non, sur l’enveloppe du comité",
        help_text="Ses postes libres, sans prendre sur l’enveloppe.",
    )
    motif_type = forms.ChoiceField(label="Phrase toute prête", required=False)
    motif = forms.CharField(
        label="Motif communiqué à la structure",
        max_length=MOTIF_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Obligatoire sauf pour une première décision favorable. La structure le reçoit tel quel.",
    )
    voix_pour = forms.IntegerField(label="Pour", min_value=0, max_value=VOIX_MAX, required=False)
    voix_contre = forms.IntegerField(label="Contre", min_value=0, max_value=VOIX_MAX, required=False)
    abstentions = forms.IntegerField(label="Abstentions", min_value=0, max_value=VOIX_MAX, required=False)

    def __init__(self, *args: Any, ligne: LigneComite, **kwargs: Any):
        super().__init__(*args, initial=initiales(ligne), **kwargs)
        self.fields["nb_postes"].help_text = AIDE_POSTES[NatureLigne(ligne.nature)]
        if situation_de(ligne).existant and ligne.nature != NatureLigne.AJOUT:
            # Nothing to take from anybody: that choice stays empty, and is not shown.
            self.fields["nb_postes"].help_text = AIDE_EXISTANT
        else:
            self.fields["structure_cedante"].queryset = cedantes(ligne)
        self.fields["motif_type"].choices = [("", "Choisissez une phrase à insérer"), *choix_motifs()]
        if ligne.nature == NatureLigne.AJOUT:
            self.fields["decision"].choices = [
                (valeur, LIBELLES_AJOUT.get(Decision(valeur), libelle)) for valeur, libelle in Decision.choices
            ]

    def clean(self) -> dict[str, Any]:
        """What the verb takes. The number and the giving structure only count for what is granted; a sentence that was
        chosen and not inserted yet is part of the reason."""
        donnees = super().clean()
        retenue = donnees.get("decision") == Decision.RETENUE
        return {
            "decision": donnees.get("decision", ""),
            "nb_postes": (donnees.get("nb_postes") or 0) if retenue else 0,
            "structure_cedante": donnees.get("structure_cedante") if retenue else None,
            "motif": inserer(donnees.get("motif", ""), donnees.get("motif_type", "")),
            "vote": lire_vote(*(donnees.get(champ) for champ in ("voix_pour", "voix_contre", "abstentions"))),
            "version": donnees.get("version", ""),
        }


def initiales(ligne: LigneComite) -> dict[str, Any]:
    """The decision already prepared; the first time, the number that the prefecture proposes, or what is asked."""
    version = {"version": version_de(ligne)}
    if ligne.decision:
        champs = ("decision", "nb_postes", "motif", "voix_pour", "voix_contre", "abstentions")
        return {
            **version,
            **{champ: getattr(ligne, champ) for champ in champs},
            "structure_cedante": ligne.structure_cedante_id,
        }
    avis = ligne.avis_en_vigueur
    if situation_de(ligne).existant and ligne.nature != NatureLigne.AJOUT:
        return {**version, "nb_postes": 1}
    if ligne.nature == NatureLigne.AJOUT:
        return {**version, "nb_postes": ligne.demande.nb_postes}
    if ligne.nature == NatureLigne.CORRECTION:
        return {**version, "nb_postes": ligne.postes_candidature.total or None}
    return {
        **version,
        "nb_postes": avis.nb_postes if avis else ligne.candidature.nb_conseillers,
        "structure_cedante": avis.structure_cedante_id if avis else None,
    }
