"""How much one sender, and everybody together, may send without an account."""

from datetime import date, datetime, timedelta
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

from coclause.core import throttle
from coclause.core.parameters import parameter
from coclause.core.refusals import Refused

HOUR = timedelta(hours=1)
EVERYBODY = "everybody"
IPV6_NETWORK = 64
"""Bits of an IPv6 address that a household or an office holds: the rest changes at will."""


def must_be_allowed(request: HttpRequest, *, day: date, now: datetime) -> None:
    """Count one sending. Raises `Refused` beyond what one sender, or all of them, may send."""
    limits = (
        (sender_of(request), "front_door_per_hour"),
        (EVERYBODY, "front_door_per_hour_everybody"),
    )
    for whom, code in limits:
        most = int(parameter(code, day))
        if not throttle.allow(throttle.bucket("door", whom), most=most, within=HOUR, now=now):
            raise Refused(
                "Trop de demandes sont parties d’ici depuis une heure. Rien n’est perdu : gardez"
                " cette page ouverte et envoyez de nouveau dans une heure."
            )


def must_not_flood(key: str, *, day: date, now: datetime) -> None:
    """Count one message written through a link. Raises `Refused` beyond what one link may write.

    Whoever holds the link is known by it, wherever they write from.
    """
    most = int(parameter("front_door_per_hour", day))
    if not throttle.allow(throttle.bucket("link", key), most=most, within=HOUR, now=now):
        raise Refused(
            "Plusieurs messages sont déjà partis par ce lien depuis une heure. Réunissez ce qui"
            " reste à dire, puis envoyez-le dans une heure."
        )


def sender_of(request: HttpRequest) -> str:
    """The network address that sends, as far as it can be trusted.

    Anybody may write an X-Forwarded-For header: only the part added by our own proxies counts,
    as many as COCLAUSE_PROXIES says.
    """
    address: str = request.META.get("REMOTE_ADDR", "")
    proxies: int = settings.PROXIES
    if proxies:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        address = forwarded[-proxies].strip() if len(forwarded) >= proxies else address
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return f"{int(found) >> (128 - IPV6_NETWORK):x}"
    return str(found)
