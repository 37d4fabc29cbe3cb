"""What is chosen before a document is established, and the sending itself."""

from datetime import date
from typing import Any

from django import forms

from coclause.clauses.models import Award
from coclause.core.months import between, first_day, last_day, shift
from coclause.hours.choices import ProofKind
from coclause.hours.proofs.asking import companies
from coclause.render.numbers import month_fr
from coclause.web.once import OnceForm
from coclause.web.pages import id_in


class ChoiceForm(forms.Form):
    """Award, company and month, kept in the address; what has one choice is not asked."""

    nature = forms.CharField(widget=forms.HiddenInput)
    attribution = forms.ChoiceField(label="Entreprise titulaire")
    entreprise = forms.ChoiceField(label="Attestation pour")
    jusqu = forms.ChoiceField(label="Heures jusqu’à la fin de")

    def __init__(
        self, kind: ProofKind, awards: list[Any], asked: dict[str, str], day: date
    ) -> None:
        self.award = _chosen(awards, asked.get("attribution", ""))
        self.months = _months(self.award, day)
        self.companies = companies(self.award, day) if kind == ProofKind.CERTIFICATE else []
        self.company = _chosen(self.companies, asked.get("entreprise", ""))
        self.day = day
        said = {
            "nature": kind.value,
            "attribution": self.award.pk,
            "entreprise": self.company.pk if self.company else "",
            "jusqu": self._month(asked.get("jusqu", "")),
        }
        super().__init__(said)
        fields: Any = self.fields
        fields["attribution"].choices = [(one.pk, one.holder or one) for one in awards]
        fields["entreprise"].choices = [(one.pk, one.name) for one in self.companies]
        fields["jusqu"].choices = [(f"{m:%Y-%m}", month_fr(m)) for m in self.months]
        if len(awards) < 2:
            del self.fields["attribution"]
        if len(self.companies) < 2:
            del self.fields["entreprise"]
        if kind == ProofKind.FINAL or len(self.months) < 2:
            del self.fields["jusqu"]

    def _month(self, asked: str) -> str:
        """The month asked for; the last one that is over by default."""
        names = [f"{month:%Y-%m}" for month in self.months]
        if asked in names:
            return asked
        last = f"{shift(self.day, -1):%Y-%m}"
        return last if last in names else names[0]

    @property
    def until(self) -> date:
        """The last day of that month, or today before its end."""
        month = date.fromisoformat(f"{self.data['jusqu']}-01")
        first: date = self.award.starts_on
        return max(min(last_day(month), self.day), first)

    @property
    def asks(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.fields) > 1


class IssueForm(OnceForm):
    """The document as it was read: what was chosen, the last version, the figures shown."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=30_000)
    read = forms.CharField(widget=forms.HiddenInput, max_length=64)


def _chosen(among: list[Any], asked: str) -> Any:
    """The one whose id is asked for, else the first; None among none."""
    pk = id_in(asked)
    return next((one for one in among if one.pk == pk), among[0] if among else None)


def _months(award: Award, day: date) -> list[date]:
    """From the first month of execution to the present one, the last first."""
    months = between(award.starts_on, first_day(day))
    return months[::-1] or [first_day(award.starts_on)]
