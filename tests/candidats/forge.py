"""A process that starts runs of the engine on demand, each in a process of its own that a test may kill.

    python -m tests.candidats.forge

Each line read starts a run; its process number is written at once, then how it ended. Django is loaded once.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    import django

    django.setup()
    from django.template.loader import get_template

    from candidats import actions
    from portal.commun.acteurs import Acteur

    get_template("courriels/enveloppe.html")
    sys.stdout.write("pret\n")
    sys.stdout.flush()
    for _ in sys.stdin:
        enfant = os.fork()
        if enfant == 0:
            # Nothing of the parent's was opened: the first query opens the connection of this process alone.
            actions.apparier(acteur=Acteur.systeme())
            os._exit(0)
        sys.stdout.write(f"{enfant}\n")
        sys.stdout.flush()
        _, etat = os.waitpid(enfant, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(etat)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
