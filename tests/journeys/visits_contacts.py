"""The pages of contacts, messages and sign-in by code, for the accessibility test."""

from playwright.sync_api import Page
from tests.journeys.visits import COMPANY, FACILITATOR, STRANGER, Visit, send_empty

from coclause import demo
from coclause.clauses.contacts import companies_handled, contacts_of
from coclause.core.actor import acting_as
from coclause.core.models import Mail, MailState, User
from coclause.core.outbox import post
from coclause.organisations.choices import MemberRole
from coclause.organisations.entering import key_of
from coclause.organisations.models import Membership, Organisation
from coclause.organisations.scopes import scope_of

NOT_PAGES_CONTACTS = {"contact-up": "POST alone"}


def ask_for_a_code(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Recevoir mon code").click()


def type_a_wrong_code(page: Page) -> None:
    ask_for_a_code(page)
    page.get_by_label("Code reçu").fill("0000-000x")
    with page.expect_navigation():
        page.get_by_role("button", name="Entrer").click()


def open_first_message(page: Page) -> None:
    page.locator("details.mail-body summary").first.click()


VISITS_CONTACTS = (
    Visit("account_request_login_code", "/compte/login/code/?next=/a-faire/"),
    Visit(
        "account_request_login_code",
        "/compte/login/code/",
        note="errors",
        status=422,
        act=send_empty,
    ),
    Visit("enter", "/entrer/{contact_key}/?next=/contacts/"),
    Visit("account_confirm_login_code", "/entrer/{contact_key}/", STRANGER, act=ask_for_a_code),
    Visit(
        "account_confirm_login_code",
        "/entrer/{contact_key}/",
        STRANGER,
        note="errors",
        act=type_a_wrong_code,
    ),
    Visit("contacts", "/contacts/", COMPANY),
    Visit("company-contacts", "/organisations/{kept_company}/contacts/", FACILITATOR),
    Visit(
        "company-contacts", "/organisations/{lonely_company}/contacts/", FACILITATOR, note="empty"
    ),
    Visit("contact-new", "/organisations/{own_company}/contacts/nouveau/", COMPANY),
    Visit(
        "contact-new",
        "/organisations/{own_company}/contacts/nouveau/",
        COMPANY,
        note="errors",
        status=422,
        act=send_empty,
    ),
    Visit("contact-hand-over", "/organisations/{own_company}/contacts/passer-la-main/", COMPANY),
    Visit("contact-end", "/contacts/{own_contact}/depart/", COMPANY),
    Visit("contact-end", "/contacts/{kept_contact}/depart/", FACILITATOR),
    Visit("mails", "/courriels/", FACILITATOR, act=open_first_message),
    Visit("mails", "/courriels/", COMPANY, note="own"),
    Visit("mails", "/courriels/?q=introuvable", FACILITATOR, note="empty"),
)


def places_contacts() -> dict[str, object]:
    """A company with contacts and one without, and messages in each state."""
    day = demo.today()
    user = User.objects.get(email="facilitatrice@demo.coclause.test")
    company = User.objects.get(email="entreprise@demo.coclause.test")
    with acting_as(user, day=day):
        scope = scope_of(user, day)
        kept = Organisation.objects.filter(
            pk__in=companies_handled(scope).values("organisation"), roles__contains=["entreprise"]
        ).order_by("pk")
        people = Membership.objects.filter(role=MemberRole.COMPANY).on(day)
        known = [one for one in kept if contacts_of(one, day)]
        lonely = [one for one in kept if not contacts_of(one, day)]
        for state in MailState:
            _write(known[0], state)
    mine = people.filter(user=company).order_by("pk")[0]
    return {
        "contact_key": key_of(company),
        "own_contact": mine.pk,
        "kept_company": known[0].pk,
        "kept_contact": contacts_of(known[0], day)[0].pk,
        "lonely_company": lonely[0].pk if lonely else known[0].pk,
    }


def _write(company: Organisation, state: MailState) -> Mail:
    day = demo.today()
    mail = post(
        to=f"ancien.{state}@exemple.test",
        subject="Octobre 2026 est à déclarer avant le 05/11/2026",
        body="Bonjour,\n\nLes heures d’insertion sont à déclarer.",
        kind="month.reminder",
        key=f"visite:{company.pk}:{state}",
        about=[company],
        day=day,
    )
    assert mail
    if state != MailState.WAITING:
        mail.state, mail.attempts = state, 1
        mail.sent_at = mail.created_at if state == MailState.SENT else None
        mail.last_error = "" if mail.sent_at else "Adresse refusée par le serveur (550)."
        mail.save()
    return mail
