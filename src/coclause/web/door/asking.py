"""The front door: a few questions, the answer under them, who answers, and the answer on paper."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from coclause.law import dated
from coclause.network.door import Answer, answer_to
from coclause.network.requests.routing import route
from coclause.render import duty_answer as paper
from coclause.web.door.forms import DoorForm, PlaceForm
from coclause.web.door.showing import ReasonLine, Shown, commune_in_words
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import download


def asked_of(request: ScopedRequest) -> DoorForm:
    """The form with the answers that the address holds; a link may fill some beforehand."""
    if "objet" in request.GET:
        return DoorForm(request.GET)
    return DoorForm(initial=request.GET.dict())


def answered(request: ScopedRequest, form: DoorForm) -> Answer | None:
    """The answer to a form that holds enough; None leaves the page to ask."""
    if not form.is_bound or not form.is_valid():
        return None
    return answer_to(form.described(), day=request.scope.day, siret=own_siret(request))


def own_siret(request: ScopedRequest) -> str:
    """The SIRET of a signed-in buyer: some buyers are answered by the coordination."""
    buying = [one for one in request.scope.memberships if one.organisation_id in buyers(request)]
    return (buying[0].organisation.siret or "") if buying else ""


def buyers(request: ScopedRequest) -> frozenset[int]:
    return request.scope.buyers


@login_not_required
def door(request: ScopedRequest) -> HttpResponse:
    """The questions; with answers in the address, what the law says, how much, and who."""
    form = asked_of(request)
    found = answered(request, form)
    context = {"form": form, "shown": Shown(found) if found else None, "query": form.query}
    return render(request, "door/door.html", context)


@login_not_required
def who_answers(request: ScopedRequest) -> HttpResponse:
    """Who is in charge of a commune that day, by name; the coordination where nobody is."""
    form = PlaceForm(request.GET if "commune" in request.GET else None)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid() and (commune := form.found_commune):
        region = commune.departement.region
        context |= {
            "place": commune_in_words(commune),
            "region": region,
            "query": urlencode({"commune": form.data["commune"]}),
            "found": route(region, commune, several_sites=False, siret="", day=request.scope.day),
        }
    return render(request, "door/who_answers.html", context)


@login_not_required
def answer_pdf(request: ScopedRequest) -> HttpResponse:
    """The answer to keep; sends back to the questions while it cannot be given."""
    form = asked_of(request)
    found = answered(request, form)
    if found is None:
        return redirect(f"{reverse('door')}?{request.GET.urlencode()}")
    content = paper.duty_answer(document(Shown(found)), fonts=settings.FONTS)
    return download(content, "reponse-condition-sociale.pdf", "application/pdf")


def document(shown: Shown) -> paper.DutyAnswerDocument:
    """The answer as the document words it."""
    answer, verdict = shown.answer, shown.answer.verdict
    keep = verdict.keep_reasons
    return paper.DutyAnswerDocument(
        answered_on=answer.day,
        about=shown.facts,
        duty=verdict.duty,
        sentence=f"{shown.title}.",
        reasons=[*(_reason(line) for line in shown.reasons), *_smaller(answer)],
        exemptions=[
            paper.Reason(
                f"{one.label[:1].upper()}{one.label[1:]}. Il suppose ceci : {one.requires}",
                one.reference,
            )
            for one in answer.opt_outs
        ],
        keep_where=paper.Reason(keep.text, " ; ".join(keep.articles)) if keep else None,
        text_date=verdict.text_date,
        text_source=dated.text().source,
        estimate=_estimate(answer),
        facilitator=_contact(shown),
        instrument=_instrument(answer),
    )


def _reason(line: ReasonLine) -> paper.Reason:
    words = f"{line.sign} : {line.reason.text} {line.reason.detail}".strip()
    return paper.Reason(words, " ; ".join(line.reason.articles))


def _smaller(answer: Answer) -> list[paper.Reason]:
    """The smaller conditions, which come before any case of leaving the condition out."""
    if not answer.opt_outs:
        return []
    labels = ", ".join(one.label[:1].lower() + one.label[1:] for one in answer.smaller)
    words = f"À examiner d’abord, si l’insertion ne convient pas à ce contrat : {labels}."
    return [paper.Reason(words, " ; ".join(answer.smaller[0].articles))]


def _estimate(answer: Answer) -> paper.Estimate:
    hours = answer.estimate
    if hours is None:
        return paper.Estimate(None, None, (), answer.no_estimate)
    return paper.Estimate(
        hours.low,
        hours.high,
        [paper.Assumption(one.label, one.told, one.source) for one in hours.assumptions],
        " ".join(hours.remarks),
    )


def _contact(shown: Shown) -> paper.Contact | None:
    found = shown.answer.route
    if found.organisation is None:
        return None
    name = str(found.user) if found.user else ""
    return paper.Contact(name, found.organisation.name, note=found.why)


def _instrument(answer: Answer) -> str:
    """What to look at first."""
    told = f"À examiner d’abord : {answer.recommendation.label}. "
    return told + " ".join(
        one.text for one in answer.recommendation.reasons if one.kind != "unknown"
    )
