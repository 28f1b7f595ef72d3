"""The demo accounts (INTERFACES): one per role, one password for all, said aloud by `bin/demo`."""

from __future__ import annotations

from dataclasses import dataclass

from portal.commun.roles import Role

# A demo password is public: it opens nothing but this machine's sample data.
MOT_DE_PASSE = "demo-conseiller-2026"


@dataclass(frozen=True)
class CompteDemo:
    courriel: str
    role: Role
    prenom: str
    nom: str
    qui: str


COMPTES = (
    CompteDemo("structure@demo.example", Role.STRUCTURE, "Claire", "Fontaine", "Ville de Moulins"),
    CompteDemo("structure.privee@demo.example", Role.STRUCTURE, "Karim", "Benali", "association Clic Allier, à Vichy"),
    CompteDemo("candidat@demo.example", Role.CANDIDAT, "Zoé", "Marchand", "recherche un poste près de Moulins"),
    CompteDemo("prefecture@demo.example", Role.PREFECTURE, "Hélène", "Perrin", "préfecture de l’Allier"),
    CompteDemo("sgar@demo.example", Role.SGAR, "Marc", "Roche", "SGAR Auvergne-Rhône-Alpes"),
    CompteDemo("anct@demo.example", Role.ANCT, "Nadia", "Colin", "ANCT"),
    CompteDemo("bdt@demo.example", Role.BDT, "Olivier", "Legrand", "Banque des Territoires"),
    CompteDemo("organisme@demo.example", Role.ORGANISME, "Sophie", "Garnier", "organisme de formation"),
    CompteDemo("conseiller@demo.example", Role.CONSEILLER, "Samuel", "Petit", "en formation, Ville de Moulins"),
    CompteDemo("coordinateur@demo.example", Role.COORDINATEUR, "Inès", "Vidal", "coordination dans l’Allier"),
    CompteDemo("hub@demo.example", Role.HUB, "Thomas", "Faure", "hub régional"),
)


def tableau() -> str:
    """The accounts and their password, for people."""
    lignes = ["Comptes de démonstration, mot de passe commun : " + MOT_DE_PASSE]
    lignes += [f"  {compte.courriel:<32} {Role(compte.role).label} – {compte.qui}" for compte in COMPTES]
    lignes.append("Les courriels du portail se lisent à l’adresse /demo/courriels/ : aucun ne part de cette machine.")
    return "\n".join(lignes)
