"""The words of a document: from its frozen figures, what is printed and what a preview shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from coclause.clauses.choices import HoursKind, Instrument, MemberPart
from coclause.hours.choices import DecisionKind, ProofKind, Way
from coclause.hours.proofs.control_words import control_parts
from coclause.hours.proofs.reading import day_of, hours_of, month_of, number_of
from coclause.hours.proofs.statements import NO_NAME
from coclause.people.ages import AGES, UNKNOWN
from coclause.people.choices import Sex
from coclause.render.numbers import NO_BREAK, amount, date_fr, euros, hours, integer, percent
from coclause.render.proofs import Bar, ProofDocument, Sentences, Table

Figures = Mapping[str, Any]
WITHOUT_NAMES = "Déclarées sans noms"
WAYS = {**dict(Way.choices), NO_NAME: WITHOUT_NAMES}
EMPLOYERS = {
    MemberPart.HOLDER: "L’entreprise titulaire",
    MemberPart.LEADER: "Le mandataire du groupement",
    MemberPart.COCONTRACTOR: "Un cotraitant",
    MemberPart.SUBCONTRACTOR: "Un sous-traitant",
    MemberPart.AGENCY: "Une structure qui met à disposition",
    NO_NAME: WITHOUT_NAMES,
    "": "Un autre employeur",
}


@dataclass(frozen=True)
class Signed:
    """What a version bears besides its figures; without a number, it is a preview."""

    day: date
    until: date
    author: str
    number: str = ""
    code: str = ""
    address: str = ""
    link: str = ""
    version: int = 1
    replaces: str = ""


def document_of(
    kind: ProofKind, figures: Figures, signed: Signed, names: Mapping[int, str] | None = None
) -> ProofDocument:
    """The document in words. `names`, by employment, are written on a control sheet alone."""
    head = figures["head"]
    headline, sentence = _headline(kind, figures)
    return ProofDocument(
        kind=kind.label,
        about=f"{head['operation']}, lot {head['lot_number']}",
        facts=_facts(kind, figures, signed),
        headline=headline,
        sentence=sentence,
        parts=_parts(kind, figures, names or {}),
        notes=_notes(kind, figures),
        issuer=head["host"],
        author=signed.author,
        day=signed.day,
        bar=_bar(figures) if kind in (ProofKind.INTERIM, ProofKind.FINAL) else None,
        number=signed.number,
        code=signed.code,
        address=signed.address,
        link=signed.link,
        version=signed.version,
        replaces=signed.replaces,
    )


def _facts(kind: ProofKind, figures: Figures, signed: Signed) -> list[tuple[str, str]]:
    head = figures["head"]
    execution = f"du {day_of(head['starts_on'])} au {day_of(head['ends_on'])}"
    certified = kind == ProofKind.CERTIFICATE
    about = [
        ("Attestation pour" if certified else "Entreprise", head["company"] or "non connue"),
        ("SIRET", head["siret"] if certified else ""),
        ("Part dans le marché", _part_held(figures) if certified else ""),
        ("Acheteur", head["buyer"]),
        ("Opération", head["operation"]),
        ("Contrat", ", ".join(filter(None, (head["contract"], head["reference"])))),
        ("Lot", head["lot"]),
        ("Clause", Instrument(head["instrument"]).label),
        ("Exécution", ", ".join((execution, *head["off"]))),
        ("Heures arrêtées au", date_fr(signed.until)),
    ]
    return [(label, value) for label, value in about if value]


def _part_held(figures: Figures) -> str:
    part = MemberPart(figures["part"]).label
    until = figures["part_until"]
    end = f" au {day_of(until)}" if until else ""
    return f"{part}, {'du' if until else 'depuis le'} {day_of(figures['part_from'])}{end}"


def _headline(kind: ProofKind, figures: Figures) -> tuple[str, str]:
    """The finding in large, and the sentence under it."""
    if kind == ProofKind.CONTROL:
        return _control_headline(figures)
    done = number_of(figures["hours"]["validated"])
    if kind == ProofKind.CERTIFICATE:
        return f"{hours(done)} d’insertion validées", _certified(figures)
    committed = number_of(figures["hours"]["committed"])
    if committed is None:
        return f"{hours(done)} validées", "L’engagement n’est pas connu."
    if done is not None and done >= committed:
        said = f"L’engagement de {hours(committed)} est tenu : {percent(done, committed)}."
    else:
        left = committed - (done or Decimal(0))
        said = f"Il manque {hours(left)} à l’engagement : {percent(done, committed)} est fait."
    return f"{hours(done)} validées sur {hours(committed)} engagées", said


def _certified(figures: Figures) -> str:
    head, own = figures["head"], hours_of(figures["hours"]["own"])
    if figures["answers"]:
        return f"Dont {own} par les personnes que l’entreprise emploie elle-même."
    return (
        "Par les personnes que la structure emploie. Ces heures sont comptées dans l’engagement"
        f" de {head['holder']}."
    )


def _control_headline(figures: Figures) -> tuple[str, str]:
    months = figures["months"]
    declared = sum((Decimal(row["declared"]) for row in months), Decimal(0))
    validated = sum((Decimal(row["validated"]) for row in months), Decimal(0))
    noted, late = len(figures["remarks"]), len(figures["steps"])
    return (
        f"{hours(validated)} validées, {hours(declared)} déclarées",
        f"{_many(len(months), 'mois', 'mois')}, {_many(noted, 'remarque')},"
        f" {_many(late, 'étape en retard', 'étapes en retard')} dans le plan d’action.",
    )


def _many(count: int, one: str, several: str = "") -> str:
    return f"{integer(count)}{NO_BREAK}{one if count < 2 else several or one + 's'}"


def _bar(figures: Figures) -> Bar:
    said = figures["hours"]
    final = said["expected"] is None and said["projected"] is None
    return Bar(
        validated=number_of(said["validated"]) or Decimal(0),
        waiting=Decimal(0) if final else number_of(said["waiting"]) or Decimal(0),
        expected=number_of(said["expected"]),
        committed=number_of(said["committed"]),
    )


def _parts(kind: ProofKind, figures: Figures, names: Mapping[int, str]) -> list[Table | Sentences]:
    if kind == ProofKind.CONTROL:
        return control_parts(figures, names)
    if kind == ProofKind.CERTIFICATE:
        return [_certified_months(figures), _kinds(figures)]
    return _statement_parts(kind, figures)


def _certified_months(figures: Figures) -> Table:
    rows = [(month_of(row["month"]), hours_of(row["validated"])) for row in figures["months"]]
    return Table(
        "Heures par mois travaillé",
        ("Mois", "Validées"),
        rows,
        total=("Total", hours_of(figures["hours"]["validated"])),
        empty="Aucune heure validée.",
    )


def _kinds(figures: Figures) -> Table:
    rows = [(HoursKind(kind).label, hours_of(done)) for kind, done in figures["kinds"].items()]
    return Table("Par nature", ("Nature", "Validées"), rows, empty="Aucune heure validée.")


def _statement_parts(kind: ProofKind, figures: Figures) -> list[Table | Sentences]:
    found: list[Table | Sentences] = []
    if kind == ProofKind.INTERIM:
        found.append(_standing(figures))
    found += [
        _months(kind, figures),
        _kinds(figures),
        _shares("Par modalité", "Modalité", WAYS, figures["ways"]),
        _shares("Par employeur", "Employeur", EMPLOYERS, figures["employers"]),
        _persons(figures),
    ]
    if figures["pool"]:
        found.append(Sentences("Globalisation", [figures["pool"]]))
    if kind == ProofKind.FINAL or figures["decisions"]:
        decided = [_decision(row) for row in figures["decisions"]]
        found.append(Sentences("Ce que l’acheteur a décidé", decided, "Aucune décision inscrite."))
    found.append(Sentences("Ce qui s’est passé", figures["story"]))
    return found


def _standing(figures: Figures) -> Table:
    """The five figures of the bar, told apart."""
    said = figures["hours"]
    labels = (
        ("Validées", "validated"),
        ("Déclarées, à vérifier", "waiting"),
        ("Attendues à cette date", "expected"),
        (f"Prévues à la fin, {'selon le plan' if said['by_plan'] else 'à ce rythme'}", "projected"),
        ("Engagées", "committed"),
    )
    rows = [(label, hours_of(said[key])) for label, key in labels]
    return Table("Où en est l’engagement", ("Heures", "Nombre"), rows)


def _months(kind: ProofKind, figures: Figures) -> Table:
    reached, rows = Decimal(0), []
    interim = kind == ProofKind.INTERIM
    for row in figures["months"]:
        reached += Decimal(row["validated"])
        waits = (hours_of(row["waiting"]),) if interim else ()
        rows.append((month_of(row["month"]), hours_of(row["validated"]), *waits, hours(reached)))
    silent = ", ".join(month_of(month).lower() for month in figures["silent"])
    lowered = interim and any(Decimal(row["waiting"]) < 0 for row in figures["months"])
    notes = [f"Sans déclaration : {silent}."] if silent else []
    if lowered:
        notes.append("Sous zéro : une correction à la baisse, pas encore vérifiée.")
    return Table(
        "Heures par mois travaillé",
        ("Mois", "Validées", *(("À vérifier",) if interim else ()), "Cumul validé"),
        rows,
        note=" ".join(notes),
        empty="Aucun mois déclaré.",
    )


def _shares(title: str, column: str, labels: Mapping[Any, str], sums: Mapping[str, str]) -> Table:
    whole = sum((Decimal(done) for done in sums.values()), Decimal(0))
    rows = [
        (labels[key], hours_of(done), percent(Decimal(done), whole)) for key, done in sums.items()
    ]
    return Table(title, (column, "Validées", "Part"), rows, empty="Aucune heure validée.")


def _persons(figures: Figures) -> Table:
    said = figures["persons"]
    rows = [("Personnes distinctes", amount(said["total"]))]
    if said["total"] != 0:
        sexes, ages = _told(said["sexes"]), _told(said["ages"])
        rows += [(f"Sexe : {Sex(key).label.lower()}", amount(count)) for key, count in sexes]
        rows += [(f"Âge : {AGES[key].lower()}", amount(count)) for key, count in ages]
    if said["unnamed"]:
        rows.append(("Sans noms, le plus en un mois", amount(said["unnamed"])))
    return Table(
        "Personnes",
        ("Avec au moins une heure validée", "Nombre"),
        rows,
        note="Les groupes de trop peu de personnes ne sont pas montrés."
        " L’âge est celui de l’embauche.",
    )


def _told(groups: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Groups as they are told: of what is not known, nothing when it is nobody."""
    return [(key, count) for key, count in groups.items() if count != 0 or key != UNKNOWN]


