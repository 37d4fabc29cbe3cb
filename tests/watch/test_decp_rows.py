"""A row is taken, or refused with its reason: no real contract lost, no invented fact kept."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.watch.decp_examples import (
    BUYER,
    HOLDER,
    OTHER_HOLDER,
    contracts,
    csv_file,
    json_file,
    marche,
    marches,
    rejected,
    row,
)

from coclause.watch.decp.merging import current
from coclause.watch.decp.social import considerations, market_type, social
from coclause.watch.decp.values import siren_of


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"acheteur": {}}, "l'identifiant de l'acheteur manque"),
        ({"acheteur": None}, "l'identifiant de l'acheteur manque"),
        ({"acheteur": {"id": "MQ"}}, "l'identifiant de l'acheteur manque"),
        ({"acheteur": {"id": "2125005650001"}}, "n'est pas un SIRET de 14 chiffres"),
        ({"acheteur": {"id": "INX 21250"}}, "n'est pas un SIRET de 14 chiffres (21250)"),
        ({"acheteur": {"id": "٢1250056500016"}}, "n'est pas un SIRET de 14 chiffres"),
        ({"id": None}, "l'identifiant du marché manque"),
        ({"id": "NC"}, "l'identifiant du marché manque"),
        ({"id": "x" * 65}, "dépasse 64 caractères"),
        ({"dateNotification": None}, "la date de notification manque"),
        ({"dateNotification": "CDL"}, "la date de notification manque"),
        ({"dateNotification": "mars 2026"}, "n'est pas lisible (mars 2026)"),
        ({"dateNotification": "2026-02-30"}, "n'est pas lisible (2026-02-30)"),
        ({"dateNotification": "0202-03-02"}, "hors de toute vraisemblance (0202-03-02)"),
        ({"dateNotification": "2206-03-02"}, "hors de toute vraisemblance (2206-03-02)"),
        ({"montant": -5000}, "le montant est négatif (-5000)"),
    ],
)
def test_a_refused_row_says_where_it_is_and_why(
    tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    path = marches(tmp_path, marche(id="bon"), marche(**changes))
    (refusal,) = rejected(path)
    assert refusal.where == "decp.json, marches.marche[1]"
    assert reason in refusal.why
    assert len(contracts(path)) == 1


@pytest.mark.parametrize("written", ["2026-03-02", "2026-03-02T00:00:00", "02/03/2026"])
def test_dates_are_read_however_they_are_written(tmp_path: Path, written: str) -> None:
    (found,) = contracts(marches(tmp_path, marche(dateNotification=written)))
    assert current(found).notified_on == date(2026, 3, 2)


def test_a_buyer_with_a_wrong_check_digit_is_kept_and_flagged(tmp_path: Path) -> None:
    (found,) = contracts(marches(tmp_path, marche(acheteur={"id": "12345678901234"})))
    assert found.buyer_siret == "12345678901234"
    assert found.buyer_siret_doubtful


def test_the_post_office_exception_is_no_doubt(tmp_path: Path) -> None:
    (found,) = contracts(marches(tmp_path, marche(acheteur={"id": "35600000000048"})))
    assert not found.buyer_siret_doubtful


@pytest.mark.parametrize("identifier", ["868768687576575", "324454578", "INX 12", "BE0403170701"])
def test_a_mistyped_holder_does_not_lose_the_contract(tmp_path: Path, identifier: str) -> None:
    holders = [{"titulaire": {"id": identifier, "typeIdentifiant": "SIRET"}}]
    (found,) = contracts(marches(tmp_path, marche(titulaires=holders)))
    (holder,) = found.states[0].holders
    assert holder.identifier == identifier.removeprefix("INX ")
    assert holder.doubtful


def test_a_foreign_holder_is_not_doubted(tmp_path: Path) -> None:
    holders = [{"id": "BE0403170701", "typeIdentifiant": "TVA", "denominationSociale": "Fictif"}]
    (found,) = contracts(marches(tmp_path, marche(titulaires=holders)))
    (holder,) = found.states[0].holders
    assert (holder.identifier, holder.name, holder.doubtful) == ("BE0403170701", "Fictif", False)


@pytest.mark.parametrize(
    ("published", "amount", "doubtful"),
    [
        (39999.99, "39999.99", False),
        ("1 234 567,80 €", "1234567.80", False),
        (0, "0.00", True),
        (1, "1.00", True),
        (12_300_000_000, "12300000000.00", True),
        ("INX 5000", "5000.00", True),
        ("1e300", None, True),
        ("MQ", None, False),
        ("NaN", None, False),
        ("Infinity", None, False),
        ("voir acte", None, False),
        (None, None, False),
    ],
)
def test_amounts_are_kept_doubted_or_left_unknown(
    tmp_path: Path, published: Any, amount: str | None, doubtful: bool
) -> None:
    (found,) = contracts(marches(tmp_path, marche(montant=published)))
    state = found.states[0]
    assert state.amount == (None if amount is None else Decimal(amount))
    assert state.amount_doubtful is doubtful


@pytest.mark.parametrize(
    ("published", "months"),
    [(12, 12), ("24.0", 24), (0, None), ("1e9", None), ("MQ", None), (1.5, None)],
)
def test_durations_are_whole_months_or_unknown(
    tmp_path: Path, published: Any, months: int | None
) -> None:
    (found,) = contracts(marches(tmp_path, marche(dureeMois=published)))
    assert found.states[0].duration_months == months


@pytest.mark.parametrize(
    ("published", "kept", "answer"),
    [
        (["Clause sociale"], ("Clause sociale",), "yes"),
        ({"considerationSociale": "Marché réservé"}, ("Marché réservé",), "yes"),
        ("Critère social, Clause sociale", ("Clause sociale", "Critère social"), "yes"),
        (
            ["Pas de considération sociale", "Clause sociale"],
            ("Clause sociale", "Pas de considération sociale"),
            "yes",
        ),
        ("CLAUSE SOCIALE", ("Clause sociale",), "yes"),
        ("INX Concession reservee", ("Concession réservée",), "yes"),
        ("Pas de considération sociale", ("Pas de considération sociale",), "no"),
        ("Sans objet", ("Pas de considération sociale",), "no"),
        ("MQ", (), "unknown"),
        ("MQ NC", (), "unknown"),
        ("", (), "unknown"),
        (None, (), "unknown"),
        ([], (), "unknown"),
        ("Autre chose", ("Autre chose",), "unknown"),
        (["Pas de considération sociale", "Autre chose"], None, "unknown"),
    ],
)
def test_social_considerations_are_said_or_unknown(
    published: Any, kept: tuple[str, ...] | None, answer: str
) -> None:
    found = considerations(published)
    assert social(found) == answer
    assert kept is None or found == kept


@pytest.mark.parametrize(
    ("published", "cpv", "expected"),
    [
        ("", "45210000", "travaux"),
        ("", "03000000", "fournitures"),
        ("", "44000000", "fournitures"),
        ("", "48000000", "fournitures"),
        ("", "50000000", "services"),
        ("", "98000000", "services"),
        ("", "46000000", "inconnu"),
        ("", "99000000", "inconnu"),
        ("", "", "inconnu"),
        ("Travaux", "50000000", "travaux"),
        ("Concession de service public", "", "services"),
        ("Marché", "45000000", "travaux"),
        ("Travaux et services", "45000000", "travaux"),
        ("Travaux et services", "", "inconnu"),
    ],
)
def test_the_market_type_comes_from_the_file_else_from_the_cpv(
    published: str, cpv: str, expected: str
) -> None:
    assert market_type(published, cpv) == expected


@pytest.mark.parametrize(
    ("identifier", "siren"),
    [(HOLDER, HOLDER[:9]), ("324454578", "324454578"), ("12345678901234", ""), ("BE04", "")],
)
def test_only_sound_identifiers_join_companies(identifier: str, siren: str) -> None:
    assert siren_of(identifier) == siren


def test_cpv_codes_lose_their_check_digit_and_bad_ones_stay_unknown(tmp_path: Path) -> None:
    codes = ["45210000-2", "45210000", "4521", "MQ", None]
    path = marches(tmp_path, *(marche(id=str(i), codeCPV=code) for i, code in enumerate(codes)))
    assert [one.cpv for one in contracts(path)] == ["45210000", "45210000", "", "", ""]


def test_the_names_of_2019_are_read(tmp_path: Path) -> None:
    old = marche(
        titulaires=[
            {"typeIdentifiant": "SIRET", "id": HOLDER, "denominationSociale": "Toits Fictifs"}
        ],
        modifications=[
            {
                "dateSignatureModification": "2026-05-02",
                "montant": 130000,
                "titulaires": [{"typeIdentifiant": "SIRET", "id": OTHER_HOLDER}],
            }
        ],
    )
    del old["considerationsSociales"]
    (found,) = contracts(json_file(tmp_path, {"marches": [old]}))
    now = current(found)
    assert now.notified_on == date(2026, 3, 2)
    assert now.amount == 130000
    assert [holder.identifier for holder in now.holders] == [OTHER_HOLDER]
    assert social(found.considerations) == "unknown"


def test_a_concession_has_its_own_names(tmp_path: Path) -> None:
    concession = {
        "id": "C1",
        "autoriteConcedante": {"id": BUYER},
        "nature": "Délégation de service public",
        "dateSignature": "2026-01-15",
        "valeurGlobale": 900000.5,
        "concessionnaires": [{"concessionnaire": {"id": HOLDER, "typeIdentifiant": "SIRET"}}],
        "considerationsSociales": {"considerationSociale": ["Concession réservée"]},
    }
    (found,) = contracts(json_file(tmp_path, {"marches": {"contrat-concession": [concession]}}))
    assert found.kind == "concession"
    assert current(found).amount == Decimal("900000.50")
    assert social(found.considerations) == "yes"


def test_an_unreadable_modification_is_told_and_its_contract_kept(tmp_path: Path) -> None:
    changes = [{"modification": {"id": 1, "dateNotificationModification": "bientôt"}}]
    path = marches(tmp_path, marche(modifications=changes))
    (refusal,) = rejected(path)
    assert refusal.where.endswith("modification 1")
    assert not refusal.whole_row
    assert len(contracts(path)) == 1


def test_a_modification_that_says_nothing_of_the_amount_leaves_it(tmp_path: Path) -> None:
    changes = [{"id": 1, "dateNotificationModification": "2026-06-01", "dureeMois": 18}]
    (found,) = contracts(marches(tmp_path, marche(modifications=changes)))
    now = current(found)
    assert (now.amount, now.duration_months) == (Decimal(120000), 18)
    assert [holder.identifier for holder in now.holders] == [HOLDER]


def test_a_table_may_join_holders_in_one_cell(tmp_path: Path) -> None:
    (found,) = contracts(csv_file(tmp_path, row(titulaire_id=f"{HOLDER}, {OTHER_HOLDER}")))
    assert {holder.identifier for holder in found.states[0].holders} == {HOLDER, OTHER_HOLDER}


def test_a_row_with_too_few_or_too_many_columns_is_refused(tmp_path: Path) -> None:
    path = csv_file(tmp_path, row())
    with path.open("a", encoding="utf-8") as stream:
        stream.write("a,b\n\n" + "x," * 15 + "y\n")
    assert [(one.where, one.why) for one in rejected(path)] == [
        ("decp.csv, ligne 3", "la ligne a 2 colonnes au lieu de 15"),
        ("decp.csv, ligne 5", "la ligne a 16 colonnes au lieu de 15"),
    ]
    assert len(contracts(path)) == 1


def test_the_line_told_is_the_first_of_a_row_on_several(tmp_path: Path) -> None:
    path = csv_file(tmp_path, row(objet="deux\nlignes"), row(montant="-1"))
    (refusal,) = rejected(path)
    assert refusal.where == "decp.csv, ligne 4"


def test_control_characters_never_reach_the_database(tmp_path: Path) -> None:
    (found,) = contracts(marches(tmp_path, marche(objet="Pré\x00au\x07 \n neuf")))
    assert found.object == "Pré au neuf"
