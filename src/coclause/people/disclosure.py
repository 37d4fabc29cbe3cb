"""Small groups of persons are not shown to whoever may not read their files.

A group of fewer persons than the threshold is hidden; so is another one as long as the total and
what is shown would give a hidden one back. Zero stays shown: it counts nobody, and hiding it would
hide that a whole public was left out. But a total under the threshold hides everything, zeros too:
otherwise the only group that is not at zero would be told by the total.
"""

from collections.abc import Mapping

from coclause.render.numbers import HIDDEN, Measure, Number


def hide(value: Number | None, threshold: Number) -> Measure:
    """One number of persons; zero and the unknown are shown."""
    return HIDDEN if value is not None and 0 < value < threshold else value


def hide_small(
    breakdown: Mapping[str, Number], threshold: Number, total: Number | None = None
) -> dict[str, Measure]:
    """The groups, with "hidden" in place of those that must not be shown, nor be worked out.

    `total` is the number of persons that is shown beside: the sum of the groups by default.
    Whoever knows it, knows the shown groups and that hidden ones are not empty, is left with at
    least two possible values for each hidden group.
    """
    shown_total = sum(breakdown.values()) if total is None else total
    if hide(shown_total, threshold) == HIDDEN:
        return dict.fromkeys(breakdown, HIDDEN)
    hidden = {key for key, value in breakdown.items() if hide(value, threshold) == HIDDEN}
    if hidden and sum(breakdown.values()) <= len(breakdown):
        return {}
    others = sorted(
        (key for key, value in breakdown.items() if value and key not in hidden),
        key=lambda key: (breakdown[key], key),
    )
    for key in others:
        if not _can_be_worked_out(hidden, breakdown):
            break
        hidden.add(key)
    return {key: HIDDEN if key in hidden else value for key, value in breakdown.items()}


def _can_be_worked_out(hidden: set[str], breakdown: Mapping[str, Number]) -> bool:
    """One group alone is the difference; groups that sum to their number are all of one person."""
    together = sum(breakdown[key] for key in hidden)
    return bool(hidden) and (len(hidden) == 1 or together == len(hidden))
