"""Following a published contract: the page shows the operation ready, to confirm or correct."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from coclause.clauses.choices import ContractKind, HoursKind, Instrument, MarketType, Theme
from coclause.clauses.models import Award, Clause, Contract, Lot, Operation
from coclause.clauses.permissions import may_open_operation
from coclause.core.refusals import Refused
from coclause.organisations.choices import Role
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.reference.models import Commune, Cpv
from coclause.watch.following import AlreadyFollowed, Confirmed, Proposal, follow, propose
from coclause.watch.models import PublishedContract
from coclause.web.middleware import ScopedRequest
from coclause.web.once import once
from coclause.web.operations.fields import EuroField, FrenchDateField
from coclause.web.operations.finding import (
    BuyerFields,
    CompanyFields,
    named_commune,
    named_organisation,
)
from coclause.web.operations.forms import check_order, offer_hosts
from coclause.web.operations.opening import hosts_of
from coclause.web.operations.published import visible_contracts


class FollowForm(BuyerFields, CompanyFields):
    """Everything that following writes, filled from the publication."""

    host = forms.ChoiceField(label="Structure qui suit l’opération")
    name = forms.CharField(label="Nom de l’opération", max_length=300)
    commune = forms.CharField(
        label="Commune d’exécution",
        required=False,
        max_length=100,
        help_text="Nom ou code postal.",
    )
    kind = forms.ChoiceField(label="Nature", choices=ContractKind.choices)
    market_type = forms.ChoiceField(
        label="Type de marché", choices=[("", "Choisir"), *MarketType.choices]
    )
    object = forms.CharField(
        label="Objet", max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    cpv_text = forms.CharField(
        label="Code CPV", required=False, max_length=200, help_text="Le code ou des mots."
    )
    amount = EuroField(label="Montant (€ HT)", required=False, max_digits=14, decimal_places=2)
    duration_months = forms.IntegerField(
        label="Durée (mois)",
        required=False,
        min_value=1,
        max_value=1200,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    notified_on = FrenchDateField(label="Notifié le")
    lot_title = forms.CharField(label="Intitulé du lot 1", max_length=300)
    instrument = forms.ChoiceField(label="Instrument", choices=Instrument.choices)
    theme = forms.ChoiceField(label="Thème", choices=Theme.choices)
    target_hours = forms.IntegerField(
        label="Volume proposé (heures)",
        required=False,
        min_value=1,
        max_value=5_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    with_award = forms.BooleanField(
        label="Enregistrer aussi l’attribution à l’entreprise", required=False
    )
    starts_on = FrenchDateField(label="Début d’exécution", required=False)
    ends_on = FrenchDateField(label="Fin d’exécution", required=False)
    found_commune: Commune | None = None
    found_cpv: Cpv | None = None

    def __init__(self, hosts: list[Organisation], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._hosts = {str(host.pk): host for host in hosts}
        offer_hosts(self, hosts)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.resolve_buyer()
        host = self._hosts.get(cleaned.get("host", ""))
        if host is not None:
            self.found_commune = self.resolve_commune(host.region_id)
        self.found_cpv = self.resolve_cpv()
        if cleaned.get("with_award"):
            self._clean_award()
        return cleaned

    def _clean_award(self) -> None:
        self.resolve_company()
        for name in ("starts_on", "ends_on"):
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, "Donnez cette date, ou n’enregistrez pas l’attribution.")
        check_order(self, "starts_on", "ends_on")

    def confirmed(self) -> Confirmed:
        """The records to write, none saved yet. Raises `Refused` for a host without a region."""
        said = self.cleaned_data
        host = self._hosts[said["host"]]
        if host.region is None:
            raise Refused("Votre structure n’a pas de région : demandez à la coordination.")
        return Confirmed(
            host=host,
            operation=Operation(name=said["name"], region=host.region, commune=self.found_commune),
            buyer=self.found_buyer,
            contract=Contract(
                kind=said["kind"],
                market_type=said["market_type"],
                object=said["object"],
                cpv=self.found_cpv,
                amount=said["amount"],
                duration_months=said["duration_months"],
                notified_on=said["notified_on"],
            ),
            lot=Lot(number=1, title=said["lot_title"], amount=said["amount"]),
            clause=Clause(
                instrument=said["instrument"],
                theme=said["theme"],
                target_hours=said["target_hours"],
                hour_kinds=HoursKind.values,
            ),
            award=self._award(),
            company=self.found_company if said["with_award"] else None,
        )

    def _award(self) -> Award | None:
        said = self.cleaned_data
        if not said["with_award"]:
            return None
        return Award(
            notified_on=said["notified_on"],
            starts_on=said["starts_on"],
            ends_on=said["ends_on"],
            amount=said["amount"],
        )


def follow_contract(request: ScopedRequest, pk: int) -> HttpResponse:
    """Confirm what following a published contract will open."""
    scope = request.scope
    found = get_object_or_404(visible_contracts(scope), pk=pk)
    if not may_open_operation(scope):
        raise PermissionDenied
    if request.method == "POST":
        form = FollowForm(hosts_of(scope), request.POST)
        answer = _sent(request, found, form) if form.is_valid() else None
        if answer is not None:
            return answer
    elif found.operation is not None:
        return _led_to(request, AlreadyFollowed(found.operation))
    else:
        form = FollowForm(hosts_of(scope), initial=initial_of(propose(found)))
    context = {"contract": found, "form": form, "doubts": propose(found).doubts}
    return render(request, "operations/follow.html", context)


def _sent(
    request: ScopedRequest, found: PublishedContract, form: FollowForm
) -> HttpResponse | None:
    scope: Scope = request.scope

    def act() -> str:
        operation = follow(scope, found, form.confirmed())
        return reverse("operation", args=[operation.pk])

    try:
        answer = once(request, form.cleaned_data["once"], act)
    except AlreadyFollowed as refusal:
        return _led_to(request, refusal)
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        return None
    messages.success(request, "Ce marché est suivi. Complétez la clause, puis proposez-la.")
    return answer


def _led_to(request: ScopedRequest, refusal: AlreadyFollowed) -> HttpResponse:
    """Where somebody else's following led."""
    messages.warning(request, f"{refusal.sentence} Voici cette opération.")
    return redirect("operation", pk=refusal.operation.pk)


def initial_of(proposal: Proposal) -> dict[str, Any]:
    """The proposal as the form shows it."""
    known = proposal.buyer is not None and Role.BUYER in proposal.buyer.roles
    company = Organisation.objects.filter(siret=proposal.company_siret or None).first()
    known_company = company is not None and Role.COMPANY in company.roles
    return {
        "name": proposal.name,
        "object": proposal.object,
        "buyer": named_organisation(proposal.buyer) if known and proposal.buyer else "",
        "buyer_name": "" if known else proposal.buyer_name or proposal.buyer_siret,
        "buyer_siret": "" if known else proposal.buyer_siret,
        "commune": named_commune(proposal.commune) if proposal.commune else "",
        "kind": proposal.kind,
        "market_type": proposal.market_type,
        "cpv_text": str(proposal.cpv) if proposal.cpv else "",
        "amount": proposal.amount,
        "duration_months": proposal.duration_months,
        "notified_on": proposal.notified_on,
        "lot_title": proposal.name,
        "with_award": bool(proposal.company_siret and proposal.ends_on),
        "company": named_organisation(company) if known_company and company else "",
        "company_name": "" if known_company else proposal.company_name,
        "company_siret": "" if known_company else proposal.company_siret,
        "starts_on": proposal.notified_on if proposal.company_siret else None,
        "ends_on": proposal.ends_on if proposal.company_siret else None,
    }
