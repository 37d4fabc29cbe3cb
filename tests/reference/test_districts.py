"""The list of priority districts: what a file gives, what it is refused for, vintages apart."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests import builders

from coclause.reference.choices import AliasKind
from coclause.reference.districts import (
    Line,
    RefusedLine,
    UnreadableDistricts,
    load_districts,
    read_districts,
)
from coclause.reference.models import CommuneAlias, PriorityDistrict

HEADER = "Code quartier;Nom du quartier;Code INSEE"
ROWS = ("QF021001;Les Hauts-Imaginés;21231", "QF071001;Plateau rêvé;71076")


def written(tmp_path: Path, *lines: str, encoding: str = "utf-8", name: str = "qpv.csv") -> Path:
    path = tmp_path / name
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def read(path: Path) -> list[Any]:
    return list(read_districts(path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_usual_separators_and_encodings_are_read(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    lines = [line.replace(";", separator) for line in (HEADER, *ROWS)]
    found = read(written(tmp_path, *lines, encoding=encoding))
    assert found[0] == Line(2, "QF021001", "Les Hauts-Imaginés", ("21231",))
    assert len(found) == 2


@pytest.mark.parametrize(
    "header",
    [
        "code_qp;lib_qp;insee_com",
        "CODE_QPV;NOM_QPV;DEPCOM",
        "Code du quartier prioritaire;Libellé;Code commune INSEE",
        '"codeqp2024";"Quartier prioritaire";"code_insee"',
        "code;nom;codgeo",
        "code quartier;nom;code de la commune",
    ],
)
def test_headings_are_recognised_by_their_meaning(tmp_path: Path, header: str) -> None:
    assert read(written(tmp_path, header, ROWS[0]))[0].communes == ("21231",)


def test_other_columns_and_order_do_not_matter(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "sep=;",
        "Commune;INSEE;Région;Nom du QP;Code QP",
        'Montfictif;1004;27;"Rue ""basse""; port";qf01001m',
    )
    assert read(path) == [Line(3, "QF01001M", 'Rue "basse"; port', ("01004",))]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (";Sans code;21231", "le code du quartier manque"),
        ("2,1E+05;Mangé;21231", "n’est pas un code de quartier"),
        ("QF021009;;21231", "le nom du quartier QF021009 manque"),
        (f"QF021009;{'x' * 201};21231", "dépasse 200 signes"),
        ("QF021009;Ailleurs;Montfictif", "n’est pas un code INSEE"),
        ("QF021009;Trop;21231;plus", "4 colonnes au lieu de 3"),
        ("QF021001;Un autre nom;21231", "a déjà un autre nom, ligne 2"),
    ],
)
def test_a_line_is_refused_alone_with_its_number_and_reason(
    tmp_path: Path, row: str, why: str
) -> None:
    found = read(written(tmp_path, HEADER, ROWS[0], row, ROWS[1]))
    assert isinstance(found[1], RefusedLine)
    assert found[1].number == 3
    assert why in found[1].why
    assert [type(one) for one in found] == [Line, RefusedLine, Line]


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in names:
            made.writestr(name, "essai")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "est vide"),
        (b" \n\n", "est vide"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "classeur de tableur"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "classeur de tableur"),
        (archive("qpv.csv"), "archive compressée"),
        (b"%PDF-1.7", "est un PDF"),
        (bytes(range(256)), "pas un fichier texte"),
        (b"a;b\x00c", "pas un fichier texte"),
        (b"<!DOCTYPE html><title>Erreur</title>", "page web"),
        (b"region;total\n27;3\n", "ne dit pas où sont le code du quartier, le nom du quartier"),
        (b"code_qp;lib_qp\nQF021001;Essai\n", "le code INSEE de la commune"),
        (b"code_qp;code_quartier;nom;insee\n", "deux colonnes disent le code du quartier"),
        (b"code_qp;nom;insee\n", "aucun quartier lisible"),
        (b'code_qp;nom;insee\nQF021001;"ouvert;21231\n', "guillemets mal"),
        (b"code_qp;nom;insee\n" + b"QF021001;Essai;21231\n" * 100_000, "plus de 10 000 lignes"),
        (b"x" * 20_000_001, "plus de 20 Mo"),
    ],
)
@pytest.mark.django_db
def test_a_file_that_is_something_else_is_refused_whole(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "qpv.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableDistricts, match=sentence):
        load_districts(path, "2024", apply=True)
    assert not PriorityDistrict.objects.exists()


@pytest.mark.parametrize("name", ["nulle-part.csv", "."])
def test_a_missing_file_and_a_folder_are_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableDistricts, match=r"n’existe pas|est un dossier"):
        read(tmp_path / name)


@pytest.mark.django_db
def test_without_apply_nothing_is_written(tmp_path: Path) -> None:
    done = load_districts(written(tmp_path, HEADER, *ROWS), "2024", apply=False)
    assert (done.new, done.applied) == (2, False)
    assert not PriorityDistrict.objects.exists()


@pytest.mark.django_db
def test_loading_again_renames_and_adds_and_deletes_nothing(tmp_path: Path) -> None:
    builders.commune()
    load_districts(written(tmp_path, HEADER, *ROWS), "2024", apply=True)
    later = written(tmp_path, HEADER, "QF021001;Hauts renommés;99999", "QF250001;Neuf;")
    done = load_districts(later, "2024", apply=True)
    assert (done.new, done.changed, done.unchanged, done.kept) == (1, 1, 0, 1)
    assert done.unknown_communes == 1
    found = {row.code: row for row in PriorityDistrict.objects.all()}
    assert found["QF021001"].name == "Hauts renommés"
    assert found["QF021001"].search_key == "hauts renommes"
    # The later file says less of the place: what was known stays.
    assert found["QF021001"].commune_id == "21231"
    assert found["QF250001"].commune_id is None
    assert found["QF071001"].name == "Plateau rêvé"
    again = load_districts(later, "2024", apply=True)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)


@pytest.mark.django_db
def test_two_vintages_stand_side_by_side(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER, *ROWS)
    load_districts(path, "2015", apply=True)
    done = load_districts(path, "2024", apply=True)
    assert (done.new, done.kept) == (2, 0)
    assert PriorityDistrict.objects.filter(code="QF021001").count() == 2


@pytest.mark.django_db
def test_a_commune_that_was_merged_is_found_and_an_unknown_one_is_counted(tmp_path: Path) -> None:
    commune = builders.commune()
    CommuneAlias.objects.create(
        commune=commune,
        kind=AliasKind.FORMER_CODE,
        code="21999",
        name="Vieux-Fictif",
        search_key="vieux fictif",
        search_words="21999",
    )
    path = written(
        tmp_path,
        HEADER,
        "QF021001;Ancienne;21999",
        "QF021002;Deux communes;21231, 21998",
        "QF021003;Nulle part;21998",
        "QF021002;Deux communes;21997",
    )
    done = load_districts(path, "2024", apply=True)
    assert (done.rows, done.new, done.unknown_communes, done.several_communes) == (4, 3, 1, 1)
    found = dict(PriorityDistrict.objects.values_list("code", "commune_id"))
    assert found == {"QF021001": "21231", "QF021002": "21231", "QF021003": None}
