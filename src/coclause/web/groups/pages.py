"""The acts on the companies of an award: group, entering, leaving, replacing, sharing."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from coclause.clauses.choices import ANSWERABLE
from coclause.clauses.groups import (
    add_member,
    committed_in_hours,
    end_member,
    replace_holder,
    set_group,
    sharing_members,
    split,
    splits_on,
)
from coclause.clauses.models import Award, AwardMember, Commitment
from coclause.core.refusals import Refused
from coclause.hours.progress import progress_of_awards
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.web.clauses.access import visible_award
from coclause.web.groups.forms import DepartureForm, GroupForm, HolderForm, MemberForm, SplitForm
from coclause.web.groups.section import remainder_in_words
from coclause.web.middleware import ScopedRequest
from coclause.web.once import OnceForm, sent
from coclause.web.operations.contracts import must_be_referent
from coclause.web.operations.finding import CompanyFields
from coclause.web.operations.opening import hosts_of, save_organisation


def group(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say whether one company or a group holds the award."""
    award = _award(pk, request.scope)
    form = GroupForm(request.POST or None, initial={"group": award.group})

    def act() -> str:
        set_group(request.scope, award, form.cleaned_data["group"])
        return home_of(award)

    done = sent(request, form, act, "La forme du groupement est enregistrée.")
    return done or _page(request, "groups/group.html", award, form)


def member_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """A co-contractor or a subcontractor enters the award."""
    scope = request.scope
    award = _award(pk, scope)
    starts = min(max(scope.day, award.starts_on), award.ends_on)
    form = MemberForm(
        request.POST or None, grouped=bool(award.group), initial={"starts_on": starts}
    )

    @transaction.atomic
    def act() -> str:
        said = form.cleaned_data
        company = _company(scope, form)
        add_member(scope, award, company, said["part"], starts_on=said["starts_on"])
        return home_of(award)

    done = sent(request, form, act, "L’entreprise est ajoutée au marché.")
    return done or _page(request, "groups/member_new.html", award, form)


def holder_replace(request: ScopedRequest, pk: int) -> HttpResponse:
    """Another company answers for the award from a day on."""
    scope = request.scope
    award = _award(pk, scope)
    answering = award.members.filter(part__in=ANSWERABLE).select_related("organisation")
    holder = answering.order_by("starts_on").last()
    form = HolderForm(request.POST or None, initial={"replacing": holder and holder.pk})

    @transaction.atomic
    def act() -> str:
        said = form.cleaned_data
        replace_holder(
            scope,
            award,
            _company(scope, form),
            on=said["on"],
            departure=said["departure"],
            reason=said["reason"],
            replacing=answering.filter(pk=said["replacing"]).first(),
        )
        return home_of(award)

    done = sent(request, form, act, "Le remplacement est enregistré : l’engagement ne change pas.")
    figures = progress_of_awards([award.pk], scope.day)[award.pk]
    context = {"holder": holder, "remainder": remainder_in_words(figures, scope.day)}
    return done or _page(request, "groups/holder_replace.html", award, form, **context)


def member_end(request: ScopedRequest, pk: int) -> HttpResponse:
    """A co-contractor or a subcontractor leaves the award."""
    scope = request.scope
    member = get_object_or_404(
        AwardMember.objects.filter(award__in=Award.objects.visible_to(scope)).select_related(
            "organisation"
        ),
        pk=pk,
    )
    award = _award(member.award_id, scope)
    form = DepartureForm(request.POST or None, initial={"last_day": scope.day})

    def act() -> str:
        said = form.cleaned_data
        end_member(scope, member, last_day=said["last_day"], departure=said["departure"])
        return home_of(award)

    done = sent(request, form, act, "Le départ est enregistré.")
    return done or _page(request, "groups/member_end.html", award, form, member=member)


def split_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """The companies of the group share the commitment."""
    scope = request.scope
    commitment = get_object_or_404(
        Commitment.objects.filter(award__in=Award.objects.visible_to(scope)), pk=pk
    )
    award = _award(commitment.award_id, scope)
    held = splits_on([pk], scope.day).get(pk)
    before = {part.organisation_id: part.quantity for part in held.parts} if held else {}
    form = SplitForm(sharing_members(award, scope.day), before, scope.day, request.POST or None)

    def act() -> str:
        said = form.cleaned_data
        split(
            scope,
            commitment,
            form.parts,
            effective_on=said["effective_on"],
            reason=said["reason"],
        )
        return home_of(award)

    done = sent(request, form, act, "La répartition est enregistrée.")
    context = {"committed": committed_in_hours([pk], scope.day).get(pk), "held": held}
    return done or _page(request, "groups/split_new.html", award, form, **context)


def home_of(award: Award) -> str:
    """Where an act leads back: the clause's Engagement tab, or the operation without a clause."""
    commitment = award.commitments.order_by("pk").first()
    clause = commitment.clause_id if commitment else None
    if clause is None:
        first = award.lot.clauses.order_by("pk").first()
        clause = first.pk if first else None
    if clause is None:
        return reverse("operation", args=[award.lot.contract.operation_id])
    return f"{reverse('clause', args=[clause])}?onglet=engagement"


def _award(pk: int, scope: Scope) -> Any:
    """The award, for the referent host: 404 out of the scope, 403 for others."""
    award = visible_award(pk, scope)
    must_be_referent(award.lot.contract.operation, scope)
    return award


def _company(scope: Scope, form: CompanyFields) -> Organisation:
    if form.found_company is None:
        raise Refused("Dites quelle entreprise.")
    return save_organisation(scope, form.found_company, hosts_of(scope)[0])


def _page(
    request: ScopedRequest, template: str, award: Any, form: OnceForm, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "award": award,
        "operation": award.lot.contract.operation,
        "back": home_of(award),
    }
    return render(request, template, context | more)
