"""Everything that the portal holds of a candidate, as files that the person takes away (R111): JSON, or CSV in a ZIP.

The CV is not inside (R112): the person reads it on its own page.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from post_office.models import Email

from candidats import donnees
from candidats.actions.inscription import CHAMPS_PROFIL
from candidats.cv import NATURE
from candidats.models import Candidat, Entretien, InvitationCandidat
from portal.commun.exports import Colonne, exporter
from portal.commun.jetons import reference
from portal.commun.models import Document
from portal.comptes.models import Rattachement

TYPES = {"json": "application/json", "zip": "application/zip"}


def rassembler(candidat: Candidat) -> dict[str, Any]:
    """The sections, in the order in which they are read."""
    return {
        "compte": _compte(candidat),
        "profil": _profil(candidat),
        "modifications": [
            {"le": c.le, "par": c.par, "champ": c.champ, "avant": c.avant, "apres": c.apres}
            for c in donnees.changements(candidat)
        ],
        "propositions": _propositions(candidat),
        "entretiens": _entretiens(candidat),
        "invitations": _invitations(candidat),
        "evenements": [{"le": e.le, "texte": e.texte} for e in donnees.evenements(candidat)],
        "cv": _cv(candidat),
        "consultations": [
            {"le": r.le, "par": r.qui, "en_tant_que": r.role, "quoi": r.quoi} for r in donnees.regards(candidat)
        ],
        "courriels": _courriels(candidat),
        **donnees.sections_ajoutees(candidat),
    }


def en_json(sections: dict[str, Any]) -> bytes:
    document = {"genere_le": timezone.now(), **sections}
    return json.dumps(document, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2).encode()


def en_zip(sections: dict[str, Any]) -> bytes:
    """One CSV per section, for a spreadsheet."""
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as archive:
        for nom, contenu in sections.items():
            archive.writestr(f"{nom}.csv", _csv(nom, contenu))
    return tampon.getvalue()


FORMATS = {"json": en_json, "zip": en_zip}


def _csv(nom: str, contenu: Any) -> bytes:
    if isinstance(contenu, dict):
        colonnes = [Colonne("Rubrique", "rubrique"), Colonne("Valeur", "valeur")]
        lignes = [{"rubrique": cle, "valeur": _plat(valeur)} for cle, valeur in contenu.items()]
    else:
        titres = list(contenu[0]) if contenu else ["Aucune donnée"]
        colonnes = [Colonne(titre, titre) for titre in titres]
        lignes = [{titre: _plat(ligne[titre]) for titre in titres} for ligne in contenu]
    return exporter(nom, colonnes, lignes, format="csv").content


def _plat(valeur: Any) -> Any:
    return ", ".join(map(str, valeur)) if isinstance(valeur, list) else valeur


# --- sections -------------------------------------------------------------------------------------------------------


def _compte(candidat: Candidat) -> dict[str, Any]:
    utilisateur = candidat.utilisateur
    roles = Rattachement.objects.filter(utilisateur=utilisateur).select_related("organisation").order_by("pk")
    return {
        "adresse": utilisateur.email,
        "prenom": utilisateur.prenom,
        "nom": utilisateur.nom,
        "cree_le": utilisateur.date_joined,
        "derniere_connexion": utilisateur.last_login,
        "roles": [_role(rattachement) for rattachement in roles],
        "inscriptions_reunies": [c.utilisateur.email for c in donnees.inscriptions(candidat)[1:]],
    }


def _role(rattachement: Rattachement) -> str:
    ou = f" ({rattachement.organisation})" if rattachement.organisation else ""
    return f"{rattachement.get_role_display()}{ou}{' – terminé' if rattachement.fin_le else ''}"


def _profil(candidat: Candidat) -> dict[str, Any]:
    reponses = {nom: getattr(candidat, Candidat._meta.get_field(nom).attname) for nom in CHAMPS_PROFIL}
    communes = {candidat.commune_id: str(candidat.commune)}
    valeurs = {donnees.libelle(nom): donnees.valeur(nom, brute, communes) for nom, brute in reponses.items()}
    return {
        "inscrit_le": candidat.cree_le,
        "adresse_confirmee_le": candidat.confirme_le,
        "etat": candidat.get_etat_display(),
        "dans_cet_etat_depuis": candidat.etat_le,
        "disponibilite_confirmee_le": candidat.dernier_signe_le,
        **valeurs,
    }


def _propositions(candidat: Candidat) -> list[dict[str, Any]]:
    paires = candidat.mises_en_relation.select_related("poste__structure__commune").order_by("cree_le", "pk")
    return [
        {
            "structure": paire.poste.structure.nom,
            "commune": str(paire.poste.structure.commune),
            "poste": paire.poste.numero,
            "origine": paire.get_origine_display(),
            "proposee_le": paire.cree_le,
            "etat": paire.etat_candidat,
            "depuis_le": paire.etat_le,
            "distance_km": paire.distance_km,
            "score": paire.score,
            "pourquoi": [critere["texte"] for critere in paire.explication],
            "votre_interet_dit_le": paire.interet_candidat_le,
            # What a structure keeps for itself stays there; one's own reason, and the portal's, are told.
            "raison": "" if paire.etat == "ecartee" else paire.motif_libelle,
            "validee_le": paire.validee_le,
            "recrutee_le": paire.recrutee_le,
            "taille_de_la_tenue": paire.taille_tenue,
        }
        for paire in paires
    ]


def _entretiens(candidat: Candidat) -> list[dict[str, Any]]:
    entretiens = Entretien.objects.filter(mise_en_relation__candidat=candidat).select_related(
        "mise_en_relation__poste__structure"
    )
    return [
        {
            "structure": entretien.mise_en_relation.poste.structure.nom,
            "debut": entretien.debut,
            "duree_min": entretien.duree_min,
            "lieu": entretien.lieu,
            "message": entretien.message,
            "etat": entretien.get_etat_display(),
        }
        for entretien in entretiens
    ]


def _invitations(candidat: Candidat) -> list[dict[str, Any]]:
    invitations = InvitationCandidat.objects.filter(courriel__iexact=candidat.utilisateur.email).select_related(
        "poste__structure"
    )
    return [
        {"structure": i.poste.structure.nom, "envoyee_le": i.cree_le, "etat": i.get_etat_display()}
        for i in invitations.order_by("pk")
    ]


def _cv(candidat: Candidat) -> list[dict[str, Any]]:
    documents = Document.objects.filter(objet=reference(candidat), nature=NATURE).order_by("cree_le", "pk")
    return [
        {
            "fichier": document.nom,
            "taille_octets": document.taille,
            "depose_le": document.cree_le,
            "conserve_jusqu_au": document.expire_le,
            "supprime_le": document.supprime_le,
        }
        for document in documents
    ]


def _courriels(candidat: Candidat) -> list[dict[str, Any]]:
    """Subjects only: the text of a mail holds links that open something."""
    envoyes = []
    for inscription in donnees.inscriptions(candidat):
        recus = Email.objects.filter(to__iexact=inscription.utilisateur.email).order_by("created", "pk")
        envoyes += [
            {"le": le, "a": inscription.utilisateur.email, "objet": sujet}
            for le, sujet in recus.values_list("created", "subject")
        ]
    return envoyes
