"""Rows of the permission table: the contacts of a company, the messages."""

from tests.builders import DAY
from tests.contracts.permission_rows import (
    HOST,
    HOSTS_ANYWHERE,
    NETWORK_ANYWHERE,
    SIGNED_IN,
    WORKING,
    Path,
    Row,
    fixed,
    organisation,
)
from tests.contracts.permission_worlds import Cast

from coclause.clauses.contacts import Newcomer, add_contact, contacts_of
from coclause.core.actor import acting_as

KEEPERS = (*HOST, "company")
"""The company's own people, the hosts in charge of its contracts."""
NOT_KEEPERS = tuple(role for role in NETWORK_ANYWHERE if role not in HOST)
"""They read the company, a public fact, and keep no list of its people."""
NOT_WORKING = tuple(role for role in SIGNED_IN if role not in WORKING)
NEWCOMER = {"first_name": "Basile", "last_name": "Supposé", "email": "basile@exemple.test"}


def add_second(cast: Cast) -> None:
    with acting_as(cast.here.facilitator, day=DAY):
        newcomer = Newcomer("rose@exemple.test", "Rose", "Sans-Nom")
        add_contact(cast.here.scope, cast.here.company, newcomer)


def contact(place: int, suffix: str) -> Path:
    return lambda cast: f"/contacts/{contacts_of(cast.here.company, DAY)[place].pk}/{suffix}"


CONTACTS: tuple[Row, ...] = (
    Row("contacts", fixed("/contacts/"), WORKING, NOT_WORKING),
    Row("company-contacts", organisation("company", "contacts/"), KEEPERS, NOT_KEEPERS),
    Row("company-contacts", organisation("host", "contacts/"), (), note=" no company"),
    Row("contact-new", organisation("company", "contacts/nouveau/"), KEEPERS, NOT_KEEPERS),
    Row(
        "contact-new",
        organisation("company", "contacts/nouveau/"),
        KEEPERS,
        NOT_KEEPERS,
        method="post",
        data=lambda _: NEWCOMER,
        success=302,
    ),
    *(
        Row(
            "contact-hand-over",
            organisation("company", "contacts/passer-la-main/"),
            ("company",),
            (*HOST, *NOT_KEEPERS),
            method=method,
            data=lambda _: NEWCOMER,
            success=success,
        )
        for method, success in (("get", 200), ("post", 302))
    ),
    Row("contact-end", contact(1, "depart/"), KEEPERS, NOT_KEEPERS, prepare=add_second),
    Row(
        "contact-end",
        contact(1, "depart/"),
        KEEPERS,
        NOT_KEEPERS,
        method="post",
        success=302,
        prepare=add_second,
    ),
    Row(
        "contact-up",
        contact(1, "monter/"),
        KEEPERS,
        NOT_KEEPERS,
        method="post",
        data=lambda cast: {"ahead_of": str(contacts_of(cast.here.company, DAY)[0].pk)},
        success=302,
        prepare=add_second,
    ),
    Row(
        "mails",
        fixed("/courriels/"),
        (*HOSTS_ANYWHERE, *WORKING),
        tuple(role for role in SIGNED_IN if role not in (*HOSTS_ANYWHERE, *WORKING)),
    ),
    Row(
        "mails",
        fixed("/courriels/?format=xlsx"),
        (*HOSTS_ANYWHERE, *WORKING),
        tuple(role for role in SIGNED_IN if role not in (*HOSTS_ANYWHERE, *WORKING)),
        note=" xlsx",
    ),
)

PUBLIC_ENTERING: dict[str, tuple[str, tuple[int, ...]]] = {
    "enter": ("/entrer/inconnu/", (302,)),
    "account_request_login_code": ("/compte/login/code/", (200,)),
}