def _decision(row: Figures) -> str:
    said = f"Le {day_of(row['on'])} : {DecisionKind(row['kind']).label.lower()}"
    if row["amount"] is not None:
        said += f" de {euros(Decimal(row['amount']), cents=True)}"
    if row["until"]:
        said += f", délai jusqu’au {day_of(row['until'])}"
    return f"{said}."


def _notes(kind: ProofKind, figures: Figures) -> list[str]:
    if kind == ProofKind.CONTROL:
        return ["Document interne à la structure : il porte sur des personnes, ne le diffusez pas."]
    if kind == ProofKind.CERTIFICATE:
        return [
            "Seules les heures validées par la structure comptent, par mois travaillé.",
            "Un mois revient à l’entreprise qui répondait du marché à la fin de ce mois.",
        ]
    said = figures["hours"]
    notes = ["Une heure validée est une heure réalisée, vérifiée par la structure."]
    if kind == ProofKind.FINAL and (left := number_of(said["waiting"])):
        notes.append(f"{hours(left)} déclarées attendent une vérification : non comptées ici.")
    if beyond := number_of(said["beyond"]):
        notes.append(
            f"{hours(beyond)} au-delà des plafonds de formation ou de stage sont dans le détail,"
            " et ne comptent pas dans l’engagement."
        )
    if other := number_of(said["uncounted"]):
        notes.append(f"{hours(other)} d’autres natures ne sont pas comptées par cette clause.")
    if kind == ProofKind.INTERIM:
        notes.append("Les heures prévues à la fin sont une estimation, non des heures réalisées.")
    notes.append("Aucune personne n’est nommée ; aucun critère d’éligibilité n’est montré.")
    return notes
