"""Find communes from what people type: a name, a postal code, an INSEE code, or several of them at once.

Accents, case, hyphens, apostrophes and "St" are ignored. A result is never cut silently: it says how many communes
match in all, so that the page can ask for more precision (ARCHITECTURE §5; hard case 12).
"""

import re
from dataclasses import dataclass, field

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Replace

from portal.commun.normalisation import normaliser_lieu

from .models import CodePostal, Commune, Departement

LONGUEUR_MAX = 150
# "75013", "75", "2a004", "2b": what can start a postal code, an INSEE code or a code of département.
CODE = re.compile(r"\d{2,5}|2[ab]\d{0,3}")
CODE_ECRIT_EN_DEUX = re.compile(r"\b(\d{2}) (\d{3})\b")
# "Paris 13e", "Lyon 3ème arrondissement", "Marseille 1er": these cities are one commune each.
ARRONDISSEMENT = re.compile(r"(paris|lyon|marseille) \d{1,2} ?(er|e|eme|ieme)?( arrondissement)?")
CEDEX = re.compile(r" cedex( \d{1,2})?\b")
ARTICLES = frozenset({"la", "le", "les", "l"})
CINQ_CHIFFRES = re.compile(r"\b\d{5}\b")


@dataclass(frozen=True)
class ResultatRecherche:
    """`exactes` counts the leading communes whose full name, postal code or INSEE code is exactly what was typed."""

    communes: list[Commune] = field(default_factory=list)
    total: int = 0
    exactes: int = 0

    @property
    def tronque(self):
        return self.total > len(self.communes)

    @property
    def message(self):
        if not self.total:
            return "Aucune commune ne correspond. Vérifiez l’orthographe ou saisissez le code postal."
        if self.tronque:
            return f"{len(self.communes)} communes affichées sur {self.total} : précisez le nom ou le code postal."
        return "1 commune trouvée." if self.total == 1 else f"{self.total} communes trouvées."


def chercher_communes(texte, *, limite=20):
    """Matching communes, exact ones first, then by population. `limite=None` returns them all.

    The limit never cuts the exact matches of a full name, nor what a whole code gives (47 communes at most).
    """
    nom, codes = lire(texte)
    if not nom and not codes:
        return ResultatRecherche()
    for trouvees in interpretations(nom, codes):
        comptes = trouvees.aggregate(total=Count("pk"), exactes=Count("pk", filter=Q(rang=0)))
        if comptes["total"]:
            ordonnees = trouvees.order_by("rang", F("population").desc(nulls_last=True), "nom_normalise", "code")
            code_entier = not nom and len(codes[0]) == 5
            fin = None if limite is None or code_entier else max(limite, comptes["exactes"])
            return ResultatRecherche(list(ordonnees.avec_libelle()[:fin]), **comptes)
    return ResultatRecherche()


def lire(texte):
    """Split what was typed into a normalised name and codes: "Moulins (03000)" gives ("moulins", ["03000"])."""
    normalise = normaliser_lieu((texte or "")[:LONGUEUR_MAX])
    if trouve := ARRONDISSEMENT.fullmatch(normalise):
        return trouve[1], []
    if CEDEX.search(normalise):
        # The code of a CEDEX is that of a sorting office, not of a commune.
        normalise = CINQ_CHIFFRES.sub("", CEDEX.sub("", normalise))
    mots = CODE_ECRIT_EN_DEUX.sub(r"\1\2", normalise).split()
    return (
        " ".join(mot for mot in mots if not CODE.fullmatch(mot)),
        [mot for mot in mots if CODE.fullmatch(mot)],
    )


def interpretations(nom, codes):
    """The ways to understand the text, from the most to the least literal; the first that finds something wins."""
    actuelles = Commune.objects.actuelles()
    if not nom:
        yield par_codes(actuelles, codes)
        return
    restreintes = actuelles
    for code in codes:
        restreintes = restreintes.filter(code_compatible(code))
    yield par_nom(restreintes, nom)
    yield from par_nom_et_departement(restreintes, nom)
    # "lhay les roses", "la haye" typed in one word: spaces are the last thing to be forgiven.
    colle = nom.replace(" ", "")
    if len(colle) > 2:
        sans_espaces = restreintes.alias(colle=Replace("nom_normalise", Value(" "), Value("")))
        yield sans_espaces.filter(colle__startswith=colle).annotate(rang=rang(When(colle=colle, then=0)))


def par_codes(communes, codes):
    """A postal code gives all its communes; five figures may also be the INSEE code of another one."""
    if len(codes) > 1:
        for code in codes:
            communes = communes.filter(code_compatible(code))
        return communes.annotate(rang=Value(0, output_field=IntegerField()))
    code = codes[0].upper()
    postal_exact = Q(Exists(postaux().filter(code=code)))
    if len(code) == 5:
        trouvees = communes.filter(postal_exact | Q(pk=code))
        # A place typed as five figures is a postal code before it is an INSEE code.
        premier = 1 if CodePostal.objects.filter(code=code, commune__actuelle=True).exists() else 0
        return trouvees.annotate(rang=rang(When(postal_exact, then=0), defaut=premier))
    debut = Q(Exists(postaux().filter(code__startswith=code))) | Q(departement=code)
    return communes.filter(debut).annotate(rang=rang())


def par_nom(communes, nom):
    debut, debut_de_mot = Q(nom_normalise__startswith=nom), Q(nom_normalise__contains=f" {nom}")
    return communes.filter(debut | debut_de_mot).annotate(
        rang=rang(When(nom_normalise=nom, then=0), When(debut, then=1))
    )


def par_nom_et_departement(communes, nom):
    """ "Moulins (Allier)", "Saint-Denis Réunion": the last words may be the name of a département."""
    for departement in Departement.objects.all():
        article = departement.nom_normalise.partition(" ")
        for appellation in {departement.nom_normalise, article[2] if article[0] in ARTICLES else ""}:
            if appellation and nom.endswith(f" {appellation}"):
                yield par_nom(communes.filter(departement=departement), nom.removesuffix(f" {appellation}"))


def code_compatible(code):
    """A code typed next to a name narrows it, whatever the code is."""
    code = code.upper()
    return Q(Exists(postaux().filter(code__startswith=code))) | Q(code__startswith=code)


def postaux():
    return CodePostal.objects.filter(commune=OuterRef("pk"))


def rang(*cas, defaut=2):
    return Case(*cas, default=Value(defaut), output_field=IntegerField())
