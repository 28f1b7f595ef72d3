"""Load the packaged territory data. Run at each start: free when there is nothing to do."""

from django.core.management.base import BaseCommand

from portal.territoires.chargement import charger


class Command(BaseCommand):
    help = "Charge les communes, codes postaux, EPCI, départements et régions livrés avec le portail."

    def add_arguments(self, parser):
        parser.add_argument(
            "--forcer", action="store_true", help="recharge même si les données sont à jour ou viennent de l’API"
        )

    def handle(self, *args, forcer, **options):
        bilan = charger(forcer=forcer)
        if bilan.inchange:
            self.stdout.write(f"Territoires déjà à jour : {bilan.communes} communes (source : {bilan.source}).")
        else:
            self.stdout.write(f"Territoires chargés : {bilan.communes} communes, dont {bilan.ecrites} écrites.")
