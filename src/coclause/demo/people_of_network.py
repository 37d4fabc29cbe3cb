"""Hosts and facilitators, written out: who is in post when, for which working time.

On 31 December 2022 the table gives 22 facilitators and 16.8 FTE.
"""

from dataclasses import dataclass
from datetime import date

START = date(2020, 1, 1)


@dataclass(frozen=True)
class HostFact:
    name: str
    departement: str
    town: int
    also_buyer: bool = False


HOSTS = (
    HostFact("Maison de l’emploi du Val-Imaginé", "21", 0),
    HostFact("PLIE des Songes", "21", 1),
    HostFact("Communauté d’agglomération des Trois-Brumes", "25", 0, also_buyer=True),
    HostFact("Maison de l’emploi de Valsonge", "25", 1),
    HostFact("Association Clauses et Chimères", "39", 0),
    HostFact("Mission emploi de Clairmirage", "58", 0),
    HostFact("Service insertion du Département des Brumes", "58", 1),
    HostFact("PLIE de Pontfable", "70", 0),
    HostFact("Association La Passerelle Imaginaire", "70", 2),
    HostFact("Maison de l’emploi de Rochemirage", "71", 0),
    HostFact("Communauté urbaine des Deux-Chimères", "71", 2, also_buyer=True),
    HostFact("PLIE de Boisnuage", "71", 1),
    HostFact("Maison de l’emploi de Fontbrume", "89", 0),
    HostFact("Association Emploi et Légendes", "90", 0),
)


@dataclass(frozen=True)
class PostFact:
    """A post, in hundredths of a full-time one. `share` is the part of the host's territory."""

    host: int
    share: int
    fte: int
    since: date = START
    until: date | None = None


@dataclass(frozen=True)
class FacilitatorFact:
    given: str
    name: str
    posts: tuple[PostFact, ...]


def _one(given: str, name: str, *post: PostFact) -> FacilitatorFact:
    return FacilitatorFact(given, name, post)


FACILITATORS = (
    _one(
        "Capucine",
        "Fictive",
        PostFact(0, 0, 80, until=date(2023, 8, 31)),
        PostFact(0, 0, 100, date(2023, 9, 1)),
    ),
    _one("Yanis", "Supposé", PostFact(0, 1, 100)),
    _one("Nadia", "Chimère", PostFact(1, 0, 50, until=date(2024, 6, 30))),
    _one("Clémence", "Pseudonyme", PostFact(1, 0, 60, date(2024, 7, 1))),
    _one("Baptiste", "Mirage", PostFact(1, 1, 80, date(2021, 3, 1))),
    _one("Jeanne", "Hypothèse", PostFact(2, 0, 100)),
    _one("Oumar", "Légendaire", PostFact(2, 1, 50, until=date(2025, 8, 31))),
    _one("Théo", "Rêverie", PostFact(2, 1, 60, date(2025, 10, 1))),
    _one("Rachida", "Anonyme", PostFact(3, 0, 80, until=date(2022, 1, 31))),
    _one("Inès", "Fabuleux", PostFact(3, 0, 80, date(2022, 2, 1))),
    _one("Diego", "Postiche", PostFact(4, 0, 100)),
    _one("Lucie", "Onirique", PostFact(4, 1, 50, date(2021, 9, 1), date(2026, 3, 31))),
    _one("Mehdi", "Putatif", PostFact(5, 0, 80, until=date(2023, 12, 31))),
    _one("Cédric", "Fictionnel", PostFact(5, 0, 80, date(2024, 3, 1))),
    _one("Pauline", "Irréel", PostFact(6, 0, 70)),
    _one("Abel", "Utopique", PostFact(7, 0, 100)),
    _one("Sandrine", "Nébuleux", PostFact(7, 1, 50, date(2022, 1, 1))),
    _one("Hamid", "Virtuel", PostFact(8, 0, 80)),
    _one("Zoé", "Apocryphe", PostFact(9, 0, 100)),
    _one("Gaspard", "Théorique", PostFact(9, 1, 80, until=date(2024, 12, 31))),
    _one("Aminata", "Parabole", PostFact(9, 1, 80, date(2025, 2, 1))),
    _one("Thaïs", "Abstrait", PostFact(10, 0, 100)),
    _one("Loïc", "Mythique", PostFact(10, 1, 50, date(2021, 1, 1))),
    _one("Émile", "Quelconque", PostFact(11, 0, 60, until=date(2021, 12, 31))),
    _one("Katia", "Éventuel", PostFact(11, 0, 50, date(2022, 5, 1))),
    _one("Nathan", "Fablier", PostFact(12, 0, 100)),
    _one("Valérie", "Semblant", PostFact(12, 1, 50, until=date(2025, 12, 31))),
    _one("Noémie", "Légende", PostFact(12, 1, 80, date(2026, 2, 1))),
    _one("Malika", "Conjecturé", PostFact(13, 0, 50, until=date(2022, 9, 30))),
    _one("Florian", "Ailleurs", PostFact(13, 0, 50), PostFact(8, 1, 30)),
    _one("Xavier", "Untel", PostFact(13, 1, 70, date(2023, 1, 9))),
)
SHARES = dict.fromkeys((0, 1, 2, 4, 7, 8, 9, 10, 12, 13), 2)
"""Parts of a host's territory; one where the host is not named."""
