"""A person must not be recognised in a table because they were alone in their group."""

from hypothesis import given
from hypothesis import strategies as st

from coclause.people.disclosure import hide, hide_small
from coclause.render.numbers import HIDDEN, is_number

THRESHOLD = 5
GROUPS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12), min_size=1)


def test_a_number_of_persons_is_hidden_under_the_threshold_only() -> None:
    assert [hide(n, THRESHOLD) for n in (None, 0, 1, 4, 5)] == [None, 0, HIDDEN, HIDDEN, 5]


def test_a_second_group_goes_with_the_first_so_that_the_total_does_not_tell_it() -> None:
    assert hide_small({"femme": 3, "homme": 40, "inconnu": 9}, THRESHOLD) == {
        "femme": HIDDEN,
        "homme": 40,
        "inconnu": HIDDEN,
    }


def test_two_groups_of_one_person_are_not_told_by_their_sum() -> None:
    shown = hide_small({"a": 1, "b": 1, "c": 20, "d": 30}, THRESHOLD)
    assert shown == {"a": HIDDEN, "b": HIDDEN, "c": HIDDEN, "d": 30}


def test_a_small_total_hides_even_the_groups_at_zero() -> None:
    assert set(hide_small({"femme": 3, "homme": 0}, THRESHOLD).values()) == {HIDDEN}
    assert set(hide_small({"DELD": 4, "RSA": 4}, THRESHOLD, total=4).values()) == {HIDDEN}


def test_large_groups_and_zeros_are_shown_as_they_are() -> None:
    assert hide_small({"a": 0, "b": 5, "c": 8}, THRESHOLD) == {"a": 0, "b": 5, "c": 8}
    assert hide_small({"a": 0}, THRESHOLD) == {"a": 0}


def test_persons_each_alone_in_their_group_are_not_told_by_their_number() -> None:
    """Five hidden groups for five persons would say one each."""
    assert hide_small(dict.fromkeys("abcde", 1), THRESHOLD) == {}
    assert hide_small({"a": 2, "b": 1, "c": 1, "d": 1, "e": 0}, THRESHOLD) == {}


@given(groups=GROUPS)
def test_no_small_group_is_shown_and_what_is_shown_is_true(groups: dict[str, int]) -> None:
    shown = hide_small(groups, THRESHOLD)
    assert shown.keys() in (groups.keys(), set())
    for key, value in shown.items():
        if is_number(value):
            assert value == groups[key]
            assert value == 0 or value >= THRESHOLD


@given(groups=GROUPS)
def test_no_hidden_group_can_be_worked_out_from_the_total(groups: dict[str, int]) -> None:
    """Each hidden group may still be at least two numbers, knowing the total and the others."""
    shown = hide_small(groups, THRESHOLD)
    hidden = [key for key, value in shown.items() if value == HIDDEN]
    total = sum(groups.values())
    if not hidden or total < THRESHOLD:
        return
    rest = total - sum(value for value in shown.values() if is_number(value))
    # Hidden groups count at least one person each: one may be 1 up to what the others leave.
    largest = rest - (len(hidden) - 1)
    assert len(hidden) > 1
    assert largest >= 2
