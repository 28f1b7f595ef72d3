"""The author's role has a name of its own in the history: `history_role`, beside `history_user` (R110)."""

from django.db import migrations

HISTORIQUES = [
    "historicaldossier",
    "historicalpiece",
    "historicaldemandecomplement",
    "historicalmessagedossier",
    "historicalcontrat",
    "historicalconvention",
    "historicalsignatureconvention",
    "historicaltranche",
    "historicalsuspension",
]


class Migration(migrations.Migration):
    dependencies = [("subventions", "0002_dossiers")]
    operations = [migrations.RenameField(nom, "role", "history_role") for nom in HISTORIQUES]
