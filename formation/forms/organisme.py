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
        error_messages={"required": "La dispense est réservée aux titulaires de ce titre."},
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


class FormulaireModalite(Formulaire):
    """R80, R82: asked first, and only to a body with both kinds of lots: the form of the session follows from it."""

    modalite = forms.ChoiceField(
        label="Modalité de la session",
        choices=Modalite.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez si la session a lieu en présentiel ou à distance."},
    )

    def __init__(self, *args: Any, modalites: list[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["modalite"].choices = [choix for choix in Modalite.choices if choix[0] in modalites]


def champ_places(**options: Any) -> forms.IntegerField:
    saisie = forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(label="Nombre de places", min_value=1, max_value=500, widget=saisie, **options)


class FormulaireSession(Formulaire):
    """R82: a session in person has a commune, an address and at least eight seats."""

    modalite = Modalite.PRESENTIEL

    heures = forms.TypedChoiceField(label="Durée", coerce=int, choices=CHOIX_HEURES, widget=forms.RadioSelect)
    commune = ChampCommune(
        label="Commune",
        help_text="Nom ou code postal, par exemple 03000",
        error_messages={"required": "Indiquez la commune d’une session en présentiel."},
    )
    lieu = forms.CharField(label="Adresse de la salle", max_length=250)
    debut = ChampDate(label="Premier jour")
    fin = ChampDate(label="Dernier jour")
    cloture_le = ChampDate(
        label="Clôture des inscriptions",
        help_text="Dernier jour pour s’inscrire, avant le premier jour de la session.",
    )
    capacite = champ_places(help_text=f"Au moins {SEUIL_PRESENTIEL}.")

    @property
    def en_presentiel(self) -> bool:
        return self.modalite == Modalite.PRESENTIEL

    def clean(self) -> dict[str, Any]:
        """Every broken rule at once, with the answers that are missing or wrong; those have their own message."""
        donnees = super().clean()
        donnees |= {"modalite": self.modalite, "commune": donnees.get("commune")}
        manquements = verifier_session(
            en_presentiel=self.en_presentiel,
            a_une_commune=donnees["commune"] is not None,
            heures=donnees.get("heures"),
            debut=donnees.get("debut"),
            fin=donnees.get("fin"),
            cloture_le=donnees.get("cloture_le"),
            capacite=donnees.get("capacite"),
            aujourdhui=timezone.localdate(),
        )
        ajouter_manquements(self, [manquement for manquement in manquements if manquement.champ not in self.errors])
        return donnees


class FormulaireSessionADistance(FormulaireSession):
    """R82: a remote session has a link, no commune and no threshold."""

    modalite = Modalite.DISTANCE

    commune = None
    lieu = forms.CharField(label="Lien ou nom de la classe virtuelle", max_length=250)
    capacite = champ_places()


FORMULAIRES_SESSION = {Modalite.PRESENTIEL: FormulaireSession, Modalite.DISTANCE: FormulaireSessionADistance}


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
