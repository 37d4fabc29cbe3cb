"""Who puts a paper. Who reads and erases one is in `queries.py`."""

from coclause.clauses.models import Award
from coclause.clauses.permissions import handles, is_referent
from coclause.hours.models import Assignment, Employment
from coclause.hours.permissions import may_declare
from coclause.organisations.scopes import Scope


def may_add_about(award: Award, employment: Employment, scope: Scope) -> bool:
    """The employer, or the host in charge that follows this person, on an award of theirs."""
    if not Assignment.objects.filter(award=award, employment=employment).exists():
        return False
    if employment.employer_id in scope.companies:
        return may_declare(award, scope)
    followed = Employment.objects.visible_to(scope).filter(pk=employment.pk)
    return handles(award.lot.contract.operation, scope) and followed.exists()


def may_add_invoice(award: Award, company: int, scope: Scope) -> bool:
    """The company of the award whose invoice it is, or the referent host in its name."""
    if not award.members.filter(organisation=company).exists():
        return False
    return company in scope.companies or is_referent(award.lot.contract.operation, scope)
