"""Invented papers for the tests of the duty answer, the opt-out and the calibration note."""

import subprocess
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image
from pypdf import PdfReader

from coclause.render.calibration_note import (
    Achieved,
    CalibrationNoteDocument,
    Effort,
    Input,
    Quartiles,
    Version,
)
from coclause.render.duty_answer import (
    Assumption,
    Contact,
    DutyAnswerDocument,
    Estimate,
    Reason,
)
from coclause.render.opt_out import OptOutDocument

FONTS = Path(__file__).parents[2] / "node_modules/source-sans/TTF"
HOSTILE = '#read("/etc/passwd") ] $x$ \\ "quotes" <label> *gras*'
LONG = "Société coopérative fictive des travaux publics et paysagers du Val-Bleu"
DAY = date(2026, 9, 14)


def opened(content: bytes) -> tuple[PdfReader, str]:
    """The PDF and its words, with plain spaces and no line ends."""
    reader = PdfReader(BytesIO(content))
    text = " ".join(page.extract_text() for page in reader.pages)
    return reader, " ".join(text.split())


def check_accessible(reader: PdfReader) -> None:
    """Tagged, titled, in French, and said to be PDF/UA."""
    root: Any = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"].startswith("fr")
    assert reader.metadata is not None
    assert reader.metadata.title
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


def scanned(content: bytes) -> list[str]:
    """What a telephone reads on the last page, printed at 150 dots an inch."""
    last = str(len(PdfReader(BytesIO(content)).pages))
    drawing = ["pdftoppm", "-r", "150", "-png", "-singlefile", "-f", last, "-l", last, "-"]
    drawn = subprocess.run(drawing, input=content, capture_output=True, check=True).stdout
    return [found.text for found in zxingcpp.read_barcodes(Image.open(BytesIO(drawn)))]


def alternatives(reader: PdfReader) -> list[str]:
    """What a screen reader says in place of each picture."""
    size: Any = reader.trailer["/Size"]
    held: list[Any] = [reader.get_object(number) for number in range(1, size)]
    figures = [one for one in held if isinstance(one, dict) and one.get("/S") == "/Figure"]
    return [str(one.get("/Alt", "")) for one in figures]


def opt_out_sample() -> OptOutDocument:
    return OptOutDocument(
        buyer="Commune de Val-Fictif",
        contract="Rénovation du groupe scolaire des Tilleuls",
        about=(("Référence", "2026-T-014"), ("Valeur estimée", "6 100 000 € HT")),
        case="Une condition sociale rendrait l’exécution techniquement difficile",
        article="article L. 2112-2-1, II, 3°",
        reasons="Le chantier se tient en site occupé.\nUne seule équipe est admise.\n\n"
        "  Aucun poste ne peut être encadré.",
        shown=("Une condition sur la formation des apprentis", "Un volume réduit à 70 h"),
        author="Camille Exemple",
        author_role="directrice des achats",
        decided_on=DAY,
        version=2,
        replaces=1,
        keep_where="Avec les documents relatifs à la passation du marché.",
        keep_article="article L. 2184-1",
        text_date=date(2026, 9, 1),
    )


def duty_sample() -> DutyAnswerDocument:
    return DutyAnswerDocument(
        answered_on=DAY,
        about=(
            ("Contrat", "Marché de travaux"),
            ("Acheteur", "Collectivité"),
            ("Valeur estimée", "6 100 000 € HT"),
            ("Durée", "14 mois"),
            ("Date de l’avis", "14/10/2026"),
        ),
        duty="due",
        sentence="La valeur estimée atteint le seuil européen de 5 404 000 € HT.",
        reasons=(
            Reason("L’avis part après le 22/08/2026.", "loi n° 2021-1104, art. 35"),
            Reason("La valeur comprend tous les lots et les options.", "article R. 2121-1"),
        ),
        exemptions=(
            Reason("Solution immédiatement disponible", "article L. 2112-2-1, II, 1°"),
            Reason("Pas de lien suffisant avec l’objet", "article L. 2112-2-1, II, 2°"),
        ),
        keep_where=Reason("avec les documents de la passation", "article L. 2184-1"),
        text_date=date(2026, 9, 1),
        text_source="Code de la commande publique, base LEGI",
        estimate=Estimate(
            2_440,
            6_100,
            (
                Assumption("Part de main-d’œuvre", "30 à 50 %", "usage du réseau, travaux"),
                Assumption("Taux d’insertion", "5 %", "usage du réseau"),
                Assumption("Coût horaire", "30 €", "paramètre du 01/01/2026"),
            ),
        ),
        facilitator=Contact(
            "Camille Exemple",
            "Maison de l’emploi du Val-Fictif",
            "camille@example.org",
            "01 99 00 00 00",
            "En charge de Val-Fictif le 14/09/2026.",
        ),
        instrument="Une condition d’exécution, avec l’aide du facilitateur.",
    )


def effort(name: str, amount: str, exact: str, hours: int | None, remark: str = "") -> Effort:
    inputs = (
        Input("Montant", amount, "estimation de l’acheteur"),
        Input("Part de main-d’œuvre", "50 %", "usage du réseau, travaux"),
        Input("Taux d’insertion", "5 %", "usage du réseau"),
        Input("Coût horaire", "30 €", "paramètre du 01/01/2026"),
    )
    return Effort(name, "Part de main-d’œuvre", inputs, Decimal(exact), hours, remark)


def worked(name: str) -> Effort:
    inputs = (
        Input("Heures travaillées", "18 000 h", "métré du maître d’œuvre"),
        Input("Taux d’insertion", "5 %", "usage du réseau"),
    )
    return Effort(name, "Heures travaillées", inputs, Decimal(900), 900)


def note_sample(lots: int = 3) -> CalibrationNoteDocument:
    small = "Moins de 35 h : à réunir avec un autre lot, ou à laisser."
    rows = [effort(f"Lot {n}", "333 333 €", "277.78", 280) for n in range(1, lots)]
    rows.append(effort(f"Lot {lots}", "30 000 €", "25", None, small))
    return CalibrationNoteDocument(
        operation="Rénovation du groupe scolaire des Tilleuls",
        buyer="Commune de Val-Fictif",
        contract="Travaux, 2026-T-014",
        author="Camille Exemple, facilitatrice",
        day=DAY,
        about=(("Durée", "14 mois"),),
        versions=(
            Version(
                "Première approche",
                "Camille Exemple",
                date(2026, 9, 2),
                effort("Ensemble", "1 000 000 €", "833.33", 835),
                rows,
                retained=True,
            ),
            Version("Métré", "Camille Exemple", DAY, worked("Ensemble")),
        ),
        formulas=(
            ("Part de main-d’œuvre", "montant × part × taux ÷ coût horaire, arrondi à 5 h"),
            ("Heures travaillées", "heures travaillées × taux d’insertion"),
        ),
        achieved=Achieved(
            "45 Travaux de construction",
            "2023 à 2025",
            37,
            Quartiles(Decimal("0.42"), Decimal("0.71"), Decimal("1.12")),
            Quartiles(Decimal("0.40"), Decimal("0.65"), Decimal("0.98")),
            "104 %",
            Decimal("0.84"),
            "entre la médiane et le troisième quartile",
        ),
        globalisation=("Le lot 3 peut rejoindre le lot 1.",),
        instrument="Condition d’exécution",
        instrument_reasons=(Reason("Entre 1 et 10 fournisseurs proches.", "article L. 2112-2"),),
        duty="Une condition sociale est obligatoire",
        duty_reasons=(Reason("Seuil européen atteint.", "article L. 2112-2-1"),),
        text_date=date(2026, 9, 1),
    )
