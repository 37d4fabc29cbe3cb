"""Tags that give a template the geometry of a drawing (see ``coclause.web.bars``)."""

from django import template

from coclause.web import bars

register = template.Library()


def _known(value: bars.Number | str | None) -> bars.Number | None:
    """The figure, or ``None`` for the empty string of an attribute that was not given."""
    return None if isinstance(value, str) else value


@register.simple_tag
def hours_bar(
    validated: bars.Number | str | None,
    declared: bars.Number | str | None,
    expected: bars.Number | str | None,
    projected: bars.Number | str | None,
    committed: bars.Number | str | None,
) -> bars.HoursBar:
    """``{% hours_bar validated declared expected projected committed as bar %}``, in hours."""
    return bars.hours_bar(
        _known(validated), _known(declared), _known(expected), _known(projected), _known(committed)
    )


@register.simple_tag
def progress_width(done: bars.Number | str | None, total: bars.Number | str | None) -> str:
    """``{% progress_width 3 8 as width %}`` → ``37.5%``."""
    return bars.progress_width(_known(done), _known(total))
