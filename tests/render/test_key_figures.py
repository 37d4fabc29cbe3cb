"""The page handed to an elected official: whole, accessible, and safe whatever its data say."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from coclause.render.key_figures import (
    MAP_WIDTH,
    Breakdown,
    KeyFiguresDocument,
    RegionMap,
    Share,
    Tile,
    key_figures,
)
from coclause.render.maps import Area, choropleth
from coclause.render.pdf import TEMPLATES, TooLongError, pdf

HOSTILE = '#read("/etc/passwd") ] $x$ \\ "quotes" <label> *gras* 🏗️'
HOURS = 1_051_292
PEOPLE = 2_394
LONG = "Société coopérative fictive des travaux publics et paysagers du Val-Bleu"


@pytest.fixture(scope="module")
def fonts() -> Path:
    """The folder of Source Sans 3, as npm installs it."""
    folder = Path(__file__).parents[2] / "node_modules/source-sans/TTF"
    assert folder.is_dir(), "fonts missing: run make setup"
    return folder


def _open(content: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(BytesIO(content))
    text = "\n".join(page.extract_text() for page in reader.pages)
    # Readers of PDF give a no-break space back as a plain one.
    return reader, text.replace("\u00a0", " ")


def test_the_page_is_tagged_titled_in_french_and_alone(fonts: Path) -> None:
    reader, _ = _open(key_figures(sample(), fonts=fonts))
    root: Any = reader.root_object
    assert len(reader.pages) == 1
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"].startswith("fr")
    assert reader.metadata is not None
    title = "Les clauses sociales d’insertion en Bourgogne-Franche-Comté, 2022"
    assert reader.metadata.title == title
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


def test_every_figure_can_be_read_and_copied(fonts: Path) -> None:
    _, text = _open(key_figures(sample(), fonts=fonts))
    for words in (
        "1\u202f051\u202f292 h",
        "Côte-d’Or",
        "60,1\u202f%",
        "107,7\u202f%",
        "non connu",
        "< 5",
        "Chiffres clos",
        "Périmètre",
    ):
        assert words in text


def test_only_the_house_font_is_embedded(fonts: Path) -> None:
    reader, _ = _open(key_figures(sample(), fonts=fonts))
    resources: Any = reader.pages[0]["/Resources"]
    names = {str(font.get_object()["/BaseFont"]) for font in resources["/Font"].values()}
    assert names
    assert all("SourceSans3" in name for name in names)


def test_the_same_figures_give_the_same_file(fonts: Path) -> None:
    assert key_figures(sample(), fonts=fonts) == key_figures(sample(), fonts=fonts)


def test_a_name_from_outside_is_printed_never_run(fonts: Path) -> None:
    document = sample()
    rows = (Share(HOSTILE, 12), Share(LONG, 3))
    hostile = replace(
        document,
        finding=HOSTILE,
        publisher=LONG,
        departments=replace(document.departments, rows=rows),
    )
    reader, text = _open(key_figures(hostile, fonts=fonts))
    assert '#read("/etc/passwd")' in text
    assert "*gras* □" in text
    assert "root:" not in text
    assert len(reader.pages) == 1


def test_a_template_reads_nothing_outside_its_folder(fonts: Path, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    template = inside / "thief.typ"
    template.write_text('#read("../secret.txt")')
    with pytest.raises(ValueError, match=r"thief\.typ"):
        pdf(template, {}, fonts=fonts, title="T", day=date(2026, 1, 1))


def test_missing_fonts_are_an_error_not_a_blank_page(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="police"):
        key_figures(sample(), fonts=tmp_path)
    with pytest.raises(FileNotFoundError):
        pdf(TEMPLATES / "none.typ", {}, fonts=tmp_path, title="T", day=date(2026, 1, 1))


def test_the_map_is_described_and_holds_on_the_page(fonts: Path) -> None:
    ring = [[4.0, 46.0], [4.0, 47.0], [5.0, 47.0], [5.0, 46.0], [4.0, 46.0]]
    areas = [Area("1", "CC du Peut-Être", {"type": "Polygon", "coordinates": [ring]})]
    svg = choropleth(areas, {"1": 5}, title="Carte", width=MAP_WIDTH, palette="print")
    document = replace(sample(), map=RegionMap("Où", "Heures par EPCI", svg, "Une carte décrite."))
    content = key_figures(document, fonts=fonts)
    reader, text = _open(content)
    assert len(reader.pages) == 1
    assert "Heures par EPCI" in text
    assert _alternatives(reader) == ["Une carte décrite."]


def test_a_page_that_would_overflow_is_refused_with_its_reason(fonts: Path) -> None:
    document = sample()
    with pytest.raises(TooLongError, match="raccourcir"):
        key_figures(replace(document, definitions=[("Terme", LONG * 4)] * 60), fonts=fonts)
    too_many = replace(document.departments, rows=[Share("X", 1)] * 11)
    with pytest.raises(ValueError, match="départements : 11"):
        key_figures(replace(document, departments=too_many), fonts=fonts)


def test_an_empty_year_still_makes_a_page(fonts: Path) -> None:
    document = sample()
    empty = replace(
        document,
        state="provisoire",
        tiles=[replace(tile, value=None) for tile in document.tiles],
        markets=replace(document.markets, rows=[], total=0),
        departments=replace(document.departments, rows=[], total=0),
        people=[],
        realised=None,
        committed=None,
    )
    _, text = _open(key_figures(empty, fonts=fonts))
    assert "Chiffres provisoires" in text
    assert "non calculable" in text


def _alternatives(reader: PdfReader) -> list[str]:
    found: list[str] = []
    waiting: list[Any] = [reader.root_object["/StructTreeRoot"]]
    while waiting:
        item = waiting.pop().get_object()
        if isinstance(item, list):
            waiting.extend(child for child in item if hasattr(child, "get_object"))
        elif isinstance(item, dict):
            found.extend([str(item["/Alt"])] if "/Alt" in item else [])
            waiting.extend([item["/K"]] if "/K" in item else [])
    return found


def sample() -> KeyFiguresDocument:
    """A whole year, invented but for the three public figures of 2022; without its map."""
    return KeyFiguresDocument(
        region="en Bourgogne-Franche-Comté",
        year=2022,
        state="clos",
        known_on=date(2023, 3, 31),
        period="du 01/01/2022 au 31/12/2022, mois travaillés",
        perimeter="opérations exécutées dans les huit départements de la région",
        finding="Un million d’heures pour des personnes éloignées de l’emploi : "
        "six heures sur dix sur des chantiers, et une présence dans chaque département.",
        tiles=(
            Tile("Heures d’insertion réalisées", HOURS, "h", "validées par les facilitateurs"),
            Tile("ETP d’insertion", Decimal("657.1"), "", "1 600 h par ETP"),
            Tile("Personnes bénéficiaires", PEOPLE, "", "au moins une heure validée"),
            Tile("Contrats de travail", 3_118, "", "commencés dans l’année"),
            Tile("Facilitateurs", 22, "", "16,8 ETP au 31/12/2022"),
            Tile("Opérations suivies", 612, "", "en exécution au moins un jour"),
            Tile("Acheteurs", 187, "", "avec une clause en cours"),
            Tile("Sorties à six mois", None, "", "suivi ouvert en 2023"),
        ),
        markets=Breakdown(
            "Les travaux font six heures sur dix",
            f"Heures validées par type de marché ; part des {HOURS:,} h".replace(",", "\u202f"),
            (
                Share("Travaux", 631_826),
                Share("Services", 320_644),
                Share("Concessions", 42_052),
                Share("Prestations intellectuelles", 36_795),
                Share("Fournitures", 19_975),
            ),
            unit="h",
            total=HOURS,
        ),
        departments=Breakdown(
            "Doubs et Côte-d’Or, une heure sur deux",
            "Heures validées par département d’exécution",
            (
                Share("Doubs", 287_400),
                Share("Côte-d’Or", 251_116),
                Share("Saône-et-Loire", 178_210),
                Share("Territoire de Belfort", 98_541),
                Share("Nièvre", 81_320),
                Share("Yonne", 79_905),
                Share("Jura", 74_800),
                Share("Haute-Saône", None),
            ),
            unit="h",
            total=HOURS,
        ),
        people=(
            Breakdown(
                "Une femme sur cinq",
                "Personnes par sexe",
                (Share("Hommes", 1_906), Share("Femmes", 485), Share("Non renseigné", "hidden")),
                total=PEOPLE,
            ),
            Breakdown(
                "Un quart de moins de 26 ans",
                "Personnes par âge à l’embauche",
                (
                    Share("Moins de 26 ans", 598),
                    Share("26 à 49 ans", 1_389),
                    Share("50 ans et plus", 407),
                ),
                total=PEOPLE,
            ),
            Breakdown(
                "Demandeurs d’emploi de longue durée d’abord",
                "Personnes par public",
                (
                    Share("Demandeur d’emploi de longue durée", 1_127),
                    Share("Bénéficiaire du RSA", 734),
                    Share("Jeune sans expérience", 402),
                    Share("Travailleur handicapé", 188),
                ),
                total=PEOPLE,
                several=True,
            ),
        ),
        realised=742_310,
        committed=689_540,
        definitions=(
            ("Heures réalisées", "heures validées, par mois travaillé, travail et formation"),
            ("ETP d’insertion", "heures réalisées divisées par 1 600"),
            ("Personnes", "une personne suivie par deux structures compte une fois"),
            ("Taux de réalisation", "heures réalisées sur heures engagées, clauses closes"),
        ),
        sources="déclarations des entreprises validées par les facilitateurs, données inventées",
        publisher="Coordination régionale des clauses sociales d’insertion",
    )
