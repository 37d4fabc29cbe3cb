"""Recording who works on an award: a person already known is proposed, never typed again."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from coclause.clauses.models import Clause, OperationHost
from coclause.core.periods import on_day
from coclause.core.refusals import Refused
from coclause.hours.hiring import assign, hire
from coclause.hours.models import Assignment, Employment
from coclause.organisations.models import Organisation
from coclause.people.actions import names_of, record_person
from coclause.people.models import Person
from coclause.web.clauses.access import handled_award
from coclause.web.clauses.employment_form import EmploymentForm, PersonForm
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import id_in

FOUND_SHOWN = 10


@dataclass(frozen=True)
class Hiring:
    """Who records whom, on which award, for which host."""

    request: ScopedRequest
    award: Any
    host: Organisation
    person: Person | None

    @property
    def region(self) -> str:
        return str(self.award.lot.contract.operation.region_id)

    def form(self, *args: Any, **options: Any) -> EmploymentForm:
        return EmploymentForm(
            *args,
            region=self.region,
            day=self.request.scope.day,
            home=self.person.commune if self.person else None,
            site=self.award.lot.contract.operation.commune,
            **options,
        )


def page(request: ScopedRequest, pk: int) -> HttpResponse:
    award = handled_award(pk, request.scope)
    host = _host(request, award)
    asked = id_in(request.POST.get("personne") or request.GET.get("personne", ""))
    person = _own(host, asked) if asked is not None else None
    hiring = Hiring(request, award, host, person)
    known = id_in(request.POST.get("emploi", ""))
    if request.method == "POST" and known is not None:
        return _assign_known(hiring, known)
    if request.method == "POST":
        return _hire(hiring)
    employment = hiring.form(initial={"employer": award.holder_id})
    return _show(hiring, PersonForm(), employment)


def _host(request: ScopedRequest, award: Any) -> Organisation:
    """The host of the user that handles the operation today."""
    held = OperationHost.objects.filter(
        on_day(request.scope.day),
        operation=award.lot.contract.operation_id,
        host__in=request.scope.hosts,
    ).select_related("host")
    found = held.order_by("-role", "pk").first()
    if found is None:
        raise PermissionDenied
    return found.host


def _own(host: Organisation, asked: int) -> Person:
    return get_object_or_404(Person, pk=asked, host=host)


def _hire(hiring: Hiring) -> HttpResponse:
    request = hiring.request
    person_form = PersonForm(request.POST)
    employment = hiring.form(request.POST)
    ready = employment.is_valid()
    if hiring.person is None:
        told = person_form.is_valid()
        lives = person_form.cleaned_data.get("commune")
        ready = employment.choose_district(lives) and ready and told
    if not ready:
        return _show(hiring, person_form, employment, status=422)
    try:
        with transaction.atomic():
            person = hiring.person or record_person(request.scope, person_form.person(hiring.host))
            place = employment.cleaned_data["place"]
            hire(request.scope, hiring.award, person, employment.employment(), place)
    except Refused as refusal:
        employment.add_error(None, refusal.sentence)
        return _show(hiring, person_form, employment, status=422)
    return _done(hiring, person)


def _assign_known(hiring: Hiring, employment_id: int) -> HttpResponse:
    """Put an employment that exists on this award too; it is not recorded twice."""
    scope = hiring.request.scope
    employment = get_object_or_404(Employment.objects.visible_to(scope), pk=employment_id)
    try:
        assign(scope, hiring.award, employment, hiring.host)
    except Refused as refusal:
        messages.error(hiring.request, refusal.sentence)
        return redirect(hiring.request.get_full_path())
    return _done(hiring, hiring.person)


def _done(hiring: Hiring, person: Person | None) -> HttpResponse:
    who = "La personne"
    if person:
        page = f"Embauche, marché {hiring.award.pk}"
        who = names_of(hiring.request.scope, [person.identity_id], page=page)[person.identity_id]
    messages.success(
        hiring.request, f"{who} est affectée à ce marché : ses heures peuvent être déclarées."
    )
    clause = _clause(hiring)
    if clause is None:
        return redirect("desk")
    return redirect(f"{clause_url(clause)}?onglet=personnes")


def clause_url(clause: Clause) -> str:
    return redirect("clause", pk=clause.pk).url


def _clause(hiring: Hiring) -> Clause | None:
    rows = Clause.objects.visible_to(hiring.request.scope).filter(lot=hiring.award.lot_id)
    return rows.order_by("pk").first()


def _show(
    hiring: Hiring, person_form: PersonForm, employment: EmploymentForm, *, status: int = 200
) -> HttpResponse:
    request = hiring.request
    asked = request.GET.get("q", "").strip()
    context = {
        "award": hiring.award,
        "host": hiring.host,
        "clause": _clause(hiring),
        "person": hiring.person,
        "person_form": person_form,
        "employment_form": employment,
        "asked": asked,
        "found": _found(hiring, asked) if asked else [],
        "known": _known(hiring) if hiring.person else [],
    }
    if hiring.person:
        names_of(
            request.scope, [hiring.person.identity_id], page=f"Embauche, marché {hiring.award.pk}"
        )
    return render(request, "clauses/employment.html", context, status=status)


def _found(hiring: Hiring, asked: str) -> list[Person]:
    """Persons of the host whose names hold every word typed; the reading is logged."""
    rows = Person.objects.filter(host=hiring.host)
    for word in asked.split():
        rows = rows.filter(
            Q(birth_name__icontains=word)
            | Q(used_name__icontains=word)
            | Q(given_names__icontains=word)
        )
    found = list(rows.order_by("birth_name", "given_names", "pk")[:FOUND_SHOWN])
    names_of(
        hiring.request.scope,
        [person.identity_id for person in found],
        page=f"Recherche d’une personne, marché {hiring.award.pk}",
    )
    return found


def _known(hiring: Hiring) -> list[Employment]:
    """Employments of the person that could work on this award too."""
    if hiring.person is None:
        return []
    taken = Assignment.objects.filter(award=hiring.award).values("employment")
    award = hiring.award
    return list(
        Employment.objects.visible_to(hiring.request.scope)
        .filter(identity=hiring.person.identity_id, starts_on__lte=award.ends_on)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=award.starts_on))
        .exclude(pk__in=taken)
        .select_related("employer")
        .order_by("-starts_on", "pk")
    )
