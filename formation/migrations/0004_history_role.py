"""The author's role has a name of its own in the history: `history_role`, beside `history_user` (R110)."""

from django.db import migrations

HISTORIQUES = [
    "historicalorganisme",
    "historicallot",
    "historicalprisedecontact",
    "historicalpositionnement",
    "historicalsessionformation",
    "historicalinscription",
]


class Migration(migrations.Migration):
    dependencies = [("formation", "0003_parcours_de_formation")]
    operations = [migrations.RenameField(nom, "role", "history_role") for nom in HISTORIQUES]
