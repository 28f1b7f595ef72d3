"""The same journey without screens: one structure, one post, one person, each step through its verb."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from contextlib import suppress
from decimal import Decimal
from io import StringIO
from typing import Any

from django.core.management import CommandError, call_command
from django.utils import timezone

from candidats.actions import completer_poste, inscrire_candidat, preselectionner, valider
from candidats.actions import confirmer as confirmer_candidat
from candidats.enums import Taille
from candidats.models import Candidat, MiseEnRelation
from formation.actions import contacter_organisme, enregistrer_depart, enregistrer_resultat, proposer_test
from formation.actions import inscrire as inscrire_en_formation
from formation.models import Inscription, Organisme, Positionnement, SessionFormation
from portal.commun.acteurs import Acteur
from portal.comptes.acces import acteur_de
from portal.comptes.actions import accepter_invitation
from structures.actions import activer, cloturer, confirmer_depot, creer_candidature, creer_comite, decider, inscrire
from structures.actions.comites import numero_propose
from structures.enums import Decision
from structures.models import Campagne, Poste, Structure
from structures.questionnaire import engagements
from subventions.actions import (
    accepter_piece,
    completer_dossier,
    declarer_conforme,
    deposer_dossier,
    deposer_piece,
    generer_convention,
    prendre_en_charge,
    preparer_contrat,
    signer_contrat,
    signer_convention,
)
from subventions.models import Contrat, Convention, Dossier
from tests.comptes.factories import MOT_DE_PASSE
from tests.parcours.visite import lien_du_courriel
from tests.structures.factories import lieu, siret_suivant
from tests.subventions.factories import IBAN, fichier_pdf

VISITEUR, SYSTEME = Acteur.visiteur(), Acteur.systeme()
_rangs = itertools.count(1)


def _secret(courriel: str, contient: str, chemin: str) -> str:
    return lien_du_courriel(courriel, contient, chemin).strip("/").split("/")[-1]


def ouvrir_tranches(le: dt.date) -> dict[str, Any]:
    """The command of INTERFACES, as of a day."""
    sortie = StringIO()
    call_command("ouvrir_tranches", "--date", le.isoformat(), "--json", stdout=sortie)
    return json.loads(sortie.getvalue())


def incoherences() -> list[str]:
    """What `verifier_coherence` finds wrong."""
    sortie = StringIO()
    # Its exit code says that something is wrong, its lines say what.
    with suppress(CommandError):
        call_command("verifier_coherence", stdout=sortie)
    return [ligne for ligne in sortie.getvalue().splitlines() if not ligne.startswith("✓")]


class Recrutement:
    """From the application to the last signature; what is not given has an ordinary value."""

    def __init__(self, campagne: Campagne, *, anct: Acteur, bdt: Acteur, type: str, commune: str = "03190"):
        self.campagne, self.anct, self.bdt = campagne, anct, bdt
        self.type, self.commune, self.rang = type, lieu(commune), next(_rangs)
        self.chef: Acteur
        self.structure: Structure
        self.poste: Poste
        self.dossier: Dossier

    # --- steps 1 and 2 ---

    def candidater(self, **reponses: Any) -> Recrutement:
        """R20 to R27: applied, confirmed, granted one post, activated; its contact has an account."""
        courriel = f"structure{self.rang}@parcours.example"
        donnees = {
            "type": self.type,
            "siret": siret_suivant(),
            "nom": f"Structure n° {self.rang}",
            "adresse": "1 place de la Mairie",
            "code_postal": self.commune.liste_codes_postaux[0],
            "commune": self.commune,
            "contact_prenom": "Dominique",
            "contact_nom": "Lefort",
            "contact_fonction": "Direction",
            "contact_courriel": courriel,
            "contact_telephone": "04 70 00 00 00",
            "candidat_identifie": False,
            "nb_conseillers": 1,
            "demarrage_le": timezone.localdate() + dt.timedelta(days=1),
            "motivation": "Beaucoup d’habitants demandent de l’aide.",
            "missions": "Accompagner les démarches en ligne.",
        }
        acceptes = [engagement.cle for engagement in engagements(self.campagne.donnees_regime)]
        creer_candidature(
            acteur=VISITEUR, campagne=self.campagne, donnees=donnees | reponses, lieux=[], engagements=acceptes
        )
        candidature = confirmer_depot(acteur=VISITEUR, secret=_secret(courriel, "Confirmez", "/accueillir/confirmer/"))
        comite = creer_comite(
            acteur=self.anct,
            campagne=self.campagne,
            numero=numero_propose(),
            date=timezone.localdate(),
            enveloppe_postes=1,
        )
        ligne = inscrire(acteur=self.anct, comite=comite, candidature=candidature)
        decider(acteur=self.anct, ligne=ligne, decision=Decision.RETENUE, nb_postes=1, motif="")
        cloturer(acteur=self.anct, comite=comite)
        candidature.refresh_from_db()
        activer(acteur=self.anct, candidature=candidature)
        membre = accepter_invitation(
            acteur=VISITEUR,
            secret=_secret(courriel, "créez votre compte", "/invitation/"),
            mot_de_passe=MOT_DE_PASSE,
            prenom="Dominique",
            nom="Lefort",
        )
        self.chef = acteur_de(membre.utilisateur, membre)
        self.structure = Structure.objects.get(organisation=membre.organisation)
        self.poste = Poste.objects.get(structure=self.structure)
        return self

    # --- steps 3 and 4 ---

    def recruter(self, *, coordination: bool = False) -> Recrutement:
        """R40 to R53: somebody of the place registers, is proposed, shortlisted and validated."""
        courriel = f"candidat{self.rang}@parcours.example"
        inscrire_candidat(
            acteur=VISITEUR,
            donnees={
                "courriel": courriel,
                "mot_de_passe": MOT_DE_PASSE,
                "prenom": "Camille",
                "nom": f"Martin-{self.rang}",
                "recherche_emploi": True,
                "en_emploi": False,
                "en_formation": False,
                "diplome": False,
                "diplome_nom": "",
                "experience": True,
                "commune": self.commune,
                "mobilite_km": 5,
                "disponible_le": timezone.localdate(),
                "telephone": "",
                "date_naissance": dt.date(1990, 5, 17),
                "interet_coordination": coordination,
                "motivation": "Aider les habitants à gagner en autonomie.",
                "retraite": False,
            },
        )
        confirmer_candidat(acteur=VISITEUR, secret=_secret(courriel, "Confirmez", "/devenir-conseiller/confirmer/"))
        # The engine is asked for once the transaction is committed: in a test that undoes it, we ask.
        completer_poste(acteur=SYSTEME, poste=self.poste)
        paire = MiseEnRelation.objects.get(poste=self.poste, candidat=Candidat.objects.get(utilisateur__email=courriel))
        preselectionner(acteur=self.chef, mise_en_relation=paire)
        valider(acteur=self.chef, mise_en_relation=paire, taille_tenue=Taille.M)
        self.dossier = Dossier.objects.get(poste=self.poste)
        return self

    # --- step 5 ---

    def instruire(self, **informations: Any) -> Recrutement:
        """R60, R61: filled in, filed, declared compliant."""
        donnees = {
            "president_nom": "Dominique Lefort",
            "president_naissance": dt.date(1962, 3, 4),
            "dgs_nom": "Claude Roussel",
            "dgs_naissance": dt.date(1971, 9, 30),
            "iban": IBAN,
        }
        completer_dossier(acteur=self.chef, dossier=self.dossier, donnees=donnees | informations)
        for piece in self.dossier.pieces.filter(obligatoire=True):
            deposer_piece(acteur=self.chef, piece=piece, fichier=fichier_pdf())
        deposer_dossier(acteur=self.chef, dossier=self.dossier)
        prendre_en_charge(acteur=self.bdt, dossier=self.dossier)
        for piece in self.dossier.pieces.filter(obligatoire=True):
            accepter_piece(acteur=self.bdt, piece=piece)
        declarer_conforme(acteur=self.bdt, dossier=self.dossier)
        self.dossier.refresh_from_db()
        return self

    # --- steps 6 and 8 ---

    def contacter(self, organisme: Organisme, centre: Acteur, *, creneau: dt.datetime) -> Recrutement:
        """R80, R81: the body is told, and proposes a test."""
        message = "Quand le test de positionnement peut-il avoir lieu ?"
        contacter_organisme(acteur=self.chef, dossier=self.dossier, organisme=organisme, message=message)
        proposer_test(acteur=centre, dossier=self.dossier, organisme=organisme, creneau=creneau, lieu="Salle 3")
        self.dossier.refresh_from_db()
        return self

    def former(self, session: SessionFormation, centre: Acteur) -> Recrutement:
        """R81, R82: the result of the test, then the enrolment."""
        test = Positionnement.objects.get(dossier=self.dossier)
        enregistrer_resultat(acteur=centre, positionnement=test, heures=session.heures, le=timezone.localdate())
        inscrire_en_formation(acteur=self.chef, session=session, dossier=self.dossier)
        return self

    def partir(self, centre: Acteur) -> dt.date:
        """R83, R54: the departure of today."""
        inscription = Inscription.objects.get(dossier=self.dossier)
        enregistrer_depart(acteur=centre, inscription=inscription, le=timezone.localdate())
        return timezone.localdate()

    # --- step 7 ---

    def contracter(self, nature: str, debut: dt.date, fin: dt.date | None) -> Recrutement:
        """R62: prepared, and signed today."""
        contrat = preparer_contrat(
            acteur=self.chef,
            dossier=self.dossier,
            nature=nature,
            debut=debut,
            fin=fin,
            salaire_brut=Decimal("2500.00"),
            temps_plein=True,
        )
        signer_contrat(acteur=self.chef, contrat=contrat, signe_le=timezone.localdate(), fichier=fichier_pdf())
        return self

    def conventionner(self) -> Convention:
        """R63: established by BdT, signed by the structure, then by BdT."""
        self.dossier = Dossier.objects.get(pk=self.dossier.pk)
        assert Contrat.objects.filter(dossier=self.dossier).exists()
        convention = generer_convention(acteur=self.bdt, dossier=self.dossier)
        convention = signer_convention(acteur=self.chef, convention=convention, fonction="Présidente")
        return signer_convention(acteur=self.bdt, convention=convention, fonction="Responsable")
