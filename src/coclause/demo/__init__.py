"""Fictitious data of Bourgogne-Franche-Comté: whole, deterministic, and plainly invented."""

from coclause.demo.building import Summary, build

__all__ = ["Summary", "build"]
