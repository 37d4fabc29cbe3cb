"""Programmes of purchases for tests: a buyer's own file, and the acts that follow it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tests import builders
from tests.builders import DAY
from tests.network.programmes.programme_files import HEADERS, xlsx
from tests.network.requests_worlds import coordinator, facilitator_of

from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.network.models import Programme
from coclause.network.needs import Contact
from coclause.network.programmes.columns import columns_of
from coclause.network.programmes.receiving import confirm_columns, opened, receive_programme
from coclause.organisations.models import Organisation, TerritoryCharge

AT = builders.at(DAY)
WORKS = (
    "Réfection de la halle imaginaire",
    "Travaux",
    "6,2 M€",
    "14 mois",
    "T3 2027",
    "Montfictif",
)
SMALL = ("Achat de chaises inventées", "Fournitures", 12_000, "2 mois", date(2027, 3, 1), "")


def case_file() -> bytes:
    """A title, merged amounts, "1,2 M€", "T3 2027", empty lines, a total, another sheet first."""
    here, studies = "Montfictif", "Prestations intellectuelles"
    rows = [
        ("Programme prévisionnel des achats 2027 de la Ville de Montfictif",),
        (),
        HEADERS,
        ("Réfection de la halle imaginaire", "Travaux", "1,2 M€", "14 mois", "T3 2027", "21231"),
        (),
        (
            "École des Nuages, lot 1 : gros œuvre",
            "Travaux",
            "6 200 k€",
            18,
            "mars 2027",
            "Montfictif",
        ),
        ("École des Nuages, lot 2 : charpente", "Travaux", None, 18, "mars 2027", here),
        ("Nettoyage des locaux", "Services", "250 000 €", "4 ans", "T1 2027", "multi-sites"),
        ("", "Travaux", "90 k€", "6 mois", "2027", "Montfictif"),
        (
            "Étude sans montant",
            studies,
            "à définir",
            None,
            "à définir",
            "Brumeville",
        ),
        ("TOTAL", None, "7 740 000", None, None, None),
    ]
    return xlsx(
        {"Notice": [("Bonjour",), ("Remplissez la feuille suivante.",)], "Achats": rows},
        merges={"Achats": [(0, 0, 0, 5), (5, 2, 6, 2)]},
    )


def file_of(rows: Sequence[Sequence[Any]], headers: Sequence[str] = HEADERS) -> bytes:
    return xlsx({"Achats": [headers, *rows]})


def many(count: int) -> bytes:
    """That many lines, the duty due for one in four."""
    rows = [
        (
            f"Chantier imaginaire n° {number}",
            "Travaux",
            6_200_000 if number % 4 == 0 else 90_000,
            12,
            date(2027, 1 + number % 12, 1),
            "Montfictif" if number % 2 else "multi-sites",
        )
        for number in range(count)
    ]
    return file_of(rows)


def answering() -> User:
    """A facilitator in charge of Montfictif, and a coordination for the rest."""
    coordinator()
    _, user = facilitator_of("Maison de l'emploi du Val-Rêvé")
    with acting_as("test", day=DAY):
        TerritoryCharge.objects.create(
            membership=user.memberships.get(), commune=builders.commune(), starts_on="2026-01-01"
        )
    return user


def deposited(
    content: bytes,
    *,
    name: str = "achats-2027.xlsx",
    email: str = "alienor@exemple.test",
    buyer: Organisation | None = None,
    author: User | None = None,
    **facts: Any,
) -> Programme:
    """A programme received, its columns to be confirmed."""
    with acting_as("test", day=DAY):
        return receive_programme(
            opened(content, name),
            Contact(buyer.name if buyer else "Ville de Montfictif", "", "Aliénor Fictive", email),
            at=AT,
            buyer=buyer,
            author=author,
            **{"region": builders.region(), "law_buyer": "collectivite", **facts},
        )


def confirmed(programme: Programme) -> Programme:
    """Its columns confirmed as proposed: the analysis is queued."""
    with acting_as("test", day=DAY):
        columns = columns_of(programme)
        return confirm_columns(programme, columns.fields, year=columns.year, at=AT)
