"""What the training body types: contact, test, result, exemption, sessions, departures."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from formation.actions.communs import MOTIF_MAX, TEXTE_MAX
from formation.actions.positionnements import TYPES_TITRE
from formation.enums import Heures, Modalite
from formation.lectures import VUES_PERSONNES
from formation.models import Organisme
from formation.regles import SEUIL_PRESENTIEL, verifier_session
from portal.commun.formulaires import ChampDate, ChampFichier, Formulaire, ajouter_manquements
from portal.territoires.champs import ChampCommune

CHOIX_HEURES = list(Heures.choices)


class FormulaireContactPris(Formulaire):
    """R80: the body made contact; the structure and the person are told."""

    contacte_le = ChampDate(label="Contact pris le")
    message = forms.CharField(
        label="Message à la structure et à la personne",
        required=False,
        max_length=TEXTE_MAX,
        widget=forms.Textarea({"rows": 5}),
    )


class FormulaireTest(Formulaire):
    """R81: day and hour are two fields, which every browser knows how to ask."""

    jour = ChampDate(label="Date")
    heure = forms.TimeField(
        label="Heure",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        input_formats=["%H:%M", "%Hh%M", "%H h %M", "%Hh"],
        help_text="Heure de Paris, par exemple 14:30",
        error_messages={"invalid": "Saisissez une heure, par exemple 14:30."},
    )
    lieu = forms.CharField(label="Lieu ou lien de visioconférence", max_length=250)

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        jour, heure = donnees.pop("jour", None), donnees.pop("heure", None)
        if jour and heure:
            donnees["creneau"] = timezone.make_aware(dt.datetime.combine(jour, heure))
            if donnees["creneau"] <= timezone.now():
                self.add_error("jour", "Choisissez une date et une heure à venir.")
        return donnees


class FormulaireResultat(Formulaire):
    heures = forms.TypedChoiceField(
        label="Durée de formation décidée", coerce=int, choices=CHOIX_HEURES, widget=forms.RadioSelect
    )
    resultat_le = ChampDate(label="Résultat du")
    commentaire = forms.CharField(
        label="Commentaire",
        required=False,
        max_length=1000,
        help_text="Il est envoyé à la personne et à la structure.",
        widget=forms.Textarea({"rows": 4}),
    )


class FormulaireResultatCorrige(FormulaireResultat):
    motif = forms.CharField(label="Motif de la correction", max_length=MOTIF_MAX, widget=forms.Textarea({"rows": 3}))


class FormulaireDispense(Formulaire):
    """R84: only with the title, and the document that proves it."""

    titulaire_remn = forms.BooleanField(
        label="La personne est titulaire du titre « responsable d’espace de médiation numérique »",
        error_messages={"required": "Seuls les titulaires de ce titre peuvent être dispensés de formation."},
    )
    justificatif = ChampFichier(
        label="Titre obtenu",
        types=TYPES_TITRE,
        help_text=(
            "Format PDF, JPEG ou PNG, 5 Mo au plus. "
            "Il est lu par la personne, sa structure et la Banque des Territoires."
        ),
    )
    le = ChampDate(label="Dispense du")


class FormulaireSession(Formulaire):
    """R82: a session in person has a place, a closing date and at least eight seats."""

    modalite = forms.ChoiceField(label="Modalité", choices=Modalite.choices, widget=forms.RadioSelect)
    heures = forms.TypedChoiceField(label="Durée", coerce=int, choices=CHOIX_HEURES, widget=forms.RadioSelect)
    commune = ChampCommune(
        label="Commune",
        required=False,
        help_text="Pour une session en présentiel : nom ou code postal, par exemple 03000",
    )
    lieu = forms.CharField(
        label="Adresse ou lien", max_length=250, help_text="Adresse de la salle, ou lien de connexion à distance."
    )
    debut = ChampDate(label="Premier jour")
    fin = ChampDate(label="Dernier jour")
    cloture_le = ChampDate(
        label="Clôture des inscriptions",
        help_text="Dernier jour pour s’inscrire, avant le premier jour de la session.",
    )
    capacite = forms.IntegerField(
        label="Nombre de places",
        min_value=1,
        max_value=500,
        help_text=f"Au moins {SEUIL_PRESENTIEL} en présentiel.",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, organisme: Organisme, **kwargs: Any):
        super().__init__(*args, **kwargs)
        modalites = set(organisme.lots.values_list("modalite", flat=True))
        self.fields["modalite"].choices = [choix for choix in Modalite.choices if choix[0] in modalites]

    def clean(self) -> dict[str, Any]:
        """Every broken rule at once, when all that they read is there."""
        donnees = super().clean()
        lus = ("modalite", "heures", "debut", "fin", "cloture_le", "capacite")
        if "commune" in self.errors or any(donnees.get(nom) is None for nom in lus):
            return donnees
        manquements = verifier_session(
            en_presentiel=donnees["modalite"] == Modalite.PRESENTIEL,
            a_une_commune=donnees.get("commune") is not None,
            heures=donnees["heures"],
            debut=donnees["debut"],
            fin=donnees["fin"],
            cloture_le=donnees["cloture_le"],
            capacite=donnees["capacite"],
            aujourdhui=timezone.localdate(),
        )
        ajouter_manquements(self, manquements)
        return donnees


class FormulaireAnnulationSession(Formulaire):
    motif = forms.CharField(
        label="Motif",
        max_length=MOTIF_MAX,
        help_text="Il est communiqué aux personnes inscrites et à leurs structures.",
        widget=forms.Textarea({"rows": 4}),
    )


class FormulaireDepart(Formulaire):
    """R83: the day when the person really left."""

    le = ChampDate(label="Date du départ en formation")


class FormulaireDepartCorrige(FormulaireDepart):
    motif = forms.CharField(
        label="Motif de la correction",
        max_length=MOTIF_MAX,
        help_text="Il est communiqué à la structure et gardé dans l’historique.",
        widget=forms.Textarea({"rows": 3}),
    )


class FiltrePersonnes(Formulaire):
    q = forms.CharField(label="Recherche", required=False, max_length=100, help_text="Nom de la personne ou structure.")
    departement = forms.ChoiceField(label="Département", required=False)
    vue = forms.ChoiceField(
        required=False, choices=[("", ""), *VUES_PERSONNES.items()], widget=forms.HiddenInput, label="Étape"
    )

    def __init__(self, *args: Any, departements: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["departement"].choices = [("", "Tous les départements"), *departements]
