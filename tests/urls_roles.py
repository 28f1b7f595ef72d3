"""The table: who enters each address of the portal, through which object, and what the page answers.

One line per address (and per button of the administration). `objet` names, for each part of the address, an attribute
of the two worlds of `urls_roles_scene`; a part with a fixed value is in `fixe`. Whoever does not enter is sent to sign
in when anonymous, and refused otherwise (403): the role decides before the object is looked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

from django.urls import reverse

from portal.commun.roles import Role
from tests.urls_roles_scene import ROLES, Monde

TOUS = frozenset(ROLES)
CONNECTES = TOUS - {Role.VISITEUR}
PERSONNE: frozenset[Role] = frozenset()
STRUCTURE, CANDIDAT, BDT = frozenset({Role.STRUCTURE}), frozenset({Role.CANDIDAT}), frozenset({Role.BDT})
ANCT, PREFECTURE, ORGANISME = frozenset({Role.ANCT}), frozenset({Role.PREFECTURE}), frozenset({Role.ORGANISME})
GESTION = frozenset({Role.ANCT, Role.SUPPORT})
# National roles have no « ailleurs »: they see both worlds.
NATIONAUX = frozenset({Role.ANCT, Role.SUPPORT, Role.BDT})
A_UNE_EQUIPE = frozenset({Role.STRUCTURE, Role.PREFECTURE, Role.SGAR, Role.ANCT, Role.BDT, Role.ORGANISME, Role.HUB})
AGENTS = frozenset({Role.PREFECTURE, Role.SGAR, Role.ANCT, Role.BDT, Role.SUPPORT})


@dataclass(frozen=True)
class Ligne:
    nom: str
    roles: frozenset[Role]
    objet: dict[str, str] = field(default_factory=dict)
    fixe: dict[str, str] = field(default_factory=dict)
    # Answer to the GET of who enters; by role when they differ.
    statut: int | dict[frozenset[Role], int] = 200
    # The address only takes a POST: its GET answers 405 to everybody.
    post: bool = False
    # Answer to who does not enter: for all, or by role; by default sign-in for anonymous, 403 for the others.
    refus: int | dict[frozenset[Role], int] | None = None
    # Who enters and sees the objects of both worlds.
    nationaux: frozenset[Role] = PERSONNE
    # Answer for the object of the other world; None: the link is the authorisation, whoever holds it.
    ailleurs: int | None = 404

    def __str__(self) -> str:
        return "-".join([self.nom, *self.fixe.values()])

    @property
    def cle(self) -> tuple[str, frozenset[str]]:
        return self.nom, frozenset(self.objet) | frozenset(self.fixe)

    def adresse(self, monde: SimpleNamespace, **autres: Any) -> str:
        parties = {cle: _valeur(monde, chemin) for cle, chemin in self.objet.items()}
        return reverse(self.nom, kwargs={**parties, **self.fixe, **autres})

    def adresses_ailleurs(self, ici: Monde, ailleurs: Monde, role: Role) -> list[str]:
        """The object of the other world, then each part of it inside the address of ours."""
        if not self.objet:
            return []
        nous, eux = ici.pour(role), ailleurs.pour(role)
        adresses = [self.adresse(eux)]
        if len(self.objet) > 1:
            adresses += [self.adresse(nous, **{cle: _valeur(eux, chemin)}) for cle, chemin in self.objet.items()]
        return adresses

    def attendu(self, role: Role) -> int:
        return _pour(self.statut, role) or 200

    def refuse(self, role: Role) -> int | None:
        return _pour(self.refus, role)


def _pour(par_role: Any, role: Role) -> int | None:
    if isinstance(par_role, dict):
        return next((statut for roles, statut in par_role.items() if role in roles), None)
    return par_role


def _valeur(monde: SimpleNamespace, chemin: str) -> Any:
    valeur = attrgetter(chemin)(monde)
    return getattr(valeur, "uuid", valeur)


def publique(nom: str, **options: Any) -> Ligne:
    """For everybody, signed in or not."""
    return Ligne(nom, TOUS, **options)


def par_lien(nom: str, secret: str, **options: Any) -> Ligne:
    """The secret of the address is the authorisation."""
    objet = {"secret": secret, **options.pop("objet", {})}
    return Ligne(nom, TOUS, objet=objet, ailleurs=options.pop("ailleurs", None), **options)


def _u(chemin: str, **autres: str) -> dict[str, str]:
    return {"uuid": chemin, **autres}


PUBLIQUES = [
    publique("vitrine:accueil"),
    publique("vitrine:accueillir"),
    publique("vitrine:devenir_conseiller"),
    publique("vitrine:missions"),
    publique("vitrine:contact"),
    publique("vitrine:accessibilite"),
    publique("vitrine:mentions_legales"),
    publique("vitrine:donnees_personnelles"),
    publique("commun:sante"),
    publique("territoires:communes"),
    publique("subventions:simulateur"),
    # The mailbox of the demo does not exist anywhere else.
    Ligne("commun:demo_courriels", PERSONNE, refus=404),
    Ligne("commun:demo_courriel", PERSONNE, objet={"pk": "courriel.pk"}, refus=404),
    # R112: whoever may not read a file is not told that it exists.
    Ligne("commun:document", STRUCTURE | BDT, objet=_u("document"), refus=404, nationaux=BDT),
]

COMPTES = [
    Ligne("espace", CONNECTES, statut={frozenset({Role.CONSEILLER, Role.COORDINATEUR, Role.HUB}): 200, CONNECTES: 302}),
    Ligne("comptes:role", CONNECTES),
    Ligne("comptes:compte", CONNECTES),
    Ligne("comptes:equipe", A_UNE_EQUIPE),
    Ligne("comptes:inviter", A_UNE_EQUIPE),
    # One's own team only, whatever the role.
    Ligne("comptes:droits", A_UNE_EQUIPE, objet=_u("equipe.collegue")),
    Ligne("comptes:retirer", A_UNE_EQUIPE, objet=_u("equipe.collegue")),
    Ligne("comptes:renvoyer", A_UNE_EQUIPE, objet=_u("equipe.invitation"), post=True),
    Ligne("comptes:annuler", A_UNE_EQUIPE, objet=_u("equipe.invitation")),
    # The invitation of another address is shown to nobody who is signed in.
    par_lien("comptes:invitation", "secret_equipe", statut={CONNECTES: 403}),
    par_lien("comptes:renouveler_invitation", "secret_equipe", post=True),
]

_ENTRER = {CONNECTES: 302}
_QUITTER = {frozenset({Role.VISITEUR}): 302}


def _sans_facteur(statut: int) -> dict[frozenset[Role], int]:
    return {TOUS - AGENTS: statut}


ALLAUTH = [
    publique("account_login", statut=_ENTRER),
    publique("account_signup", statut=_ENTRER),
    publique("account_logout", statut=_QUITTER),
    publique("account_inactive"),
    publique("account_email_verification_sent"),
    publique("account_confirm_email", fixe={"key": "inconnue"}),
    publique("account_reset_password"),
    publique("account_reset_password_done"),
    publique("account_reset_password_from_key", fixe={"uidb36": "1", "key": "inconnue"}),
    publique("account_reset_password_from_key_done"),
    publique("account_confirm_login_code", statut=302),
    publique("mfa_authenticate", statut=302),
    Ligne("account_email", CONNECTES),
    Ligne("account_change_password", CONNECTES),
    Ligne("account_set_password", CONNECTES, statut=302),
    Ligne("account_reauthenticate", CONNECTES),
    Ligne("mfa_index", CONNECTES),
    # The agents of the scene hold a second factor, the others do not; nobody has made recovery codes.
    Ligne("mfa_reauthenticate", CONNECTES, statut=_sans_facteur(302)),
    Ligne("mfa_activate_totp", CONNECTES, statut={AGENTS: 302}),
    Ligne("mfa_deactivate_totp", CONNECTES, statut=_sans_facteur(404)),
    Ligne("mfa_generate_recovery_codes", CONNECTES),
    Ligne("mfa_view_recovery_codes", CONNECTES, statut=404),
    Ligne("mfa_download_recovery_codes", CONNECTES, statut=404),
]

STRUCTURES = [
    publique("structures:candidater", statut=302),
    publique("structures:candidater", fixe={"step": "eligibilite"}),
    publique("structures:enregistrer", statut=302),
    publique("structures:recommencer", statut=302),
    par_lien("structures:reprendre", "secret_brouillon"),
    par_lien("structures:consultation", "secret_consultation"),
    # Nothing was sent from this browser.
    publique("structures:verifier", statut=302),
    publique("structures:renvoyer", post=True),
    par_lien("structures:confirmer", "secret_depot"),
    par_lien("structures:nouveau_lien", "secret_depot", post=True),
    par_lien("structures:suivi", "secret_suivi"),
    par_lien("structures:suivi_corriger", "secret_corriger"),
    par_lien("structures:suivi_reprendre", "secret_suivi"),
    par_lien("structures:suivi_reexamen", "secret_reexamen"),
    par_lien("structures:suivi_abandonner", "secret_suivi"),
    par_lien("structures:suivi_consultation", "secret_suivi", objet={"consultation": "consultation"}),
    Ligne("structures:espace", STRUCTURE),
    Ligne("structures:ma_structure", STRUCTURE),
    Ligne("structures:contact", STRUCTURE),
    Ligne("structures:lieu_ajouter", STRUCTURE),
    Ligne("structures:lieu_modifier", STRUCTURE, objet=_u("lieu")),
    Ligne("structures:lieu_retirer", STRUCTURE, objet=_u("lieu")),
    Ligne("structures:poste", STRUCTURE, objet=_u("poste")),
    Ligne("structures:rendre_poste", STRUCTURE, objet=_u("poste")),
    Ligne("structures:exporter_postes", STRUCTURE, fixe={"format": "csv"}),
    Ligne("structures:rendre_postes", STRUCTURE),
    Ligne("structures:demander_postes", STRUCTURE, statut=302),
    Ligne("structures:demande", STRUCTURE, objet=_u("demande")),
    Ligne("structures:retirer_demande", STRUCTURE, objet=_u("demande")),
    Ligne("structures:donnees_legales", STRUCTURE),
    Ligne("structures:demander_changement", STRUCTURE, statut=302),
    Ligne("structures:changement", STRUCTURE, objet=_u("changement")),
    Ligne("structures:retirer_changement", STRUCTURE, objet=_u("changement")),
    Ligne("structures:lieux_poste", STRUCTURE, objet=_u("poste")),
    Ligne("structures:candidature", STRUCTURE, objet=_u("candidature")),
    Ligne("structures:candidature_corriger", STRUCTURE, objet=_u("a_corriger")),
    Ligne("structures:candidature_reprendre", STRUCTURE, objet=_u("deposee")),
    Ligne("structures:candidature_reexamen", STRUCTURE, objet=_u("refusee")),
    Ligne("structures:candidature_abandonner", STRUCTURE, objet=_u("deposee")),
    Ligne("structures:candidature_consultation", STRUCTURE, objet=_u("deposee", consultation="consultation")),
]

CANDIDATS = [
    publique("candidats:inscription", statut={CANDIDAT: 302}),
    publique("candidats:inscription_envoyee"),
    publique("candidats:renvoyer_confirmation", post=True),
    par_lien("candidats:confirmer", "secret_inscription"),
    par_lien("candidats:invitation", "secret_invitation_candidat", statut={CANDIDAT: 302}),
    par_lien("candidats:pas_interesse", "lien_pas_interesse"),
    par_lien("candidats:repondre_lien", "lien_reponse"),
    par_lien("candidats:creneaux_lien", "lien_creneaux"),
    par_lien("candidats:disponibilite", "secret_disponibilite"),
    Ligne("candidats:espace", CANDIDAT),
    Ligne("candidats:profil", CANDIDAT),
    Ligne("candidats:renvoyer_depuis_espace", CANDIDAT, post=True),
    Ligne("candidats:confirmer_disponibilite", CANDIDAT, post=True),
    Ligne("candidats:cv", CANDIDAT),
    Ligne("candidats:renouveler_cv", CANDIDAT, post=True),
    Ligne("candidats:supprimer_cv", CANDIDAT),
    Ligne("candidats:donnees", CANDIDAT),
    Ligne("candidats:telecharger_donnees", CANDIDAT, fixe={"format": "json"}),
    Ligne("candidats:suspendre", CANDIDAT),
    # Somebody available has nothing to resume: 409 says so.
    Ligne("candidats:reprendre", CANDIDAT, statut=409),
    Ligne("candidats:retirer", CANDIDAT),
    Ligne("candidats:pix", CANDIDAT),
    # The person of the scene has not agreed to share: nothing to withdraw.
    Ligne("candidats:pix_retirer", CANDIDAT, statut=302),
    Ligne("candidats:proposition", CANDIDAT, objet=_u("nouvelle")),
    Ligne("candidats:interet", CANDIDAT, objet=_u("nouvelle"), post=True),
    Ligne("candidats:decliner", CANDIDAT, objet=_u("nouvelle")),
    Ligne("candidats:choisir_creneau", CANDIDAT, objet=_u("rendez_vous")),
    Ligne("candidats:accepter_entretien", CANDIDAT, objet=_u("entretien"), post=True),
    Ligne("candidats:refuser_entretien", CANDIDAT, objet=_u("entretien"), post=True),
    Ligne("candidats:agenda_candidat", CANDIDAT, objet=_u("entretien")),
    Ligne("candidats:propositions", STRUCTURE),
    Ligne("candidats:export", STRUCTURE, fixe={"format": "csv"}),
    Ligne("candidats:guide", STRUCTURE),
    Ligne("candidats:guide_pdf", STRUCTURE),
    Ligne("candidats:comparer_poste", STRUCTURE),
    Ligne("candidats:comparer", STRUCTURE, objet=_u("poste")),
    Ligne("candidats:export_comparaison", STRUCTURE, objet=_u("poste"), fixe={"format": "csv"}),
    Ligne("candidats:inviter", STRUCTURE),
    Ligne("candidats:renvoyer_invitation", STRUCTURE, objet=_u("invitation_candidat"), post=True),
    Ligne("candidats:annuler_invitation", STRUCTURE, objet=_u("invitation_candidat"), post=True),
    Ligne("candidats:annuler_entretien", STRUCTURE, objet=_u("entretien"), post=True),
    Ligne("candidats:modifier_entretien", STRUCTURE, objet=_u("entretien")),
    Ligne("candidats:absence_entretien", STRUCTURE, objet=_u("entretien_tenu")),
    Ligne("candidats:passer_entretien", STRUCTURE, objet=_u("entretien"), post=True),
    Ligne("candidats:agenda_structure", STRUCTURE, objet=_u("entretien")),
    Ligne("candidats:mise_en_relation", STRUCTURE, objet=_u("nouvelle")),
    Ligne("candidats:preselectionner", STRUCTURE, objet=_u("nouvelle"), post=True),
    Ligne("candidats:proposer_entretien", STRUCTURE, objet=_u("preselectionnee")),
    Ligne("candidats:evaluer", STRUCTURE, objet=_u("nouvelle")),
    Ligne("candidats:ecarter", STRUCTURE, objet=_u("nouvelle")),
    Ligne("candidats:retablir", STRUCTURE, objet=_u("ecartee"), post=True),
    Ligne("candidats:valider", STRUCTURE, objet=_u("preselectionnee")),
    Ligne("candidats:annuler_validation", STRUCTURE, objet=_u("valide")),
    Ligne("candidats:cvtheque", STRUCTURE),
    Ligne("candidats:cvtheque_export", STRUCTURE, fixe={"format": "csv"}),
    # The library holds the people of the whole country (R44).
    Ligne("candidats:cvtheque_profil", STRUCTURE, objet=_u("a_choisir"), nationaux=STRUCTURE),
    Ligne("candidats:cvtheque_preselectionner", STRUCTURE, objet=_u("a_choisir"), nationaux=STRUCTURE, post=True),
]


def _bdt(nom: str, objet: dict[str, str] | None = None, **options: Any) -> Ligne:
    return Ligne(f"subventions:{nom}", BDT, objet=objet or {}, nationaux=BDT, **options)


def _formation(nom: str, objet: dict[str, str] | None = None, **options: Any) -> Ligne:
    return Ligne(f"formation:{nom}", options.pop("roles", ORGANISME), objet=objet or {}, **options)


SUBVENTIONS = [
    Ligne("subventions:structure", STRUCTURE),
    Ligne("subventions:dossier_structure", STRUCTURE, objet=_u("depose")),
    Ligne("subventions:informations", STRUCTURE, objet=_u("constitution")),
    Ligne("subventions:piece", STRUCTURE, objet=_u("constitution", piece="piece")),
    Ligne("subventions:deposer", STRUCTURE, objet=_u("constitution")),
    Ligne("subventions:repondre", STRUCTURE, objet=_u("complement")),
    Ligne("subventions:message_structure", STRUCTURE, objet=_u("depose"), post=True),
    Ligne("subventions:lus_structure", STRUCTURE, objet=_u("depose"), post=True),
    Ligne("subventions:contrat", STRUCTURE, objet=_u("prepare")),
    Ligne("subventions:contrat_preparer", STRUCTURE, objet=_u("conforme")),
    Ligne("subventions:contrat_signature", STRUCTURE, objet=_u("prepare")),
    Ligne("subventions:convention", STRUCTURE, objet=_u("a_signer.dossier")),
    Ligne("subventions:convention_signer", STRUCTURE, objet=_u("a_signer.dossier")),
    _bdt("bdt"),
    _bdt("bdt_export", fixe={"format": "csv"}),
    _bdt("dossier_bdt", _u("depose")),
    _bdt("prendre_en_charge", _u("depose")),
    _bdt("accepter_piece", _u("depose", piece="piece_deposee"), post=True),
    _bdt("refuser_piece", _u("depose", piece="piece_deposee")),
    _bdt("demander_complement", _u("depose")),
    _bdt("declarer_conforme", _u("depose")),
    _bdt("rejeter", _u("depose")),
    _bdt("message_bdt", _u("depose"), post=True),
    _bdt("lus_bdt", _u("depose"), post=True),
    _bdt("conventions_bdt"),
    _bdt("conventions_export", fixe={"format": "csv"}),
    _bdt("convention_etablir", _u("prepare")),
    _bdt("convention_bdt", _u("signee")),
    _bdt("convention_signer_bdt", _u("signee_structure")),
    _bdt("convention_annuler", _u("a_signer")),
    _bdt("convention_suspendre", _u("signee")),
    _bdt("suspension_lever", _u("suspension")),
    _bdt("tranches_bdt"),
    _bdt("tranches_export", fixe={"format": "csv"}),
]

FORMATION = [
    _formation("structure", roles=STRUCTURE),
    _formation("dossier", _u("forme"), roles=STRUCTURE),
    _formation("contacter", _u("conforme", organisme="organisme"), roles=STRUCTURE),
    _formation("inscrire", _u("forme", session="session"), roles=STRUCTURE),
    _formation("annuler", _u("inscription"), roles=STRUCTURE),
    _formation("distance", _u("a_distance"), roles=STRUCTURE),
    _formation("agenda_structure", _u("test"), roles=STRUCTURE),
    _formation("candidat", roles=CANDIDAT),
    _formation("agenda_candidat", _u("test"), roles=CANDIDAT),
    _formation("espace"),
    _formation("personnes"),
    _formation("personnes_export", fixe={"format": "csv"}),
    _formation("personne", _u("forme")),
    _formation("contact", _u("conforme")),
    _formation("test", _u("conforme")),
    _formation("resultat", _u("forme")),
    _formation("dispense", _u("conforme")),
    _formation("inscrire_personne", _u("forme", session="session")),
    _formation("sessions"),
    _formation("session_creer"),
    _formation("sessions_export", fixe={"format": "csv"}),
    _formation("session", _u("session")),
    _formation("inscrits_export", _u("session"), fixe={"format": "csv"}),
    _formation("session_cloturer", _u("session")),
    _formation("session_annuler", _u("session")),
    _formation("session_terminer", _u("commencee")),
    _formation("depart", _u("depart")),
    _formation("inscription_annuler", _u("inscription")),
]
