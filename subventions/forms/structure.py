"""What the structure types in its file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from portal.commun.formulaires import ChampDate, ChampFichier, ChampMontant, Formulaire, ajouter_manquements
from structures.regimes import annonce_requise
from subventions.actions.communs import TEXTE_MAX
from subventions.actions.dossiers import TYPES_PIECE
from subventions.completude import AIDES_MAX, SITE_ANNONCES, Informations, verifier_informations
from subventions.models import Dossier
from subventions.regles import PRIVES
from subventions.suivi import regime_de

SANS_SAISIE_AUTO = {"autocomplete": "off"}


class FormulaireInformations(Formulaire):
    """Everything can be saved as it is known; a field without « facultatif » is needed before filing (R60, R3)."""

    use_required_attribute = False

    president_nom = forms.CharField(
        label="Prénom et nom du président ou du maire",
        max_length=200,
        widget=forms.TextInput(SANS_SAISIE_AUTO),
    )
    president_naissance = ChampDate(label="Date de naissance du président ou du maire")
    dgs_nom = forms.CharField(
        label="Prénom et nom du directeur général", max_length=200, widget=forms.TextInput(SANS_SAISIE_AUTO)
    )
    dgs_naissance = ChampDate(label="Date de naissance du directeur général")
    iban = forms.CharField(
        label="IBAN du compte de la structure",
        max_length=50,
        help_text="27 caractères pour un compte français, comme sur le relevé d’identité bancaire.",
        widget=forms.TextInput({**SANS_SAISIE_AUTO, "spellcheck": "false"}),
    )
    aides = ChampMontant(
        label="Aides CUI-CIE ou PEC déjà versées pour ce poste",
        required=False,
        max_value=AIDES_MAX,
        help_text=(
            "Montant total, en euros. Il est déduit de la subvention. Laissez 0 s’il n’y en a pas ; sinon, un "
            "justificatif est demandé."
        ),
    )
    cofinancement = forms.CharField(
        label="Autres financements du poste",
        required=False,
        max_length=1000,
        help_text=(
            "Nom et montant de chaque financeur. Laissez vide s’il n’y en a pas ; sinon, un justificatif est demandé."
        ),
        widget=forms.Textarea({"rows": 3}),
    )
    annonce_url = forms.URLField(
        label=f"Adresse de l’annonce sur {SITE_ANNONCES}",
        max_length=200,
        assume_scheme="https",
        help_text="Par exemple https://www.emploi-territorial.fr/offre/…",
    )
    annonce_le = ChampDate(
        label="Date de publication de l’annonce",
        help_text="L’annonce doit être publiée un mois avant la signature du contrat.",
    )

    def __init__(self, *args: Any, dossier: Dossier, **kwargs: Any):
        self.dossier = dossier
        super().__init__(*args, **kwargs)
        if dossier.statut_juridique in PRIVES:
            self.fields["dgs_nom"].required = self.fields["dgs_naissance"].required = False
        if not annonce_requise(regime_de(dossier), dossier.statut_juridique):
            del self.fields["annonce_url"], self.fields["annonce_le"]
        elif dossier.annonce_dispense_motif:
            self.fields["annonce_url"].required = self.fields["annonce_le"].required = False

    def _clean_fields(self) -> None:
        # Saving comes before filing: what is empty now is asked for then.
        obligatoires = [champ for champ in self.fields.values() if champ.required]
        for champ in obligatoires:
            champ.required = False
        try:
            super()._clean_fields()
        finally:
            for champ in obligatoires:
                champ.required = True

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        donnees["aides"] = donnees.get("aides") or 0
        saisies = {nom: valeur for nom, valeur in donnees.items() if nom not in self.errors}
        infos = Informations(statut=self.dossier.statut_juridique, **saisies)
        ajouter_manquements(self, verifier_informations(infos, timezone.localdate()))
        return donnees


class FormulairePiece(Formulaire):
    fichier = ChampFichier(
        label="Fichier", types=TYPES_PIECE, help_text="Format PDF, JPEG ou PNG, 5 Mo au plus. Un seul fichier lisible."
    )


class FormulaireReponse(Formulaire):
    reponse = forms.CharField(
        label="Votre réponse",
        max_length=TEXTE_MAX,
        help_text="Dites ce que vous avez ajouté ou corrigé.",
        widget=forms.Textarea({"rows": 6}),
    )


class FormulaireMessage(Formulaire):
    texte = forms.CharField(label="Votre message", max_length=TEXTE_MAX, widget=forms.Textarea({"rows": 5}))
