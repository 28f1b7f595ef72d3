"""First lines every command of bin/ runs: find a recent enough Python, then hand over to portal/embarque.

Written so that an old Python 3 can still read it and answer with one clear sentence.
"""

import os
import shutil
import sys

MINIMUM = (3, 11)
ESSAIS = ("python3.14", "python3.13", "python3.12", "python3.11")


def lancer(commande):
    """Run one command (demo, test, manage, bench, verrouiller) with the arguments of the command line."""
    sys.dont_write_bytecode = True
    if tuple(sys.version_info[:2]) < MINIMUM:
        _relancer_avec_un_python_recent()
    portal = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "portal")
    # The package is imported without its parent: portal/__init__.py may need packages that are not installed yet.
    sys.path.insert(0, portal)
    from embarque import amorce

    sys.path.remove(portal)
    sys.exit(amorce.lancer(commande, sys.argv[1:]))


def _relancer_avec_un_python_recent():
    for nom in ESSAIS:
        chemin = shutil.which(nom)
        if chemin:
            os.execv(chemin, [chemin] + sys.argv)  # noqa: S606
    sys.stderr.write(
        "Python 3.11 ou plus récent est nécessaire ; la commande python3 de cette machine est la version {}.{}. "
        "Sur Debian ou Ubuntu : apt install python3.11 python3.11-venv.\n".format(*sys.version_info[:2])
    )
    sys.exit(1)
