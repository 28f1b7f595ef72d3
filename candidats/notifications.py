"""The mails of this floor (R51, R113): who is told, with which template. Called inside the verbs' transactions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from candidats import calendrier
from candidats.enums import EtatMiseEnRelation, Origine
from candidats.liens import lien_campagne, lien_creneaux, lien_pas_interesse, lien_reponse
from candidats.models import Candidat, Entretien, InvitationCandidat, MiseEnRelation
from candidats.regles_espace import LIEN
from portal.commun import courriels
from portal.commun.historique import par_lots
from portal.commun.models import Document
from portal.commun.purge import JAMAIS_CONFIRME
from portal.commun.roles import Role
from portal.comptes.models import EtatInvitation, Invitation, Rattachement
from structures.models import Structure

DUREE_CONFIRMATION = timedelta(days=7)
# A national run tells of tens of thousands of pairs: that many are in memory at a time.
PAIRES_PAR_LOT = 1_000


# --- recipients -----------------------------------------------------------------------------------------------------


def adresses_des_structures(structures: Iterable[Structure]) -> dict[int, list[str]]:
    """By structure, its members in force; the contact of the application when nobody has joined yet.

    Nobody while an invitation waits: its mail says what comes next, and these pages would not open (R27, R113).
    """
    structures = list(structures)
    par_organisation: dict[int, list[str]] = defaultdict(list)
    membres = Rattachement.objects.en_vigueur().filter(
        role=Role.STRUCTURE, organisation__in=[structure.organisation_id for structure in structures]
    )
    for organisation, adresse in membres.order_by("pk").values_list("organisation_id", "utilisateur__email"):
        par_organisation[organisation].append(adresse)
    sans_membre = [s.organisation_id for s in structures if s.organisation_id not in par_organisation]
    invitees = set()
    if sans_membre:
        en_attente = Invitation.objects.filter(organisation__in=sans_membre, etat=EtatInvitation.ENVOYEE)
        invitees = set(en_attente.values_list("organisation_id", flat=True))
    return {
        s.pk: par_organisation.get(s.organisation_id) or ([] if s.organisation_id in invitees else [s.contact_courriel])
        for s in structures
    }


def _adresses(structure: Structure) -> list[str]:
    return adresses_des_structures([structure])[structure.pk]


# --- registration ---------------------------------------------------------------------------------------------------


def demander_confirmation(candidat: Candidat, secret: str, *, deja_commencee: bool = False) -> None:
    """R42: the link that proves the address."""
    _au_candidat(
        "confirmation",
        candidat,
        candidat,
        lien=courriels.lien("candidats:confirmer", secret),
        jours=DUREE_CONFIRMATION.days,
        effacement_jours=JAMAIS_CONFIRME.days,
        deja_commencee=deja_commencee,
        pix=bool(lien_campagne(candidat)),
    )


def signaler_compte_existant(courriel: str) -> None:
    """R43: somebody registered again; only the owner of the address learns that an account exists."""
    courriels.envoyer(
        "candidats/compte_existant",
        destinataires=[courriel],
        contexte={
            "connexion": courriels.lien("account_login"),
            "inscription": courriels.lien("candidats:inscription"),
            "mot_de_passe": courriels.lien("account_reset_password"),
        },
    )


def souhaiter_bienvenue(candidat: Candidat, invitations: list[MiseEnRelation]) -> None:
    pix = courriels.lien("candidats:pix") if lien_campagne(candidat) else ""
    _au_candidat("bienvenue", candidat, candidat, invitations=invitations, lien_pix=pix)


def annoncer_etat(candidat: Candidat) -> None:
    """Suspended, available again, withdrawn: the candidate gets a trace of it (R51)."""
    _au_candidat("etat", candidat, candidat)


def annoncer_changement_a_la_structure(mises_en_relation: Iterable[MiseEnRelation]) -> None:
    """The structures that had chosen somebody who is no longer available, or who withdrew."""
    for mise_en_relation in mises_en_relation:
        annoncer_a_la_structure("candidat_indisponible", mise_en_relation)


def rappeler_cv(candidat: Candidat, document: Document) -> None:
    """R44, R112: where to keep it; neither the file nor its name."""
    _au_candidat(
        "cv_bientot_supprime", candidat, candidat, expire_le=document.expire_le, lien=courriels.lien("candidats:cv")
    )


def demander_disponibilite(candidat: Candidat, secret: str) -> None:
    """R51: the link works without signing in."""
    _au_candidat(
        "disponibilite", candidat, candidat, lien=courriels.lien("candidats:disponibilite", secret), jours=LIEN.days
    )


def annoncer_paires_reunies(gardee: MiseEnRelation, entretiens: list[Entretien]) -> None:
    """R43: the structure had two pairs of one person for one post; which one goes on, and what is cancelled."""
    _a_la_structure("candidatures_reunies", gardee, entretiens=entretiens)
    if entretiens:
        annoncer_creneaux("entretien_annule", [], a_qui=Role.CANDIDAT, annules=entretiens)


def annoncer_fin_de_contrat(mise_en_relation: MiseEnRelation) -> None:
    """R68: the person knows whether they are proposed again, and how to change it."""
    annoncer_au_candidat("fin_de_contrat", mise_en_relation)


def annoncer_fusion(garde: Candidat, absorbe: Candidat) -> None:
    """R43: told at both addresses: one of them signs in no more as a candidate."""
    adresses = {garde.utilisateur.email: "garde", absorbe.utilisateur.email: "reuni"}
    for adresse, cas in adresses.items():
        courriels.envoyer(
            "candidats/fusion",
            destinataires=[adresse],
            contexte={
                "prenom": garde.utilisateur.prenom,
                "cas": cas,
                "courriel_garde": garde.utilisateur.email,
                "courriel_reuni": absorbe.utilisateur.email,
                "connexion": courriels.lien("account_login"),
            },
            objet=garde,
        )


# --- proposals ------------------------------------------------------------------------------------------------------


def annoncer_propositions(cles: Sequence[int]) -> None:
    """One mail per structure with its new candidates, one per candidate with the structures (R50, R51, R113).

    Whatever the number of pairs, few are in memory at a time, and the mails are stored by lots.
    """
    with courriels.en_lots():
        for paires in _par_groupes(cles, "poste__structure_id"):
            _annoncer_aux_structures(paires)
        for paires in _par_groupes(cles, "candidat_id"):
            _annoncer_aux_candidats(paires)


def _par_groupes(cles: Sequence[int], par: str) -> Iterator[list[MiseEnRelation]]:
    """The pairs, those of one structure (or of one candidate) never apart, with all that the mails say."""
    groupes: dict[int, list[int]] = defaultdict(list)
    for morceau in par_lots(cles):
        for cle, groupe in MiseEnRelation.objects.filter(pk__in=morceau).order_by("pk").values_list("pk", par):
            groupes[groupe].append(cle)
    lot: list[int] = []
    for siennes in groupes.values():
        lot += siennes
        if len(lot) >= PAIRES_PAR_LOT:
            yield _lire(lot)
            lot = []
    if lot:
        yield _lire(lot)


def _lire(cles: list[int]) -> list[MiseEnRelation]:
    lies = ("poste__structure__commune", "candidat__utilisateur", "candidat__commune")
    return list(MiseEnRelation.objects.filter(pk__in=cles).select_related(*lies).order_by("pk"))


def _annoncer_aux_structures(mises_en_relation: list[MiseEnRelation]) -> None:
    par_structure: dict[int, list[MiseEnRelation]] = defaultdict(list)
    for paire in mises_en_relation:
        par_structure[paire.poste.structure_id].append(paire)
    adresses = adresses_des_structures({p.poste.structure_id: p.poste.structure for p in mises_en_relation}.values())
    for structure_id, paires in par_structure.items():
        structure = paires[0].poste.structure
        if not adresses[structure_id]:
            continue
        lignes = [{"paire": paire, "lien_pas_interesse": lien_pas_interesse(paire)} for paire in paires]
        courriels.envoyer(
            "candidats/propositions_structure",
            destinataires=adresses[structure_id],
            contexte={
                "structure": structure,
                "lignes": lignes,
                "nombre": len(lignes),
                "lien": courriels.lien("candidats:propositions"),
            },
            objet=structure,
        )


def _annoncer_aux_candidats(mises_en_relation: list[MiseEnRelation]) -> None:
    par_candidat: dict[int, list[MiseEnRelation]] = defaultdict(list)
    for paire in mises_en_relation:
        par_candidat[paire.candidat_id].append(paire)
    for paires in par_candidat.values():
        candidat = paires[0].candidat
        lignes = [{"paire": paire, "lien_reponse": lien_reponse(paire)} for paire in paires]
        _au_candidat("propositions_candidat", candidat, candidat, lignes=lignes, nombre=len(paires))


def rappeler_propositions(mises_en_relation: list[MiseEnRelation], jours: int) -> None:
    """S4: the candidates that a structure has not answered."""
    structure = mises_en_relation[0].poste.structure
    courriels.envoyer(
        "candidats/propositions_en_attente",
        destinataires=_adresses(structure),
        contexte={
            "structure": structure,
            "paires": mises_en_relation,
            "nombre": len(mises_en_relation),
            "jours": jours,
            "lien": courriels.lien("candidats:propositions"),
        },
        objet=structure,
    )


def annoncer_fin(mises_en_relation: Iterable[MiseEnRelation]) -> None:
    """R54: one mail per candidate for the proposals that the portal closed."""
    par_candidat: dict[int, list[MiseEnRelation]] = defaultdict(list)
    for paire in mises_en_relation:
        par_candidat[paire.candidat_id].append(paire)
    for paires in par_candidat.values():
        candidat = paires[0].candidat
        annules = [entretien for paire in paires for entretien in paire.entretiens_annules]
        pieces = fichiers_agenda(annules, Role.CANDIDAT)
        _au_candidat("propositions_closes", candidat, candidat, pieces=pieces, paires=paires, nombre=len(paires))


def annoncer_recrutement(
    recrutee: MiseEnRelation,
    de_la_personne: list[MiseEnRelation],
    du_poste: list[MiseEnRelation],
    etats_avant: dict[int, str],
) -> None:
    """R54: the person, the other candidates of the post, and the structures that had chosen the person."""
    annoncer_au_candidat("recrutement", recrutee, autres=de_la_personne)
    annoncer_fin(du_poste)
    for paire in de_la_personne:
        if etats_avant[paire.pk] != EtatMiseEnRelation.NOUVELLE or paire.origine != Origine.MOTEUR:
            annoncer_a_la_structure("candidat_recrute", paire)


def annoncer_au_candidat(modele: str, mise_en_relation: MiseEnRelation, **contexte: Any) -> None:
    """Shortlisted, set aside, taken back, validated… (R51), with the interviews that this cancels (R52)."""
    pieces = fichiers_agenda(mise_en_relation.entretiens_annules, Role.CANDIDAT)
    contexte |= {"paire": mise_en_relation, "lien_reponse": lien_reponse(mise_en_relation)}
    _au_candidat(modele, mise_en_relation.candidat, mise_en_relation, pieces=pieces, **contexte)


def annoncer_a_la_structure(modele: str, mise_en_relation: MiseEnRelation, **contexte: Any) -> None:
    pieces = fichiers_agenda(mise_en_relation.entretiens_annules, Role.STRUCTURE)
    _a_la_structure(modele, mise_en_relation, pieces=pieces, **contexte)


def inviter_candidat(invitation: InvitationCandidat, lien: str, jours: int, *, deja_inscrit: bool) -> None:
    """R49: the person is told who invites, and where to register or to answer."""
    courriels.envoyer(
        "candidats/invitation",
        destinataires=[invitation.courriel],
        contexte={
            "structure": invitation.poste.structure,
            "lien": lien,
            "deja_inscrit": deja_inscrit,
            "jours": jours,
        },
        objet=invitation,
    )


# --- interviews -----------------------------------------------------------------------------------------------------


def annoncer_creneaux(
    modele: str,
    creneaux: Sequence[Entretien],
    *,
    a_qui: str,
    annules: Sequence[Entretien] = (),
    agenda: bool = True,
    **contexte: Any,
) -> None:
    """Slots proposed, chosen, changed or cancelled, each with its calendar file (R52)."""
    tous = [*creneaux, *annules]
    paire = tous[0].mise_en_relation
    contexte |= {"creneaux": creneaux, "annules": annules, "entretien": tous[0], "plusieurs": len(creneaux) > 1}
    pieces = fichiers_agenda(tous, a_qui) if agenda else []
    if a_qui == Role.CANDIDAT:
        contexte |= {"lien_creneaux": lien_creneaux(paire), "lien_reponse": lien_reponse(paire)}
        _au_candidat(modele, paire.candidat, tous[0], pieces=pieces, paire=paire, **contexte)
    else:
        _a_la_structure(modele, paire, pieces=pieces, **contexte)


def fichiers_agenda(entretiens: Sequence[Entretien], a_qui: str) -> list[courriels.PieceJointe]:
    """One file per event, as calendars want it; a cancelled one takes the event away."""
    pieces = []
    for rang, entretien in enumerate(entretiens, start=1):
        paire = entretien.mise_en_relation
        est_candidat = a_qui == Role.CANDIDAT
        invite = paire.candidat.utilisateur.email if est_candidat else paire.poste.structure.contact_courriel
        nom = calendrier.NOM_FICHIER if len(entretiens) == 1 else f"entretien-{rang}.ics"
        contenu = calendrier.fichier(entretien, invite=invite)
        pieces.append(courriels.PieceJointe(nom, contenu, calendrier.TYPE_MIME))
    return pieces


# --- shared ---------------------------------------------------------------------------------------------------------


def _au_candidat(modele: str, candidat: Candidat, objet: Any, *, pieces: Iterable[Any] = (), **contexte: Any) -> None:
    courriels.envoyer(
        f"candidats/{modele}",
        destinataires=[candidat.utilisateur.email],
        contexte={
            "candidat": candidat,
            "prenom": candidat.utilisateur.prenom,
            "lien_espace": courriels.lien("candidats:espace"),
            **contexte,
        },
        objet=objet,
        pieces=pieces,
    )


def _a_la_structure(modele: str, paire: MiseEnRelation, *, pieces: Iterable[Any] = (), **contexte: Any) -> None:
    structure = paire.poste.structure
    courriels.envoyer(
        f"candidats/{modele}",
        destinataires=_adresses(structure),
        contexte={
            "structure": structure,
            "paire": paire,
            "candidat": paire.candidat,
            "lien_candidature": courriels.lien("candidats:mise_en_relation", paire.uuid),
            **contexte,
        },
        objet=paire,
        pieces=pieces,
    )
