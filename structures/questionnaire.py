"""R20: what the application asks, and the commitments accepted one by one. Data, in our words, with the source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from portal.commun.erreurs import Manquement
from structures.regimes import CodeRegime, Regime, StatutJuridique, TypeStructure

MOTIVATION_MAX = 2500
POSTES_MAX = 200

PUBLIC, PRIVE, COORDINATEUR = (
    CodeRegime.AMI_PUBLIC_2020,
    CodeRegime.AMI_PRIVE_2021,
    CodeRegime.AAC_COORDINATEUR_2023,
)
TOUS = frozenset(CodeRegime)


@dataclass(frozen=True)
class Question:
    """`champ` is the name of the form field. `candidature` marks the twelve that alone make an application (S0)."""

    champ: str
    intitule: str
    obligatoire: bool = True
    candidature: bool = False
    regimes: frozenset[CodeRegime] = TOUS
    aide: str = ""
    source: str = "S0, étape 1"


QUESTIONS: tuple[Question, ...] = (
    Question("type", "Quel type de structure êtes-vous ?", candidature=True),
    Question("candidat_identifie", "Avez-vous déjà identifié un candidat ?", candidature=True),
    Question(
        "nb_conseillers",
        "Combien de conseillers souhaitez-vous accueillir ?",
        obligatoire=False,
        candidature=True,
        aide="Laissez vide si vous ne le savez pas encore.",
    ),
    Question("demarrage_le", "À partir de quelle date pouvez-vous accueillir un conseiller ?", candidature=True),
    Question(
        "siret",
        "Quel est le SIRET de votre structure ?",
        candidature=True,
        aide="14 chiffres. En Nouvelle-Calédonie, indiquez le RIDET.",
    ),
    Question("nom", "Quel est le nom de votre structure ?", candidature=True),
    Question("commune", "Où se trouve votre structure ?", candidature=True),
    Question("contact_prenom", "Prénom de la personne à contacter", candidature=True),
    Question("contact_nom", "Nom de la personne à contacter", candidature=True),
    Question("contact_fonction", "Fonction", candidature=True, source="S3, fonction de la personne inscrite"),
    Question(
        "contact_courriel",
        "Adresse électronique",
        candidature=True,
        aide="Une boîte relevée régulièrement par la personne chargée du recrutement.",
        source="S3, fonction de la personne inscrite",
    ),
    Question("contact_telephone", "Téléphone", candidature=True),
    Question("motivation", "Pourquoi souhaitez-vous accueillir un conseiller ?", source="S2, V.a"),
    Question("missions", "Quelles missions lui confierez-vous, auprès de quels publics ?", source="S1, étape 1"),
    Question("lieux", "Dans quels lieux travaillera-t-il ?", obligatoire=False, source="S0 et S1, étape 1"),
    Question(
        "partenaires",
        "Si le poste est partagé, avec quelles structures ?",
        obligatoire=False,
        aide="Seule la structure qui porte le contrat de travail candidate.",
        source="S0, étape 1 ; S3, mutualisation",
    ),
    Question(
        "poste_existant",
        "S’agit-il de consolider un poste existant, à temps partiel ou en fin de contrat ?",
        obligatoire=False,
        regimes=frozenset({PUBLIC, PRIVE}),
        aide="Cette dérogation est examinée à part.",
        source="S3, agent déjà en poste",
    ),
    Question(
        "cas_coordinateur",
        "Dans quel cas êtes-vous ?",
        regimes=frozenset({COORDINATEUR}),
        aide="Les trois premiers cas sont ceux des structures qui ont déjà un poste du dispositif.",
        source="S2, II.a",
    ),
    Question(
        "coordination_temps_plein",
        "Le poste est-il consacré en entier à la coordination ?",
        regimes=frozenset({COORDINATEUR}),
        aide="Dans les deux cas, le poste est à temps complet : 35 heures par semaine.",
        source="S2, I.b",
    ),
    Question(
        "perimetre_coordination",
        "Quel territoire le coordinateur animera-t-il ?",
        regimes=frozenset({COORDINATEUR}),
        aide="Communes, intercommunalités, bassin de vie : nommez-les.",
        source="S2, I.b",
    ),
)


@dataclass(frozen=True)
class Engagement:
    """One commitment of the structure; `cle` is what is stored with the text as it stood that day."""

    cle: str
    texte: str
    source: str
    regimes: frozenset[CodeRegime]


ENGAGEMENTS: tuple[Engagement, ...] = (
    Engagement(
        "recruter-2-mois",
        "Tout faire pour choisir le candidat, signer son contrat et la convention dans les deux mois qui suivent la "
        "décision du comité.",
        "S0, engagements",
        frozenset({PUBLIC}),
    ),
    Engagement(
        "recruter-1-mois",
        "Recruter le conseiller au plus vite, un mois au plus après la décision du comité : passé ce délai, le poste "
        "peut être retiré.",
        "S1, partie 3",
        frozenset({PRIVE}),
    ),
    Engagement(
        "recruter-6-mois",
        "Tout faire pour recruter le coordinateur dans les six mois qui suivent la notification du poste.",
        "S2, III.a",
        frozenset({COORDINATEUR}),
    ),
    Engagement(
        "annonce",
        "Publier l’offre sur emploi-territorial.fr au moins un mois avant la signature du contrat.",
        "S0, étape 2",
        frozenset({PUBLIC}),
    ),
    Engagement(
        "organisme-avant-contrat",
        "Ne signer le contrat qu’une fois le contact établi avec un organisme de formation du dispositif.",
        "S4, engagements de la collectivité",
        frozenset({PUBLIC}),
    ),
    Engagement(
        "formation",
        "Laisser le conseiller suivre sa formation avant sa prise de poste ou, si elle se déroule en alternance, selon "
        "le calendrier convenu avec l’organisme.",
        "S0, engagements",
        frozenset({PUBLIC}),
    ),
    Engagement(
        "formation-certification",
        "Laisser le conseiller partir en formation avant d’accueillir du public, prendre en charge ses déplacements et "
        "faciliter son passage de l’examen.",
        "S1, partie 3",
        frozenset({PRIVE}),
    ),
    Engagement(
        "formation-coordinateur",
        "Laisser le coordinateur suivre la formation qui lui est réservée, puis un module de formation continue par an "
        "et les webinaires du dispositif.",
        "S2, III.a",
        frozenset({COORDINATEUR}),
    ),
    Engagement(
        "preparer",
        "Préparer, avant la prise de poste, les grandes lignes des activités à partir de la fiche de poste.",
        "S1, partie 3",
        frozenset({PRIVE}),
    ),
    Engagement(
        "missions",
        "Confier au conseiller les trois grandes missions : usages quotidiens, usages citoyens et critiques, démarches "
        "en ligne.",
        "S0, engagements ; S1, partie 3",
        frozenset({PUBLIC, PRIVE}),
    ),
    Engagement(
        "moyens",
        "Fournir le matériel et les moyens nécessaires : ordinateur, téléphone, espace de travail, véhicule au besoin.",
        "S0, engagements ; S1, partie 3 ; S2, III.a",
        TOUS,
    ),
    Engagement(
        "temps-plein",
        "Employer le conseiller à temps plein, 35 heures par semaine.",
        "S0, obligations ; S2, III.a ; S3, temps partiel",
        TOUS,
    ),
    Engagement(
        "gratuite",
        "Proposer ses activités gratuitement aux usagers.",
        "S0, obligations ; S1, partie 3",
        frozenset({PUBLIC, PRIVE}),
    ),
    Engagement(
        "reseau",
        "Lui laisser du temps pour les rencontres locales et nationales et pour la formation continue.",
        "S0, obligations ; S1, partie 3",
        frozenset({PUBLIC, PRIVE}),
    ),
    Engagement(
        "tenue",
        "Veiller à ce qu’il porte, pendant ses activités, la tenue fournie par l’État.",
        "S1, partie 3 ; S3, engagements",
        frozenset({PUBLIC, PRIVE}),
    ),
    Engagement(
        "suivi",
        "Transmettre les éléments de suivi demandés et s’assurer que le conseiller rend compte de ses activités.",
        "S0, engagements ; S1, partie 3 ; S2, IV.a",
        TOUS,
    ),
    Engagement(
        "consultation",
        "Consulter toutes les structures qui emploient des conseillers dans le territoire à coordonner.",
        "S2, I.b",
        frozenset({COORDINATEUR}),
    ),
    Engagement(
        "outils-nationaux",
        "Utiliser en priorité les outils nationaux du dispositif pour animer le réseau des conseillers.",
        "S2, III.a",
        frozenset({COORDINATEUR}),
    ),
    Engagement(
        "interface",
        "Permettre au coordinateur d’être l’interlocuteur des acteurs locaux et nationaux de la médiation numérique.",
        "S2, III.a",
        frozenset({COORDINATEUR}),
    ),
    Engagement(
        "communication",
        "Mentionner le soutien de l’État et le dispositif dans les supports de communication.",
        "S2, IV.b",
        frozenset({COORDINATEUR}),
    ),
    Engagement(
        "donnees-personnelles",
        "Protéger les données des personnes accompagnées : les informer et respecter leurs droits.",
        "S2, IV.c",
        frozenset({COORDINATEUR}),
    ),
)


def questions(regime: Regime) -> list[Question]:
    """R20: the questions of a call, in the order of the form."""
    return [question for question in QUESTIONS if regime.code in question.regimes]


def engagements(regime: Regime) -> list[Engagement]:
    """R20: the commitments of a call, to accept one by one."""
    return [engagement for engagement in ENGAGEMENTS if regime.code in engagement.regimes]


def engagements_manquants(regime: Regime, acceptes: Iterable[str]) -> list[Engagement]:
    acceptes = set(acceptes)
    return [engagement for engagement in engagements(regime) if engagement.cle not in acceptes]


TYPES_ELIGIBLES: dict[CodeRegime, frozenset[TypeStructure]] = {
    PUBLIC: frozenset(
        {
            TypeStructure.COMMUNE,
            TypeStructure.EPCI,
            TypeStructure.DEPARTEMENT,
            TypeStructure.REGION,
            TypeStructure.COLLECTIVITE,
            TypeStructure.ETABLISSEMENT_PUBLIC,
            TypeStructure.GIP,
        }
    ),
    PRIVE: frozenset({TypeStructure.ASSOCIATION, TypeStructure.ESS, TypeStructure.PRIVE_INTERET_GENERAL}),
    COORDINATEUR: frozenset(TypeStructure),
}


def types_eligibles(regime: Regime) -> list[TypeStructure]:
    """Who may apply to a call, told before the form (DOMAIN §4)."""
    return [genre for genre in TypeStructure if genre in TYPES_ELIGIBLES[regime.code]]


def regimes_possibles(genre: str) -> list[CodeRegime]:
    """The calls a type of structure may apply to."""
    return [code for code in CodeRegime if genre in TYPES_ELIGIBLES[code]]


def verifier_eligibilite(regime: Regime, genre: str) -> list[Manquement]:
    if genre in TYPES_ELIGIBLES[regime.code]:
        return []
    autres = " ; ".join(code.libelle for code in regimes_possibles(genre))
    message = f"Cet appel est réservé à d’autres structures. {regime.pour_qui} Vous pouvez candidater à : {autres}."
    return [Manquement("R20", message, "type")]


def verifier_candidature(
    regime: Regime, reponses: Mapping[str, object], acceptes: Iterable[str], aujourdhui: date
) -> list[Manquement]:
    """R20: everything that is missing or impossible in an application, each with its field.

    `reponses` maps a field's name to its value; the identifier is checked by `identifiants.identifiant_unique`.
    """
    manquements = []
    for question in questions(regime):
        valeur = reponses.get(question.champ)
        if question.champ == "siret":
            valeur = valeur or reponses.get("ridet")
        if question.obligatoire and (valeur is None or valeur == ""):
            manquements.append(Manquement("R20", "Cette réponse est obligatoire.", question.champ))
    if reponses.get("type"):
        manquements += verifier_eligibilite(regime, str(reponses["type"]))
    manquements += verifier_nombre(reponses.get("nb_conseillers"))
    manquements += _verifier_precisions(reponses, aujourdhui)
    manquements += [
        Manquement(
            "R20", f"Acceptez cet engagement pour candidater : {engagement.texte}", f"engagement_{engagement.cle}"
        )
        for engagement in engagements_manquants(regime, acceptes)
    ]
    return manquements


def verifier_nombre(nombre: object) -> list[Manquement]:
    """R20: 1 to N posts, or not yet known (None). S3 sets no ceiling: ours only catches typing errors."""
    if nombre is None or (isinstance(nombre, int) and 1 <= nombre <= POSTES_MAX):
        return []
    message = f"Indiquez un nombre entier de 1 à {POSTES_MAX}, ou laissez vide si vous ne le savez pas encore."
    return [Manquement("R20", message, "nb_conseillers")]


def _verifier_precisions(reponses: Mapping[str, object], aujourdhui: date) -> list[Manquement]:
    manquements = []
    demarrage = reponses.get("demarrage_le")
    if isinstance(demarrage, date) and demarrage < aujourdhui:
        message = "Indiquez une date à venir : c’est celle à laquelle vous pourrez accueillir un conseiller."
        manquements.append(Manquement("R20", message, "demarrage_le"))
    for champ in ("motivation", "missions"):
        if len(str(reponses.get(champ) or "")) > MOTIVATION_MAX:
            message = f"Ce texte ne peut pas dépasser {MOTIVATION_MAX} caractères."
            manquements.append(Manquement("R20", message, champ))
    if reponses.get("poste_existant") and not str(reponses.get("poste_existant_precisions") or "").strip():
        message = "Précisez le poste existant : la dérogation est examinée à part."
        manquements.append(Manquement("R20", message, "poste_existant_precisions"))
    return manquements


def statut_conseille(genre: str) -> StatutJuridique:
    """The legal kind proposed in the form for a type of structure; the person may change it (R21)."""
    if genre in TYPES_ELIGIBLES[PRIVE]:
        return StatutJuridique.PRIVE
    return (
        StatutJuridique.AUTRE_PUBLIC
        if genre in {TypeStructure.ETABLISSEMENT_PUBLIC, TypeStructure.GIP}
        else StatutJuridique.PUBLIC
    )
