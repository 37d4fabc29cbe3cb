"""The pages of numbered documents, for the accessibility test."""

from playwright.sync_api import Page
from tests.journeys.visits import BUYER, FACILITATOR, STRANGER, Visit

from coclause import demo
from coclause.clauses.models import Clause
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.choices import ProofKind
from coclause.hours.models import Proof, StatementLine
from coclause.hours.proofs.issuing import issue
from coclause.hours.proofs.numbering import new_code, next_number
from coclause.organisations.scopes import scope_of

NOT_PAGES_PROOFS = {"proof-pdf": "a file"}
ISSUE = "/clauses/{proved}/documents/etablir/?nature="


def send_stale(page: Page) -> None:
    """Send the document as somebody who read other figures."""
    page.evaluate("document.querySelector('[name=read]').value = 'autre'")
    page.get_by_role("button", name="Établir le document").click()


VISITS_PROOFS = (
    Visit("proofs", "/clauses/{proved}/documents/", FACILITATOR),
    Visit("proofs", "/clauses/{proved}/documents/", BUYER, note="buyer"),
    Visit("proofs", "/clauses/{bare}/documents/", FACILITATOR, note="empty"),
    Visit("proof-issue", ISSUE + "bilan_intermediaire", FACILITATOR),
    Visit("proof-issue", ISSUE + "fiche_controle", FACILITATOR, note="control"),
    Visit("proof-issue", ISSUE + "attestation", FACILITATOR, note="certificate"),
    Visit("proof-issue", ISSUE + "bilan_final", FACILITATOR, note="not yet"),
    Visit(
        "proof-issue",
        "/clauses/{bare}/documents/etablir/?nature=bilan_intermediaire",
        FACILITATOR,
        note="figures changed",
        status=409,
        act=send_stale,
    ),
    Visit("verify", "/verifier/"),
    Visit("verify-code", "/verifier/{code}/", STRANGER),
    Visit("verify-code", "/verifier/{old_code}/", note="replaced"),
    Visit("verify-code", "/verifier/ABCD-EFGH-JKMN-PQRS/", note="unknown", status=404),
    Visit("verify", "/verifier/?code=1234", note="not a code", status=404),
)


def places_proofs() -> dict[str, object]:
    """A clause of the demonstration's buyer with documents, one of which was replaced; another
    clause without any.
    """
    user, day = User.objects.get(email="facilitatrice@demo.coclause.test"), demo.today()
    with acting_as(user, day=day):
        scope = scope_of(user, day)
        lines = StatementLine.objects.validated()
        running = Clause.objects.editable_by(scope).filter(
            state=ClauseState.RUNNING,
            commitments__award__in=lines.values("statement__award"),
        )
        bought = running.filter(
            lot__contract__operation__buyer__memberships__user__email="acheteur@demo.coclause.test"
        )
        proved = bought.order_by("pk").first() or running.order_by("pk")[0]
        bare = running.exclude(pk=proved.pk).order_by("pk")[0]
        award = proved.commitments.order_by("pk")[0].award
        first = issue(scope, ProofKind.INTERIM, proved, award)
        issue(scope, ProofKind.CONTROL, proved, award)
        second = replacing(first)
        return {
            "proved": proved.pk,
            "bare": bare.pk,
            "code": second.code,
            "old_code": first.code,
        }


def replacing(first: Proof) -> Proof:
    """A second version, as a correction would have made it."""
    return Proof.objects.create(
        kind=first.kind,
        number=next_number(first.day),
        code=new_code(),
        award=first.award,
        clause=first.clause,
        until=first.until,
        day=first.day,
        version=2,
        replaces=first,
        figures=first.figures | {"essence": {}},
        file=first.file,
        author=first.author,
    )
