"""The messages about a request. Those that somebody without an account sets off say nothing that
they typed: nobody writes to others through us.
"""

from collections.abc import Sequence
from typing import Any

from coclause.core.models import Mail, User
from coclause.core.outbox import post
from coclause.core.refusals import Refused
from coclause.network.models import BuyerRequest, Programme, RequestEntry
from coclause.render.numbers import date_fr, integer

SIGNATURE = "\n\nCoClause, la porte d’entrée régionale des clauses sociales d’insertion"


def acknowledge(request: BuyerRequest, link: str) -> Mail | None:
    """To the buyer: it arrived, who answers, by when, and the link that follows it."""
    if not request.contact_email:
        return None
    who = str(request.facilitator) if request.facilitator else str(request.organisation or "")
    answers = f"{who} vous répond" if who else "Le réseau vous répond"
    return post(
        to=request.contact_email,
        subject=f"Votre demande {request.reference} est arrivée",
        body=(
            "Bonjour,\n\n"
            f"Votre demande {request.reference} est arrivée le {date_fr(request.received_on)}.\n"
            f"{answers} au plus tard le {date_fr(request.answer_by)}.\n\n"
            f"Pour la suivre, y répondre ou la retirer :\n{link}\n\n"
            f"Ce lien est personnel. Il reste ouvert jusqu’au {date_fr(request.link_until)}.\n"
            "Si vous n’avez rien demandé, ne faites rien : personne ne vous écrira plus."
            f"{SIGNATURE}"
        ),
        kind="request.received",
        key=f"request.received:{request.pk}",
        about=[request],
        day=request.received_on,
        at=request.received_at,
        limited=True,
    )


def announce(request: BuyerRequest, desk: str) -> Mail | None:
    """To the facilitator named: a request waits. Nobody named: it waits on the desks."""
    if request.facilitator is None:
        return None
    return _to_network(
        request.facilitator,
        subject=f"Une demande d’acheteur vous attend : {request.reference}",
        body=(
            "Bonjour,\n\n"
            f"La demande {request.reference} est arrivée par la porte d’entrée.\n"
            f"Une première réponse est promise pour le {date_fr(request.answer_by)}.\n\n"
            f"À lire dans « À faire » :\n{desk}{SIGNATURE}"
        ),
        kind="request.announced",
        key=f"request.announced:{request.pk}:{request.facilitator_id}",
        about=[request],
        day=request.received_on,
    )


def keep_programme(programme: Programme, page: str) -> Mail | None:
    """To whoever sent a purchase programme: the link that finds it again."""
    return post(
        to=programme.contact_email,
        subject="Votre programmation des achats est arrivée",
        body=(
            "Bonjour,\n\n"
            f"Votre fichier est arrivé le {date_fr(programme.received_on)}. Confirmez ses colonnes"
            " pour que chaque ligne soit analysée.\n\n"
            f"Pour y revenir quand vous voulez :\n{page}\n\n"
            f"Ce lien est personnel. Il reste ouvert jusqu’au {date_fr(programme.link_until)} ;"
            " le fichier et vos coordonnées sont ensuite effacés.\n"
            "Si vous n’avez rien déposé, ne faites rien : personne ne vous écrira plus."
            f"{SIGNATURE}"
        ),
        kind="programme.received",
        key=f"programme.received:{programme.pk}",
        about=[programme],
        day=programme.received_on,
        at=programme.received_at,
        limited=True,
    )


def acknowledge_programme(
    programme: Programme, requests: Sequence[BuyerRequest], page: str
) -> Mail | None:
    """To the buyer: lines of its programme became requests, told once for all of them."""
    first = requests[0]
    if not programme.contact_email:
        return None
    return post(
        to=programme.contact_email,
        subject=f"Votre programmation : {_many(requests)} au réseau",
        body=(
            "Bonjour,\n\n"
            f"Votre programmation a donné {_many(requests)} au réseau le"
            f" {date_fr(first.received_on)}.\n"
            f"Le réseau vous répond au plus tard le {date_fr(first.answer_by)}.\n\n"
            f"Qui répond, et où cela en est :\n{page}{SIGNATURE}"
        ),
        kind="programme.sent",
        key=f"programme.sent:{programme.pk}:{first.pk}",
        about=[programme],
        day=first.received_on,
        at=first.received_at,
        limited=True,
    )


def announce_programme(
    programme: Programme, to: User, requests: Sequence[BuyerRequest], desk: str
) -> Mail | None:
    """To a facilitator: requests of one programme wait, told once for all of them."""
    first = requests[0]
    return _to_network(
        to,
        subject=f"Une programmation d’achats vous attend : {_many(requests)}",
        body=(
            "Bonjour,\n\n"
            f"La programmation d’un acheteur vous apporte {_many(requests)}.\n"
            f"Une première réponse est promise pour le {date_fr(first.answer_by)}.\n\n"
            f"À lire dans « À faire » :\n{desk}{SIGNATURE}"
        ),
        kind="programme.announced",
        key=f"programme.announced:{programme.pk}:{first.pk}:{to.pk}",
        about=[programme],
        day=first.received_on,
    )


def _many(requests: Sequence[BuyerRequest]) -> str:
    return "1 demande" if len(requests) == 1 else f"{integer(len(requests))} demandes"


def write_to_buyer(request: BuyerRequest, entry: RequestEntry, link: str) -> Mail | None:
    """What somebody of the network wrote, a question or an answer."""
    if not request.contact_email:
        return None
    asks = entry.kind == "question"
    what = "Une question sur" if asks else "Une réponse à"
    more = "Pour répondre" if asks else "Pour suivre la demande"
    return post(
        to=request.contact_email,
        subject=f"{what} votre demande {request.reference}",
        body=(
            f"Bonjour,\n\n{entry.author} vous écrit :\n\n{entry.text}\n\n{more} :\n{link}"
            f"{SIGNATURE}"
        ),
        kind=f"request.{entry.kind}",
        key=f"request.entry:{entry.pk}",
        about=[request],
        day=entry.day,
    )


def buyer_wrote(request: BuyerRequest, entry: RequestEntry, desk: str) -> Mail | None:
    """To whoever answers: the buyer wrote back, or took the request away."""
    if request.facilitator is None:
        return None
    return _to_network(
        request.facilitator,
        subject=f"{entry.get_kind_display()} : {request.reference}",
        body=f"Bonjour,\n\nL’acheteur a écrit sur la demande {request.reference}.\n{desk}"
        f"{SIGNATURE}",
        kind="request.buyer_wrote",
        key=f"request.entry:{entry.pk}",
        about=[request],
        day=entry.day,
    )


def _to_network(to: User, **message: Any) -> Mail | None:
    """Set off by a stranger, to somebody of the network: a few a day.

    An address that cannot be written to refuses nothing to the stranger, and is not told to them:
    the desk shows the request all the same.
    """
    try:
        return post(to=to.email, limited=True, **message)
    except Refused:
        return None
