"""Pix in the administration (R45): the imports, and the lines that joined nobody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, reverse

from candidats import acces, droits
from candidats.actions import ecarter_ligne_pix, importer_pix, rattacher_ligne_pix, reprendre_ligne_pix
from candidats.enums import EtatLignePix, NatureConsultation
from candidats.etats import MACHINE_LIGNE_PIX
from candidats.forms.pix import FormulaireEcart, FormulaireImportPix
from candidats.models import Candidat, ImportPix, LignePix
from candidats.pix import FORME, de_donnees, identifiant_propre
from candidats.rapprochement_pix import BilanPix, previsualiser
from candidats.traces import noter_consultation
from portal.commun.acteurs import Acteur
from portal.commun.erreurs import AccesRefuse
from portal.commun.formulaires import Formulaire
from portal.commun.normalisation import normaliser
from portal.commun.roles import Role
from portal.comptes.admin_a_faire import AFaire
from portal.comptes.admin_outils import Bouton
from portal.comptes.admin_pages import cadre
from structures.admin.base import ObjetAdmin
from structures.admin.imports import PageImport

NATIONAUX = frozenset({Role.ANCT, Role.SUPPORT})
MONTREES = 50
TROUVES_MAX = 20


class PageImportPix(PageImport):
    """The review says how many lines join somebody, and why the others do not; then the button."""

    def _compte(self, bilan: BilanPix) -> str:
        s = "s" if bilan.rattachees > 1 else ""
        return (
            f"Import terminé : {bilan.lues} ligne{'s' if bilan.lues > 1 else ''} lue{'s' if bilan.lues > 1 else ''}, "
            f"{bilan.rattachees} rattachée{s}, {bilan.a_revoir} à revoir, {bilan.rejetees} illisible"
            f"{'s' if bilan.rejetees > 1 else ''}."
        )

    def _page(self, request: HttpRequest, form: Formulaire, **contexte: Any) -> HttpResponse:
        bilan: BilanPix | None = contexte.get("bilan")
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
            "revues": bilan.revues[:MONTREES] if bilan else [],
            "revues_en_plus": max(0, len(bilan.revues) - MONTREES) if bilan else 0,
            "rejets": bilan.rejets[:MONTREES] if bilan else [],
            "rejets_en_plus": max(0, len(bilan.rejets) - MONTREES) if bilan else 0,
            **contexte,
        }
        return render(request, "admin/candidats/import_pix.html", contexte)


@admin.register(ImportPix)
class ImportPixAdmin(ObjetAdmin):
    roles_lecture = NATIONAUX
    visibles_par = staticmethod(acces.imports_pix_visibles_par)
    gabarit_detail = "admin/candidats/import_pix_detail.html"
    list_display = ("fichier", "source", "cree_le", "par", "lues", "rattachees", "a_revoir", "rejetees")
    list_filter = ("source",)
    list_select_related = ("importe_par",)
    ordering = ("-cree_le", "-pk")

    @admin.display(description="fichier")
    def fichier(self, objet: ImportPix) -> str:
        return str(objet)

    @admin.display(description="importé par")
    def par(self, objet: ImportPix) -> str:
        return objet.importe_par.nom_complet if objet.importe_par else "Portail"

    def contexte_detail(self, request: HttpRequest, objet: ImportPix) -> dict[str, Any]:
        return {"restantes": objet.lignes.filter(etat=EtatLignePix.A_REVOIR).count(), "a_revoir": liste_a_revoir()}

    def pages(self) -> list[URLPattern]:
        return [self.route("importer/", self.vue_importer, "importer")]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        liens = [("Lignes à revoir", liste_a_revoir())]
        if droits.IMPORTER_PIX.permis(request.acteur):
            liens.insert(0, ("Importer un fichier", reverse(self.nom_url("importer"))))
        return super().changelist_view(request, {"liens": liens, **(extra_context or {})})

    def vue_importer(self, request: HttpRequest) -> HttpResponse:
        droits.IMPORTER_PIX.exiger(request.acteur)
        page = PageImportPix(
            cle="pix",
            titre="Importer des résultats Pix",
            intro=(
                "Déposez le fichier des résultats d’une campagne, tel que Pix Orga le donne. Une ligne est rattachée "
                "par l’identifiant du candidat, jamais par son nom ; celles qui ne se rattachent pas sont à revoir. "
                "Rien n’est enregistré avant votre confirmation."
            ),
            verifier=previsualiser,
            appliquer=lambda contenu, nom: importer_pix(acteur=request.acteur, contenu=contenu, nom=nom),
            retour=reverse(self.nom_url("changelist")),
            objets=("ligne", "lignes"),
            fil=self.fil(),
            formulaire=FormulaireImportPix,
        )
        return page.traiter(request)


def liste_a_revoir() -> str:
    return f"{reverse('admin:candidats_lignepix_changelist')}?etat__exact={EtatLignePix.A_REVOIR}"


def lignes_a_revoir(acteur: Acteur) -> Iterable[AFaire]:
    if acteur.est(Role.ANCT):
        nombre = LignePix.objects.filter(etat=EtatLignePix.A_REVOIR).count()
        un, plusieurs = "ligne de résultats Pix à revoir", "lignes de résultats Pix à revoir"
        yield AFaire(nombre=nombre, un=un, plusieurs=plusieurs, lien=liste_a_revoir())


def _ecarter(*, acteur: Acteur, objet: LignePix, motif: str) -> str:
    ecarter_ligne_pix(acteur=acteur, ligne=objet, motif=motif)
    return "La ligne est écartée : la même, dans un autre fichier, le restera."


def _reprendre(*, acteur: Acteur, objet: LignePix) -> str:
    reprendre_ligne_pix(acteur=acteur, ligne=objet)
    return "La ligne est de nouveau à revoir."


@admin.register(LignePix)
class LignePixAdmin(ObjetAdmin):
    roles_lecture = NATIONAUX
    visibles_par = staticmethod(acces.lignes_pix_visibles_par)
    gabarit_detail = "admin/candidats/ligne_pix.html"
    list_display = ("ligne", "nom", "prenom", "identifiant", "motif_revue", "etat", "partage_le", "import_pix")
    list_filter = ("etat", "motif_revue")
    list_select_related = ("import_pix",)
    search_fields = ("nom", "prenom", "identifiant")
    aide_recherche = "Nom, prénom ou identifiant de la ligne"
    ordering = ("-cree_le", "numero", "pk")
    verbes = (
        Bouton(
            "ecarter",
            "Écarter la ligne",
            _ecarter,
            roles=MACHINE_LIGNE_PIX["ecarter"].roles & NATIONAUX,
            formulaire=FormulaireEcart,
            explication="Cette ligne ne sera donnée à personne.",
            possible=lambda acteur, objet: MACHINE_LIGNE_PIX.autorise(objet.etat, "ecarter", acteur),
        ),
        Bouton(
            "reprendre",
            "Remettre à revoir",
            _reprendre,
            roles=MACHINE_LIGNE_PIX["reprendre"].roles & NATIONAUX,
            explication="La décision est annulée. Le résultat que cette ligne a donné à une personne lui est retiré.",
            possible=lambda acteur, objet: MACHINE_LIGNE_PIX.autorise(objet.etat, "reprendre", acteur),
        ),
    )

    @admin.display(description="ligne", ordering="numero")
    def ligne(self, objet: LignePix) -> str:
        return f"Ligne {objet.numero}"

    def pages(self) -> list[URLPattern]:
        return [self.route("<uuid:ligne>/rattacher/<uuid:candidat>/", self.vue_rattacher, "rattacher")]

    def contexte_detail(self, request: HttpRequest, objet: LignePix) -> dict[str, Any]:
        cherche = " ".join(request.GET.get("q", "").split())[:100]
        peut = objet.rattachable and MACHINE_LIGNE_PIX.autorise(objet.etat, "rattacher", request.acteur)
        trouves = list(chercher(request.acteur, cherche)[: TROUVES_MAX + 1]) if peut and cherche else []
        return {
            "resultat": de_donnees(objet.donnees) if objet.donnees else None,
            "peut_rattacher": peut,
            "cherche": cherche,
            "trouves": trouves[:TROUVES_MAX],
            "trop": len(trouves) > TROUVES_MAX,
        }

    def vue_rattacher(self, request: HttpRequest, ligne: UUID, candidat: UUID) -> HttpResponse:
        """Both sides on one page, then the button: giving a result to somebody else would show it to structures."""
        objet = self.obtenir(request, str(ligne))
        if request.acteur.role not in MACHINE_LIGNE_PIX["rattacher"].roles:
            raise AccesRefuse("Votre rôle ne permet pas de rattacher un résultat Pix.")
        personne = acces.obtenir_candidat(request.acteur, candidat)
        MACHINE_LIGNE_PIX.verifier(objet, "rattacher", request.acteur)
        noter_consultation(request.acteur, [personne], NatureConsultation.PROFIL)
        return self.traiter(
            request,
            form=Formulaire(request.POST if request.method == "POST" else None),
            verbe=lambda: rattacher_ligne_pix(acteur=request.acteur, ligne=objet, candidat=personne),
            suite=self.adresse,
            titre=f"Donner ce résultat à {personne} ?",
            bouton="Rattacher à cette personne",
            annuler=self.adresse(objet),
            fait=f"Le résultat est donné à {personne}, qui le voit dans son espace.",
            gabarit="admin/candidats/rattacher_pix.html",
            ligne=objet,
            personne=personne,
        )


def chercher(acteur: Acteur, texte: str) -> QuerySet[Candidat]:
    """People who agree to share, by identifier or by each word of their name; nobody is suggested unasked."""
    candidats = acces.candidats_visibles_par(acteur).filter(pix_consenti_le__isnull=False)
    candidats = candidats.select_related("utilisateur", "commune").order_by(
        "utilisateur__nom", "utilisateur__prenom", "pk"
    )
    if FORME.fullmatch(identifiant_propre(texte)):
        return candidats.filter(identifiant_pix=identifiant_propre(texte))
    candidats = candidats.annotate(nom_plie=_plie("utilisateur__nom"), prenom_plie=_plie("utilisateur__prenom"))
    for mot in normaliser(texte).split():
        candidats = candidats.filter(Q(nom_plie__contains=mot) | Q(prenom_plie__contains=mot))
    return candidats


ACCENTS = ("àâäáãéèêëíîïóôöõúùûüÿçñ-’'", "aaaaaeeeeiiioooouuuuycn   ")


def _plie(champ: str) -> Func:
    """A name without accents nor hyphens: Pix and the portal do not write them alike."""
    return Func(Lower(champ), Value(ACCENTS[0]), Value(ACCENTS[1]), function="translate", output_field=TextField())
