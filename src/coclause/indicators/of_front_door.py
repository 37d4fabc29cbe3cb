"""Requests of buyers at the front door, and how long they wait for a first answer."""

from itertools import groupby

from coclause.indicators.facts import Facts
from coclause.indicators.indicator import Indicator, Number, Row, Value
from coclause.indicators.keys import quotient
from coclause.network.requests.delays import FirstAnswers

NOBODY = "Personne encore"
PERIMETER = (
    " Par lieu, celles dont la commune d’exécution est dite ; par structure ou par facilitateur,"
    " celles que chacun a en main aujourd’hui."
)


def _answers(facts: Facts) -> FirstAnswers | None:
    """None by buyer: whoever asks is not always recognised as one."""
    return None if facts.perimeter.buyer is not None else facts.first_answers


def _received(facts: Facts) -> Value:
    found = _answers(facts)
    return None if found is None else found.received


def _by_organisation(facts: Facts) -> list[Row]:
    """A number by organisation: a request itself is read by whoever answers it."""
    if _answers(facts) is None:
        return []
    grouped = groupby(facts.requests, key=lambda row: (row.organisation, row.organisation_name))
    return [
        {"host": organisation, "host_name": name or NOBODY, "value": len(list(rows))}
        for (organisation, name), rows in grouped
    ]


def _delay(facts: Facts) -> Value:
    found = _answers(facts)
    return None if found is None else found.median


def _delay_terms(facts: Facts) -> dict[str, Number | None]:
    found = _answers(facts)
    return {"answered": None if found is None else found.answered}


def _kept_terms(facts: Facts) -> dict[str, Number | None]:
    found = _answers(facts)
    if found is None:
        return {"kept": None, "judged": None}
    return {"kept": found.kept, "judged": found.judged}


def _kept(facts: Facts) -> Value:
    found = _answers(facts)
    return None if found is None else quotient(found.kept * 100, found.judged)


INDICATORS = (
    Indicator(
        code="requests_received",
        label="Demandes d’acheteurs reçues",
        unit="demandes",
        definition="Demandes d’acheteurs reçues dans la période, par la porte d’entrée, par une"
        f" programmation d’achats ou saisies par le réseau.{PERIMETER}",
        compute=_received,
        rows=_by_organisation,
    ),
    Indicator(
        code="front_door_delay",
        label="Délai de première réponse",
        unit="jours ouvrés",
        definition="Médiane des jours ouvrés entre le jour où une demande est reçue et celui de la"
        " première réponse (question, réponse ou ouverture d’une opération), 0 pour une réponse du"
        " jour même ; sur les demandes reçues dans la période et déjà répondues, même après elle."
        f"{PERIMETER}",
        compute=_delay,
        denominator="demandes reçues dans la période et répondues",
        terms=_delay_terms,
    ),
    Indicator(
        code="front_door_kept",
        label="Part des demandes répondues dans le délai promis",
        unit="%",
        definition="Demandes reçues dans la période dont la première réponse est venue au plus tard"
        " le jour promis, rapportées aux demandes jugées : celles qui ont une réponse, et celles"
        " dont le jour promis est passé sans réponse. Celles qui sont encore dans le délai, ou"
        f" classées avant sa fin sans réponse, ne sont pas jugées.{PERIMETER}",
        compute=_kept,
        denominator="demandes jugées",
        terms=_kept_terms,
    ),
)
