"""The official list of communes, from api-geo (`GEO_API_URL`): four lists, each whole in one response.

Nothing is trusted before it is checked: a list that is cut, malformed or contradicts itself is refused with a sentence
that says where, and the database keeps what it had.
"""

import hashlib
import json
import re

import httpx

from .enums import NatureEpci, Precision
from .jeu import Jeu, LigneCommune, LigneDepartement, LigneEpci, LigneRegion
from .models import Commune, Departement, Epci, Region
from .positions import completer

SOURCE = "api-geo"
DELAI_S = 60.0
# Below this share of the communes we know, the list is not a new list: it is a cut one.
PART_MINIMALE = 0.9
ZONES = "metro,drom,com"
LISTES = {
    "regions": {"fields": "nom,code", "zone": ZONES},
    "departements": {"fields": "nom,code,codeRegion", "zone": ZONES},
    "epcis": {"fields": "nom,code,type", "zone": ZONES},
    "communes": {
        "fields": "nom,code,codesPostaux,codeDepartement,codeEpci,population,centre",
        "type": "commune-actuelle",
        "zone": ZONES,
    },
}
CODE_COMMUNE = re.compile(r"\d{5}|2[AB]\d{3}")
CODE_POSTAL = re.compile(r"\d{5}")
CODE_EPCI = re.compile(r"\d{9}")
CODE_COURT = re.compile(r"\d{2,3}|2[AB]")


class ApiGeoIndisponible(Exception):
    """The service does not answer as documented; the message is a French sentence for the operator."""


class ListeRefusee(ApiGeoIndisponible):
    """The service answers, but what it says cannot be the list of French communes."""


def telecharger(base, *, delai=DELAI_S):
    """The four lists as sent. `base` is the setting; `delai` bounds each wait on the network."""
    listes = {}
    with httpx.Client(base_url=base.rstrip("/"), timeout=delai, follow_redirects=True) as client:
        for nom, parametres in LISTES.items():
            try:
                reponse = client.get(f"/{nom}", params=parametres)
                reponse.raise_for_status()
                listes[nom] = reponse.json()
            except httpx.TimeoutException as erreur:
                raise ApiGeoIndisponible(f"L’API Géo n’a pas répondu à temps pour « {nom} ».") from erreur
            except httpx.HTTPStatusError as erreur:
                code = erreur.response.status_code
                raise ApiGeoIndisponible(f"L’API Géo a répondu {code} pour « {nom} ».") from erreur
            except httpx.HTTPError as erreur:
                raise ApiGeoIndisponible(f"L’API Géo est injoignable pour « {nom} » : {erreur}.") from erreur
            except (json.JSONDecodeError, UnicodeDecodeError) as erreur:
                raise ListeRefusee(f"L’API Géo n’a pas envoyé du JSON pour « {nom} ».") from erreur
    return listes


def assembler(listes):
    """Checked rows ready to be written, completed with what the service does not tell (points, missing islands)."""
    regions = [LigneRegion(code, nom) for code, nom, _ in lignes(listes, "regions", CODE_COURT)]
    departements = [
        LigneDepartement(code, nom, exiger(ligne, "codeRegion", {r.code for r in regions}, "departements"))
        for code, nom, ligne in lignes(listes, "departements", CODE_COURT)
    ]
    epcis = [
        LigneEpci(code, nom, ligne.get("type") if ligne.get("type") in NatureEpci.values else "")
        for code, nom, ligne in lignes(listes, "epcis", CODE_EPCI)
    ]
    communes = assembler_communes(listes, {d.code for d in departements}, {e.code for e in epcis})
    refuser_si_coupee(communes)
    ajouter_les_absents(regions, departements, epcis, communes)
    octets = json.dumps(listes, sort_keys=True, ensure_ascii=False).encode()
    return Jeu(SOURCE, hashlib.sha256(octets).hexdigest(), regions, departements, epcis, completer(communes))


