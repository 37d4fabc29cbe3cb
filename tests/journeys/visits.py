"""Every page of the product, as those who open it: what the accessibility test walks through."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Sum
from django.db.models.functions import Length
from playwright.sync_api import Page

from coclause import demo
from coclause.clauses.choices import MemberPart
from coclause.clauses.models import (
    Award,
    AwardMember,
    Clause,
    Contract,
    Convention,
    Globalisation,
    GlobalisedCommitment,
    Objective,
    OperationHost,
    Split,
)
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.models import Assignment, StatementLine
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope, scope_of
from coclause.watch.models import PublishedContract

FACILITATOR, MANAGER, COORDINATION = "facilitatrice", "responsable", "coordination"
BUYER, COMPANY, AGENCY = "acheteur", "entreprise", "agence"
PRESCRIBER, OBSERVER = "prescriptrice", "observatrice"
STRANGER = ""

NOT_PAGES = {
    "clause-hours-xlsx": "a file",
    "key-figures-pdf": "a file",
    "mfa_download_recovery_codes": "a file",
    "company-months": "leads to the month to declare",
    "communes": "the options of a field, read by a script",
    "demo-enter": "POST alone",
    "clause-change": "POST alone",
    "clause-validate": "POST alone",
    "account_set_password": "sends to account_change_password whoever has a password",
    "mfa_authenticate": "sends to account_login without a login begun",
    "mfa_reauthenticate": "404 without a second factor",
    "mfa_deactivate_totp": "404 without a second factor",
    "mfa_view_recovery_codes": "404 without a second factor",
}
"""Addresses that draw nothing in this demonstration, and why."""


@dataclass(frozen=True)
class Visit:
    """A page as a role sees it; `act` goes on from there; `status` is that of the last answer."""

    name: str
    path: str
    role: str = STRANGER
    note: str = ""
    status: int = 200
    act: Callable[[Page], object] | None = None

    def __str__(self) -> str:
        return " ".join(filter(None, (self.name, self.role or "stranger", self.note)))


def places() -> dict[str, object]:
    """What `Visit.path` names between braces, found in the demonstration of this database."""
    user = User.objects.get(email="facilitatrice@demo.coclause.test")
    company = User.objects.get(email="entreprise@demo.coclause.test")
    day = demo.today()
    with acting_as(user, day=day):
        scope = scope_of(user, day)
        awards = Award.objects.editable_by(scope)
        line = StatementLine.objects.to_check().filter(statement__award__in=awards)[0]
        mine = Clause.objects.editable_by(scope).with_committed(day)
        seen: Any = Clause.objects.visible_to(scope).with_committed(day)
        lot = line.statement.award.lot
        clause = mine.get(lot=lot)
        own = Award.objects.filter(members__organisation__memberships__user=company)
        return {
            "operation": lot.contract.operation_id,
            "lot": lot.pk,
            "award": line.statement.award_id,
            "month": f"{line.statement.month:%Y-%m}",
            "clause": clause.pk,
            "over": _over(mine),
            "unknown": seen.filter(state=ClauseState.RUNNING, committed=None)[0].pk,
            "assignment": Assignment.objects.filter(award__in=awards, host__in=scope.hosts)[0].pk,
            "draft": mine.filter(state=ClauseState.DRAFT)[0].pk,
            "suspended": mine.filter(state=ClauseState.SUSPENDED)[0].pk,
            "objective": Objective.objects.filter(commitment__clause=clause)[0].pk,
            "own_award": own.filter(ends_on__gte=day, starts_on__lt=_month_before(day))[0].pk,
            "last_month": f"{_month_before(day):%Y-%m}",
            "published": PublishedContract.objects.latest("pk").pk,
            "host": user.memberships.get().organisation_id,
            "company": Organisation.objects.order_by(Length("name").desc())[0].pk,
            "membership": user.memberships.get().pk,
            "charge": user.memberships.get().charges.filter(ends_on=None)[0].pk,
            "cocontractor": _cocontractor(awards),
            "split": Split.objects.filter(commitment__award__in=awards)[0].commitment_id,
            "pool": Globalisation.objects.order_by("pk")[0].pk,
            "pooled": GlobalisedCommitment.objects.order_by("pk")[0].pk,
            "pool_company": Globalisation.objects.order_by("pk")[0].company_id,
            "association": _association(scope),
            **_engagements(awards, clause),
            **_conventions(awards),
            "own_company": company.memberships.filter(ends_on=None)[0].organisation_id,
        }


def _cocontractor(awards: Any) -> int:
    return AwardMember.objects.filter(award__in=awards, part=MemberPart.COCONTRACTOR)[0].pk


def _association(scope: Scope) -> int:
    referent = OperationHost.objects.filter(host__in=scope.hosts, role="referente").on(scope.day)
    beside = OperationHost.objects.filter(role="associee", ends_on=None)
    return beside.filter(operation__in=referent.values("operation"))[0].pk


def _engagements(awards: Any, clause: Clause) -> dict[str, object]:
    """Objectives of other kinds than a plain volume of hours."""
    mine = Objective.objects.filter(commitment__award__in=awards).order_by("pk")
    share = mine.filter(measure="part_heures")[0]
    return {
        "commitment": clause.commitments.all()[0].pk,
        "tranche": mine.filter(trigger="tranche")[0].pk,
        "share": share.pk,
        "rated": share.commitment.clause_id,
        "ordered": mine.filter(commitment__award__orders__isnull=False)[0].commitment.award_id,
    }


def _conventions(awards: Any) -> dict[str, object]:
    """A convention with its targets, one of which little is known, a contract of one's own."""
    mine = Contract.objects.filter(lots__awards__in=awards).order_by("pk")
    known = Convention.objects.filter(target_hours__isnull=False)
    return {
        "convention": known.order_by("pk")[0].pk,
        "obscure": Convention.objects.filter(target_hours=None).order_by("pk")[0].pk,
        "contract": mine[0].pk,
    }


