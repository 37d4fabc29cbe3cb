"""Who works the planned hours: employments hired and ended month after month."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from coclause.clauses.choices import MemberPart
from coclause.clauses.models import AwardMember
from coclause.core.months import last_day, shift
from coclause.demo.book import Book
from coclause.demo.chance import Chance
from coclause.demo.crowd import Crowd, Someone
from coclause.demo.network import Network
from coclause.demo.plan import LONGEST, SHORTEST, Plan
from coclause.demo.sites import Site
from coclause.demo.spreading import QUARTERS, spread_within
from coclause.hours.choices import EmploymentType, Source, Way
from coclause.hours.hiring import age_on
from coclause.hours.models import Assignment, Employment
from coclause.organisations.models import Organisation

LASTS = {1: 4, 2: 7, 3: 12, 4: 13, 6: 25, 9: 19, 12: 20}
"""Months of an employment, in percent."""


@dataclass
class Hand:
    """An employment on a site, its usual month in quarters of an hour, its last planned month."""

    employment: Employment
    assignment: Assignment
    level: int
    until: date
    worked: date | None = None


@dataclass(frozen=True)
class Worked:
    """Quarters of an hour that an employment works on a site in a month."""

    site: int
    month: date
    hand: Hand
    quarters: int


class Crews:
    """The employments of every site, as the months go by."""

    def __init__(
        self, book: Book, dice: Chance, crowd: Crowd, network: Network, sites: list[Site]
    ) -> None:
        self._book, self._dice, self._crowd = book, dice, crowd
        self._network, self._sites = network, sites
        self.hands: dict[int, list[Hand]] = defaultdict(list)
        self._parts = {(row.award_id, row.organisation_id) for row in book.rows(AwardMember)}

    def work(self, plan: Plan, day: date) -> list[Worked]:
        """Hire for every planned month, in order of time, and end what no longer works."""
        done: list[Worked] = []
        for number, month in sorted(plan, key=lambda key: (key[1], key[0])):
            done += self._month(number, month, plan[number, month])
        self._end(day)
        return done

    def _month(self, number: int, month: date, quarters: int) -> list[Worked]:
        dice = self._dice
        crew = [hand for hand in self.hands[number] if hand.until >= month]
        while crew and len(crew) * SHORTEST > quarters:
            crew.pop().until = shift(month, -1)
        while len(crew) > 1 and sum(hand.level for hand in crew[:-1]) >= quarters * 1.35:
            crew.pop().until = shift(month, -1)
        while sum(hand.level for hand in crew) < quarters:
            if crew and (len(crew) + 1) * SHORTEST > quarters:
                break
            crew.append(self._hire(number, month))
        shares = spread_within(
            quarters, [hand.level * dice.uniform(0.8, 1.2) for hand in crew], SHORTEST, LONGEST
        )
        for hand in crew:
            hand.worked = month
        return [
            Worked(number, month, hand, share) for hand, share in zip(crew, shares, strict=True)
        ]

    def _hire(self, number: int, month: date) -> Hand:
        dice, site = self._dice, self._sites[number]
        shared = site.associated is not None and dice.happens(0.3)
        host = self._network.hosts[site.associated or 0 if shared else site.host]
        starts = month + timedelta(days=dice.randint(0, 11))
        starts = min(max(starts, site.award.starts_on), last_day(month))
        someone = self._crowd.someone(host, site.market, starts)
        until = min(shift(month, dice.pick(LASTS) - 1), site.award.ends_on.replace(day=1))
        someone.taken_until = last_day(until)
        employment = self.employ(someone, site, dice.choice(site.employers), host, starts)
        self._join(site, employment)
        assignment = self._book.add(
            Assignment(
                employment_id=employment.pk,
                award_id=site.award.pk,
                host_id=host.pk,
                starts_on=starts,
            )
        )
        level = round(dice.triangular(50, 151, 135) * QUARTERS)
        hand = Hand(employment, assignment, level, until)
        self.hands[number].append(hand)
        return hand

    def _join(self, site: Site, employment: Employment) -> None:
        """An employer takes part in the award from its first person's first day."""
        key = (site.award.pk, employment.employer_id)
        if key in self._parts:
            return
        self._parts.add(key)
        agency = employment.way == Way.MADE_AVAILABLE
        self._book.add(
            AwardMember(
                award_id=site.award.pk,
                organisation_id=employment.employer_id,
                part=MemberPart.AGENCY if agency else MemberPart.SUBCONTRACTOR,
                starts_on=site.award.starts_on,
            )
        )

    def employ(
        self,
        someone: Someone,
        site: Site,
        employer: Organisation,
        host: Organisation,
        starts: date,
    ) -> Employment:
        """An employment with the facts of the day of hiring."""
        type_, way = self._terms(site, employer)
        criteria = list(someone.criteria)
        if type_ == EmploymentType.CDDI:
            criteria.append("IAE")
        if "GEIQ" in employer.name:
            criteria.append("GEIQ")
        return self._book.add(
            Employment(
                identity_id=someone.identity.pk,
                employer=employer,
                host_id=host.pk,
                contract_number=f"C{len(self._book.rows(Employment)) + 1:06d}",
                type=type_,
                way=way,
                trade=site.trade.rome,
                source=Source.TYPED,
                sex=someone.sex,
                age=age_on(someone.born_on, starts),
                level=someone.level,
                criteria=criteria,
                commune_id=someone.commune,
                district=someone.district,
                district_vintage=_vintage(someone.district, starts),
                prescriber_id=someone.prescriber,
                starts_on=starts,
            )
        )

    def _terms(self, site: Site, employer: Organisation) -> tuple[EmploymentType, Way]:
        dice = self._dice
        if employer is site.holder:
            types = {
                EmploymentType.CDD: 62,
                EmploymentType.CDI: 18,
                EmploymentType.APPRENTICE: 13,
                EmploymentType.PROFESSIONAL: 7,
            }
            return dice.pick(types), Way.DIRECT
        if employer.name.startswith("Entreprise d’insertion"):
            return EmploymentType.CDDI, Way.SUBCONTRACT
        if "GEIQ" in employer.name:
            return EmploymentType.PROFESSIONAL, Way.MADE_AVAILABLE
        if employer.name.startswith("ETTI"):
            return EmploymentType.MISSION, Way.MADE_AVAILABLE
        return EmploymentType.CDDI, Way.MADE_AVAILABLE

    def _end(self, day: date) -> None:
        """Date the ends: the last month worked, or the planned one while it still runs."""
        this_month = day.replace(day=1)
        for number, hands in self.hands.items():
            award = self._sites[number].award
            for hand in hands:
                last = hand.until
                if last < this_month or hand.worked is None:
                    last = hand.worked or hand.employment.starts_on
                ends = min(last_day(last), award.ends_on)
                ends = max(ends, hand.employment.starts_on)
                # A permanent contract goes on; the assignment alone ends.
                goes_on = hand.employment.type == EmploymentType.CDI
                hand.employment.ends_on = None if goes_on else ends
                hand.assignment.ends_on = ends


def _vintage(district: str, starts: date) -> str:
    """The list of districts in force at hiring (the perimeters changed on 1 January 2024)."""
    if not district:
        return ""
    return "2024" if starts >= date(2024, 1, 1) else "2015"
