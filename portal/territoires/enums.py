from django.db import models


class Precision(models.TextChoices):
    """Where the coordinates of a commune come from, from the most to the least exact (docs/territoires.md)."""

    COMMUNE = "commune", "Point de la commune"
    DELEGUEE = "deleguee", "Moyenne de localités de la commune"
    CONSTANTE = "constante", "Point relevé à la main"
    POSTAL = "postal", "Moyenne des communes du même code postal"
    EPCI = "epci", "Moyenne de l’intercommunalité"
    DEPARTEMENT = "departement", "Moyenne du département"


class NatureEpci(models.TextChoices):
    CC = "CC", "Communauté de communes"
    CA = "CA", "Communauté d’agglomération"
    CU = "CU", "Communauté urbaine"
    METRO = "METRO", "Métropole"
    MET69 = "MET69", "Métropole de Lyon"
