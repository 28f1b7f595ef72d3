"""An application sent by the verb, the secret of its links, the mails that left."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from post_office.models import Email

from portal.commun.acteurs import Acteur
from structures import actions
from structures.models import Campagne, Candidature
from structures.questionnaire import engagements
from tests.structures.factories import CampagneFactory, lieu, siret_suivant

VISITEUR = Acteur.visiteur()


def donnees(**changements: Any) -> dict[str, Any]:
    return {
        "type": "commune",
        "siret": siret_suivant(),
        "nom": "Commune de Vichy",
        "adresse": "1 place de l’Hôtel-de-Ville",
        "code_postal": "03200",
        "commune": lieu("03310"),
        "contact_prenom": "Alex",
        "contact_nom": "Roy",
        "contact_fonction": "Maire",
        "contact_courriel": "alex.roy@exemple.fr",
        "contact_telephone": "0470000000",
        "candidat_identifie": False,
        "nb_conseillers": 1,
        "demarrage_le": timezone.localdate(),
        "motivation": "Nos habitants le demandent.",
        "missions": "Les démarches en ligne.",
        **changements,
    }


def creer(campagne: Campagne | None = None, *, acceptes: list[str] | None = None, **changements: Any) -> Candidature:
    campagne = campagne or CampagneFactory()
    lignes = {nom: changements.pop(nom) for nom in ("lieux", "consultations") if nom in changements}
    if acceptes is None:
        acceptes = [engagement.cle for engagement in engagements(campagne.donnees_regime)]
    return actions.creer_candidature(
        acteur=VISITEUR, campagne=campagne, donnees=donnees(**changements), engagements=acceptes, **lignes
    )


def secret_de(lien: str) -> str:
    return lien.rstrip("/").rpartition("/")[2]


def destinataires(modele: str) -> list[list[str]]:
    envoyes = [c for c in Email.objects.order_by("pk") if c.headers["X-Portail-Modele"] == f"structures/{modele}"]
    return [c.to for c in envoyes]