def _over(clauses: Iterable[Any]) -> int:
    done = dict(
        StatementLine.objects.validated()
        .values_list("statement__award__lot__clauses")
        .annotate(total=Sum("hours"))
    )
    above: int = next(c.pk for c in clauses if c.committed and done.get(c.pk, 0) > c.committed)
    return above


def _month_before(day: date) -> date:
    return date(day.year - (day.month == 1), (day.month - 2) % 12 + 1, 1)


# --- what is done on a page before it is read ---


def send_empty(page: Page) -> None:
    """Send the page's form as it is, past the browser's own checks: the server answers."""
    with page.expect_navigation():
        page.locator("main form[method=post]").first.evaluate(
            "form => { form.noValidate = true; form.requestSubmit() }"
        )


def send_no_password(page: Page) -> None:
    """The sign-in page asks for a code first: this is its other form."""
    with page.expect_navigation():
        page.locator("main form[action='/compte/login/']").evaluate(
            "form => { form.noValidate = true; form.requestSubmit() }"
        )


def see_effect(page: Page) -> None:
    """Ask what a suspension would change, without confirming it."""
    page.locator("main input[name=reason]").fill("Intempéries")
    send_empty(page)


def too_many_hours(page: Page) -> None:
    page.locator(".month-list input").first.fill("900")
    with page.expect_navigation():
        page.get_by_role("button", name="Envoyer").first.click()


def without_cookies(page: Page) -> None:
    page.context.clear_cookies()
    send_empty(page)


