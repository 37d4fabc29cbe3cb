"""The library's models: each can be filled, cites known articles, and asks nothing forbidden."""

import re
from datetime import date

import pytest

from coclause.network.library.filling import VARIABLES, Value, check, fill
from coclause.network.library.texts import (
    BLOCKS,
    CONTRACTS,
    INSTRUMENTS,
    NOTICE,
    ModelText,
    articles,
    models,
    suited,
)
from coclause.render.blocks import Table

_CITED = re.compile(r"\b([LRD])\. ?(\d{4}-\d+(?:-\d+)*)")
_FORBIDDEN = (
    "NIR",
    "RQTH",
    "casier judiciaire",
    "liste nominative",
    "justificatif d’éligibilité est transmis",
    "critère d’éligibilité est communiqué",
    "copie des pièces d’identité",
)
_ALL: tuple[ModelText, ...] = models()


def _articles_in(text: str) -> set[str]:
    return {f"{letter}{number}" for letter, number in _CITED.findall(text)}


def _everything() -> dict[str, Value]:
    values: dict[str, Value] = {}
    for code, variable in VARIABLES.items():
        if variable.kind == "table":
            values[code] = Table("Engagement", ("Lot", "Heures"), [("Lot 1", "500")])
        elif variable.kind == "list":
            values[code] = [f"un {code}", f"deux {code}"]
        else:
            values[code] = f"<{code}>"
    return values


@pytest.mark.parametrize("model", _ALL, ids=lambda model: model.code)
def test_a_model_can_be_used_as_it_is(model: ModelText) -> None:
    assert check(model.text) == []
    filled = fill(model.text, _everything())
    assert filled.missing == ()
    words = " ".join(block.words for block in filled.blocks)
    assert "{{" not in words
    assert "à compléter" not in words


@pytest.mark.parametrize("model", _ALL, ids=lambda model: model.code)
def test_a_model_cites_known_articles_and_says_which(model: ModelText) -> None:
    cited = _articles_in(model.text)
    assert model.articles
    assert cited <= set(model.articles), "an article of the text is not announced"
    assert set(model.articles) <= cited | _articles_in(model.advice), "announced and never cited"
    assert _articles_in(model.text + model.advice) <= set(articles())


@pytest.mark.parametrize("model", _ALL, ids=lambda model: model.code)
def test_a_model_asks_for_nothing_that_must_not_be_known(model: ModelText) -> None:
    for words in _FORBIDDEN:
        assert words not in model.text
    for sentence in re.split(r"(?<=\.)\s", model.text):
        if "sécurité sociale" in sentence:
            assert sentence.startswith("Aucun numéro")
        if "critère des personnes" in sentence:
            assert "n’est communiqué ni à l’entreprise ni à l’acheteur" in sentence


@pytest.mark.parametrize("model", _ALL, ids=lambda model: model.code)
def test_a_model_is_versioned_dated_and_of_a_known_kind(model: ModelText) -> None:
    assert (model.version, model.since) == (1, date(2026, 8, 22))
    assert model.block in BLOCKS
    assert model.instrument in INSTRUMENTS
    assert model.contract in CONTRACTS
    assert model.advice
    assert "!" not in model.text
    assert "'" not in model.text, "apostrophes are typographic"


def test_models_have_codes_of_their_own() -> None:
    assert len({model.code for model in _ALL}) == len(_ALL) >= 20
    assert "juriste" in NOTICE


@pytest.mark.parametrize(
    "model", [one for one in _ALL if one.block == "ccap"], ids=lambda m: m.code
)
def test_a_contract_that_names_eligible_people_hides_their_criterion(model: ModelText) -> None:
    if "{{ publics_eligibles }}" in model.text:
        assert "Le critère des personnes n’est communiqué" in model.text
        assert "Aucun numéro de sécurité sociale" in model.text


def test_the_duty_is_cited_only_where_it_applies() -> None:
    for model in _ALL:
        values = {
            code: value for code, value in _everything().items() if code != "obligation_sociale"
        }
        words = " ".join(block.words for block in fill(model.text, values).blocks)
        assert not {"L2112-2-1", "L3114-2-1"} & _articles_in(words.replace("\u00a0", " ")), (
            model.code
        )


def test_a_concession_is_never_given_the_articles_of_a_marche() -> None:
    for model in _ALL:
        marche = {one for one in model.articles if one[1] == "2"}
        assert not (model.contract == "concession" and marche), model.code
        assert not (model.contract != "concession" and marche != set(model.articles)), model.code
    assert suited("cctp", "condition_execution", "concession") is None


def test_reserved_contracts_say_the_rule_of_cumulation() -> None:
    marche = suited("rc", "reserve", "marche")
    concession = suited("rc", "reserve", "concession")
    assert marche is not None
    assert concession is not None
    assert "L. 2113-14" in marche.advice
    assert "une concession ne peut pas être réservée à la fois" in concession.text
    assert "(article L. 3113-3)" in concession.text


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (("ccap", "condition_execution", "accord_cadre"), "ccap-condition-execution-accord-cadre"),
        (("cctp", "condition_critere", "accord_cadre"), "cctp-condition-execution-marche"),
        (("rc", "reserve", "accord_cadre"), "rc-reserve-marche"),
        (("ae", "marche_insertion", "marche"), None),
    ],
)
def test_the_model_that_suits_a_case_is_found_or_none_is(
    case: tuple[str, str, str], code: str | None
) -> None:
    found = suited(*case)
    assert (found.code if found else None) == code