def assembler_communes(listes, departements, epcis):
    exactes = Commune.objects.exclude(precision__in=[Precision.POSTAL, Precision.EPCI, Precision.DEPARTEMENT])
    connues = {code: point for code, *point in exactes.values_list("code", "latitude", "longitude", "precision")}
    communes = []
    for code, nom, ligne in lignes(listes, "communes", CODE_COMMUNE):
        codes_postaux, population = ligne.get("codesPostaux") or [], ligne.get("population")
        if not isinstance(codes_postaux, list) or not all(correspond(CODE_POSTAL, c) for c in codes_postaux):
            raise ListeRefusee(f"Codes postaux illisibles pour la commune {code}.")
        if population is not None and (type(population) is not int or population < 0):
            raise ListeRefusee(f"Population illisible pour la commune {code}.")
        communes.append(
            LigneCommune(
                code,
                nom,
                exiger(ligne, "codeDepartement", departements, "communes"),
                exiger(ligne, "codeEpci", epcis, "communes") if ligne.get("codeEpci") else None,
                population,
                *(centre(ligne) or connues.get(code) or (None, None, "")),
                tuple(sorted(set(codes_postaux))),
            )
        )
    return communes


def lignes(listes, nom, motif):
    """Code, name and row of each element of a list, after the checks that hold for all four."""
    liste = listes.get(nom)
    if not isinstance(liste, list) or not liste:
        raise ListeRefusee(f"La liste « {nom} » est vide ou n’est pas une liste.")
    vus = set()
    for ligne in liste:
        code = ligne.get("code") if isinstance(ligne, dict) else None
        if not correspond(motif, code) or code in vus:
            raise ListeRefusee(f"Code absent, répété ou mal formé dans « {nom} » : {str(code)[:40]}.")
        if not isinstance(ligne.get("nom"), str) or not ligne["nom"].strip() or "\x00" in ligne["nom"]:
            raise ListeRefusee(f"Nom absent ou illisible dans « {nom} » pour le code {code}.")
        vus.add(code)
        yield code, ligne["nom"].strip(), ligne


def correspond(motif, valeur):
    return isinstance(valeur, str) and motif.fullmatch(valeur) is not None


def exiger(ligne, champ, connus, nom):
    if ligne.get(champ) not in connus:
        raise ListeRefusee(f"« {champ} » inconnu dans « {nom} » pour {ligne['code']} : {str(ligne.get(champ))[:40]}.")
    return ligne[champ]


def centre(ligne):
    """GeoJSON says longitude first. A point that is not one is ignored: the commune keeps the one it had."""
    point = ligne.get("centre")
    coordonnees = point.get("coordinates") if isinstance(point, dict) else None
    if not isinstance(coordonnees, list) or len(coordonnees) != 2:
        return None
    longitude, latitude = coordonnees
    if not all(type(valeur) in (int, float) for valeur in coordonnees):
        return None
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return float(latitude), float(longitude), Precision.COMMUNE.value


def refuser_si_coupee(communes):
    actuelles = Commune.objects.actuelles().count()
    if len(communes) < PART_MINIMALE * actuelles:
        raise ListeRefusee(
            f"L’API Géo n’a donné que {len(communes)} communes, alors que {actuelles} sont connues : liste incomplète."
        )


def ajouter_les_absents(regions, departements, epcis, communes):
    """Keep whole the départements that have no commune in the answer: Saint-Martin was long missing from it (case 13).

    A commune that disappears was merged with a neighbour; a whole territory that disappears was left out.
    """
    presents = {commune.departement for commune in communes}
    gardees = Commune.objects.actuelles().exclude(departement__in=presents).prefetch_related("codes_postaux")
    for commune in gardees:
        communes.append(
            LigneCommune(
                commune.code,
                commune.nom,
                commune.departement_id,
                commune.epci_id,
                commune.population,
                commune.latitude,
                commune.longitude,
                commune.precision,
                tuple(commune.liste_codes_postaux),
            )
        )
    for modele, liste, cles in (
        (Region, regions, {commune.region_id for commune in gardees}),
        (Departement, departements, {commune.departement_id for commune in gardees}),
        (Epci, epcis, {commune.epci_id for commune in gardees}),
    ):
        for objet in modele.objects.filter(pk__in=cles - {ligne.code for ligne in liste} - {None}):
            liste.append(ligne_de(objet))


def ligne_de(objet):
    if isinstance(objet, Departement):
        return LigneDepartement(objet.code, objet.nom, objet.region_id)
    if isinstance(objet, Epci):
        return LigneEpci(objet.code, objet.nom, objet.nature)
    return LigneRegion(objet.code, objet.nom)
