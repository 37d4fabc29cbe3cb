"""Fictitious persons, with the statistical facts that an employment keeps of them."""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from coclause.clauses.choices import MarketType
from coclause.demo.book import Book
from coclause.demo.chance import Chance
from coclause.demo.names import given_name, surname
from coclause.demo.partners import Partners, departement_of
from coclause.demo.places import Map
from coclause.demo.trades import MARKETS
from coclause.organisations.models import Organisation
from coclause.people import identities
from coclause.people.choices import Level, Sex
from coclause.people.models import Identity, Person

AGES = {(17, 20): 9, (20, 26): 22, (26, 35): 24, (35, 50): 27, (50, 63): 18}
"""Ages at the first hiring, from the first to below the second, in percent."""
LEVELS = {
    Level.BELOW_3: 41,
    Level.LEVEL_3: 34,
    Level.LEVEL_4: 14,
    Level.LEVEL_5: 6,
    Level.UNKNOWN: 5,
}
ANY_AGE = {
    "DELD": 34,
    "DETLD": 20,
    "RSA": 30,
    "TH": 9,
    "REF": 5,
    "ASS": 4,
    "ZRR": 9,
    "PPSMJ": 2,
    "AUTRE": 3,
}
"""Criteria that a person may hold at any age, in percent."""


@dataclass
class Someone:
    """A person while the story is told, and until when they are taken."""

    identity: Identity
    born_on: date
    sex: Sex
    commune: str
    criteria: list[str]
    level: Level
    district: str
    prescriber: int | None
    taken_until: date
    surname: str
    given: str


class Crowd:
    """The persons known to each host; nobody is recorded twice."""

    def __init__(self, book: Book, dice: Chance, map_: Map, partners: Partners) -> None:
        self._book, self._dice, self._map = book, dice, map_
        self.known: dict[int, list[Someone]] = defaultdict(list)
        self._prints: set[str] = set()
        self._key, self._secret = next(iter(identities.keys().items()))
        self._prescribers: dict[str, list[int]] = defaultdict(list)
        for prescriber in partners.prescribers:
            self._prescribers[departement_of(prescriber)].append(prescriber.pk)

    def someone(self, host: Organisation, market: MarketType, day: date) -> Someone:
        """A person free on that day: three in five were known to the host already."""
        if self._dice.happens(0.62) and (known := self.known[host.pk]):
            for _ in range(6):
                person = known[-1 - self._dice.randrange(min(len(known), 400))]
                if person.taken_until < day:
                    return person
        if self._dice.happens(0.008) and (moved := self._from_elsewhere(host, day)):
            return moved
        return self._newcomer(host, market, day)

    def _from_elsewhere(self, host: Organisation, day: date) -> Someone | None:
        """Somebody whom another host knows; neither sees the other's record."""
        others = [known for key, known in self.known.items() if key != host.pk and known]
        if not others:
            return None
        person = self._dice.choice(self._dice.choice(others))
        here = {known.identity.pk for known in self.known[host.pk]}
        if person.taken_until >= day or person.identity.pk in here:
            return None
        self.record(person, host, day)
        return person

    def _newcomer(self, host: Organisation, market: MarketType, day: date) -> Someone:
        dice = self._dice
        woman = dice.happens(MARKETS[market].women)
        departement = departement_of(host)
        commune = self._map.draw(dice, departement)
        youngest, oldest = dice.pick(AGES)
        age = dice.randint(youngest, oldest - 1)
        born_on = day - timedelta(days=age * 365 + age // 4 + dice.randint(1, 364))
        identity, family, given = self._identity(born_on, woman)
        criteria = self._criteria(age, commune.population)
        prescribers = self._prescribers[departement]
        person = Someone(
            identity=identity,
            born_on=born_on,
            sex=Sex.FEMALE if woman else Sex.MALE,
            commune=commune.code,
            criteria=criteria,
            level=dice.pick(LEVELS),
            district=f"QF{departement}0{dice.randint(1, 9):02d}" if "QPV" in criteria else "",
            prescriber=dice.choice(prescribers) if prescribers and dice.happens(0.74) else None,
            taken_until=day,
            surname=family,
            given=given,
        )
        self.record(person, host, day)
        return person

    def record(self, someone: Someone, host: Organisation, day: date) -> Person:
        """The host's own record of that person."""
        self.known[host.pk].append(someone)
        return self._book.add(
            Person(
                identity_id=someone.identity.pk,
                host_id=host.pk,
                birth_name=someone.surname,
                given_names=someone.given,
                born_on=someone.born_on,
                sex=someone.sex,
                commune_id=someone.commune,
                last_contact_on=day,
            )
        )

    def _identity(self, born_on: date, woman: bool) -> tuple[Identity, str, str]:
        while True:
            family = surname(self._dice)
            given = given_name(self._dice, woman=woman)
            print_ = identities.fingerprint(family, given, born_on, self._secret)
            if print_ not in self._prints:
                break
        self._prints.add(print_)
        number = uuid.UUID(int=self._dice.getrandbits(128), version=4)
        identity = Identity(id=number, fingerprint=print_, key=self._key)
        return self._book.add(identity), family, given

    def _criteria(self, age: int, inhabitants: int) -> list[str]:
        dice = self._dice
        held = [code for code, percent in ANY_AGE.items() if dice.happens(percent / 130)]
        if age < 26 and dice.happens(0.62):
            held.append("JEUNE")
        if age >= 50:
            held.append("SENIOR")
        if inhabitants > 9000 and dice.happens(0.5):
            held.append("QPV")
        return held or ["DELD"]
