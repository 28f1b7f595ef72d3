"""The three campaigns of the past, closed, as the texts give them (DOMAIN §4, R15).

S0 and S1 announce one envelope of 4 000 posts and 200 million euros, opened on 17 November 2020, and do not say what
part of it went to private structures: the first campaign carries it whole. No text gives an envelope for the other two,
so theirs is empty, and ANCT sets one before it grants anything more in them. S3 expects the call to close « early 2022
at the latest » without a day; S2 closes on 10 December 2023 and does not say when it opened: the start of that year
stands for it.
"""

import datetime as dt
from decimal import Decimal

from django.db import migrations

CAMPAGNES = [
    {
        "code": "ami-public-2020-historique",
        "nom": "Structures publiques, appel de 2020",
        "regime": "ami-public-2020",
        "ouvre_le": dt.date(2020, 11, 17),
        "ferme_le": None,
        "enveloppe_postes": 4000,
        "enveloppe_montant": Decimal("200000000.00"),
    },
    {
        "code": "ami-prive-2021-historique",
        "nom": "Structures privées, appel de 2021",
        "regime": "ami-prive-2021",
        "ouvre_le": dt.date(2020, 11, 17),
        "ferme_le": None,
        "enveloppe_postes": 0,
        "enveloppe_montant": Decimal("0.00"),
    },
    {
        "code": "aac-coordinateur-2023-historique",
        "nom": "Conseillers coordinateurs, appel de 2023",
        "regime": "aac-coordinateur-2023",
        "ouvre_le": dt.date(2023, 1, 1),
        "ferme_le": dt.date(2023, 12, 10),
        "enveloppe_postes": 0,
        "enveloppe_montant": Decimal("0.00"),
    },
]


def creer(apps, schema_editor):
    Campagne = apps.get_model("structures", "Campagne")
    for champs in CAMPAGNES:
        valeurs = {**champs, "etat": "fermee", "etat_role": "systeme"}
        Campagne.objects.get_or_create(code=valeurs.pop("code"), defaults=valeurs)


class Migration(migrations.Migration):
    dependencies = [("structures", "0001_squashed_0011_faits_declares")]
    operations = [migrations.RunPython(creer, migrations.RunPython.noop)]
