"""The French words of an organisation's roles."""

from django import template

from coclause.organisations.choices import Role

register = template.Library()


@register.filter
def role_label(value: str) -> str:
    """``structure_porteuse`` → ``Structure porteuse``."""
    return str(Role(value).label) if value in Role.values else value


@register.filter
def siret(value: str | None) -> str:
    """``00000001200017`` → ``000 000 012 00017``; unknown → ``non connu``."""
    if not value:
        return "non connu"
    return f"{value[:3]}\u00a0{value[3:6]}\u00a0{value[6:9]}\u00a0{value[9:]}"
