"""A file that changes many things: first what it would change, then the button; nothing is half-imported.

Between the two pages the file travels in the page, signed and compressed: nothing is stored before the button.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from portal.commun.erreurs import AccesRefuse, ErreurMetier, RegleNonRespectee
from portal.commun.formulaires import Formulaire, ajouter_erreur_metier
from portal.comptes.admin_pages import Fil, cadre
from structures.bilan import ERREURS_MONTREES, Bilan, FichierRefuse
from structures.forms.concertation import FormulaireImport
from structures.tableurs import TAILLE_MAX

DUREE = 4 * 3600
# The page that is posted back holds the file: below what the portal reads of a form.
PORTE_MAX = 1_500_000
GABARIT = "admin/structures/import.html"


@dataclass(frozen=True)
class PageImport:
    """`verifier(contenu, **champs)` → `Bilan` without writing; `appliquer(contenu, nom, **champs)` is the verb."""

    cle: str
    titre: str
    intro: str
    verifier: Callable[..., Bilan]
    appliquer: Callable[..., Bilan]
    retour: str
    objets: tuple[str, str]
    fil: Fil
    formulaire: type[Formulaire] = FormulaireImport
    # Address of a file to fill in, when there is one.
    modele: str = ""
    contexte: dict[str, Any] = field(default_factory=dict)

    def traiter(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and "porte" in request.POST:
            return self._appliquer(request)
        donnees = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = self.formulaire(*donnees)
        if not form.is_valid():
            return self._page(request, form)
        champs = {**form.cleaned_data}
        fichier = champs.pop("fichier")
        return self._verifier(request, form, fichier.name, fichier.read(TAILLE_MAX + 1), champs)

    def _verifier(
        self, request: HttpRequest, form: Formulaire, nom: str, contenu: bytes, champs: dict[str, Any]
    ) -> HttpResponse:
        """The review: what would change, or what is to be corrected."""
        try:
            bilan = self.verifier(contenu, **champs)
            porte = "" if bilan.erreurs or not bilan.a_ecrire else self._porter(request, nom, contenu, champs)
        except RegleNonRespectee as refus:
            ajouter_erreur_metier(form, refus)
            return self._page(request, form)
        return self._page(request, self.formulaire(initial=champs), bilan=bilan, nom=nom, porte=porte)

    def _appliquer(self, request: HttpRequest) -> HttpResponse:
        try:
            nom, contenu, champs = self._ouvrir(request)
        except signing.BadSignature:
            messages.error(request, "Cette vérification a expiré : déposez de nouveau le fichier.")
            return HttpResponseRedirect(request.path)
        try:
            bilan = self.appliquer(contenu=contenu, nom=nom, **champs)
        except FichierRefuse as refus:
            # Something changed between the two pages: a closed committee, for instance.
            return self._page(request, self.formulaire(initial=champs), bilan=refus.bilan, nom=nom)
        except AccesRefuse:
            raise
        except ErreurMetier as erreur:
            messages.error(request, erreur.message)
            return HttpResponseRedirect(request.path)
        messages.success(request, f"{self._compte(bilan)} Fichier : {nom}.")
        return HttpResponseRedirect(self.retour)

    def _compte(self, bilan: Bilan) -> str:
        un, plusieurs = self.objets

        def dire(nombre: int, mot: str) -> str:
            return f"{nombre} {plusieurs if nombre > 1 else un} {mot}{'s' if nombre > 1 else ''}"

        faits = [dire(bilan.nouveaux, "ajouté"), dire(bilan.modifies, "modifié")]
        if bilan.retires:
            faits.append(dire(bilan.retires, "retiré"))
        if "structures" in bilan.autres:
            nombre = bilan.autres["structures"]
            faits.append(f"{nombre} structure{'s' if nombre > 1 else ''} mise{'s' if nombre > 1 else ''} à jour")
        return f"Import terminé : {', '.join(faits)}."

    def _page(self, request: HttpRequest, form: Formulaire, **contexte: Any) -> HttpResponse:
        bilan = contexte.get("bilan")
        contexte = {
            **cadre(self.fil, self.titre),
            "titre": self.titre,
            "intro": self.intro,
            "form": form,
            "bouton": "Vérifier le fichier",
            "annuler": self.retour,
            "bilan": None,
            "porte": "",
            "nom": "",
            "objets": self.objets,
            "modele": self.modele,
            "erreurs": bilan.erreurs[:ERREURS_MONTREES] if bilan else [],
            "erreurs_en_plus": max(0, len(bilan.erreurs) - ERREURS_MONTREES) if bilan else 0,
            "changements": bilan.changements[:ERREURS_MONTREES] if bilan else [],
            "changements_en_plus": max(0, len(bilan.changements) - ERREURS_MONTREES) if bilan else 0,
            **self.contexte,
            **contexte,
        }
        return render(request, GABARIT, contexte)

    # --- the file between the two pages ---

    def _sel(self, request: HttpRequest) -> str:
        return f"structures.import:{self.cle}:{request.acteur.utilisateur_id}:{request.acteur.organisation_id}"

    def _porter(self, request: HttpRequest, nom: str, contenu: bytes, champs: dict[str, Any]) -> str:
        serre = base64.b64encode(zlib.compress(contenu, 9)).decode()
        if len(serre) > PORTE_MAX:
            message = "Ce fichier est trop lourd pour être vérifié ici : partagez-le, ou gardez les colonnes utiles."
            raise RegleNonRespectee("R24", message, "fichier")
        return signing.dumps({"nom": nom, "contenu": serre, "champs": champs}, salt=self._sel(request))

    def _ouvrir(self, request: HttpRequest) -> tuple[str, bytes, dict[str, Any]]:
        lu = signing.loads(request.POST["porte"], salt=self._sel(request), max_age=DUREE)
        return lu["nom"], zlib.decompress(base64.b64decode(lu["contenu"])), lu["champs"]
