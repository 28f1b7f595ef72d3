"""Candidates with their accounts, in bulk (R40 to R43)."""

from __future__ import annotations

import datetime as dt

from allauth.account.models import EmailAddress
from django.utils import timezone

from candidats.enums import EtatCandidat, Mobilite
from candidats.models import Candidat
from demo.peuplement.hasard import Lieu, Tirage
from demo.peuplement.masse import creer
from portal.commun.normalisation import normaliser
from portal.commun.roles import Role
from portal.comptes.models import Rattachement, Utilisateur

ETATS = [
    (EtatCandidat.DISPONIBLE, 92),
    (EtatCandidat.A_CONFIRMER, 4),
    (EtatCandidat.INDISPONIBLE, 2),
    (EtatCandidat.RETIRE, 2),
]
MOBILITES = [
    (Mobilite.KM_5, 6),
    (Mobilite.KM_10, 14),
    (Mobilite.KM_15, 12),
    (Mobilite.KM_20, 26),
    (Mobilite.KM_40, 28),
    (Mobilite.KM_100, 9),
    (Mobilite.FRANCE, 5),
]
DIPLOMES = (
    "Titre professionnel Responsable d’espace de médiation numérique",
    "Licence professionnelle Médiation de l’information et du document",
    "BPJEPS Éducation à l’environnement et au numérique",
)
MOTIVATION = "J’aime expliquer, prendre le temps, et voir quelqu’un repartir en sachant faire seul."


def peupler_candidats(tirage: Tirage, nombre: int, jour: dt.date) -> int:
    """Create `nombre` candidates; nobody can sign in with these accounts (no password)."""
    personnes = [tirage.personne() for _ in range(nombre)]
    utilisateurs = creer(
        Utilisateur,
        [
            Utilisateur(email=_adresse(tirage, rang, p, n), prenom=p, nom=n, password="!")  # noqa: S106
            for rang, (p, n) in enumerate(personnes)
        ],
    )
    candidats = [
        _candidat(tirage, utilisateur, lieu, jour)
        for utilisateur, lieu in zip(utilisateurs, tirage.communes(nombre), strict=True)
    ]
    EmailAddress.objects.bulk_create(
        [
            EmailAddress(user=u, email=u.email, verified=c.confirme_le is not None, primary=True)
            for u, c in zip(utilisateurs, candidats, strict=True)
        ],
        batch_size=2000,
    )
    creer(Rattachement, [Rattachement(utilisateur=u, role=Role.CANDIDAT) for u in utilisateurs])
    return len(creer(Candidat, candidats))


def _adresse(tirage: Tirage, rang: int, prenom: str, nom: str) -> str:
    return f"{normaliser(prenom)}.{normaliser(nom)}.{rang}.c{tirage.graine}@echantillon.example".replace(" ", "-")


def _candidat(tirage: Tirage, utilisateur: Utilisateur, lieu: Lieu, jour: dt.date) -> Candidat:
    alea = tirage.alea
    etat = alea.choices([e for e, _ in ETATS], weights=[p for _, p in ETATS])[0]
    situation = alea.choices(["recherche_emploi", "en_emploi", "en_formation"], weights=[62, 26, 12])[0]
    diplome = alea.random() < 0.12
    return Candidat(
        utilisateur=utilisateur,
        etat=etat,
        confirme_le=None if etat == EtatCandidat.A_CONFIRMER else timezone.now(),
        **{situation: True},
        diplome=diplome,
        diplome_nom=alea.choice(DIPLOMES) if diplome else "",
        experience=alea.random() < 0.3,
        commune_id=lieu.code,
        mobilite_km=alea.choices([m for m, _ in MOBILITES], weights=[p for _, p in MOBILITES])[0],
        disponible_le=tirage.jour(jour, -60, 90),
        # 18 to 60 whatever the day of availability (R41).
        date_naissance=tirage.jour(jour, -60 * 365, -19 * 365),
        interet_coordination=alea.random() < 0.2,
        motivation=MOTIVATION,
    )
