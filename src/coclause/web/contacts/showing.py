"""The contacts of a company as their page shows them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from coclause.clauses.contacts import INVITED, contacts_by_company, must_hand_over, reached
from coclause.core.models import Mail, MailState
from coclause.organisations.choices import MemberRole
from coclause.organisations.models import Membership, Organisation
from coclause.organisations.scopes import Scope

PLACES = ("Prévenu en premier", "Prévenu si le premier se tait")


@dataclass(frozen=True)
class Line:
    """One contact.

    Whoever was invited is shown by their address alone until they come; who works elsewhere than
    in companies, always: a company does not learn who stands behind an address it typed.
    """

    member: Membership
    rank: int
    mine: bool
    leaving: bool
    invitation: Mail | None
    ahead: int | None
    """The contact just before, whom this one may be warned ahead of."""
    last: bool
    """May not leave without handing over."""
    unnamed: bool
    """Their name is not the reader's to know."""

    @property
    def place(self) -> str:
        if self.leaving or not self.member.user.is_active:
            return "Ne reçoit plus de message"
        return PLACES[self.rank - 1] if self.rank <= len(PLACES) else "Pas prévenu"

    @property
    def awaited(self) -> bool:
        """Invited, and not entered since."""
        entered = self.member.user.last_login
        return self.invitation is not None and (
            entered is None or entered < self.invitation.created_at
        )

    @property
    def name(self) -> str:
        hidden = self.awaited or self.unnamed
        return self.member.user.email if hidden else str(self.member.user)

    @property
    def lost(self) -> bool:
        """The invitation never left."""
        return self.invitation is not None and self.invitation.state == MailState.ABANDONED


@dataclass(frozen=True)
class Section:
    """A company and its contacts, in the order in which they are warned."""

    company: Organisation
    lines: list[Line]
    own: bool
    """The reader is one of them, and may hand over."""


def sections(companies: Collection[Organisation], scope: Scope) -> list[Section]:
    """Four queries, one more for each company of the reader's that has a single contact."""
    contacts = contacts_by_company([company.pk for company in companies], scope.day)
    everybody = [member for members in contacts.values() for member in members]
    known = _Known(_invitations(everybody), _unnamed(everybody, scope))
    return [_section(one, contacts.get(one.pk, []), known, scope) for one in companies]


@dataclass(frozen=True)
class _Known:
    """What is looked up once for every contact shown."""

    invitations: dict[str, Mail]
    unnamed: set[int]
    """Users."""


def _section(
    company: Organisation, members: list[Membership], known: _Known, scope: Scope
) -> Section:
    staying = {one.pk for one in reached(members, scope.day)}
    lines: list[Line] = []
    rank, before = 0, None
    for member in members:
        member.organisation = company
        rank += member.pk in staying
        lines.append(
            Line(
                member=member,
                rank=rank,
                mine=scope.user is not None and member.user_id == scope.user.pk,
                leaving=member.pk not in staying and member.user.is_active,
                invitation=known.invitations.get(_key(member)),
                ahead=before if member.pk in staying else None,
                last=must_hand_over(member, members, scope),
                unnamed=member.user_id in known.unnamed,
            )
        )
        before = member.pk if member.pk in staying else before
    own = any(line.mine and not line.leaving for line in lines)
    return Section(company, lines, own)


def _invitations(members: Iterable[Membership]) -> dict[str, Mail]:
    keys = [_key(member) for member in members]
    return {mail.key: mail for mail in Mail.objects.filter(key__in=keys)}


def _unnamed(members: Iterable[Membership], scope: Scope) -> set[int]:
    """Users of the network or of buyers, for a company; the reader's own name apart."""
    if scope.working_regions:
        return set()
    users = {member.user_id for member in members} - {scope.user.pk if scope.user else 0}
    elsewhere = Membership.objects.filter(user__in=users).exclude(role=MemberRole.COMPANY)
    return set(elsewhere.values_list("user", flat=True))


def _key(member: Membership) -> str:
    return f"{INVITED}:{member.pk}"
