"""The real and official files come out as a plain recount of them says."""

import csv
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.watch.decp_examples import TODAY

from coclause.watch.importing import import_files
from coclause.watch.models import LikelyDuplicate, PublishedContract

pytestmark = [pytest.mark.django_db, pytest.mark.shared_data]
WORKS = "decp_real/decp_2024H2_travaux_cpv4521_BFC.csv"
OBJECTS = "decp_real/decp_staging_antoninsanz_BFC.csv"


def imported(*paths: Path) -> dict[str, Any]:
    return import_files(paths, day=TODAY).as_dict()


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_works_of_the_region_are_228_contracts(shared_data: Path) -> None:
    rows = table(shared_data / WORKS)
    keys = {(row["acheteur_id"], row["id"]) for row in rows}
    found = imported(shared_data / WORKS)
    assert (found["rows"], found["contracts"], found["new"]) == (len(rows), len(keys), 228)
    assert found["rejected"] == []
    assert found["social"] == {"yes": 0, "no": 0, "unknown": 228}
    assert imported(shared_data / WORKS)["unchanged"] == 228


def test_each_real_contract_has_its_first_date_and_an_amount_of_its_last_day(
    shared_data: Path,
) -> None:
    rows = table(shared_data / WORKS)
    imported(shared_data / WORKS)
    for contract in PublishedContract.objects.prefetch_related("holders"):
        own = [
            row
            for row in rows
            if (row["acheteur_id"], row["id"]) == (contract.buyer_siret, contract.published_id)
        ]
        days = sorted(row["dateNotification"] for row in own)
        last = [row for row in own if row["dateNotification"] == days[-1]]
        assert contract.notified_on.isoformat() == days[0]
        assert float(contract.amount or 0) == max(float(row["montant"]) for row in last)
        assert {h.identifier for h in contract.holders.all() if h.current} == {
            row["titulaire_id"] for row in last
        }
        assert contract.departement == own[0]["acheteur_departement_code"]
        assert contract.market_type == "travaux"


def test_the_second_real_file_completes_the_first(shared_data: Path) -> None:
    rows = table(shared_data / OBJECTS)
    keys = {(row["id_acheteur"], row["id_marche"]) for row in rows}
    works = {(row["acheteur_id"], row["id"]) for row in table(shared_data / WORKS)}
    assert imported(shared_data / WORKS)["contracts"] == len(works)
    found = imported(shared_data / OBJECTS)
    assert (found["rows"], found["contracts"]) == (149, len(keys)) == (149, 147)
    assert (found["new"], found["changed"]) == (len(keys - works), len(keys & works))
    both = imported(shared_data / WORKS, shared_data / OBJECTS)
    assert (both["contracts"], both["unchanged"]) == (len(keys | works), len(keys | works))


def test_contracts_published_twice_by_the_real_publishers_are_linked(shared_data: Path) -> None:
    imported(shared_data / WORKS)
    pairs = LikelyDuplicate.objects.values_list("kept__published_id", "other__published_id")
    assert {("2024T00031", "A7W2024T0003107"), ("2024T00001", "D6R2024T0000108")} <= {
        tuple(sorted(pair)) for pair in pairs
    }


def test_the_official_json_examples_are_all_read(shared_data: Path) -> None:
    for path in sorted((shared_data / "decp_samples").glob("*.json")):
        wrapped = json.loads(path.read_text(encoding="utf-8"))["marches"]
        bought, conceded = wrapped.get("marche", []), wrapped.get("contrat-concession", [])
        keys = {(one["acheteur"]["id"], one["id"]) for one in bought}
        conceded_keys = {(one["autoriteConcedante"]["id"], one["id"]) for one in conceded}
        found = imported(path)
        assert found["rows"] == len(bought) + len(conceded)
        assert found["contracts"] == len(keys)
        assert found["concessions"] == len(conceded_keys)
        assert found["rejected"] == []
        assert found["social"]["yes"] == len(keys) + len(conceded_keys)


def test_the_official_xml_examples_are_all_read(shared_data: Path) -> None:
    for path in sorted((shared_data / "decp_samples").glob("*.xml")):
        root = ElementTree.parse(path).getroot()  # noqa: S314 - official example, in a test
        bought, conceded = root.findall("marche"), root.findall("contrat-concession")
        found = imported(path)
        assert found["rows"] == len(bought) + len(conceded)
        assert found["contracts"] == len({one.findtext("id") for one in bought})
        assert found["concessions"] == len({one.findtext("id") for one in conceded})
        assert found["rejected"] == []
