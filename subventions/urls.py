from django.urls import include, path

from subventions.views import bdt, structure

app_name = "subventions"

STRUCTURE = "espace/structure/subvention/"
DOSSIER = f"{STRUCTURE}<uuid:uuid>/"
BDT = "espace/bdt/"
INSTRUCTION = f"{BDT}dossiers/<uuid:uuid>/"

urlpatterns = [
    path(STRUCTURE, structure.liste, name="structure"),
    path(DOSSIER, structure.dossier, name="dossier_structure"),
    path(f"{DOSSIER}informations/", structure.informations, name="informations"),
    path(f"{DOSSIER}pieces/<uuid:piece>/", structure.piece, name="piece"),
    path(f"{DOSSIER}deposer/", structure.deposer, name="deposer"),
    path(f"{DOSSIER}repondre/", structure.repondre, name="repondre"),
    path(f"{DOSSIER}messages/", structure.message, name="message_structure"),
    path(f"{DOSSIER}messages/lus/", structure.messages_lus, name="lus_structure"),
    path(BDT, bdt.file, name="bdt"),
    path(f"{BDT}export/<slug:format>/", bdt.export, name="bdt_export"),
    path(INSTRUCTION, bdt.dossier, name="dossier_bdt"),
    path(f"{INSTRUCTION}prendre-en-charge/", bdt.prendre_en_charge, name="prendre_en_charge"),
    path(f"{INSTRUCTION}pieces/<uuid:piece>/accepter/", bdt.accepter_piece, name="accepter_piece"),
    path(f"{INSTRUCTION}pieces/<uuid:piece>/refuser/", bdt.refuser_piece, name="refuser_piece"),
    path(f"{INSTRUCTION}complement/", bdt.demander_complement, name="demander_complement"),
    path(f"{INSTRUCTION}conforme/", bdt.declarer_conforme, name="declarer_conforme"),
    path(f"{INSTRUCTION}rejeter/", bdt.rejeter, name="rejeter"),
    path(f"{INSTRUCTION}messages/", bdt.message, name="message_bdt"),
    path(f"{INSTRUCTION}messages/lus/", bdt.messages_lus, name="lus_bdt"),
    path("", include("subventions.urls_contrats")),
]
