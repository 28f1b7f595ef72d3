"""The candidates of the Allier, and a few of Clermont: registered, confirmed, then proposed by the engine."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal

from django.conf import settings

from candidats.actions import apparier, confirmer, consentir_pix, inscrire_candidat, recevoir_pix
from candidats.enums import Mobilite, SourcePix
from candidats.models import Candidat
from candidats.pix import PARIS, Campagne, Lecture, Participation
from demo.agenda import Agenda
from demo.comptes import MOT_DE_PASSE
from demo.scenario.acteurs import SYSTEME, VISITEUR
from portal.territoires.models import Commune

# (first name, last name, e-mail, INSEE code, mobility, interested in coordination)
CANDIDATS = (
    ("Samuel", "Petit", "conseiller@demo.example", "03190", Mobilite.KM_100, False),
    ("Manon", "Giraud", "", "03190", Mobilite.KM_100, False),
    ("Lucas", "Chevalier", "", "03321", Mobilite.KM_100, False),
    ("Fatou", "Diallo", "", "03310", Mobilite.KM_100, False),
    ("Romain", "Barbier", "", "03310", Mobilite.KM_20, False),
    ("Chloé", "Renaud", "", "03095", Mobilite.KM_100, False),
    ("Mehdi", "Lopez", "", "03185", Mobilite.KM_100, False),
    ("Laura", "Dupont", "", "03185", Mobilite.KM_20, False),
    ("Quentin", "Marie", "", "03101", Mobilite.KM_100, False),
    ("Gaëlle", "Bonnet", "", "03254", Mobilite.KM_100, False),
    ("Florian", "Brun", "", "03118", Mobilite.KM_100, False),
    ("Salomé", "Aubert", "", "03082", Mobilite.KM_100, False),
    ("Théo", "Lambert", "", "03298", Mobilite.KM_100, False),
    ("Sofia", "Sanchez", "", "03023", Mobilite.KM_100, False),
    ("Baptiste", "Roy", "", "03138", Mobilite.KM_100, False),
    ("Élodie", "Mercier", "", "03036", Mobilite.KM_100, False),
    ("Rachid", "Traoré", "", "03310", Mobilite.KM_100, False),
    ("Jeanne", "Colin", "", "03102", Mobilite.KM_100, False),
    ("Yasmine", "Moreau", "", "03095", Mobilite.KM_100, False),
    ("Valentin", "Carpentier", "", "03321", Mobilite.KM_100, False),
    ("Nicolas", "Fabre", "", "03190", Mobilite.KM_100, False),
    ("Pauline", "Richard", "", "03310", Mobilite.KM_100, False),
    ("Hugo", "Gauthier", "", "03185", Mobilite.KM_100, False),
    ("Amina", "Benali", "", "03254", Mobilite.KM_100, False),
    ("Julien", "Masson", "", "03118", Mobilite.KM_100, False),
    ("Camille", "Perrin", "", "03082", Mobilite.KM_100, False),
    ("Inès", "Vidal", "coordinateur@demo.example", "03190", Mobilite.KM_100, True),
    ("Aurélie", "Garnier", "", "03310", Mobilite.KM_100, True),
    ("Zoé", "Marchand", "candidat@demo.example", "03190", Mobilite.KM_100, False),
    ("Nora", "Lefèvre", "", "63113", Mobilite.KM_20, False),
    ("Bastien", "Vialatte", "", "63113", Mobilite.KM_20, False),
    ("Awa", "Ndiaye", "", "63113", Mobilite.KM_20, False),
    ("Simon", "Roussel", "", "63113", Mobilite.KM_20, False),
    ("Maëlle", "Astier", "", "63113", Mobilite.KM_20, False),
    ("Kévin", "Da Silva", "", "63113", Mobilite.KM_20, False),
    ("Louise", "Tournier", "", "63113", Mobilite.KM_20, False),
)

# R45: (rank above, days before today, level); the demo's candidate is among them.
PIX = ((0, -50, 3), (1, -50, 2), (3, -50, 1), (6, -48, 2), (9, -48, 3), (13, -48, 2), (28, -46, 3))
BADGES = ("Utilisation du numérique dans la vie professionnelle", "Production de ressources")


class Candidats:
    """Notes in the agenda the registrations and the nights of the engine."""

    def __init__(self, agenda: Agenda) -> None:
        self.agenda = agenda
        self.inscrits: dict[int, Candidat] = {}

    def noter(self) -> None:
        for rang in range(len(CANDIDATS)):
            self.agenda.noter(-60 + rang % 12, lambda rang=rang: self._inscrire(rang))
        # Before the first structure is activated: nobody is proposed twice because of it.
        self.agenda.noter(-45, self._recevoir_pix)
        # The night after each activation; today's run is that of `charger_demo`, with the national sample.
        for jour in (-43, -19):
            self.agenda.noter(jour, lambda jour=jour: apparier(acteur=SYSTEME, le=self.agenda.jour(jour)))

    def _recevoir_pix(self) -> None:
        """One file of Pix: those who agreed, and somebody who followed the link without an identifier."""
        lecture = Lecture(lues=len(PIX) + 1)
        for numero, (rang, jour, niveau) in enumerate(PIX, start=2):
            candidat = self.inscrits[rang]
            consentir_pix(acteur=SYSTEME, candidat=candidat)
            prenom, nom, *_ = CANDIDATS[rang]
            lecture.participations.append(
                self._participation(numero, jour, candidat.identifiant_pix, nom, prenom, niveau)
            )
        lecture.participations.append(self._participation(len(PIX) + 2, -49, "", "Barbier", "Romain", 2))
        recevoir_pix(acteur=SYSTEME, lecture=lecture, source=SourcePix.CSV, nom="Resultats-Conseillers-numeriques.csv")

    def _participation(
        self, numero: int, jour: int, identifiant: str, nom: str, prenom: str, niveau: int
    ) -> Participation:
        return Participation(
            numero=numero,
            campagne=Campagne.de("1", settings.PIX_CAMPAGNE_CODE, "Conseillers numériques"),
            identifiant=identifiant,
            nom=nom,
            prenom=prenom,
            partage_le=datetime.combine(self.agenda.jour(jour), time(14, 5), tzinfo=PARIS),
            niveau=niveau,
            niveau_max=3,
            badges=tuple((badge, niveau > rang + 1) for rang, badge in enumerate(BADGES)),
            maitrise=Decimal(niveau) / 4,
        )

    def _inscrire(self, rang: int) -> Candidat:
        prenom, nom, courriel, commune, mobilite, coordination = CANDIDATS[rang]
        candidat = inscrire_candidat(
            acteur=VISITEUR,
            donnees={
                "prenom": prenom,
                "nom": nom,
                "courriel": courriel or f"candidat{rang:02d}@allier.demo.example",
                "mot_de_passe": MOT_DE_PASSE,
                "recherche_emploi": rang % 3 != 1,
                "en_emploi": rang % 3 == 1,
                "en_formation": False,
                "diplome": rang % 5 == 0,
                "diplome_nom": "Responsable d’espace de médiation numérique" if rang % 5 == 0 else "",
                "experience": rang % 2 == 0,
                "commune": Commune.objects.get(pk=commune),
                "mobilite_km": int(mobilite),
                "disponible_le": self.agenda.jour(-44),
                "date_naissance": self.agenda.jour(-(24 + rang) * 365),
                "telephone": "",
                "interet_coordination": coordination,
                "motivation": "Aider les gens à se débrouiller seuls, c’est ce que je fais déjà autour de moi.",
                "retraite": False,
            },
        )
        self.inscrits[rang] = confirmer(acteur=SYSTEME, candidat=candidat)
        return self.inscrits[rang]
