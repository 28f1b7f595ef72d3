"""The application in six steps (R20 to R23): works without JavaScript, loses nothing that was typed."""

from __future__ import annotations

from typing import Any

from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from formtools.wizard.views import NamedUrlSessionWizardView, WizardView

from portal.commun.erreurs import ErreurMetier
from portal.commun.formulaires import ajouter_erreur_metier
from portal.commun.roles import Role
from structures import acces, annuaire
from structures.actions import creer_candidature
from structures.annuaire import Fiche, Verdict
from structures.depot import campagnes_ouvertes
from structures.enums import TypeStructure
from structures.forms.besoin import EtapeBesoin
from structures.forms.candidature import (
    EtapeEligibilite,
    EtapeEngagements,
    EtapeIdentite,
    EtapeProjet,
    EtapeStructure,
)
from structures.identifiants import Classement, classer
from structures.models import Campagne, Structure
from structures.reponses import initiales_structure, rassembler

CLE_SESSION = "candidature_a_confirmer"
TITRES = {
    "eligibilite": "Qui êtes-vous ?",
    "identite": "Votre établissement",
    "structure": "Votre structure et votre contact",
    "besoin": "Votre besoin",
    "projet": "Votre projet",
    "engagements": "Récapitulatif et engagements",
}


@method_decorator(never_cache, name="dispatch")
class Candidater(NamedUrlSessionWizardView):
    """The wizard keeps what was typed in the session, step by step; only the last POST writes anything."""

    form_list = [
        ("eligibilite", EtapeEligibilite),
        ("identite", EtapeIdentite),
        ("structure", EtapeStructure),
        ("besoin", EtapeBesoin),
        ("projet", EtapeProjet),
        ("engagements", EtapeEngagements),
    ]
    template_name = "structures/public/candidater.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.campagnes = campagnes_ouvertes(timezone.localdate())
        if not self.campagnes:
            return render(request, "structures/public/aucun_appel.html")
        return super().dispatch(request, *args, **kwargs)

    # --- moving between the steps -----------------------------------------------------------------------------------

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        etape = kwargs.get("step")
        if etape is None:
            return super().get(*args, **kwargs)
        if etape not in self.form_list:
            return redirect(self.get_step_url(self.steps.current))
        manquante = self._premiere_incomplete(avant=etape)
        if manquante:
            return redirect(self.get_step_url(manquante))
        return super().get(*args, **kwargs)

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        etape = self.request.POST.get(f"{self.prefix}-current_step", "")
        if etape not in self.form_list or etape != kwargs.get("step"):
            return redirect(self.get_step_url(self.steps.current))
        manquante = self._premiere_incomplete(avant=etape)
        if manquante:
            # The session ended meanwhile, or the page is an old one.
            return redirect(self.get_step_url(manquante))
        retour = self.request.POST.get("wizard_goto_step", "")
        if retour in self.form_list:
            # « Précédent » keeps what was typed, right or wrong, and judges nothing.
            self.storage.set_step_data(etape, self.request.POST)
            self._noter(brouillons=sorted({*self._brouillons, etape}))
            return self.render_goto_step(retour)
        self._noter(brouillons=[nom for nom in self._brouillons if nom != etape])
        if etape == "identite":
            self._oublier_l_annuaire_indisponible()
        return super().post(*args, **kwargs)

    def _premiere_incomplete(self, *, avant: str) -> str:
        for etape in self.form_list:
            if etape == avant:
                return ""
            if self.get_cleaned_data_for_step(etape) is None:
                return etape
        return ""

    def process_step(self, form: Any) -> Any:
        if self.steps.current == "identite":
            self._reprendre_le_siege(form.cleaned_data["siret"])
        return super().process_step(form)

    def render(self, form: Any = None, **kwargs: Any) -> HttpResponse:
        if (
            self.request.method == "GET"
            and form is not None
            and form.is_bound
            and self.steps.current in self._brouillons
        ):
            # Shown again as it was left: the errors come when it is sent.
            form._errors, form.cleaned_data = ErrorDict(), {}
        return super().render(form, **kwargs)

    # --- what each step is given ------------------------------------------------------------------------------------

    @property
    def campagne(self) -> Campagne | None:
        donnees = self.get_cleaned_data_for_step("eligibilite") or {}
        return next((c for c in self.campagnes if c.code == donnees.get("campagne")), None)

    def get_form_kwargs(self, step: str | None = None) -> dict[str, Any]:
        if step == "eligibilite":
            return {"campagnes": self.campagnes}
        kwargs: dict[str, Any] = {"campagne": self.campagne}
        if step == "identite":
            genre = (self.get_cleaned_data_for_step("eligibilite") or {}).get("type", "")
            kwargs |= {"chercher": self._chercher, "genre": genre}
        if step == "structure":
            kwargs["ridet"] = bool((self.get_cleaned_data_for_step("identite") or {}).get("ridet"))
        return kwargs

    def get_form_initial(self, step: str) -> dict[str, Any]:
        """From the directory when it answered, else from the structure of who is signed in."""
        structure = self._structure_connectee()
        if step == "eligibilite":
            choisie = self.request.GET.get("campagne", "")
            seule = self.campagnes[0].code if len(self.campagnes) == 1 else ""
            return {"type": structure.type if structure else "", "campagne": choisie or seule}
        if step == "identite" and structure:
            return {"siret": structure.siret or "", "ridet": structure.ridet or ""}
        if step == "structure":
            identite = self.get_cleaned_data_for_step("identite") or {}
            if structure and structure.identifiant in (identite.get("siret"), identite.get("ridet")):
                return initiales_structure(structure)
            return self._initiales_annuaire()
        return {}

    def _structure_connectee(self) -> Structure | None:
        acteur = self.request.acteur
        if not acteur.est(Role.STRUCTURE):
            return None
        return acces.structures_visibles_par(acteur).select_related("commune").first()

    # --- the directory ----------------------------------------------------------------------------------------------

    @property
    def _brouillons(self) -> list[str]:
        return self.storage.extra_data.get("brouillons", [])

    def _noter(self, **valeurs: Any) -> None:
        self.storage.extra_data = {**self.storage.extra_data, **valeurs}

    def _chercher(self, siret: str) -> Fiche:
        """One question per SIRET and per application: later validations read the session."""
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

    # --- the page ---------------------------------------------------------------------------------------------------

    def get_context_data(self, form: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(form=form, **kwargs)
        etape = self.steps.current
        noms = list(TITRES)
        rang = noms.index(etape)
        context |= {
            "etape": etape,
            "titre_etape": TITRES[etape],
            "rang": rang + 1,
            "total": len(noms),
            "titre_suivant": TITRES[noms[rang + 1]] if rang + 1 < len(noms) else "",
            "precedente": noms[rang - 1] if rang else "",
            "campagne": self.campagne if etape != "eligibilite" else None,
        }
        if etape == "structure":
            context |= {"fiche": self.fiche, "classement": self._classement()}
        if etape == "engagements":
            context["resume"] = self._resume()
        return context

    def _classement(self) -> Classement | None:
        fiche = self.fiche
        if fiche is None or fiche.verdict != Verdict.TROUVE:
            return None
        return classer(fiche.categorie_juridique, siren=fiche.siret[:9], est_ess=fiche.est_ess)

    def _resume(self) -> list[dict[str, Any]]:
        """The answers, step by step, each with the way back to it."""
        sections = []
        for etape in list(self.form_list)[:-1]:
            form = self.get_form(etape, data=self.storage.get_step_data(etape))
            if form.is_valid():
                sections.append({"etape": etape, "titre": TITRES[etape], "lignes": lignes_resume(form)})
        return sections

    # --- the end ----------------------------------------------------------------------------------------------------

    def render_done(self, form: Any, **kwargs: Any) -> HttpResponse:
        # Not the version for named addresses, which writes on a GET.
        try:
            return WizardView.render_done(self, form, **kwargs)
        except ErreurMetier as erreur:
            return self._revenir_au_champ(erreur)

    def done(self, form_list: list[Any], form_dict: dict[str, Any], **kwargs: Any) -> HttpResponse:
        fiche = self.fiche
        connue = {"categorie_juridique": fiche.categorie_juridique if fiche else ""}
        donnees, lignes = rassembler(*(form.cleaned_data for form in form_list), connue)
        candidature = creer_candidature(
            acteur=self.request.acteur,
            campagne=self.campagne,
            donnees=donnees,
            engagements=form_dict["engagements"].acceptes,
            **lignes,
        )
        self.request.session[CLE_SESSION] = str(candidature.uuid)
        return redirect("structures:verifier")

    def _revenir_au_champ(self, erreur: ErreurMetier) -> HttpResponse:
        """The verb refused at the last moment: show the step that holds the field it names, with what was typed."""
        champ = getattr(erreur, "champ", None)
        for etape in self.form_list:
            form = self.get_form(etape, data=self.storage.get_step_data(etape))
            if champ in form.fields or etape == self.steps.last:
                form.is_valid()
                ajouter_erreur_metier(form, erreur)
                self.storage.current_step = etape
                return self.render(form)
        raise erreur


def lignes_resume(form: Any) -> list[tuple[str, Any]]:
    """(label, value) of what was answered, ready to be read."""
    lignes = []
    for nom, champ in form.fields.items():
        valeur = form.cleaned_data.get(nom)
        if valeur in (None, "", []) or (valeur is False and nom in ("nb_inconnu", "poste_existant")):
            continue
        lignes.append((champ.label, _lisible(nom, valeur, champ)))
    return lignes


def _lisible(nom: str, valeur: Any, champ: Any) -> Any:
    if nom == "type":
        return TypeStructure(valeur).label
    if isinstance(valeur, bool):
        return "Oui" if valeur else "Non"
    for cle, libelle in getattr(champ, "choices", []):
        if cle == valeur:
            return libelle
    return valeur
