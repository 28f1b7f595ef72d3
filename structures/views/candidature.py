"""The application in steps (R20 to R23): works without JavaScript, loses nothing that was typed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from formtools.wizard.views import NamedUrlSessionWizardView, WizardView

from portal.commun.erreurs import ErreurMetier
from portal.commun.formulaires import ajouter_erreur_metier
from portal.commun.roles import Role
from structures import acces
from structures.actions import creer_candidature
from structures.consultations import employeuses, proposees
from structures.coordination import CAS, DELAI_REPONSE
from structures.depot import campagnes_ouvertes, postes_de
from structures.enums import TypeStructure
from structures.forms.besoin import EtapeBesoin
from structures.forms.candidature import EtapeEligibilite, EtapeEngagements, EtapeProjet, EtapeStructure
from structures.forms.coordination import EtapeConsultation, EtapeCoordination
from structures.forms.identite import EtapeIdentite
from structures.models import Campagne, Structure
from structures.presentation import presenter_les_appels, prochains_appels
from structures.reponses import initiales_structure, rassembler
from structures.views.assistant import AvecAnnuaire, AvecBrouillon

CLE_SESSION = "candidature_a_confirmer"
# Boxes that say nothing when they are not ticked.
SILENCE_SI_NON = ("nb_inconnu", "poste_existant", "contester", "aucune")
TITRES = {
    "eligibilite": "Qui êtes-vous ?",
    "identite": "Votre établissement",
    "structure": "Votre structure et votre contact",
    "coordination": "Le poste de coordination",
    "consultation": "Les structures à consulter",
    "besoin": "Votre besoin",
    "projet": "Votre projet",
    "engagements": "Récapitulatif et engagements",
}


def pour_les_coordinateurs(assistant: Candidater) -> bool:
    """S2: two steps of their own."""
    campagne = assistant.campagne
    return campagne is not None and campagne.donnees_regime.coordinateur


@method_decorator(never_cache, name="dispatch")
class Candidater(AvecBrouillon, AvecAnnuaire, NamedUrlSessionWizardView):
    """The wizard keeps what was typed in the session, and in a draft that a link resumes; the last POST applies."""

    form_list = [
        ("eligibilite", EtapeEligibilite),
        ("identite", EtapeIdentite),
        ("structure", EtapeStructure),
        ("coordination", EtapeCoordination),
        ("consultation", EtapeConsultation),
        ("besoin", EtapeBesoin),
        ("projet", EtapeProjet),
        ("engagements", EtapeEngagements),
    ]
    condition_dict = {"coordination": pour_les_coordinateurs, "consultation": pour_les_coordinateurs}
    template_name = "structures/public/candidater.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.campagnes = campagnes_ouvertes(timezone.localdate())
        if not self.campagnes:
            contexte = {"prochains": prochains_appels(timezone.localdate())}
            return render(request, "structures/public/aucun_appel.html", contexte)
        return super().dispatch(request, *args, **kwargs)

    # --- moving between the steps -----------------------------------------------------------------------------------

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        etape = kwargs.get("step")
        if etape is None:
            return self._commencer(*args, **kwargs)
        etapes = list(self.get_form_list())
        if etape not in etapes:
            # « poursuivre », or a step of another call.
            return redirect(self.get_step_url(self._premiere_incomplete() or etapes[-1]))
        manquante = self._premiere_incomplete(avant=etape)
        if manquante:
            return redirect(self.get_step_url(manquante))
        return super().get(*args, **kwargs)

    def _commencer(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Never forgets what this browser holds without asking."""
        if not self.storage.data["step_data"]:
            return super().get(*args, **kwargs)
        campagne = self.request.GET.get("campagne", "")
        suite = f"?{urlencode({'campagne': campagne})}" if campagne else ""
        return redirect(f"{reverse('structures:recommencer')}{suite}")

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        etape = self.request.POST.get(f"{self.prefix}-current_step", "")
        if etape not in self.get_form_list() or etape != kwargs.get("step"):
            return redirect(self.get_step_url(self.steps.current))
        manquante = self._premiere_incomplete(avant=etape)
        if manquante:
            # The session ended meanwhile, or the page is an old one.
            return redirect(self.get_step_url(manquante))
        self.storage.current_step = etape
        retour = self.request.POST.get("wizard_goto_step", "")
        if retour in self.get_form_list() or "enregistrer" in self.request.POST:
            if self._trop_long():
                # Too long to be kept aside: told next to the field, with what was typed.
                return self.render(self.get_form(data=self.request.POST))
            # « Précédent » and « Enregistrer » keep what was typed, right or wrong, and judge nothing.
            self._mettre_de_cote(etape)
            return self.render_goto_step(retour) if retour else self._envoyer_le_lien()
        self._noter(a_juger=[nom for nom in self._a_juger if nom != etape])
        if etape == "identite":
            self._oublier_l_annuaire_indisponible()
        return super().post(*args, **kwargs)

    def _premiere_incomplete(self, *, avant: str = "") -> str:
        for etape in self.get_form_list():
            if etape == avant:
                return ""
            if self.get_cleaned_data_for_step(etape) is None:
                return etape
        return ""

    def process_step(self, form: Any) -> Any:
        if self.steps.current == "identite":
            self._reprendre_le_siege(form.cleaned_data["siret"])
        if self.steps.current == "coordination":
            self._proposer_le_nouveau_perimetre(form.cleaned_data["perimetre_departements"])
        return super().process_step(form)

    def _proposer_le_nouveau_perimetre(self, departements: list[str]) -> None:
        """Other départements than before: their structures are ticked; those named by hand stay."""
        deja = self.storage.get_step_data("consultation")
        if deja is None or departements == self._reponse("coordination", "perimetre_departements"):
            return
        identifiant = self._reponse("identite", "siret") or self._reponse("identite", "ridet")
        deja.setlist("consultation-structures", [str(s.uuid) for s in employeuses(departements, sauf=identifiant)])
        self.storage.set_step_data("consultation", deja)

    def render_next_step(self, form: Any, **kwargs: Any) -> HttpResponse:
        self._enregistrer(self.steps.current)
        return super().render_next_step(form, **kwargs)

    def render(self, form: Any = None, **kwargs: Any) -> HttpResponse:
        if self.request.method == "GET" and form is not None and form.is_bound and self.steps.current in self._a_juger:
            # Shown again as it was left: the errors come when it is sent.
            form._errors, form.cleaned_data = ErrorDict(), {}
        return super().render(form, **kwargs)

    @property
    def _a_juger(self) -> list[str]:
        """The steps put aside without being judged."""
        return self.storage.extra_data.get("a_juger") or []

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
            kwargs |= {"chercher": self._chercher, "genre": self._reponse("eligibilite", "type")}
        if step == "structure":
            kwargs["ridet"] = bool(self._reponse("identite", "ridet"))
        if step == "coordination":
            kwargs |= self._pour_la_coordination()
        if step == "consultation":
            kwargs |= self._pour_la_consultation()
        if step == "besoin":
            kwargs["cas"] = self._reponse("identite", "cas_coordinateur")
        return kwargs

    def _reponse(self, etape: str, champ: str) -> Any:
        return (self.get_cleaned_data_for_step(etape) or {}).get(champ) or ""

    def _pour_la_coordination(self) -> dict[str, Any]:
        siret, ridet = self._reponse("identite", "siret"), self._reponse("identite", "ridet")
        structure, commune = self._structure_connectee(), self._reponse("structure", "commune")
        return {
            "cas": self._reponse("identite", "cas_coordinateur"),
            "postes": postes_de(siret, ridet).order_by("numero"),
            # The list of the posts is for the structure itself, not for whoever knows its SIRET.
            "connue": structure is not None and structure.identifiant == (siret or ridet),
            "departement": commune.departement_id if commune else "",
        }

    def _pour_la_consultation(self) -> dict[str, Any]:
        commune = self._reponse("structure", "commune")
        identifiant = self._reponse("identite", "siret") or self._reponse("identite", "ridet")
        connues = employeuses(self._reponse("coordination", "perimetre_departements") or [], sauf=identifiant)
        echelle = self._reponse("coordination", "perimetre_echelle")
        return {
            "employeuses": connues,
            "proposees": proposees(connues, echelle=echelle, epci=commune.epci_id if commune else None),
        }

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

    # --- the page ---------------------------------------------------------------------------------------------------

    def get_context_data(self, form: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(form=form, **kwargs)
        etape = self.steps.current
        noms = list(self.get_form_list())
        rang = noms.index(etape)
        context |= {
            "etape": etape,
            "titre_etape": TITRES[etape],
            "rang": rang + 1,
            **self._nombre_d_etapes(noms),
            "titre_suivant": TITRES[noms[rang + 1]] if rang + 1 < len(noms) else "",
            "precedente": noms[rang - 1] if rang else "",
            "campagne": self.campagne if etape != "eligibilite" else None,
            "brouillon": self.brouillon,
        }
        if etape == "eligibilite":
            context["appels"] = presenter_les_appels(self.campagnes, timezone.localdate())
        if etape in ("coordination", "besoin"):
            context["cas"] = CAS.get(self._reponse("identite", "cas_coordinateur"))
        if etape == "consultation":
            context["delai_reponse"] = DELAI_REPONSE.days
        if etape == "structure":
            context |= {"fiche": self.fiche, "classement": self._classement()}
        if etape == "engagements":
            context["resume"] = self._resume()
        return context

    def _nombre_d_etapes(self, noms: list[str]) -> dict[str, Any]:
        """How many steps there are; before the call is chosen, also how many there may be (R20, S2)."""
        if self.campagne is not None:
            return {"total": len(noms), "total_coordinateur": 0}
        communes = [etape for etape in self.form_list if etape not in self.condition_dict]
        choisie = self.get_form_initial("eligibilite")["campagne"]
        genres = {c.donnees_regime.coordinateur for c in self.campagnes if not choisie or c.code == choisie}
        if genres == {True}:
            return {"total": len(self.form_list), "total_coordinateur": 0}
        return {"total": len(communes), "total_coordinateur": len(self.form_list) if True in genres else 0}

    def _resume(self) -> list[dict[str, Any]]:
        """The answers, step by step, each with the way back to it."""
        sections = []
        for etape in list(self.get_form_list())[:-1]:
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
            brouillon=self.brouillon,
            **lignes,
        )
        self.request.session[CLE_SESSION] = str(candidature.uuid)
        return redirect("structures:verifier")

    def _revenir_au_champ(self, erreur: ErreurMetier) -> HttpResponse:
        """The verb refused at the last moment: show the step that holds the field it names, with what was typed."""
        champ = getattr(erreur, "champ", None)
        for etape in self.get_form_list():
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
        if valeur in (None, "", []) or (valeur is False and nom in SILENCE_SI_NON):
            continue
        lignes.append((champ.label, _lisible(nom, valeur, champ)))
    return lignes


def _lisible(nom: str, valeur: Any, champ: Any) -> Any:
    if nom == "type":
        return TypeStructure(valeur).label
    if nom == "poste_concerne":
        return f"n° {valeur.numero}"
    if isinstance(valeur, list):
        return "\n".join(str(libelle) for cle, libelle in champ.choices if cle in valeur)
    if isinstance(valeur, bool):
        return "Oui" if valeur else "Non"
    for cle, libelle in getattr(champ, "choices", []):
        if cle == valeur:
            return libelle
    return valeur
