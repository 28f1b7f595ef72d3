"""The author's role has a name of its own in the history: `history_role`, beside `history_user` (R110)."""

from django.db import migrations

HISTORIQUES = [
    "historicalcandidat",
    "historicalmiseenrelation",
    "historicalentretien",
    "historicalinvitationcandidat",
]


class Migration(migrations.Migration):
    dependencies = [("candidats", "0004_liens_pas_interesse")]
    operations = [migrations.RenameField(nom, "role", "history_role") for nom in HISTORIQUES]
