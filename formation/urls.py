from django.urls import path

from formation.views import candidat, organisme, personnes, sessions, structure

app_name = "formation"

STRUCTURE = "espace/structure/formation/"
CANDIDAT = "espace/candidat/formation/"
ORGANISME = "espace/organisme/"
PERSONNE = f"{ORGANISME}personnes/<uuid:uuid>/"
SESSION = f"{ORGANISME}sessions/<uuid:uuid>/"
INSCRIPTION = f"{ORGANISME}inscriptions/<uuid:uuid>/"

urlpatterns = [
    path(STRUCTURE, structure.liste, name="structure"),
    path(f"{STRUCTURE}<uuid:uuid>/", structure.dossier, name="dossier"),
    path(f"{STRUCTURE}<uuid:uuid>/contacter/<uuid:organisme>/", structure.contacter, name="contacter"),
    path(f"{STRUCTURE}<uuid:uuid>/sessions/<uuid:session>/inscrire/", structure.inscrire, name="inscrire"),
    path(f"{STRUCTURE}inscriptions/<uuid:uuid>/annuler/", structure.annuler, name="annuler"),
    path(f"{STRUCTURE}inscriptions/<uuid:uuid>/distance/", structure.distance, name="distance"),
    path(f"{STRUCTURE}tests/<uuid:uuid>/agenda.ics", structure.agenda, name="agenda_structure"),
    path(CANDIDAT, candidat.formation, name="candidat"),
    path(f"{CANDIDAT}tests/<uuid:uuid>/agenda.ics", candidat.agenda, name="agenda_candidat"),
    path(ORGANISME, organisme.a_traiter, name="espace"),
    path(f"{ORGANISME}personnes/", organisme.personnes, name="personnes"),
    path(f"{ORGANISME}personnes/export/<slug:format>/", organisme.export_personnes, name="personnes_export"),
    path(PERSONNE, personnes.personne, name="personne"),
    path(f"{PERSONNE}contact/", personnes.contact, name="contact"),
    path(f"{PERSONNE}test/", personnes.test, name="test"),
    path(f"{PERSONNE}resultat/", personnes.resultat, name="resultat"),
    path(f"{PERSONNE}dispense/", personnes.dispense, name="dispense"),
    path(f"{PERSONNE}sessions/<uuid:session>/inscrire/", personnes.inscrire, name="inscrire_personne"),
    path(f"{ORGANISME}sessions/", sessions.liste, name="sessions"),
    path(f"{ORGANISME}sessions/creer/", sessions.creer, name="session_creer"),
    path(f"{ORGANISME}sessions/export/<slug:format>/", sessions.export, name="sessions_export"),
    path(SESSION, sessions.session, name="session"),
    path(f"{SESSION}export/<slug:format>/", sessions.export_inscrits, name="inscrits_export"),
    path(f"{SESSION}cloturer/", sessions.cloturer, name="session_cloturer"),
    path(f"{SESSION}annuler/", sessions.annuler, name="session_annuler"),
    path(f"{SESSION}terminer/", sessions.terminer, name="session_terminer"),
    path(f"{INSCRIPTION}depart/", sessions.depart, name="depart"),
    path(f"{INSCRIPTION}annuler/", sessions.annuler_inscription, name="inscription_annuler"),
]
