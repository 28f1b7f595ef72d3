"""What the structure types about its contract, and both parties about the agreement (R62, R63, R13)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.forms import ReauthenticateForm
from django import forms
from django.utils import timezone

from portal.commun.erreurs import Manquement
from portal.commun.formulaires import ChampDate, ChampMontant, ChampPdf, Formulaire, ajouter_manquements
from portal.comptes.forms.compte import regler
from structures.regimes import NatureContrat
from subventions.actions.communs import TEXTE_MAX
from subventions.actions.conventions import FONCTION_MAX
from subventions.bareme import contrats_admis, euros
from subventions.controles import Projet, manquements_du_projet, manquements_signature
from subventions.faits import regime_du_dossier, statut_du_dossier
from subventions.models import Contrat, Dossier
from subventions.salaires import smic_du

# Beyond, a figure is a slip of the hand; the columns could not keep it either.
SALAIRE_MAX, MONTANT_FIXE_MAX = 99_999, 1_000_000


class FormulaireContrat(Formulaire):
    """Every broken rule of R62 is shown at once, next to what breaks it; warnings block nothing."""

    nature = forms.ChoiceField(label="Nature du contrat", widget=forms.RadioSelect)
    debut = ChampDate(label="Début du contrat")
    fin = ChampDate(
        label="Fin du contrat",
        required=False,
        help_text="Dernier jour travaillé. Laissez vide pour un CDI ou un agent titulaire.",
    )
    salaire_brut = ChampMontant(label="Salaire brut mensuel, en euros", max_value=SALAIRE_MAX)
    temps_plein = forms.BooleanField(
        label="Le contrat est à temps plein, 35 heures par semaine, avec notre structure pour seul employeur.",
        error_messages={
            "required": "Cet emploi est à temps plein, 35 heures par semaine, pour un seul employeur : "
            "cochez cette case si c’est le cas."
        },
    )

    def __init__(self, *args: Any, dossier: Dossier, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.dossier = dossier
        self.avertissements: list[Manquement] = []
        admis = contrats_admis(regime_du_dossier(dossier).code, statut_du_dossier(dossier))
        self.fields["nature"].choices = [(nature.value, nature.libelle) for nature in admis]
        smic = smic_du(timezone.localdate())
        plancher = euros(smic.mensuel(dossier.structure.departement_id))
        self["salaire_brut"].help_text = f"Au moins le SMIC : {plancher} aujourd’hui ({smic.texte})."

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        # The rules read every answer: one that is missing is asked for first.
        if not {"nature", "debut", "fin", "salaire_brut"} & set(self.errors):
            # Full time is already asked for next to its box.
            manquements = manquements_du_projet(self.dossier, Projet(**{**donnees, "temps_plein": True}))
            ajouter_manquements(self, manquements)
            self.avertissements = [m for m in manquements if not m.bloquant]
        return donnees

    def contrat(self) -> Contrat:
        """The contract as typed, not saved: what the preview of the amount reads."""
        existant = getattr(self.dossier, "contrat", None)
        return Contrat(dossier=self.dossier, signe_le=existant.signe_le if existant else None, **self.cleaned_data)


class FormulaireSignatureContrat(Formulaire):
    signe_le = ChampDate(label="Contrat signé le", help_text="Date de la dernière des deux signatures.")
    fichier = ChampPdf(label="Contrat signé")

    def __init__(self, *args: Any, contrat: Contrat, dossier: Dossier, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.contrat, self.dossier = contrat, dossier
        self.avertissements: list[Manquement] = []

    def clean_signe_le(self) -> dt.date:
        """Every rule at once: those about the date next to it, the others on top."""
        signe_le = self.cleaned_data["signe_le"]
        manquements = manquements_signature(self.dossier, self.contrat, signe_le, timezone.localdate())
        ajouter_manquements(self, manquements)
        self.avertissements = [m for m in manquements if not m.bloquant]
        return signe_le


class FormulaireSignatureConvention(Formulaire):
    """R63: who signs says in what quality, that they may, and proves who they are."""

    fonction = forms.CharField(
        label="Votre fonction",
        max_length=FONCTION_MAX,
        help_text="Par exemple : maire, président, directrice générale des services.",
        widget=forms.TextInput({"autocomplete": "organization-title"}),
    )
    habilite = forms.BooleanField(label="Je suis habilité à signer cette convention au nom de ma structure.")

    def __init__(self, *args: Any, au_nom_de: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self["habilite"].label = f"Je suis habilité à signer cette convention au nom de : {au_nom_de}."


class FormulaireMotDePasse(Formulaire, ReauthenticateForm):
    """The password once more, at the moment of signing."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        regler(self, "password", "Votre mot de passe", "Pour confirmer que c’est vous qui signez.", "current-password")


class FormulaireMontantFixe(Formulaire):
    """R6: the amount that the texts announce without its figure."""

    montant_fixe = ChampMontant(
        label="Montant de la subvention avant déductions, majoration comprise, en euros", max_value=MONTANT_FIXE_MAX
    )
    motif_montant = forms.CharField(
        label="Pourquoi ce montant",
        max_length=500,
        help_text="Ce texte figure dans la convention.",
        widget=forms.Textarea({"rows": 3}),
    )


class FormulaireMotif(Formulaire):
    motif = forms.CharField(
        label="Motif",
        max_length=TEXTE_MAX,
        help_text="Il est communiqué à la structure.",
        widget=forms.Textarea({"rows": 5}),
    )


NATURES = [(nature.value, nature.libelle) for nature in NatureContrat]
