"""What every kept table carries: no write without an actor, and a history that only grows."""

from typing import TypeVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models.expressions import Func, Value

NO_ACTOR = "CC001"
"""SQLSTATE of a write without an actor."""

LOCKED = "CC002"
"""SQLSTATE of a change to something that no longer changes (a validated line, a journal entry)."""


class CurrentActor(Func):
    """The actor of the transaction, read by the database itself."""

    function = "current_setting"
    output_field = models.TextField()

    def __init__(self) -> None:
        super().__init__(Value("coclause.actor"), Value(True))


def actor_required() -> pgtrigger.Trigger:
    """Refuse any write while nobody is said to act."""
    return pgtrigger.Trigger(
        name="actor_required",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=(
            "IF coalesce(current_setting('coclause.actor', true), '') = '' THEN "
            f"RAISE EXCEPTION 'write without an actor on %', TG_TABLE_NAME "
            f"USING ERRCODE = '{NO_ACTOR}'; END IF; RETURN NULL;"
        ),
    )


def never_changes() -> pgtrigger.Trigger:
    """Refuse to change or delete a row once written."""
    return pgtrigger.Trigger(
        name="never_changes",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=(f"RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = '{LOCKED}';"),
    )


M = TypeVar("M", bound=models.Model)


def kept(model: type[M]) -> type[M]:
    """Class decorator: keep each state of a row, with the actor, in an append-only table.

    The actor is filled by the database from the transaction, never by the caller.
    """
    track = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        context_field=None,  # type: ignore[arg-type]  # documented: no context table
        append_only=True,
        model_name=f"{model.__name__}History",
        level=pgtrigger.Statement,
        obj_field=pghistory.ObjForeignKey(related_name="history", related_query_name="+"),
        attrs={"pgh_actor": models.TextField(db_default=CurrentActor())},
    )
    tracked: type[M] = track(model)
    return tracked
