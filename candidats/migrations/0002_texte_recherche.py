"""The column that the CVthèque searches by words (R44)."""

from django.db import migrations

# R44: motivation and diploma without accents, kept up to date by the database whatever writes the row. Decomposed
# before being lowered: in a database of locale C, only ASCII letters have a lower case. The models do not know this
# column, so that reading a candidate does not read it; `candidats.cvtheque.qui_dit` searches it.
COLONNE = r"""
ALTER TABLE candidats_candidat ADD COLUMN texte_recherche tsvector GENERATED ALWAYS AS (
    to_tsvector(
        'french',
        lower(regexp_replace(
            normalize(
                replace(replace(replace(replace(
                    diplome_nom || ' ' || motivation, 'œ', 'oe'), 'Œ', 'OE'), 'æ', 'ae'), 'Æ', 'AE'),
                NFKD
            ),
            '[\u0300-\u036f]', '', 'g'
        ))
    )
) STORED;
CREATE INDEX candidat_texte_recherche ON candidats_candidat USING gin (texte_recherche);
"""


class Migration(migrations.Migration):
    replaces = [("candidats", "0007_cvtheque")]
    dependencies = [("candidats", "0001_squashed_0011_reserve")]
    operations = [migrations.RunSQL(COLONNE, "ALTER TABLE candidats_candidat DROP COLUMN texte_recherche")]