def open_drawer(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Menu").click()


VISITS = (
    *(
        Visit(name, path)
        for name, path in (
            ("home", "/"),
            ("key-figures", "/chiffres/"),
            ("definitions", "/definitions/"),
            ("accessibility", "/accessibilite/"),
            ("personal-data", "/donnees-personnelles/"),
            ("sources", "/sources/"),
            ("states", "/aide/etats/"),
            ("account_login", "/compte/login/"),
            ("account_signup", "/compte/signup/"),
            ("account_inactive", "/compte/inactive/"),
            ("account_email_verification_sent", "/compte/confirm-email/"),
            ("account_confirm_email", "/compte/confirm-email/inconnu/"),
            ("account_reset_password", "/compte/password/reset/"),
            ("account_reset_password_done", "/compte/password/reset/done/"),
            ("account_reset_password_from_key", "/compte/password/reset/key/1-inconnu/"),
            ("account_reset_password_from_key_done", "/compte/password/reset/key/done/"),
        )
    ),
    Visit("account_login", "/compte/login/", note="errors", act=send_no_password),
    Visit("account_reset_password", "/compte/password/reset/", note="errors", act=send_empty),
    Visit("account_login", "/compte/login/", note="no cookie", status=403, act=without_cookies),
    Visit("", "/inconnu/", note="unknown", status=404),
    Visit("", "/inconnu/", FACILITATOR, note="unknown", status=404),
    Visit("home", "/", FACILITATOR),
    *(
        Visit("desk", "/a-faire/", role)
        for role in (FACILITATOR, MANAGER, COORDINATION, BUYER, COMPANY, PRESCRIBER, OBSERVER)
    ),
    Visit("desk", "/a-faire/", FACILITATOR, note="drawer", act=open_drawer),
    Visit("desk", "/a-faire/?onglet=attente", FACILITATOR, note="waiting"),
    Visit("desk", "/a-faire/?onglet=faites", FACILITATOR, note="done"),
    *(Visit("operations", "/operations/", role) for role in (FACILITATOR, BUYER, COMPANY)),
    Visit("operations", "/operations/?q=introuvable", FACILITATOR, note="empty"),
    Visit("operations", "/operations/", PRESCRIBER, note="refused", status=403),
    *(Visit("operation", "/operations/{operation}/", r) for r in (FACILITATOR, BUYER)),
    Visit("operation-new", "/operations/nouvelle/", FACILITATOR),
    Visit("operation-new", "/operations/nouvelle/", FACILITATOR, note="errors", act=send_empty),
    Visit("contract-new", "/operations/{operation}/contrat/", FACILITATOR),
    Visit("contract-edit", "/contrats/{contract}/modifier/", FACILITATOR),
    Visit(
        "contract-new",
        "/operations/{operation}/contrat/",
        FACILITATOR,
        note="errors",
        act=send_empty,
    ),
    Visit("clause-new", "/lots/{lot}/clause/", FACILITATOR),
    Visit("clause-edit", "/clauses/{draft}/modifier/", FACILITATOR),
    Visit("award-new", "/lots/{lot}/attribution/", FACILITATOR),
    Visit("award-new", "/lots/{lot}/attribution/", FACILITATOR, note="errors", act=send_empty),
    Visit("commitment-new", "/clauses/{clause}/engagement/", FACILITATOR),
    Visit("clause", "/clauses/{clause}/?onglet=engagement", FACILITATOR, note="commitment"),
    Visit("clause", "/clauses/{rated}/?onglet=engagement", FACILITATOR, note="undetermined"),
    Visit("objective-new", "/engagements/{commitment}/objectif/", FACILITATOR),
    Visit(
        "objective-new",
        "/engagements/{commitment}/objectif/?mesure=personnes",
        FACILITATOR,
        note="errors",
        act=send_empty,
    ),
    Visit("trigger-new", "/objectifs/{tranche}/engager/", FACILITATOR),
    Visit("worked-new", "/objectifs/{share}/heures-travaillees/", FACILITATOR),
    Visit("rate-new", "/objectifs/{share}/taux/", FACILITATOR),
    Visit("counting-new", "/clauses/{clause}/heures-qui-comptent/", FACILITATOR),
    Visit("orders", "/attributions/{ordered}/commandes/", FACILITATOR),
    Visit("order-new", "/attributions/{ordered}/commandes/nouvelle/", FACILITATOR),
    Visit("amendment-new", "/objectifs/{objective}/avenant/", FACILITATOR),
    Visit(
        "amendment-new",
        "/objectifs/{objective}/avenant/",
        FACILITATOR,
        note="errors",
        act=send_empty,
    ),
    *(Visit("conventions", "/conventions/", r) for r in (FACILITATOR, COORDINATION, BUYER)),
    Visit("conventions", "/conventions/?q=introuvable", FACILITATOR, note="empty"),
    *(Visit("convention", "/conventions/{convention}/", r) for r in (FACILITATOR, COORDINATION)),
    Visit("convention", "/conventions/{obscure}/", FACILITATOR, note="little known"),
    Visit("convention-new", "/conventions/nouvelle/", FACILITATOR),
    Visit("convention-new", "/conventions/nouvelle/", FACILITATOR, note="errors", act=send_empty),
    Visit("convention-edit", "/conventions/{convention}/modifier/", COORDINATION),
    Visit("convention-contracts", "/conventions/{convention}/contrats/", COORDINATION),
    Visit("contract-convention", "/contrats/{contract}/convention/", FACILITATOR),
    Visit("clause", "/clauses/{clause}/?onglet=engagement", COORDINATION, note="story"),
    Visit("execution-suspend", "/clauses/{clause}/suspendre/", FACILITATOR),
    Visit(
        "execution-suspend", "/clauses/{clause}/suspendre/", FACILITATOR, "errors", act=send_empty
    ),
    Visit(
        "execution-suspend", "/clauses/{clause}/suspendre/", FACILITATOR, "effect", act=see_effect
    ),
    Visit(
        "execution-resume", "/clauses/{clause}/reprendre/", FACILITATOR, note="nothing to resume"
    ),
    Visit("execution-resume", "/clauses/{suspended}/reprendre/", FACILITATOR),
    Visit("execution-extend", "/attributions/{award}/prolonger/", FACILITATOR),
    Visit("execution-terminate", "/attributions/{award}/resilier/", FACILITATOR),
    Visit("execution-undo", "/attributions/{award}/corriger/", FACILITATOR, note="nothing to undo"),
    Visit("hand-over", "/operations/{operation}/passer-la-main/", FACILITATOR),
    Visit(
        "hand-over",
        "/operations/{operation}/passer-la-main/",
        FACILITATOR,
        note="errors",
        act=send_empty,
    ),
    Visit("host-associate", "/operations/{operation}/associer/", COORDINATION),
    Visit("association-end", "/associations/{association}/terminer/", FACILITATOR),
    Visit("published", "/marches-publies/", FACILITATOR),
    Visit("published", "/marches-publies/?q=introuvable", FACILITATOR, note="empty"),
    Visit("published-contract", "/marches-publies/{published}/", FACILITATOR),
    Visit("follow", "/marches-publies/{published}/suivre/", FACILITATOR),
    *(Visit("clause", "/clauses/{clause}/", r) for r in (FACILITATOR, COORDINATION, BUYER)),
    Visit("clause", "/clauses/{clause}/?onglet=personnes", FACILITATOR, note="persons"),
    Visit("clause", "/clauses/{clause}/?onglet=personnes", COORDINATION, note="persons unseen"),
    Visit("clause", "/clauses/{clause}/?onglet=journal", FACILITATOR, note="journal"),
    Visit("clause", "/clauses/{over}/", FACILITATOR, note="above the commitment"),
    Visit("clause", "/clauses/{unknown}/", FACILITATOR, note="unknown commitment"),
    Visit("clause", "/clauses/{draft}/", FACILITATOR, note="draft"),
    Visit("month", "/attributions/{award}/mois/{month}/", FACILITATOR),
    Visit("company-month", "/mon-mois/{last_month}/", COMPANY),
    Visit("company-month", "/mon-mois/{last_month}/", AGENCY, note="agency"),
    Visit(
        "company-month",
        "/mon-mois/{last_month}/",
        COMPANY,
        note="errors",
        status=422,
        act=too_many_hours,
    ),
    Visit(
        "month",
        "/attributions/{award}/mois/{month}/",
        FACILITATOR,
        note="errors",
        status=422,
        act=too_many_hours,
    ),
    Visit("month-check", "/attributions/{award}/mois/{month}/verifier/", FACILITATOR),
    Visit("employment-new", "/attributions/{award}/personnes/", FACILITATOR),
    Visit(
        "employment-new",
        "/attributions/{award}/personnes/",
        FACILITATOR,
        note="errors",
        status=422,
        act=send_empty,
    ),
    Visit("assignment-place", "/affectations/{assignment}/lieu/", FACILITATOR),
    *(
        Visit(name, path, FACILITATOR)
        for name, path in (
            ("award-group", "/attributions/{award}/groupement/"),
            ("award-member-new", "/attributions/{award}/entreprises/"),
            ("holder-replace", "/attributions/{award}/titulaire/"),
            ("award-member-end", "/entreprises-du-marche/{cocontractor}/depart/"),
            ("commitment-split", "/engagements/{split}/repartition/"),
            ("globalisation-new", "/organisations/{pool_company}/globaliser/"),
        )
    ),
    Visit(
        "holder-replace",
        "/attributions/{award}/titulaire/",
        FACILITATOR,
        note="errors",
        act=send_empty,
    ),
    Visit(
        "commitment-split",
        "/engagements/{split}/repartition/",
        FACILITATOR,
        note="errors",
        act=send_empty,
    ),
    Visit("globalisation-new", "/organisations/{own_company}/globaliser/", COORDINATION),
    *(Visit("globalisation", "/globalisations/{pool}/", r) for r in (FACILITATOR, COORDINATION)),
    Visit("globalisation-leave", "/globalisations/engagements/{pooled}/sortir/", COORDINATION),
    Visit("organisations", "/organisations/", FACILITATOR),
    Visit("organisations", "/organisations/?q=introuvable", FACILITATOR, note="empty"),
    Visit("organisation-new", "/organisations/nouvelle/", FACILITATOR),
    Visit(
        "organisation-new", "/organisations/nouvelle/", FACILITATOR, note="errors", act=send_empty
    ),
    Visit("organisation", "/organisations/{host}/", FACILITATOR, note="host"),
    Visit("organisation", "/organisations/{host}/", COORDINATION, note="host"),
    Visit("organisation", "/organisations/{company}/", FACILITATOR, note="long name"),
    Visit("organisation", "/organisations/{own_company}/", COMPANY),
    Visit("organisation-edit", "/organisations/{company}/modifier/", FACILITATOR),
    Visit("member-new", "/organisations/{host}/membres/", MANAGER),
    Visit("post-new", "/organisations/{host}/postes/", COORDINATION),
    Visit("member-end", "/membres/{membership}/fin/", COORDINATION),
    Visit("charge-end", "/territoires/{charge}/fin/", COORDINATION),
    Visit("charge-new", "/organisations/{host}/territoires/", COORDINATION),
    *(Visit("dashboard", "/tableau-de-bord/", r) for r in (FACILITATOR, COORDINATION, OBSERVER)),
    Visit("indicator", "/tableau-de-bord/hours_validated/", FACILITATOR),
    Visit("indicator", "/tableau-de-bord/hours_validated/", OBSERVER),
    Visit("late-checks", "/tableau-de-bord/a-verifier/", COORDINATION),
    *(Visit("closings", "/annees/", r) for r in (FACILITATOR, MANAGER, COORDINATION, OBSERVER)),
    Visit("closing", "/annees/2025/cloturer/", MANAGER),
    Visit("closing", "/annees/2025/cloturer/", COORDINATION),
    Visit("closing", "/annees/2025/cloturer/", COORDINATION, note="errors", act=send_empty),
    Visit("closing", "/annees/2026/cloturer/", COORDINATION, note="not over"),
    *(Visit("guide", "/guide/", r) for r in (FACILITATOR, MANAGER, COORDINATION)),
    Visit("guide", "/guide/?q=introuvable", FACILITATOR, note="empty"),
    Visit("guide-case", "/guide/suspension-reprise-prolongation-resiliation/", FACILITATOR),
    Visit("guide-case", "/guide/avenant/", BUYER, note="refused", status=403),
    Visit("late-checks", "/tableau-de-bord/a-verifier/", FACILITATOR, note="refused", status=403),
    Visit("account_logout", "/compte/logout/", FACILITATOR),
    Visit("account_change_password", "/compte/password/change/", FACILITATOR),
    Visit("account_email", "/compte/email/", FACILITATOR),
    Visit("account_reauthenticate", "/compte/reauthenticate/", FACILITATOR),
    Visit("mfa_index", "/compte/2fa/", FACILITATOR),
    Visit("mfa_activate_totp", "/compte/2fa/totp/activate/", FACILITATOR),
    Visit("mfa_generate_recovery_codes", "/compte/2fa/recovery-codes/generate/", FACILITATOR),
)
