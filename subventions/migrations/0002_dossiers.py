"""R60: what else pays for the post. R53: a pair validated again after an undone validation gets another file."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


def _ajouter(modele):
    champ = models.TextField(
        blank=True,
        default="",
        validators=[django.core.validators.MaxLengthValidator(1000)],
        verbose_name="autres financements du poste",
    )
    return migrations.AddField(modele, "cofinancement", champ, preserve_default=False)


class Migration(migrations.Migration):
    dependencies = [("subventions", "0001_initial")]

    operations = [
        _ajouter("dossier"),
        _ajouter("historicaldossier"),
        migrations.AlterField(
            "dossier",
            "mise_en_relation",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="dossiers", to="candidats.miseenrelation"
            ),
        ),
        migrations.AddConstraint(
            "dossier",
            models.UniqueConstraint(
                condition=models.Q(("etat", "clos"), _negated=True),
                fields=("mise_en_relation",),
                name="dossier_un_vivant_par_candidat",
            ),
        ),
    ]
