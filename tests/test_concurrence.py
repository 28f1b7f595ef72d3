"""Two people at the same second, through the pages and the jobs as they really come: one effect each (issue 2).

The same races on the verbs alone are in the apps (`test_validation`, `test_concurrence_comite`,
`test_ouvrir_tranches`); here the whole chain runs: session, form, verb, events of the upper floors, mails.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from candidats.coherence import entretiens_ouverts
from candidats.enums import EtatEntretien, EtatMiseEnRelation
from candidats.models import MiseEnRelation
from portal.commun.models import Document, ExecutionTache
from structures.actions import decider
from structures.enums import EtatComite, EtatPoste
from structures.models import Comite, LigneComite, Poste
from structures.proces_verbal import NATURE_PROCES_VERBAL
from subventions.enums import EtatTranche
from subventions.models import Dossier, Tranche
from subventions.tasks import ouvrir_les_tranches
from tests.candidats.factories import CandidatFactory, MiseEnRelationFactory, rattachement_candidat
from tests.formation.factories import OrganismeFactory
from tests.structures.factories import CandidatureFactory, ComiteFactory, membre
from tests.subventions.factories_contrats import ConventionFactory

pytestmark = pytest.mark.django_db(transaction=True)


def ensemble(*appels: Callable[[], Any]) -> list[Any]:
    """What each call returned, all started at the same moment, each on its own connection."""
    depart, resultats = threading.Barrier(len(appels)), [None] * len(appels)

    def courir(rang: int, appel: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            depart.wait(timeout=60)
            resultats[rang] = appel()
        finally:
            connection.close()

    fils = [threading.Thread(target=courir, args=paire) for paire in enumerate(appels)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=60)
    return resultats


def envoyer(client: Any, adresse: str, **donnees: str) -> Callable[[], Any]:
    return lambda: client.post(adresse, donnees)


def test_deux_structures_valident_la_meme_personne_par_leurs_pages_r53(client_de):
    """One post kept, one subsidy file, one mail to the person; the loser reads why and loses nothing."""
    OrganismeFactory()
    candidat = CandidatFactory()
    paires = [MiseEnRelationFactory(preselectionnee=True, candidat=candidat) for _ in range(2)]
    clients = [client_de(rattachement=membre(paire.poste.structure)) for paire in paires]
    adresses = [reverse("candidats:valider", args=[paire.uuid]) for paire in paires]

    reponses = ensemble(*[envoyer(c, a, taille_tenue="M") for c, a in zip(clients, adresses, strict=True)])

    gagnante, perdante = sorted(reponses, key=lambda reponse: reponse.status_code, reverse=True)
    assert (gagnante.status_code, perdante.status_code) == (302, 200)
    assert "Une autre structure vient de valider" in perdante.text
    assert MiseEnRelation.objects.filter(etat=EtatMiseEnRelation.VALIDEE).count() == 1
    assert sorted(Poste.objects.values_list("etat", flat=True)) == sorted([EtatPoste.A_POURVOIR, EtatPoste.RESERVE])
    dossier = Dossier.objects.get()
    assert dossier.poste.etat == EtatPoste.RESERVE
    assert Email.objects.filter(to=candidat.utilisateur.email, subject__icontains="valid").count() == 1


def test_la_personne_choisit_une_date_que_la_structure_remplace_r52(client_de):
    """R52: at the same second; whoever comes second reads what the first did, and one interview at most is open."""
    paire = MiseEnRelationFactory(entretien=True)
    entretien = paire.entretiens.get()
    structure = client_de(rattachement=membre(paire.poste.structure))
    personne = client_de(rattachement=rattachement_candidat(paire.candidat))
    jour = (timezone.localdate() + dt.timedelta(days=9)).isoformat()
    creneau = {"jour": jour, "heure": "10:00", "duree_min": "45", "lieu": "Mairie"}

    reponses = ensemble(
        envoyer(personne, reverse("candidats:accepter_entretien", args=[entretien.uuid])),
        envoyer(structure, reverse("candidats:proposer_entretien", args=[paire.uuid]), **creneau),
    )

    assert reponses[0].status_code in (302, 409) and reponses[1].status_code == 302
    entretien.refresh_from_db()
    assert entretien.etat == EtatEntretien.ANNULE
    assert paire.entretiens.get(etat=EtatEntretien.PROPOSE).sequence == 0
    assert entretiens_ouverts() == 0


def test_deux_clics_sur_cloturer_le_comite_r26(client_de):
    """Through the administration, by two agents: one closing, one set of minutes, one post, each mail once."""
    agents = [client_de("anct"), client_de("anct")]
    prefecture = client_de("prefecture")
    comite = ComiteFactory()
    candidature = CandidatureFactory(deposee=True, campagne=comite.campagne)
    ligne = LigneComite.objects.create(comite=comite, candidature=candidature)
    decider(acteur=agents[0].acteur, ligne=ligne, decision="retenue", nb_postes=1, motif="")
    adresse = reverse("admin:structures_comite_cloturer", args=[comite.uuid])

    reponses = ensemble(*[envoyer(agent, adresse) for agent in agents])

    assert sorted(reponse.status_code for reponse in reponses) == [200, 302]
    assert Comite.objects.get().etat == EtatComite.CLOS
    assert Poste.objects.count() == 1
    assert Document.objects.filter(nature=NATURE_PROCES_VERBAL).count() == 1
    for adresse in (candidature.contact_courriel, prefecture.utilisateur.email):
        assert Email.objects.filter(to=adresse).count() == 1


def test_deux_passages_de_la_tache_des_versements_r65():
    """Two workers take the nightly job: each tranche is opened once, told once, and both runs end well."""
    convention = ConventionFactory(signee=True)
    chef = membre(convention.dossier.structure)
    Tranche.objects.filter(convention=convention, rang=1).update(prevue_le=timezone.localdate())

    ensemble(ouvrir_les_tranches, ouvrir_les_tranches)

    assert Tranche.objects.get(convention=convention, rang=1).etat == EtatTranche.EXIGIBLE
    assert Tranche.history.filter(etat=EtatTranche.EXIGIBLE).count() == 1
    assert Email.objects.filter(to=chef.utilisateur.email).count() == 1
    executions = ExecutionTache.objects.filter(nom="subventions.ouvrir_tranches")
    assert executions and all(execution.reussie for execution in executions)
    assert sum(execution.resultat.get("exigibles", 0) for execution in executions) == 1
