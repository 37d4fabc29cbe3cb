"""What is being prepared with buyers: calibrations, documents, meetings, opt-outs, a programme."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO

import xlsxwriter

from coclause.clauses.calibrating import Draft, DraftLine, calibrate, retain
from coclause.clauses.choices import (
    CalibrationMethod,
    Ccag,
    ContractKind,
    LawBuyer,
    MarketType,
    MeetingKind,
)
from coclause.clauses.meeting import arrange
from coclause.clauses.models import Clause, Contract, Meeting, OptOut
from coclause.clauses.opting_out import record
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.demo.front_door import Door
from coclause.law.calibration import defaults
from coclause.network.drafting.preparing import prepare
from coclause.network.drafting.values import instrument_of, text_contract_of
from coclause.network.library.offered import offered_for
from coclause.network.needs import Contact
from coclause.network.programmes import receiving as programming
from coclause.network.programmes.analysis import analyse
from coclause.network.programmes.columns import columns_of
from coclause.organisations.scopes import Scope, scope_of

YEAR_AFTER = timedelta(days=120)
PROGRAMME = (
    ("2027-01", "Réhabilitation de l’école élémentaire", "Travaux", "6,1 M€", "14 mois", "T1 2027"),
    ("2027-02", "Nettoyage des locaux", "Services", "480 000 €", "48 mois", "T2 2027"),
    ("2027-03", "Voirie, lot 1 terrassement", "Travaux", "1,2 M€", "10 mois", "T3 2027"),
    ("2027-03", "Voirie, lot 2 enrobés", "Travaux", "4,4 M€", "10 mois", "T3 2027"),
    ("2027-04", "Fourniture de mobilier", "Fournitures", "150 k€", "12 mois", "S1 2027"),
    ("2027-05", "Assistance à maîtrise d’ouvrage", "PI", "à définir", "24 mois", "2027"),
    ("2027-06", "Entretien des espaces verts", "Services", "216 000", "3 ans", "janv. 2027"),
    ("2027-07", "", "Services", "40 000 €", "12 mois", "T4 2027"),
)
"""Number, object, type, amount, duration, launch: as buyers write them, mistakes included."""


def prepare_contracts(door: Door) -> None:
    """Calibrate and draft what the facilitator writes, and what the buyer is asked to accept."""
    user, day = door.facilitator.user, door.day
    with acting_as(user, day=day):
        scope = scope_of(user, day)
        clauses = (
            Clause.objects.editable_by(scope)
            .filter(lot__contract__amount__gt=0)
            .select_related("lot__contract__operation__buyer")
            .order_by("pk")
        )
        written = clauses.filter(state=ClauseState.DRAFT)[0]
        proposed = clauses.filter(
            state=ClauseState.PROPOSED, lot__contract__operation__buyer=door.buyer.organisation
        )[0]
        for clause in (written, proposed):
            _prepare(scope, clause.lot.contract)
        arrange(
            scope,
            Meeting(
                operation=written.lot.contract.operation,
                kind=MeetingKind.PREPARATION,
                on=day + timedelta(days=9),
                at=time(14, 30),
                place="Visioconférence",
                note="Volume d’heures, publics visés, pénalités",
            ),
        )
        _meet_the_buyer(door, scope)


def _prepare(scope: Scope, contract: Contract) -> None:
    """Two calibrations, one retained, then the documents."""
    _complete(contract, scope.day)
    _calibrate(scope, contract)
    instrument = instrument_of(contract)
    region = contract.operation.region_id
    texts = offered_for(region, scope.day, instrument, text_contract_of(contract))
    prepare(scope, contract, instrument, texts)


def opt_out(door: Door) -> None:
    """The buyer leaves the condition out of a contract, in its own words."""
    user, day = door.buyer.user, door.day
    with acting_as(user, day=day):
        record(
            scope_of(user, day),
            OptOut(
                buyer=door.buyer.organisation,
                object="Maintenance des ascenseurs de marque unique",
                reference="2027-M14",
                kind=ContractKind.MARCHE,
                market_type=MarketType.SERVICES,
                law_buyer=LawBuyer.AUTHORITY,
                value=Decimal(240_000),
                months=36,
                notice_on=day + timedelta(days=45),
                code="competition_or_difficulty",
                reason="Nous avons interrogé trois entreprises : chacune intervient avec deux"
                " techniciens habilités par le fabricant, quelques heures par mois.\n\nUne"
                " condition de formation a été examinée avec le facilitateur et écartée.",
            ),
        )


def send_programme(door: Door) -> None:
    """The buyer's purchases of next year, read and answered line by line."""
    user, day = door.buyer.user, door.day
    buyer, moment = door.buyer.organisation, datetime.combine(day, time(8, 15), tzinfo=UTC)
    with acting_as(user, day=day):
        programme = programming.receive_programme(
            programming.opened(_workbook(moment), "Programmation 2027.xlsx"),
            Contact(
                buyer_name=buyer.name,
                buyer_siret=str(buyer.siret or ""),
                name=str(user),
                email=user.email,
            ),
            region=door.region,
            at=moment,
            law_buyer=LawBuyer.AUTHORITY,
            commune=door.commune,
            year=2027,
            buyer=buyer,
            author=user,
        )
        fields = columns_of(programme).fields
        programming.confirm_columns(programme, fields, year=2027, at=moment)
    analyse(programme.pk, day=day)


