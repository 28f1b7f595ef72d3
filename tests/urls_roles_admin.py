"""The table of the administration: pages of a model by the roles that read it, buttons by the roles that have them."""

from __future__ import annotations

from typing import Any

from portal.commun.roles import ROLES_ADMIN
from tests.urls_roles import ANCT, GESTION, PERSONNE, PREFECTURE, TOUS, Ligne

# A committee in preparation does not exist for those who only read closed ones.
_EN_PREPARATION = {ROLES_ADMIN - GESTION: 404}


def _modele(
    nom: str,
    objet: str,
    lecture: frozenset[Any],
    *,
    creation: frozenset[Any] | None = None,
    suppression: bool = True,
    page: int = 200,
    historique: int = 200,
    verbes: dict[str, frozenset[Any]] | None = None,
    exports: bool = False,
) -> list[Ligne]:
    """The pages that Django gives to every model, and our buttons. Nobody deletes anything."""
    prefixe, cle = f"admin:{nom}_", {"object_id": objet}
    lignes = [
        Ligne(f"{prefixe}changelist", lecture, statut=page),
        Ligne(f"{prefixe}add", creation or PERSONNE),
        Ligne(f"{prefixe}change", lecture, objet=cle, nationaux=GESTION, statut=page),
        Ligne(f"{prefixe}history", lecture, objet=cle, nationaux=GESTION, statut=historique),
    ]
    lignes += [
        Ligne(f"{prefixe}verbe", roles, objet=cle, fixe={"verbe": verbe}, nationaux=GESTION)
        for verbe, roles in (verbes or {}).items()
    ]
    if not verbes:
        # No button: the address answers 404 to those who read the object.
        lignes.append(
            Ligne(f"{prefixe}verbe", lecture, objet=cle, fixe={"verbe": "aucun"}, statut=404, nationaux=GESTION)
        )
    if suppression:
        lignes.append(Ligne(f"{prefixe}delete", PERSONNE, objet=cle))
    if exports:
        lignes.append(Ligne(f"{prefixe}export", lecture, fixe={"format": "csv"}))
    return lignes


def _objet(nom: str, objet: str, lecture: frozenset[Any], **options: Any) -> list[Ligne]:
    """Pages built on `ObjetAdmin`: UUID in the addresses, no address to delete."""
    return _modele(nom, objet, lecture, suppression=False, **options)


