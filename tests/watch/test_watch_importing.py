"""Imports keep everything or nothing, and importing again invents no news."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.watch.decp_examples import (
    BUYER,
    HOLDER,
    OTHER_HOLDER,
    TODAY,
    csv_file,
    marche,
    marches,
    row,
)

from coclause.watch.decp import UnreadableFile
from coclause.watch.importing import import_files
from coclause.watch.models import (
    ImportRun,
    LikelyDuplicate,
    PublishedContract,
    PublishedHolder,
    PublishedState,
)
from coclause.watch.territories import Territories

pytestmark = pytest.mark.django_db
OTHER_BUYER = "21250056500024"
FRANCHE_COMTE = Territories(
    departements_by_postcode={
        "25000": frozenset({"25"}),
        "01410": frozenset({"01", "39"}),
        "39310": frozenset({"39"}),
    },
    region_by_departement={"25": "27", "39": "27", "01": "84"},
)


def counts(*paths: Path, **options: Any) -> dict[str, Any]:
    return import_files(paths, day=TODAY, **options).as_dict()


def totals(*paths: Path) -> tuple[int, int, int]:
    found = counts(*paths)
    return found["new"], found["changed"], found["unchanged"]


def test_the_answer_counts_each_contract_once(tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        row(considerationsSociales="Clause sociale"),
        row(dateNotification="2026-06-01", montant="150000"),
        row(id="2", considerationsSociales="Sans objet", montant="15000"),
        row(id="3"),
        row(acheteur_id="MQ"),
    )
    assert counts(path) == {
        "rows": 5,
        "contracts": 3,
        "concessions": 0,
        "new": 3,
        "changed": 0,
        "unchanged": 0,
        "rejected": [{"where": "decp.csv, ligne 6", "why": "l'identifiant de l'acheteur manque"}],
        "social": {"yes": 1, "no": 1, "unknown": 1},
    }
    kept = PublishedContract.objects.get(published_id="2026-01")
    assert (kept.amount, kept.notified_on) == (Decimal(150000), date(2026, 3, 2))
    assert kept.states.count() == 2
    run = ImportRun.objects.get()
    assert (run.rows, run.rejected_count, run.files.get().format) == (5, 1, "csv")


def test_a_second_import_finds_nothing_new(tmp_path: Path) -> None:
    path = marches(tmp_path, marche(), marche(id="2"))
    assert totals(path) == (2, 0, 0)
    assert totals(path) == (0, 0, 2)
    first, second = ImportRun.objects.order_by("pk")
    kept = PublishedContract.objects.get(published_id="2")
    assert (kept.first_seen, kept.last_changed, kept.last_seen) == (first, first, second)


def test_a_new_state_is_a_change_and_the_old_ones_stay(tmp_path: Path) -> None:
    totals(csv_file(tmp_path, row()))
    later = csv_file(tmp_path, row(dateNotification="2026-06-01", montant="150000"))
    assert totals(later) == (0, 1, 0)
    kept = PublishedContract.objects.get()
    assert (kept.amount, kept.notified_on) == (Decimal(150000), date(2026, 3, 2))
    assert [state.amount for state in kept.states.all()] == [120000, 150000]


def test_a_change_leaves_what_is_not_published_alone(tmp_path: Path) -> None:
    totals(csv_file(tmp_path, row()))
    before = PublishedContract.objects.get()
    said = {"montant": "150000", "dateNotification": "2026-06-01"}
    with CaptureQueriesContext(connection) as queries:
        totals(csv_file(tmp_path, row(**said)))
    (upsert,) = [q["sql"] for q in queries if 'INTO "watch_publishedcontract"' in q["sql"]]
    updated = upsert.split("DO UPDATE SET")[1]
    assert '"operation_id"' not in updated
    assert '"first_seen_id"' not in updated
    after = PublishedContract.objects.get()
    assert (after.pk, after.first_seen_id) == (before.pk, before.first_seen_id)


def test_two_files_that_complete_each_other_settle_at_once(tmp_path: Path) -> None:
    table = csv_file(tmp_path, row(titulaire_nom="Toits Fictifs", codeCPV=""))
    nested = marches(tmp_path, marche(montant=120000))
    assert totals(table) == (1, 0, 0)
    assert totals(nested) == (0, 1, 0)
    assert totals(table) == (0, 0, 1)
    assert totals(nested, table) == (0, 0, 1)
    kept = PublishedContract.objects.get()
    assert (kept.cpv, kept.holders.get().name) == ("45210000", "Toits Fictifs")


def test_the_order_of_rows_is_no_change(tmp_path: Path) -> None:
    rows = [
        row(),
        row(titulaire_id=OTHER_HOLDER),
        row(dateNotification="2026-06-01", montant="150000"),
    ]
    assert totals(csv_file(tmp_path, *rows)) == (1, 0, 0)
    assert totals(csv_file(tmp_path, *reversed(rows))) == (0, 0, 1)


def test_holders_keep_the_state_they_came_with(tmp_path: Path) -> None:
    change = {
        "id": 1,
        "dateNotificationModification": "2026-06-01",
        "titulaires": [{"id": OTHER_HOLDER, "typeIdentifiant": "SIRET"}],
    }
    totals(marches(tmp_path, marche(modifications=[change])))
    held = PublishedHolder.objects.order_by("from_sequence")
    assert [(one.identifier, one.from_sequence, one.current) for one in held] == [
        (HOLDER, 0, False),
        (OTHER_HOLDER, 1, True),
    ]


def test_a_dry_run_gives_the_answer_and_keeps_nothing(tmp_path: Path) -> None:
    path = marches(tmp_path, marche())
    assert counts(path, dry_run=True) == counts(path, dry_run=True)
    assert not PublishedContract.objects.exists()
    assert not ImportRun.objects.exists()


def test_an_unreadable_file_leaves_nothing_of_the_others(tmp_path: Path) -> None:
    good = marches(tmp_path, marche())
    cut = tmp_path / "coupe.json"
    cut.write_text(good.read_text(encoding="utf-8")[:-30], encoding="utf-8")
    with pytest.raises(UnreadableFile):
        counts(good, cut)
    assert not PublishedContract.objects.exists()
    assert not ImportRun.objects.exists()


def test_a_contract_and_a_concession_of_one_number_stay_two(tmp_path: Path) -> None:
    path = marches(tmp_path, marche())
    other = tmp_path / "concessions.json"
    other.write_text(path.read_text(encoding="utf-8").replace('"marche"', '"contrat-concession"'))
    found = counts(path, other)
    assert (found["contracts"], found["concessions"]) == (1, 1)


def test_likely_duplicates_are_linked_and_still_counted(tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        row(id="2024T00031"),
        row(id="A7W2024T0003107"),
        row(id="2024T00031", acheteur_id=OTHER_BUYER, titulaire_id=OTHER_HOLDER),
        row(id="autre", montant="99000"),
    )
    assert counts(path)["contracts"] == 4
    reasons = LikelyDuplicate.objects.values_list("reason", flat=True)
    assert sorted(reasons) == ["meme_numero", "memes_faits"]
    totals(path)
    assert LikelyDuplicate.objects.count() == 2


def test_a_duplicate_that_no_longer_looks_like_one_is_unlinked(tmp_path: Path) -> None:
    totals(csv_file(tmp_path, row(id="1"), row(id="2")))
    assert LikelyDuplicate.objects.count() == 1
    totals(csv_file(tmp_path, row(id="2", dateNotification="2026-06-01", montant="180000")))
    assert not LikelyDuplicate.objects.exists()


@pytest.mark.parametrize(
    ("code", "kind", "expected"),
    [
        ("25056", "Code commune", ("25", "27", "execution")),
        ("39", "Code département", ("39", "27", "execution")),
        ("2B033", "Code commune", ("2B", "", "execution")),
        ("97411", "Code commune", ("974", "", "execution")),
        ("252", "Code arrondissement", ("25", "27", "execution")),
        ("25000", "Code postal", ("25", "27", "execution")),
        ("01410", "Code postal", ("", "", "inconnu")),
        ("99999", "Code postal", ("", "", "inconnu")),
        ("27", "Code région", ("", "27", "execution")),
        ("43", "Code région", ("", "", "inconnu")),
        ("FR", "Code pays", ("", "", "inconnu")),
        ("", "", ("", "", "inconnu")),
    ],
)
def test_a_place_gives_its_territory_when_it_is_certain(
    tmp_path: Path, code: str, kind: str, expected: tuple[str, str, str]
) -> None:
    path = marches(tmp_path, marche(lieuExecution={"code": code, "typeCode": kind}))
    counts(path, territories=FRANCHE_COMTE)
    kept = PublishedContract.objects.get()
    assert (kept.departement, kept.region, kept.territory_basis) == expected


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"acheteur_departement_code": "39", "acheteur_region_code": "27"}, ("39", "27")),
        ({"code_postal_acheteur": "39"}, ("39", "27")),
        ({"code_postal_acheteur": "25000"}, ("25", "27")),
        ({"code_postal_acheteur": "01410"}, ("", "")),
    ],
)
def test_without_a_place_the_buyer_gives_the_territory(
    tmp_path: Path, columns: dict[str, str], expected: tuple[str, str]
) -> None:
    path = tmp_path / "decp.csv"
    said = {"id": "1", "acheteur_id": BUYER, "dateNotification": "2026-03-02"} | columns
    path.write_text(",".join(said) + "\n" + ",".join(said.values()) + "\n", encoding="utf-8")
    counts(path, territories=FRANCHE_COMTE)
    kept = PublishedContract.objects.get()
    assert (kept.departement, kept.region) == expected
    assert totals(path)[0] == 0


def number_of_queries(paths: Sequence[Path]) -> int:
    with CaptureQueriesContext(connection) as queries:
        import_files(paths, day=TODAY)
    return len(queries)


def test_the_number_of_queries_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    few = marches(tmp_path, *(marche(id=f"a{i}") for i in range(2)), name="few.json")
    many = marches(tmp_path, *(marche(id=f"b{i}") for i in range(200)), name="many.json")
    assert number_of_queries([few]) == number_of_queries([many])


def test_many_rows_of_the_same_contract_are_one(tmp_path: Path) -> None:
    rows = [row(titulaire_id=f"{i:014d}") for i in range(3000)]
    assert totals(csv_file(tmp_path, *rows)) == (1, 0, 0)
    assert PublishedHolder.objects.count() == 3000
    assert PublishedState.objects.count() == 1
