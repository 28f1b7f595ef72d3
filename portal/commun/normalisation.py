"""Fold what people type and what we store onto one comparable form.

The embedded PostgreSQL has neither `unaccent` nor an ICU collation (ARCHITECTURE §4), so every column that is
searched or sorted by people is stored a second time through these functions, and every query goes through them too.
"""

import re
import unicodedata

# Letters that Unicode does not decompose, yet that people type as two letters (or as their plain cousin).
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l"})
ABREVIATIONS_DE_LIEU = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
SEPARATEURS = re.compile(r"[\W_]+")


def normaliser(texte):
    """Lower case, without accents nor ligatures; hyphens, apostrophes and runs of spaces become one space.

    >>> normaliser("  L’Haÿ-les-Roses ")
    'l hay les roses'
    """
    # Decomposed twice: styled letters ("𝐀") have a case only once plain, and lower case may add accents again ("İ").
    minuscule = unicodedata.normalize("NFKD", texte or "").casefold().translate(LIGATURES)
    sans_accent = (lettre for lettre in unicodedata.normalize("NFKD", minuscule) if not unicodedata.combining(lettre))
    return SEPARATEURS.sub(" ", "".join(sans_accent)).strip()


def normaliser_lieu(texte):
    """Same as `normaliser`, and "St", "Ste" are read as "Saint", "Sainte", as on an envelope.

    >>> normaliser_lieu("St-Étienne")
    'saint etienne'
    """
    return " ".join(ABREVIATIONS_DE_LIEU.get(mot, mot) for mot in normaliser(texte).split())