ADMINISTRATION = [
    Ligne("admin:index", ROLES_ADMIN),
    # Our own pages take over: sign-in, sign-out, password.
    Ligne("admin:login", ROLES_ADMIN, statut=302),
    Ligne("admin:logout", TOUS, statut=302),
    Ligne("admin:password_change", ROLES_ADMIN, statut=302),
    Ligne("admin:password_change_done", ROLES_ADMIN),
    Ligne("admin:jsi18n", ROLES_ADMIN),
    Ligne("admin:autocomplete", ROLES_ADMIN, statut=403),
    Ligne("admin:app_list", ROLES_ADMIN, fixe={"app_label": "structures"}),
    Ligne("admin:view_on_site", ROLES_ADMIN, fixe={"content_type_id": "1", "object_id": "1"}, statut=404),
    *_modele("post_office_email", "courriel.pk", GESTION, historique=404, verbes={"relancer": GESTION}),
    *_modele("commun_executiontache", "execution.pk", GESTION, historique=404),
    *_modele(
        "comptes_utilisateur",
        "membre.utilisateur.pk",
        GESTION,
        verbes={"desactiver": GESTION, "reactiver": GESTION},
    ),
    *_modele(
        "comptes_organisation",
        "structure.organisation.pk",
        GESTION,
        verbes={"inviter": GESTION, "modifier": GESTION},
    ),
    *_modele("comptes_rattachement", "membre.pk", GESTION, verbes={"droits": GESTION, "retirer": GESTION}),
    *_modele("comptes_invitation", "invitation.pk", GESTION, verbes={"renouveler": GESTION, "annuler": GESTION}),
    Ligne("admin:structures_tableau_de_bord", ROLES_ADMIN),
    Ligne("admin:structures_tableau_de_bord_export", ROLES_ADMIN, fixe={"format": "csv"}),
    Ligne("admin:structures_doublons", GESTION),
    Ligne(
        "admin:structures_doublons_paire",
        GESTION,
        objet={"une": "structure.uuid", "autre": "voisine.uuid"},
        nationaux=GESTION,
    ),
    *(
        Ligne(
            f"admin:structures_doublons_{page}",
            ANCT,
            objet={"une": "structure.uuid", "autre": "voisine.uuid"},
            nationaux=ANCT,
        )
        for page in ("ecarter", "fusionner")
    ),
    *_objet(
        "structures_campagne",
        "campagne.uuid",
        GESTION,
        creation=ANCT,
        verbes={"modifier": ANCT, "ouvrir": ANCT, "fermer": ANCT},
    ),
    *_objet(
        "structures_candidature",
        "deposee.uuid",
        ROLES_ADMIN,
        exports=True,
        verbes={
            "avis": PREFECTURE,
            "correction": PREFECTURE | ANCT,
            "faits": PREFECTURE | ANCT,
            "activer": ANCT,
            "statut": ANCT,
            "confirmation": GESTION,
        },
    ),
    Ligne("admin:structures_candidature_concertation", ROLES_ADMIN),
    Ligne("admin:structures_candidature_tableau", ROLES_ADMIN, fixe={"format": "csv"}),
    Ligne("admin:structures_candidature_carte", ROLES_ADMIN),
    Ligne("admin:structures_candidature_classement", PREFECTURE),
    Ligne("admin:structures_candidature_importer", PREFECTURE | ANCT),
    *_objet("structures_faitprioritaire", "fait.uuid", GESTION),
    Ligne("admin:structures_faitprioritaire_importer", ANCT),
    Ligne("admin:structures_faitprioritaire_modele", ANCT),
    *_objet("structures_comite", "comite_clos.uuid", ROLES_ADMIN, creation=ANCT, verbes={"modifier": ANCT}),
    Ligne("admin:structures_comite_inscrire", ANCT, objet={"uuid": "comite"}, nationaux=ANCT, refus=_EN_PREPARATION),
    Ligne("admin:structures_comite_seance", ANCT, objet={"uuid": "comite"}, nationaux=ANCT, refus=_EN_PREPARATION),
    Ligne("admin:structures_comite_cloturer", ANCT, objet={"uuid": "comite"}, nationaux=ANCT, refus=_EN_PREPARATION),
    Ligne(
        "admin:structures_comite_tableau",
        ROLES_ADMIN,
        objet={"uuid": "comite_clos"},
        fixe={"format": "csv"},
        nationaux=GESTION,
    ),
    # ANCT and support are sent to the whole minutes; the others get the extract of their territory.
    Ligne(
        "admin:structures_comite_proces_verbal",
        ROLES_ADMIN,
        objet={"uuid": "comite_clos"},
        statut={GESTION: 302, ROLES_ADMIN - GESTION: 200},
        nationaux=GESTION,
    ),
    # The lines are read on the page of their committee.
    *_objet("structures_lignecomite", "ligne.uuid", GESTION, page=302, verbes={"retirer": ANCT}),
    *_objet(
        "structures_poste",
        "poste.uuid",
        ROLES_ADMIN,
        exports=True,
        verbes={"prolonger": ANCT, "transferer": ANCT, "retirer": ANCT},
    ),
    *_objet(
        "structures_structure",
        "structure.uuid",
        ROLES_ADMIN,
        exports=True,
        verbes={"faits": PREFECTURE | ANCT, "inviter": GESTION},
    ),
    *_objet(
        "structures_demandepostes",
        "demande.uuid",
        ROLES_ADMIN,
        exports=True,
        verbes={"avis": PREFECTURE, "retirer": ANCT},
    ),
    *_objet(
        "structures_changementetablissement",
        "changement.uuid",
        GESTION,
        exports=True,
        verbes={"accepter": ANCT, "refuser": ANCT},
    ),
    Ligne("admin:candidats_doublons", GESTION),
    *(
        Ligne(
            f"admin:candidats_doublons_{page}",
            roles,
            objet={"une": "candidat.uuid", "autre": "autre_candidat.uuid"},
            nationaux=roles,
        )
        for page, roles in (("paire", GESTION), ("ecarter", ANCT), ("fusionner", ANCT))
    ),
    *_modele("candidats_candidat", "candidat.pk", GESTION),
    *_modele("candidats_miseenrelation", "nouvelle.pk", GESTION),
    *_modele("candidats_entretien", "entretien.pk", GESTION),
    *_objet("candidats_importpix", "import_pix.uuid", GESTION),
    Ligne("admin:candidats_importpix_importer", ANCT),
    *_objet("candidats_lignepix", "ligne_pix.uuid", GESTION, verbes={"ecarter": ANCT, "reprendre": ANCT}),
    Ligne(
        "admin:candidats_lignepix_rattacher",
        ANCT,
        objet={"ligne": "ligne_pix.uuid", "candidat": "pix_consenti.uuid"},
        nationaux=ANCT,
    ),
    *_modele("candidats_evaluation", "evaluation.pk", GESTION),
    *_modele("candidats_invitationcandidat", "invitation_candidat.pk", GESTION),
    *_objet("subventions_dossier", "prepare.uuid", GESTION, verbes={"dispenser": ANCT}),
    *_objet(
        "formation_organisme",
        "organisme.uuid",
        GESTION,
        creation=ANCT,
        verbes={"modifier": ANCT, "lot": ANCT},
    ),
    *_objet("formation_lot", "lot.uuid", GESTION, verbes={"modifier": ANCT}),
    *_objet("formation_sessionformation", "session.uuid", GESTION),
]
