"""The Pix results of two registrations of one person (R43, R45): called by the merge, under its locks."""

from __future__ import annotations

from candidats.actions.pix import MOTIF_RETRAIT, accorder_partage, effacer_resultats, vider_lignes
from candidats.models import Candidat, LignePix, ResultatPix

MOTIF = "Deux inscriptions réunies"


def reunir_pix(garde: Candidat, absorbe: Candidat) -> None:
    """What the person shared with either registration is theirs; their latest decision on sharing holds.

    In one campaign the result shared last is in force, the other stays, superseded.
    """
    if absorbe.pix_consenti_le is None:
        return
    retire = garde.pix_consenti_le is None and garde.pix_retire_le is not None
    if retire and garde.pix_retire_le > absorbe.pix_consenti_le:
        effacer_resultats(ResultatPix.objects.filter(candidat=absorbe), MOTIF_RETRAIT)
        vider_lignes(absorbe)
    else:
        garde.pix_consenti_le = min(filter(None, (garde.pix_consenti_le, absorbe.pix_consenti_le)))
        garde.save()
        _deplacer(garde, absorbe)
    absorbe.pix_consenti_le, absorbe.pix_partage = None, False
    absorbe.save()
    accorder_partage(garde, MOTIF)


def _deplacer(garde: Candidat, absorbe: Candidat) -> None:
    en_vigueur = {r.campagne_cle: r for r in ResultatPix.objects.filter(candidat=garde, en_vigueur=True)}
    for resultat in ResultatPix.objects.filter(candidat=absorbe).order_by("pk"):
        present = en_vigueur.get(resultat.campagne_cle) if resultat.en_vigueur else None
        if present is not None:
            ancien = min(present, resultat, key=lambda r: (r.partage_le, r.pk))
            ancien.en_vigueur = False
            if ancien is present:
                ancien.save()
        resultat.candidat = garde
        resultat.save()
    for ligne in LignePix.objects.filter(candidat=absorbe).order_by("pk"):
        ligne.candidat = garde
        ligne.save()
