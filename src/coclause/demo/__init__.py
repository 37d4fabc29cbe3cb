"""Fictitious data of Bourgogne-Franche-Comté: whole, deterministic, and plainly invented."""

from coclause.demo.building import Summary, build, today
from coclause.demo.personas import Persona, personas

__all__ = ["Persona", "Summary", "build", "personas", "today"]
