"""A convention as a spreadsheet: what its page shows, no more."""

from typing import TYPE_CHECKING

from django.http import HttpResponse

from coclause.hours.convention_progress import Totals
from coclause.render.sheets import Cell, Column, Sheet, workbook
from coclause.web.pages import download

if TYPE_CHECKING:
    from coclause.web.conventions.page import Reading

HOURS = (
    Column("Heures engagées", "hours"),
    Column("Heures attendues à ce jour", "hours"),
    Column("Heures validées", "hours"),
    Column("Heures à vérifier", "hours"),
    Column("Attributions", "integer"),
    Column("Attributions sans engagement connu", "integer"),
)


def spreadsheet(reading: "Reading") -> HttpResponse:
    convention, day = reading.convention, reading.scope.day
    sheets = [_whole(reading), *_sums(reading), *_districts(reading)]
    about = (
        ("Convention", convention.name),
        ("Date", f"{day:%d/%m/%Y}"),
        ("Heures", "Sur tous les contrats qui y répondent, chaque heure une fois."),
        ("Par année, par résidence", "Heures qui comptent, avant plafonds de formation ou stage."),
        ("Quartiers", "Un quartier non inscrit n’est pas un « non » : la preuve peut manquer."),
        ("Petits nombres", reading.residence.masked or "Aucun groupe masqué."),
    )
    content = workbook(sheets, title=convention.name, day=day, about=about)
    return download(content, f"convention-{convention.pk}-{day:%Y-%m-%d}.xlsx")


def _whole(reading: "Reading") -> Sheet:
    convention, total = reading.convention, reading.total
    share = convention.district_share
    rows: list[tuple[str, Cell]] = [
        ("Programme", convention.get_programme_display()),
        ("Signée le", _day(convention.signed_on)),
        ("Début", _day(convention.starts_on)),
        ("Fin", _day(convention.ends_on)),
        ("Objectif (heures)", _known(convention.target_hours)),
        ("Part réservée aux habitants des quartiers (%)", _known(share)),
        ("Contrats", reading.count),
        ("Heures engagées", _known(total.committed)),
        ("Heures attendues à ce jour", _known(total.expected)),
        ("Heures validées", total.validated),
        ("Heures à vérifier", total.waiting),
        ("Attributions sans engagement connu", total.undetermined),
    ]
    return Sheet("Ensemble", [Column("Mesure", width=48), Column("Valeur", "decimal")], rows)


def _sums(reading: "Reading") -> tuple[Sheet, ...]:
    """Hours by year, by buyer and by contract."""
    years = [(str(one.year), one.validated, one.collective, one.expected) for one in reading.years]
    buyers = [(one.name, one.contracts, *_hours(one.told)) for one in reading.buyers]
    contracts = [
        (
            one.contract.object,
            one.contract.operation.name,
            one.contract.operation.buyer.name,
            *_hours(one.told),
        )
        for one in reading.contracts
    ]
    of_year = ("Heures validées", "dont collectives", "Heures attendues")
    buyer = Column("Acheteur", width=40)
    named = [Column("Contrat", width=48), Column("Opération", width=48), buyer]
    return (
        Sheet("Par année", [Column("Année"), *(Column(one, "hours") for one in of_year)], years),
        Sheet("Par acheteur", [buyer, Column("Contrats", "integer"), *HOURS], buyers),
        Sheet("Par contrat", [*named, *HOURS], contracts),
    )


def _districts(reading: "Reading") -> tuple[Sheet, ...]:
    """Where people lived when hired, and the districts concerned."""
    columns = [
        Column("Résidence à l’embauche", width=56),
        Column("Heures validées", width=18),
        Column("Part", width=12),
        Column("Personnes", width=12),
    ]
    lines = [(one.label, one.hours, one.share, one.persons) for one in reading.residence.lines]
    names = [(one,) for one in reading.districts]
    return (
        Sheet("Habitants des quartiers", columns, lines),
        Sheet("Quartiers", [Column("Quartier", width=72)], names),
    )


def _hours(told: Totals) -> tuple[Cell, ...]:
    return (
        _known(told.committed),
        _known(told.expected),
        told.validated,
        told.waiting,
        told.awards,
        told.undetermined,
    )


def _day(day: object) -> str:
    return f"{day:%d/%m/%Y}" if day else "non connu"


def _known(value: Cell) -> Cell:
    return "non connu" if value is None else value
