"""What companies are told of their months by mail, apart from the reminders. No person is named."""

from collections.abc import Collection
from datetime import date

from django.urls import reverse

from coclause.clauses.choices import ANSWERABLE
from coclause.clauses.contacts import contacts_of, reached
from coclause.clauses.models import AwardMember
from coclause.core.models import Mail, User
from coclause.core.months import last_day
from coclause.core.outbox import SIGNATURE, post
from coclause.core.refusals import Refused
from coclause.hours.models import Declaration, Statement, StatementLine
from coclause.organisations.entering import enter_address
from coclause.organisations.models import Organisation
from coclause.render.numbers import month_fr


def tell_returned(statement: Statement, lines: Collection[int], day: date) -> list[Mail]:
    """To each company whose lines were just sent back, among those: there is something to correct.

    Once for a version of the statement, however many lines are sent back one after the other, and
    nothing to a company when only lines of others are. The reason stays on the page, for it may
    speak of a person. To whoever sent the month, if they are still there, else to the first
    contact; to nobody when there is none.
    """
    found = []
    for company in _companies(statement, lines):
        to = _addressee(company, statement, day)
        if to is not None:
            found.append(_post(statement, company, to, day))
    return [mail for mail in found if mail]


def _companies(statement: Statement, lines: Collection[int]) -> list[Organisation]:
    """Whose lines wait for a correction; who answers for the award when nobody is known."""
    back = StatementLine.objects.returned().filter(pk__in=lines)
    senders = set(back.values_list("declaration__organisation", flat=True))
    if None in senders:
        parts = AwardMember.objects.filter(
            award=statement.award_id,
            part__in=ANSWERABLE,
            starts_on__lte=last_day(statement.month),
        )
        last = parts.order_by("-starts_on").values_list("organisation", flat=True).first()
        senders = (senders - {None}) | ({last} if last else set())
    return list(Organisation.objects.filter(pk__in=senders).order_by("pk"))


def _addressee(company: Organisation, statement: Statement, day: date) -> User | None:
    people = [member.user for member in reached(contacts_of(company, day), day)]
    sent = Declaration.objects.filter(statement=statement, organisation=company)
    last = sent.order_by("-pk").values_list("declared_by", flat=True).first()
    sender = next((user for user in people if user.pk == last), None)
    return sender or (people[0] if people else None)


def _post(statement: Statement, company: Organisation, to: User, day: date) -> Mail | None:
    award = statement.award
    operation, month = award.lot.contract.operation, month_fr(statement.month)
    path = reverse("company-month", args=[statement.month])
    try:
        return post(
            to=to.email,
            subject=f"{month.capitalize()} : des heures sont à corriger",
            body=(
                "Bonjour,\n\n"
                f"Votre facilitateur vous renvoie des heures de {company} déclarées en {month},"
                f" sur {operation}, lot {award.lot.number}. Le motif est à côté de chaque ligne."
                f"\n\nPour corriger :\n{enter_address(to, path)}{SIGNATURE}"
            ),
            kind="month.returned",
            key=f"month.returned:{statement.pk}:{statement.version}:{company.pk}",
            about=[company, award, operation],
            day=day,
        )
    except Refused:
        return None
