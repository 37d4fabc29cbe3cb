"""Keys: without them, a name typed without its accents finds nothing."""

import pytest

from coclause.reference.keys import plain_words, prefix_query, search_key, search_words


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Besançon", "besancon"),
        ("BESANCON", "besancon"),
        ("St-Claude", "saint claude"),
        ("Ste Cœur", "sainte coeur"),
        ("L’Isle-sur-le-Doubs", "l isle sur le doubs"),
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("  Œuilly  ", "oeuilly"),
        ("Cze\u0301 (Ain)", "cze ain"),
        ("", ""),
        ("— '", ""),
    ],
)
def test_different_ways_of_typing_a_name_give_one_key(typed: str, key: str) -> None:
    assert search_key(typed) == key


def test_a_key_is_its_own_key() -> None:
    assert search_key(search_key("Sts-Geosmes-d'Œil")) == "saints geosmes d oeil"


def test_words_hold_the_name_in_one_piece_and_the_codes() -> None:
    assert search_words("L'Isle", "2A004", "20000") == "l isle lisle 2a004 20000"


def test_nothing_typed_can_act_as_an_operator_of_the_query() -> None:
    assert prefix_query(plain_words("st & !(x:*)' | <->")) == (
        "((st:* | saint:*) & x:*) | saintx:*"
    )
