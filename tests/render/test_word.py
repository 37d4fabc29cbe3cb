"""The Word file that a buyer copies from: it opens, it says what is known, it shows what is not."""

import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from coclause.render.blocks import Block, Run, Table
from coclause.render.word import Section, document
from coclause.render.word_reading import WordText, read

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DAY = date(2026, 9, 14)
LONG = "Société coopérative fictive des travaux publics et paysagers du Val-Bleu"
HOSTILE = "<w:p/> & ]]> {{ taux }} \x00\x0b\ud800"
CONVERTING_SECONDS = 120


def sample(value: str = "1 035", lots: int = 2) -> bytes:
    rows = [(f"Lot {n}", "500", "", "") for n in range(1, lots + 1)]
    table = Table("Engagement par lot", ("Lot", "Demandées", "Engagées", "Modalité"), rows)
    missing = Run("[à compléter : durée du contrat]", "missing")
    blocks = (
        Block("heading", (Run("Périmètre et volume"),)),
        Block("paragraph", (Run("Au moins "), Run(value, "filled"), Run(" heures."))),
        Block("bullet", (Run("Durée : "), missing)),
        Block("table", table=table),
    )
    sections: Sequence[Section] = (
        Section("CCAP", blocks, "À vérifier."),
        Section("RC", blocks[:2]),
    )
    return document(
        f"Clauses : {LONG}",
        DAY,
        sections,
        about=(("Acheteur", "Commune de Val-Fictif"),),
        notice="Modèle à faire vérifier par le juriste de l’acheteur.",
        to_complete=(("durée du contrat", "CCAP, Périmètre et volume"),),
    )


def _part(content: bytes, name: str) -> Element:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        tree: Element = fromstring(archive.read(name))
    return tree


def test_libreoffice_opens_it_with_every_known_value(tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LIBREOFFICE (soffice) IS ABSENT: THE WORD FILE WAS NOT OPENED")
    (tmp_path / "clauses.docx").write_bytes(sample())
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "txt:Text (encoded):UTF8",
            "--outdir",
            str(tmp_path),
            str(tmp_path / "clauses.docx"),
        ],
        check=True,
        capture_output=True,
        timeout=CONVERTING_SECONDS,
    )
    text = (tmp_path / "clauses.txt").read_text(encoding="utf-8")
    for words in ("Au moins 1 035 heures.", "Périmètre et volume", "Lot 2", LONG, "Val-Fictif"):
        assert words in text
    assert "[à compléter : durée du contrat]" in text
    assert "{{" not in text


def test_headings_lists_and_tables_are_real_ones() -> None:
    body = _part(sample(), "word/document.xml")
    styles = {style.get(f"{W}val") for style in body.iter(f"{W}pStyle")}
    assert {"Title", "Heading1", "Heading2", "ListBullet"} <= styles
    tables = list(body.iter(f"{W}tbl"))
    assert len(tables) == 3
    for table in tables:
        assert len(list(table.iter(f"{W}tblHeader"))) == 1
        assert next(table.iter(f"{W}tblCaption")).get(f"{W}val")


def test_what_is_missing_is_highlighted_and_nothing_else_is() -> None:
    body = _part(sample(), "word/document.xml")
    marked = [
        "".join(text.text or "" for text in run.iter(f"{W}t"))
        for run in body.iter(f"{W}r")
        if next(run.iter(f"{W}highlight"), None) is not None
    ]
    assert marked == ["[à compléter : durée du contrat]"]


def test_it_is_titled_in_french_and_numbered() -> None:
    content = sample()
    core = _part(content, "docProps/core.xml")
    values = {item.tag.rpartition("}")[2]: item.text for item in core}
    assert values["title"] == f"Clauses : {LONG}"
    assert values["language"] == "fr-FR"
    styles = _part(content, "word/styles.xml")
    assert {item.get(f"{W}val") for item in styles.iter(f"{W}lang")} == {"fr-FR"}
    with zipfile.ZipFile(BytesIO(content)) as archive:
        footers = [name for name in archive.namelist() if name.startswith("word/footer")]
        foot = "".join(archive.read(name).decode() for name in footers)
    assert 'w:instr="PAGE"' in foot
    assert 'w:instr="NUMPAGES"' in foot
    assert "juriste" in foot


def test_the_same_data_give_the_same_bytes() -> None:
    assert sample() == sample()


def test_a_value_from_outside_is_only_words() -> None:
    paragraphs = read(sample(HOSTILE)).paragraphs
    assert "Au moins <w:p/> & ]]> {{ taux }}  heures." in paragraphs


def test_sixty_lots_hold_in_one_table() -> None:
    paragraphs = read(sample(lots=60)).paragraphs
    assert all(f"Lot {n}" in paragraphs for n in range(1, 61))


def test_a_row_that_does_not_fit_its_table_is_an_error() -> None:
    wrong = Block("table", table=Table("T", ("a", "b"), [("seul",)]))
    with pytest.raises(ValueError, match="2 cellules"):
        document("T", DAY, (Section("S", (wrong,)),), about=(), notice="N")


def test_an_empty_document_still_opens() -> None:
    content = document("T", DAY, (), about=(), notice="Modèle.")
    assert read(content) == WordText(("T", "Modèle."), (), (), tracked=False)
