"""The words of a control sheet."""

from collections.abc import Mapping
from typing import Any

from coclause.clauses.states import Turn
from coclause.hours.choices import EmploymentType, PaperKind
from coclause.hours.proofs.reading import day_of, hours_of, month_of
from coclause.render.numbers import integer
from coclause.render.proofs import Sentences, Table

Figures = Mapping[str, Any]
NOBODY = "Heures sans noms"


def control_parts(figures: Figures, names: Mapping[int, str]) -> list[Table | Sentences]:
    """Months, persons, remarks, contests, papers, late steps. A person whose name is not given is
    told by a rank, the same all along the sheet.
    """
    ranks = {row["employment"]: rank for rank, row in enumerate(figures["people"], start=1)}

    def named(employment: int | None) -> str:
        if employment is None:
            return NOBODY
        rank = ranks.get(employment)
        return names.get(employment) or (f"Personne {rank}" if rank else "Une autre personne")

    return [
        _months(figures),
        Table(
            "Personnes",
            ("Personne", "Emploi", "Déclarées", "Validées"),
            [
                (
                    named(row["employment"]),
                    _employment(row),
                    hours_of(row["declared"]),
                    hours_of(row["validated"]),
                )
                for row in figures["people"]
            ],
            texts=2,
            empty="Personne n’est inscrit sur ce marché.",
        ),
        Sentences(
            "Remarques",
            [
                f"{month_of(row['month'])}, {named(row['employment'])} ({row['severity']}) :"
                f" {row['text']}"
                for row in figures["remarks"]
            ],
            "Aucune remarque.",
        ),
        Sentences(
            "Lignes contestées",
            [_contest(row, named(row["employment"])) for row in figures["contests"]],
            "Aucune ligne contestée.",
        ),
        _papers(figures),
        Sentences("Étapes du plan en retard", _steps(figures), "Aucune étape en retard."),
    ]


def _months(figures: Figures) -> Table:
    rows = [
        (
            month_of(row["month"]),
            day_of(row["declared_on"]),
            hours_of(row["declared"]),
            hours_of(row["validated"]),
            hours_of(row["returned"]),
        )
        for row in figures["months"]
    ]
    return Table(
        "Heures par mois travaillé",
        ("Mois", "Dernier envoi", "Déclarées", "Validées", "Renvoyées"),
        rows,
        note="Déclarées : le dernier envoi de chaque mois, validé ou non.",
        empty="Aucun mois déclaré.",
    )


def _employment(row: Figures) -> str:
    end = f" au {day_of(row['ends_on'])}" if row["ends_on"] else ""
    dates = f"{'du' if end else 'depuis le'} {day_of(row['starts_on'])}{end}"
    return f"{EmploymentType(row['type']).label}, {row['employer']}, {dates}"


def _contest(row: Figures, name: str) -> str:
    said = f", {hours_of(row['hours'])} selon elle" if row["hours"] is not None else ""
    return (
        f"{month_of(row['month'])}, {name} : {hours_of(row['declared'])} déclarées, contestées par"
        f" {row['by']} le {day_of(row['on'])}{said}. {row['reason']}"
    )


def _papers(figures: Figures) -> Table:
    rows = [(PaperKind(kind).label, integer(n)) for kind, n in figures["papers"].items()]
    return Table("Pièces reçues", ("Nature", "Nombre"), rows, empty="Aucune pièce reçue.")


def _steps(figures: Figures) -> list[str]:
    return [
        f"{row['label']} : {Turn(row['turn']).label.lower()}, pour le {day_of(row['by'])}"
        for row in figures["steps"]
    ]
