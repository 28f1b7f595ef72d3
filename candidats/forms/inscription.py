"""The questions of R40, asked once at registration and again in the profile."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from candidats import regles
from candidats.enums import Mobilite
from candidats.models import Candidat
from portal.commun.dates import age, date_longue
from portal.commun.formulaires import ChampDate, ChampTelephone, Formulaire, ajouter_manquements
from portal.comptes.models import Utilisateur
from portal.territoires.champs import ChampCommune

LIBELLES_SITUATIONS = {
    "recherche_emploi": "Je cherche un emploi",
    "en_emploi": "Je suis en emploi",
    "en_formation": "Je suis en formation",
    "diplome": "J’ai un diplôme de la médiation numérique",
}
LIBELLES_MOBILITE = [
    (valeur, libelle if valeur == Mobilite.FRANCE else f"Jusqu’à {libelle}") for valeur, libelle in Mobilite.choices
]
OUI_NON = [("oui", "Oui"), ("non", "Non")]


class ChampOuiNon(forms.TypedChoiceField):
    """A question with two answers and no default: silence is not a « non »."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=OUI_NON, coerce=lambda valeur: valeur == "oui", widget=forms.RadioSelect, empty_value=None, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "oui", False: "non"}.get(value, value)


class ProfilForm(Formulaire):
    """What the structures and the engine need to know. Rules are those of `regles.verifier_inscription`."""

    SECTIONS = (
        ("Vous", ("prenom", "nom", "telephone", "date_naissance", "retraite")),
        ("Votre situation", ("situations", "diplome_nom", "experience")),
        ("Où et quand", ("commune", "mobilite_km", "disponible_le")),
        ("Votre projet", ("interet_coordination", "motivation")),
    )
    # A broken rule names the field of the model; the form may ask it differently.
    CHAMPS_DES_REGLES = {"recherche_emploi": "situations"}

    prenom = forms.CharField(
        label="Prénom", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    nom = forms.CharField(label="Nom", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "family-name"}))
    telephone = ChampTelephone(
        label="Téléphone", required=False, help_text="Seules les structures à qui vous êtes proposé le voient."
    )
    date_naissance = ChampDate(label="Date de naissance")
    retraite = ChampOuiNon(label="Êtes-vous à la retraite ?")
    situations = forms.MultipleChoiceField(
        label="Votre situation aujourd’hui",
        choices=list(LIBELLES_SITUATIONS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="Cochez au moins une réponse.",
        error_messages={"required": "Cochez au moins une situation."},
    )
    diplome_nom = forms.CharField(
        label="Nom de votre diplôme",
        max_length=200,
        required=False,
        help_text="Si vous avez un diplôme de la médiation numérique, par exemple le titre professionnel REMN.",
    )
    experience = ChampOuiNon(label="Avez-vous déjà une expérience de la médiation numérique ?")
    commune = ChampCommune(label="Votre commune de résidence")
    mobilite_km = forms.TypedChoiceField(
        label="Jusqu’où pouvez-vous travailler ?",
        choices=LIBELLES_MOBILITE,
        coerce=int,
        widget=forms.RadioSelect,
        help_text="À vol d’oiseau, entre votre commune et le lieu de travail.",
    )
    disponible_le = ChampDate(label="À partir de quand êtes-vous disponible ?")
    interet_coordination = ChampOuiNon(
        label="Un poste de coordinateur vous intéresse-t-il ?",
        help_text="Le coordinateur anime une équipe de conseillers numériques sur un territoire.",
    )
    motivation = forms.CharField(
        label="Pourquoi voulez-vous devenir conseiller numérique ?",
        max_length=regles.MOTIVATION_MAX,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=f"{regles.MOTIVATION_MAX} caractères au plus. Les structures lisent ce texte.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date_naissance"].widget.attrs["autocomplete"] = "bday"
        self.fields["date_naissance"].help_text = self._aide_age()

    def _aide_age(self) -> str:
        """R41: the rule, and the age it gives once both dates are known."""
        aide = f"Le dispositif est ouvert de {regles.AGE_MIN} à {regles.AGE_MAX} ans à la date de disponibilité."
        naissance, disponible = self._date("date_naissance"), self._date("disponible_le")
        if naissance is None or disponible is None or naissance >= disponible:
            return aide
        jour = max(disponible, timezone.localdate())
        return f"{aide} Vous aurez {age(naissance, jour)} ans le {date_longue(jour)}."

    def _date(self, nom: str) -> date | None:
        brut = self.data.get(self.add_prefix(nom)) if self.is_bound else self.initial.get(nom)
        try:
            return self.fields[nom].to_python(brut)
        except ValidationError:
            return None

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields by group, those that this form asks."""
        groupes = [(titre, [self[nom] for nom in noms if nom in self.fields]) for titre, noms in self.SECTIONS]
        return [(titre, champs) for titre, champs in groupes if champs]

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        situations = donnees.pop("situations", None)
        for nom in regles.SITUATIONS:
            donnees[nom] = nom in (situations or [])
        manquements = regles.verifier_inscription(donnees, timezone.localdate())
        ajouter_manquements(self, [m for m in (self._traduire(m) for m in manquements) if m.champ not in self.errors])
        return donnees

    def _traduire(self, manquement: Any) -> Any:
        champ = self.CHAMPS_DES_REGLES.get(manquement.champ, manquement.champ)
        return type(manquement)(manquement.regle, manquement.message, champ, manquement.bloquant)


class InscriptionForm(ProfilForm):
    """R40 with an account: the address is the one that receives the confirmation (R42)."""

    SECTIONS = (*ProfilForm.SECTIONS, ("Votre compte", ("courriel", "mot_de_passe", "mot_de_passe_bis")))

    courriel = forms.EmailField(
        label="Adresse électronique",
        max_length=254,
        help_text="Vous recevrez un lien pour la confirmer. Format attendu : nom@domaine.fr",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    mot_de_passe = forms.CharField(
        label="Mot de passe",
        strip=False,
        max_length=200,
        help_text="Au moins 12 caractères, qui ne soient ni courants, ni votre nom, ni seulement des chiffres.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    mot_de_passe_bis = forms.CharField(
        label="Mot de passe, une seconde fois",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, courriel_impose: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if courriel_impose:
            # R49: the structure invited this address; a disabled field ignores what is posted.
            self.fields["courriel"].disabled = True
            self.initial["courriel"] = courriel_impose

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        premier, second = donnees.get("mot_de_passe"), donnees.pop("mot_de_passe_bis", None)
        if premier and second and premier != second:
            self.add_error("mot_de_passe_bis", "Les deux mots de passe sont différents.")
        elif premier:
            personne = Utilisateur(
                email=donnees.get("courriel") or "", prenom=donnees.get("prenom") or "", nom=donnees.get("nom") or ""
            )
            try:
                validate_password(premier, personne)
            except ValidationError as erreur:
                self.add_error("mot_de_passe", erreur)
        return donnees


def reponses_de(candidat: Candidat) -> dict[str, Any]:
    """What the profile form starts from."""
    reponses = {
        nom: getattr(candidat, nom)
        for nom in (
            "telephone", "date_naissance", "retraite", "diplome_nom", "experience", "commune", "mobilite_km",
            "disponible_le", "interet_coordination", "motivation",
        )
    }  # fmt: skip
    return {
        **reponses,
        "prenom": candidat.utilisateur.prenom,
        "nom": candidat.utilisateur.nom,
        "situations": [nom for nom in regles.SITUATIONS if getattr(candidat, nom)],
    }


class RenvoiForm(Formulaire):
    """R42: ask for another confirmation link."""

    courriel = forms.EmailField(
        label="Adresse électronique de votre inscription",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
