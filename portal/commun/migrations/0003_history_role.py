"""The author's role has a name of its own in the history: `history_role`, beside `history_user` (R110)."""

from django.db import migrations

HISTORIQUES = [
    "historicaldocument",
]


class Migration(migrations.Migration):
    dependencies = [("commun", "0002_lecturedocument")]
    operations = [migrations.RenameField(nom, "role", "history_role") for nom in HISTORIQUES]
