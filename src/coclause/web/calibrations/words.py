"""What the law answers for a contract, in one line and in a title."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from coclause.clauses.duty import answer, need_of
from coclause.clauses.models import Contract


@dataclass(frozen=True)
class DutyLine:
    """The answer in one line: a word, and the reason that decides."""

    word: str
    reason: str


def duty_line(contract: Contract) -> DutyLine:
    """The answer for the contract; its operation's buyer is read."""
    found = answer(need_of(contract))
    word = {"due": "obligatoire", "not_due": "pas obligatoire"}.get(
        found.duty, "réponse non connue"
    )
    return DutyLine(word, found.reasons[0].text.rstrip("."))


def address_of(name: str, *args: object) -> str:
    """The address of a page of that name; empty where this site has none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
