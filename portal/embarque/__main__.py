"""Second half of every command of bin/, run by path with the Python of `.venv/`."""

from __future__ import annotations

import sys
from pathlib import Path

# Run by path, so that the caller's working folder stays the caller's: the first entry is this folder, not the root.
sys.path[0] = str(Path(__file__).resolve().parents[2])


def main() -> int:
    from portal.embarque import bench, demo, essais, manage, options, verrouiller
    from portal.embarque.affichage import dire
    from portal.embarque.processus import executer_un_bloc

    commandes = {
        "demo": demo.lancer,
        "test": essais.lancer,
        "manage": manage.lancer,
        "bench": bench.lancer,
        "verrouiller": verrouiller.lancer,
    }
    nom, *arguments = sys.argv[1:]
    try:
        return executer_un_bloc(lambda: commandes[nom](options.LECTEURS[nom](arguments)))
    except KeyboardInterrupt:
        dire("Interrompu.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