def _complete(contract: Contract, day: date) -> None:
    """What the law and the documents look at."""
    contract.estimated_value = (contract.amount or Decimal(0)) * 2
    contract.notice_on = day + YEAR_AFTER
    contract.defense = False
    contract.ccag = Ccag.WORKS if contract.market_type == MarketType.WORKS else Ccag.SUPPLIES
    contract.save()


def _calibrate(scope: Scope, contract: Contract) -> None:
    """Two versions: the usual rate, then a higher one that is retained."""
    start = defaults(scope.day)
    sources = {
        "labour_share": start.labour_share.reference,
        "hourly_cost": start.hourly_cost.reference,
    }
    lots = list(contract.lots.all())
    for title, rate in (("Taux d’usage", Decimal("0.05")), ("Taux de la charte", Decimal("0.07"))):
        lines = tuple(
            DraftLine(
                method=CalibrationMethod.AMOUNT,
                lot=lot,
                amount=lot.amount or contract.amount,
                labour_share=start.labour_share.value,
                hourly_cost=start.hourly_cost.value,
                rate=rate,
                sources={**sources, "rate": title},
            )
            for lot in lots
        )
        version = calibrate(scope, contract, Draft(title, int(start.step), lines))
    retain(scope, version, seen=None)


def _meet_the_buyer(door: Door, scope: Scope) -> None:
    """A follow-up of a running clause of the buyer who can be entered, when this host leads it."""
    running = Clause.objects.editable_by(scope).filter(
        state=ClauseState.RUNNING, lot__contract__operation__buyer=door.buyer.organisation
    )
    clause = running.select_related("lot__contract__operation").order_by("pk").first()
    if clause is not None:
        arrange(
            scope,
            Meeting(
                operation=clause.lot.contract.operation,
                kind=MeetingKind.FOLLOW_UP,
                on=door.day + timedelta(days=16),
                at=time(10, 0),
                place="Mairie, salle des commissions",
            ),
        )


def _workbook(written: datetime) -> bytes:
    """A programme with a title row, a merged cell and an empty line."""
    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        # The format keeps the moment of writing: the same story makes the same file.
        book.set_properties({"created": written.replace(tzinfo=None)})
        sheet = book.add_worksheet("Achats 2027")
        sheet.merge_range(0, 0, 0, 5, "Programmation prévisionnelle des achats 2027")
        titles = ("N°", "Objet du marché", "Nature", "Montant estimé HT", "Durée", "Lancement")
        sheet.write_row(2, 0, titles)
        for rank, row in enumerate(PROGRAMME):
            for column, cell in enumerate(row):
                sheet.write_string(3 + rank + (rank > 3), column, cell)
    return made.getvalue()
