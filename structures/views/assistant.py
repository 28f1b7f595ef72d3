"""What the application wizard is made of besides its steps: the directory (R21), the draft kept at each step (R20)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from portal.commun.erreurs import ErreurMetier
from structures import annuaire
from structures.actions import enregistrer_brouillon, envoyer_lien_brouillon
from structures.annuaire import Fiche, Verdict
from structures.brouillons import TAILLE_ETAPE_MAX, taille
from structures.identifiants import Classement, classer
from structures.models import BrouillonCandidature

CLE_WIZARD = "wizard_candidater"


class AvecAnnuaire:
    """One question per SIRET and per application: later validations read the session."""

    def _noter(self, **valeurs: Any) -> None:
        self.storage.extra_data = {**self.storage.extra_data, **valeurs}

    def _chercher(self, siret: str) -> Fiche:
        connue = self.storage.extra_data.get("annuaire")
        if connue and connue["siret"] == siret:
            return Fiche(**connue)
        fiche = annuaire.chercher(siret)
        self._noter(annuaire=fiche.en_dict())
        return fiche

    @property
    def fiche(self) -> Fiche | None:
        connue = self.storage.extra_data.get("annuaire")
        siret = (self.get_cleaned_data_for_step("identite") or {}).get("siret")
        return Fiche(**connue) if connue and connue["siret"] == siret else None

    def _oublier_l_annuaire_indisponible(self) -> None:
        connue = self.storage.extra_data.get("annuaire")
        if connue and connue["verdict"] == Verdict.INDISPONIBLE:
            self._noter(annuaire=None)

    def _initiales_annuaire(self) -> dict[str, Any]:
        fiche = self.fiche
        if fiche is None or fiche.verdict != Verdict.TROUVE:
            return {}
        commune = annuaire.commune_de(fiche)
        return {"nom": fiche.nom, "adresse": fiche.adresse, "code_postal": fiche.code_postal, "commune": commune}

    def _reprendre_le_siege(self, siret: str | None) -> None:
        """Another SIRET than before: name and address follow it, the contact stays."""
        avant = (self.storage.get_step_data("identite") or {}).get("identite-siret", "")
        deja = self.storage.get_step_data("structure")
        if deja is None or "".join(str(avant).split()) == siret:
            return
        nouvelles = self.storage.extra_data.get("annuaire") or {}
        if nouvelles.get("siret") != siret or nouvelles.get("verdict") != Verdict.TROUVE:
            return
        commune = annuaire.commune_de(Fiche(**nouvelles))
        valeurs = {**nouvelles, "commune": commune.libelle if commune else ""}
        deja = deja.copy()
        for champ in ("nom", "adresse", "code_postal", "commune"):
            deja[f"structure-{champ}"] = valeurs[champ]
        deja["structure-commune_choix"] = commune.pk if commune else ""
        self.storage.set_step_data("structure", deja)

    def _classement(self) -> Classement | None:
        fiche = self.fiche
        if fiche is None or fiche.verdict != Verdict.TROUVE:
            return None
        return classer(fiche.categorie_juridique, siren=fiche.siret[:9], est_ess=fiche.est_ess)


class AvecBrouillon:
    """The draft mirrors what the session keeps, so that another browser can go on."""

    @property
    def brouillon(self) -> BrouillonCandidature | None:
        uuid = self.storage.extra_data.get("brouillon")
        return BrouillonCandidature.objects.filter(uuid=uuid).first() if uuid else None

    def _trop_long(self) -> bool:
        return taille(dict(self.request.POST.lists())) > TAILLE_ETAPE_MAX

    def _mettre_de_cote(self, etape: str) -> None:
        """What was typed, right or wrong, without judging it."""
        self.storage.set_step_data(etape, self.request.POST)
        self._noter(a_juger=sorted({*self._a_juger, etape}))
        self._enregistrer(etape)

    def _enregistrer(self, etape: str) -> None:
        donnees = {
            cle: valeurs for cle, valeurs in self.storage.get_step_data(etape).lists() if cle.startswith(f"{etape}-")
        }
        annexes = {cle: self.storage.extra_data.get(cle) for cle in ("a_juger", "annuaire")}
        brouillon = enregistrer_brouillon(
            acteur=self.request.acteur,
            brouillon=self.brouillon,
            etape=etape,
            donnees=donnees,
            annexes=annexes,
            campagne=self.campagne,
            courriel=self._adresse_du_contact() if etape == "structure" else "",
        )
        self._noter(brouillon=str(brouillon.uuid))

    def _adresse_du_contact(self) -> str:
        return (self.get_cleaned_data_for_step("structure") or {}).get("contact_courriel", "")

    def _envoyer_le_lien(self) -> HttpResponse:
        """To the address that is known; otherwise a page asks for it."""
        brouillon = self.brouillon
        courriel = brouillon.courriel or self.request.acteur.courriel
        if not courriel:
            return redirect("structures:enregistrer")
        try:
            envoyer_lien_brouillon(acteur=self.request.acteur, brouillon=brouillon, courriel=courriel)
            messages.success(self.request, lien_parti(courriel))
        except ErreurMetier as erreur:
            messages.warning(self.request, erreur.message)
        return redirect("structures:enregistrer")


def lien_parti(courriel: str) -> str:
    return f"Vos réponses sont enregistrées. Le lien pour les reprendre est parti vers {courriel}."
