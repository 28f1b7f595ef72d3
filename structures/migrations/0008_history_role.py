"""The author's role has a name of its own in the history: `history_role`, beside `history_user` (R110)."""

from django.db import migrations

HISTORIQUES = [
    "historicalcampagne",
    "historicalstructure",
    "historicallieuexercice",
    "historicaldoublonecarte",
    "historicalcandidature",
    "historicalconsultationcoordinateur",
    "historicalavis",
    "historicaldemandepostes",
    "historicalchangementetablissement",
    "historicalcomite",
    "historicallignecomite",
    "historicalposte",
    "historicaltransfertposte",
    "historicalderogationposte",
    "historicalfaitprioritaire",
]


class Migration(migrations.Migration):
    dependencies = [("structures", "0007_application")]
    operations = [migrations.RenameField(nom, "role", "history_role") for nom in HISTORIQUES]
