from django.db import models


class Precision(models.TextChoices):
    """Where the coordinates of a commune come from, from the most to the least exact."""

    COMMUNE = "commune", "Point de la commune"
    DELEGUEE = "deleguee", "Moyenne des communes déléguées ou associées"
    EPCI = "epci", "Moyenne de l’intercommunalité"
    DEPARTEMENT = "departement", "Moyenne du département"
    CONSTANTE = "constante", "Point fixé pour le territoire"


class NatureEpci(models.TextChoices):
    CC = "CC", "Communauté de communes"
    CA = "CA", "Communauté d’agglomération"
    CU = "CU", "Communauté urbaine"
    METRO = "METRO", "Métropole"
    MET69 = "MET69", "Métropole de Lyon"
