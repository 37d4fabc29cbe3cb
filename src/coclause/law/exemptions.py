"""The cases where a buyer may leave the social condition out, and where the reason is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from coclause.law import dated
from coclause.law.cases import Case, Reason
from coclause.law.numbers import decimal_fr


@dataclass(frozen=True)
class Exemption:
    """An opt-out: its article, and what it requires. No `types`: any; `months_under`: strictly."""

    code: str
    contract: str
    article: str
    paragraph: str
    label: str
    requires: str
    first: date
    last: date | None
    types: tuple[str, ...] = ()
    months_under: Decimal | None = None

    @property
    def reference(self) -> str:
        """`L2112-2-1, II, 4°`."""
        return f"{self.article}, {self.paragraph}"

    def opened(self, case: Case) -> bool:
        """Whether the case meets what can be checked; a duration not known opens nothing."""
        return not self.closed_because(case)

    def closed_because(self, case: Case) -> str:
        """Why the case does not open it, in French; empty when it does."""
        if self.types and case.type not in self.types:
            return "il ne vaut que pour un marché de travaux"
        if self.months_under is None:
            return ""
        limit = decimal_fr(self.months_under)
        if case.months is None:
            return f"la durée n’est pas connue, il faut moins de {limit} mois"
        if Decimal(case.months) >= self.months_under:
            return f"{decimal_fr(case.months)} mois, ce n’est pas moins de {limit} mois"
        return ""


def planned(case: Case) -> tuple[Exemption, ...]:
    """The opt-outs the law plans that day for this kind of contract, opened or not."""
    return tuple(
        one
        for one in _all()
        if one.contract == case.contract and dated.holds(case.day, one.first, one.last)
    )


def opened(case: Case) -> tuple[str, ...]:
    """The codes that may be invoked in this case, supposing the duty is due."""
    return tuple(one.code for one in planned(case) if one.opened(case))


def known_codes() -> tuple[str, ...]:
    """Every code, each once."""
    return tuple(dict.fromkeys(one.code for one in _all()))


def keeping(case: Case) -> Reason | None:
    """Where the reason of an opt-out is kept; None for a private contract."""
    if case.contract == "prive":
        return None
    acting_as = "entity" if case.buyer == "entite" else "authority"
    if case.contract == "concession":
        acting_as = "concession"
    (row,) = (row for row in dated.tables("keeping") if row["acting_as"] == acting_as)
    return Reason(row["text"], articles=tuple(row["articles"]))


def _all() -> Iterator[Exemption]:
    for row in dated.tables("exemption"):
        months = row.get("months_under")
        yield Exemption(
            code=row["code"],
            contract=row["contract"],
            article=row["article"],
            paragraph=row["paragraph"],
            label=row["label"],
            requires=row["requires"],
            first=row["from"],
            last=row.get("to"),
            types=tuple(row.get("types", ())),
            months_under=None if months is None else Decimal(months),
        )
