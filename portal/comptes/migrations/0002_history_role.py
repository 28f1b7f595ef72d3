"""The author's role has a name of its own in the history: `history_role`, beside `history_user` (R110).

Memberships and invitations have a `role` themselves: until now that of the author was written over it.
"""

from django.db import migrations, models

import portal.commun.roles

HISTORIQUES = ["historicalutilisateur", "historicalorganisation"]
ECRASES = {"historicalrattachement": "rattachement", "historicalinvitation": "invitation"}


def _champ():
    return models.CharField(
        choices=portal.commun.roles.Role.choices,
        default=portal.commun.roles.Role["SYSTEME"],
        max_length=20,
        verbose_name="en tant que",
    )


def _rendre(historique, modele):
    # The role of a membership or of an invitation never changes: the row itself says what its history must say.
    return migrations.RunSQL(
        f"""UPDATE comptes_{historique} h SET history_role = h.role,
            role = COALESCE((SELECT r.role FROM comptes_{modele} r WHERE r.id = h.id), h.role)""",
        f"UPDATE comptes_{historique} SET role = history_role",
    )


class Migration(migrations.Migration):
    dependencies = [("comptes", "0001_initial")]
    operations = [
        *[migrations.RenameField(nom, "role", "history_role") for nom in HISTORIQUES],
        *[migrations.AddField(nom, "history_role", _champ()) for nom in ECRASES],
        *[_rendre(historique, modele) for historique, modele in ECRASES.items()],
    ]
