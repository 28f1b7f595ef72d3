import pytest
from tests.structures import factories as f
pytestmark = pytest.mark.django_db
def test_fab():
    for t in "deposee a_corriger examen retenue activee refusee abandonnee reexaminee privee coordinateurs".split():
        c = f.CandidatureFactory(**{t: True}); c.refresh_from_db()
    f.CandidatureFactory(lieux=[("M", f.lieu("03310"))], coordinateurs=True, deposee=True)
    for t in "reserve pourvu rendu retire a_activer privee coordinateurs".split():
        p = f.PosteFactory(**{t: True}); p.full_clean(exclude={"etat","regime"})
    s = f.StructureFactory(); a = f.PosteFactory(structure=s); b = f.PosteFactory(structure=s, campagne=a.campagne)
    assert a.comite == b.comite and a.candidature == b.candidature
    f.ComiteFactory(); f.LigneComiteFactory(); f.AvisFactory(); f.LieuExerciceFactory()
    print(f.acteur_de_structure(s))
