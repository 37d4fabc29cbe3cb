"""Persons who worked hours, each counted once, with the facts of their first employment."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from coclause.indicators.fact_types import FactRow
from coclause.indicators.facts import Facts
from coclause.indicators.indicator import Indicator, Kind, Number, Row
from coclause.indicators.keys import UNKNOWN, by_id, quotient, tally, words
from coclause.indicators.of_hours import total
from coclause.people.ages import AGES, age_band
from coclause.people.choices import Level, Sex

FIRST = "au premier emploi qui a des heures dans la période"
NO_CRITERION = "aucun"
Categories = Callable[[FactRow], Iterable[str]]


def _criteria(row: FactRow) -> Iterable[str]:
    return dict.fromkeys(row.criteria) or (NO_CRITERION,)


def _by_host(facts: Facts) -> dict[str, Number]:
    people = facts.beneficiaries
    return tally((str(host or UNKNOWN), 1) for person in people for host in person.hosts)


def host_rows(facts: Facts) -> list[Row]:
    """Persons by referent host: what may be read without reading persons."""
    names = by_id(facts.host_names)
    return [
        {"key": key, "host_name": names.get(key), "value": value}
        for key, value in _by_host(facts).items()
    ]


def _person_row(row: FactRow, **more: object) -> Row:
    return {
        "employment": row.pk,
        "sex": row.sex,
        "age_band": age_band(row.age),
        "level": row.level,
        "type": row.type,
        "starts_on": row.starts_on,
        **more,
        "value": 1,
    }


def _rows(facts: Facts) -> list[Row]:
    """One row for each person: an employment, without a name."""
    return [_person_row(person.first) for person in facts.beneficiaries]


def _breakdown(
    code: str,
    label: str,
    by: str,
    categories: Categories,
    *,
    labels: Callable[[Facts], Mapping[str, str]],
    listed: Iterable[str] = (),
    several: bool = False,
) -> Indicator:
    listed = tuple(listed)

    def pairs(facts: Facts) -> list[tuple[str, FactRow]]:
        people = facts.beneficiaries
        return [(key, person.first) for person in people for key in categories(person.first)]

    return Indicator(
        code=code,
        label=label,
        unit="personnes",
        definition=f"Personnes bénéficiaires selon {by}, {FIRST}"
        + (" ; plusieurs réponses possibles." if several else "."),
        compute=lambda facts: tally(((key, 1) for key, _ in pairs(facts)), listed),
        rows=lambda facts: [_person_row(row, key=key) for key, row in pairs(facts)],
        kind=Kind.BREAKDOWN,
        denominator="personnes bénéficiaires",
        labels=labels,
        persons=True,
        several=several,
        of="beneficiaries",
    )


def _count(facts: Facts) -> int:
    return len(facts.beneficiaries)


def _mean(facts: Facts) -> Decimal | None:
    return quotient(total(facts.validated), _count(facts))


def _mean_terms(facts: Facts) -> dict[str, Number | None]:
    return {"hours_validated": total(facts.validated), "beneficiaries": _count(facts)}


def _departements(facts: Facts) -> dict[str, str]:
    names = {code: name for code, (name, _) in facts.departements.items()}
    return {UNKNOWN: "Commune non connue", **names}


def _prescribers(facts: Facts) -> dict[str, str]:
    return by_id(facts.prescriber_names, "Sans prescripteur connu")


INDICATORS = (
    Indicator(
        code="beneficiaries",
        label="Personnes bénéficiaires",
        unit="personnes",
        definition="Personnes distinctes avec au moins une heure validée dans la période ; une"
        " personne suivie par deux structures compte une fois.",
        compute=_count,
        rows=_rows,
        persons=True,
    ),
    Indicator(
        code="beneficiaries_by_host",
        label="Personnes bénéficiaires par structure",
        unit="personnes",
        definition="Personnes avec au moins une heure validée dans la période, selon la structure"
        " référente le dernier jour du mois travaillé ; plusieurs réponses possibles.",
        compute=_by_host,
        rows=host_rows,
        kind=Kind.BREAKDOWN,
        denominator="personnes bénéficiaires",
        labels=lambda facts: by_id(facts.host_names, "Sans structure référente ce mois-là"),
        persons=True,
        several=True,
        of="beneficiaries_by_host_sum",
    ),
    Indicator(
        code="beneficiaries_by_host_sum",
        label="Somme des personnes des structures",
        unit="personnes",
        definition="Somme simple des personnes bénéficiaires de chaque structure : une personne"
        " suivie par deux structures y compte deux fois.",
        compute=lambda facts: sum(_by_host(facts).values()),
        rows=host_rows,
        persons=True,
    ),
    _breakdown(
        "beneficiaries_by_sex",
        "Personnes bénéficiaires par sexe",
        "le sexe",
        lambda row: (row.sex,),
        labels=words(Sex.choices),
        listed=Sex.values,
    ),
    _breakdown(
        "beneficiaries_by_age",
        "Personnes bénéficiaires par âge",
        "l'âge à l’embauche",
        lambda row: (age_band(row.age),),
        labels=lambda facts: AGES,
        listed=AGES,
    ),
    _breakdown(
        "beneficiaries_by_level",
        "Personnes bénéficiaires par niveau de formation",
        "le niveau de formation",
        lambda row: (row.level,),
        labels=words(Level.choices),
        listed=Level.values,
    ),
    _breakdown(
        "beneficiaries_by_public",
        "Personnes bénéficiaires par public",
        "les critères d’éligibilité retenus",
        _criteria,
        labels=lambda facts: {NO_CRITERION: "Aucun critère inscrit", **facts.criterion_labels},
        several=True,
    ),
    _breakdown(
        "beneficiaries_by_departement",
        "Personnes bénéficiaires par département",
        "le département de résidence",
        lambda row: (row.departement or UNKNOWN,),
        labels=_departements,
    ),
    _breakdown(
        "beneficiaries_by_prescriber",
        "Personnes bénéficiaires par prescripteur",
        "l'organisme qui les a orientées",
        lambda row: (str(row.prescriber or UNKNOWN),),
        labels=_prescribers,
    ),
    Indicator(
        code="hours_per_beneficiary",
        label="Heures par personne",
        unit="h",
        definition="Heures validées de la période, divisées par le nombre de personnes"
        " bénéficiaires.",
        compute=_mean,
        denominator="personnes bénéficiaires",
        terms=_mean_terms,
        persons=True,
    ),
)
