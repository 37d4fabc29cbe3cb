"""What lists and pages share: sorting and paging kept in the address, and spreadsheets."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse

PER_PAGE = 25
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Rows = TypeVar("Rows", bound=models.QuerySet[Any])


def sorted_rows(
    request: HttpRequest, rows: Rows, keys: Mapping[str, str], default: str
) -> tuple[Rows, str]:
    """Rows in the order that `?tri=` asks ("-name" reverses), and that order's name.

    `keys` maps the names shown in the address to fields; anything else falls back to `default`.
    Unknown values come last, and the primary key settles ties, so that pages never overlap.
    """
    asked = request.GET.get("tri", default)
    name = asked.lstrip("-")
    if name not in keys:
        asked, name = default, default.lstrip("-")
    field = models.F(keys[name])
    order = field.desc(nulls_last=True) if asked.startswith("-") else field.asc(nulls_last=True)
    return rows.order_by(order, "pk"), asked


def page_of(request: HttpRequest, rows: Rows) -> Page[Any]:
    """The page that `?page=` asks, the nearest one when it does not exist."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


LONGEST_ID = 18
"""Digits of the largest id that a table holds, less one."""


def id_in(text: str) -> int | None:
    """The id written in that text; None when it is none, or longer than any."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_ID else None


def download(content: bytes, name: str, content_type: str = XLSX) -> HttpResponse:
    """A file to save under that name (plain ASCII)."""
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
