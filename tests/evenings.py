"""The last evening of a month: companies, and agencies that share their awards, all at once."""

import html
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from coclause.clauses.choices import MemberPart
from coclause.clauses.models import AwardMember
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.choices import Way
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Organisation
from tests import builders
from tests.builders import DAY

PEOPLE = 3
"""Persons that each company employs on its award."""
HOURS = Decimal(70)
FIELD = re.compile(r'<input type="(?:text|hidden)" name="([^"]+)"(?: value="([^"]*)")?')
OF_OTHERS = re.compile(r'<details class="month-others">.*?</ul>\s*</details>', re.DOTALL)
MONTH = date(2026, 10, 1)


@dataclass(frozen=True)
class Evening:
    """Who declares, and how many hours must be there after."""

    users: list[User]
    persons: int

    @property
    def total(self) -> Decimal:
        return self.persons * HOURS


def evening(companies: int, agencies: int) -> Evening:
    """One host, that many companies with an award each, and agencies that make one person
    available on each award: their months meet those of the companies.
    """
    with acting_as("test", day=DAY):
        host = builders.organisation("Maison de l'emploi des Songes", Role.HOST)
        facilitator = builders.member(host, MemberRole.FACILITATOR)
        buyer = builders.organisation("Ville de Songes", Role.BUYER)
        operation = builders.operation("Chantiers de la ville", buyer, host, facilitator)
        users: list[User] = []
        lenders = [_company(f"ETTI {number}", users) for number in range(agencies)]
        sites = []
        for number in range(companies):
            lot = builders.lot(operation, number=number + 1)
            builders.clause(lot)
            company = _company(f"Entreprise {number}", users)
            sites.append((company, builders.award(lot, company), lenders[number % agencies]))
        for _, award, lender in sites:
            AwardMember.objects.create(
                award=award,
                organisation=lender,
                part=MemberPart.AGENCY,
                starts_on=award.starts_on,
            )
    persons = 0
    with acting_as(facilitator, day=DAY):
        for company, award, lender in sites:
            for employer in (*[company] * PEOPLE, lender):
                persons += 1
                born = date(1960 + persons % 40, 1 + persons % 12, 1 + persons % 28)
                someone = builders.person(host, f"Inventé{_letters(persons)}", "Camille", born)
                way = Way.MADE_AVAILABLE if employer is lender else Way.DIRECT
                builders.employment(someone, employer, award, way=way)
    return Evening(users, persons)


def filled(page: str) -> dict[str, str]:
    """The fields of a month's page, the same hours at each person's work.

    What an employer declares itself is left to it.
    """
    form = page[page.index('id="mois"') :]
    form = OF_OTHERS.sub("", form[: form.index("</form>")])
    fields = {name: html.unescape(value) for name, value in FIELD.findall(form)}
    for name in fields:
        if name.endswith("-travail") and "collectif" not in name:
            fields[name] = str(HOURS)
    return fields


def _company(name: str, users: list[User]) -> Organisation:
    company = builders.organisation(name, Role.COMPANY)
    users.append(builders.member(company, MemberRole.COMPANY))
    return company


def _letters(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in str(number))
