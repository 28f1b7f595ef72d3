"""Replace the territory data by those of the official API: all of them, or none."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.territoires import api_geo
from portal.territoires.chargement import remplacer


class Command(BaseCommand):
    help = "Met à jour communes, codes postaux, EPCI, départements et régions depuis l’API Géo (GEO_API_URL)."

    def add_arguments(self, parser):
        parser.add_argument(
            "--delai", type=float, default=api_geo.DELAI_S, help="attente maximale sur le réseau, en secondes"
        )

    def handle(self, *args, delai, **options):
        if not settings.GEO_API_URL:
            raise CommandError("GEO_API_URL n’est pas renseignée : indiquez l’adresse de l’API Géo.")
        try:
            jeu = api_geo.assembler(api_geo.telecharger(settings.GEO_API_URL, delai=delai))
        except api_geo.ApiGeoIndisponible as erreur:
            raise CommandError(f"{erreur} Rien n’a été modifié.") from erreur
        bilan = remplacer(jeu)
        self.stdout.write(f"{bilan.communes} communes, dont {bilan.ecrites} ajoutées ou modifiées.")
        if bilan.retirees:
            self.stdout.write(f"{len(bilan.retirees)} communes disparues, retirées : {', '.join(bilan.retirees)}")
        if bilan.conservees:
            self.stdout.write(
                f"{len(bilan.conservees)} communes disparues, conservées car utilisées : {', '.join(bilan.conservees)}"
            )
