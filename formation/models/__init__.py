from formation.models.organisme import Lot, Organisme, PriseDeContact
from formation.models.session import Inscription, Positionnement, SessionFormation

__all__ = ["Inscription", "Lot", "Organisme", "Positionnement", "PriseDeContact", "SessionFormation"]
