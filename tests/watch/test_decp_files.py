"""A file is recognised by what it holds; one that cannot be read says what to do, in one line."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.watch.decp_examples import (
    BUYER,
    contracts,
    csv_file,
    csv_text,
    json_file,
    marche,
    marches,
    read,
    row,
)

from coclause.watch.decp import UnreadableFile

XML = f"""<?xml version="1.0" encoding="UTF-8"?>
<marches>
  <marche><id>X1</id><acheteur><id>{BUYER}</id></acheteur>
    <titulaires><titulaire><id>1</id></titulaire><titulaire><id>2</id></titulaire></titulaires>
    <considerationsSociales><considerationSociale>Clause sociale</considerationSociale>
      <considerationSociale>Critère social</considerationSociale></considerationsSociales>
    <modifications>
      <modification><id>1</id>
        <dateNotificationModification>2026-05-01</dateNotificationModification></modification>
    </modifications>
    <dateNotification>2026-03-02</dateNotification><montant>5000.5</montant></marche>
  <contrat-concession><id>X2</id><autoriteConcedante><id>{BUYER}</id></autoriteConcedante>
    <dateSignature>2026-03-02</dateSignature></contrat-concession>
</marches>"""


def archive(inside: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr(inside, "x")
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b"", "est vide"),
        (b"\xef\xbb\xbf  \n", "est vide"),
        (b"%PDF-1.7 ...", "est un PDF"),
        (b"\x89PNG\r\n\x1a\n", "est une image"),
        (b"\xff\xd8\xff\xe0 JFIF", "est une image"),
        (archive("decp.json"), "décompressez-la"),
        (archive("xl/workbook.xml"), "enregistrez-le au format CSV"),
        (b"\x1f\x8b\x08", "décompressez-la"),
        (b"MZ\x90\x00\x03\x00", "n'est pas un fichier texte"),
        ("é".encode("utf-16"), "enregistrez-le en UTF-8"),
        (b"<!DOCTYPE html><html><body>502</body></html>", "est une page web"),
        (b"<html><head></head></html>", "est une page web"),
        (b"bonjour", "il y manque l'identifiant du march"),
        (b"id,montant\n1,2\n", "acheteur_id"),
        (b'{"marches": {"marche": [{"id": "1", ', "est incomplet"),
        (b'{"marches": {"marche": [}}', "n'est pas un JSON valide"),
        (b'{"marches": {"marche": [{"objet": "\xe9t\xe9"}]}}', "enregistrez-le en UTF-8"),
        (b'{"rien": 1}', "ne contient aucun march"),
        (b"[" * 5000, "est imbriqué"),
        (b'{"a":' * 100_000, "est imbriqué"),
        (b"<marches><marche><id>1</id>", "n'est pas un XML complet"),
        (b"<autre/>", "ne contient aucun march"),
        (b"<marches>" + b"<a>" * 5000, "est imbriqué"),
        (b'<?xml version="1.0" encoding="inconnu"?><marches/>', "encodage inconnu"),
        (
            b'<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><marches>&b;</marches>',
            "refusées par sécurité",
        ),
        (
            b'<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/hostname">]><marches>&a;</marches>',
            "refusées par sécurité",
        ),
    ],
)
def test_a_file_that_is_something_else_says_what_to_do(
    tmp_path: Path, content: bytes, advice: str
) -> None:
    path = tmp_path / "decp.json"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as refused:
        read(path)
    sentence = str(refused.value)
    assert advice in sentence
    assert sentence.startswith("decp.json")
    assert "\n" not in sentence


def test_a_folder_or_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="est un dossier"):
        read(tmp_path)
    with pytest.raises(UnreadableFile, match="n'existe pas"):
        read(tmp_path / "absent.json")


def test_a_quote_left_open_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "decp.csv"
    path.write_text(csv_text(row()) + '"jamais fermé,1\n', encoding="utf-8")
    with pytest.raises(UnreadableFile, match="guillemets mal fermés"):
        read(path)


@pytest.mark.parametrize(
    "content",
    [
        {"marches": {"marche": [marche()]}},
        {"marches": {"marche": marche()}},
        {"marches": [marche()]},
        {"marches": [{"marche": marche()}]},
        {"marche": [marche()]},
        {"data": {"marches": {"marche": [marche()]}}},
        [marche()],
        marche(),
        [row()],
        {"data": [row()], "meta": {"page": 1}},
    ],
)
def test_every_known_wrapping_gives_the_contract(tmp_path: Path, content: Any) -> None:
    (found,) = contracts(json_file(tmp_path, content, "sans_extension"))
    assert (found.buyer_siret, found.published_id, found.kind) == (BUYER, "2026-01", "marche")
    assert found.states[0].amount == 120000


def test_an_empty_list_is_an_answer(tmp_path: Path) -> None:
    assert read(marches(tmp_path)) == []
    assert read(csv_file(tmp_path)) == []


def test_values_that_are_no_contract_are_refused_one_by_one(tmp_path: Path) -> None:
    found = read(json_file(tmp_path, [1, None, "x", marche()]))
    assert [type(one).__name__ for one in found] == ["Rejected"] * 3 + ["RawContract"]


def test_a_byte_order_mark_does_not_hide_the_format(tmp_path: Path) -> None:
    path = tmp_path / "decp"
    for content in (json.dumps([marche()]), XML.removeprefix("\n"), csv_text(row())):
        path.write_text(content, encoding="utf-8-sig")
        assert contracts(path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_tables_are_read_whatever_their_separator(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "decp.csv"
    path.write_text(csv_text(row(), delimiter=delimiter), encoding="utf-8")
    assert len(contracts(path)) == 1


def test_a_table_saved_by_windows_keeps_its_accents(tmp_path: Path) -> None:
    path = tmp_path / "decp.csv"
    path.write_bytes(csv_text(row(objet="Préau n° 2 à 10 €")).encode("cp1252"))
    (found,) = contracts(path)
    assert found.object == "Préau n° 2 à 10 €"


def test_xml_gives_what_json_gives(tmp_path: Path) -> None:
    path = tmp_path / "decp.csv"
    path.write_text(XML, encoding="utf-8")
    one, two = contracts(path)
    assert (one.kind, two.kind) == ("marche", "concession")
    assert one.considerations == ("Clause sociale", "Critère social")
    assert [len(state.holders) for state in one.states] == [2, 0]
    assert one.where == "decp.csv, marche[0]"


def test_a_namespace_does_not_hide_contracts(tmp_path: Path) -> None:
    path = tmp_path / "decp.xml"
    path.write_text(XML.replace("<marches>", '<marches xmlns="urn:fictif">'), encoding="utf-8")
    assert len(contracts(path)) == 2
