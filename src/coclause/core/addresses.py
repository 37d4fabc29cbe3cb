"""Whole addresses of pages, as messages and papers give them."""

from django.conf import settings
from django.urls import reverse


def address_of(name: str, *args: object) -> str:
    """The address of the page of that name, with the site's own before it."""
    return whole(reverse(name, args=args))


def whole(path: str) -> str:
    """A path of this site, from anywhere."""
    return str(settings.SITE_URL).rstrip("/") + path
