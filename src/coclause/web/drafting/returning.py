"""A document changed by hand comes back, and becomes the version that counts."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from coclause.network.drafting.preparing import keep_returned, last_draft
from coclause.web.drafting.access import drafted_contract
from coclause.web.drafting.forms import TOO_LARGE, ReturnForm
from coclause.web.middleware import ScopedRequest
from coclause.web.once import sent
from coclause.web.uploads import too_large


def draft_return(request: ScopedRequest, pk: int) -> HttpResponse:
    """The referent host, or the buyer, whose consultation it is."""
    scope, contract = request.scope, drafted_contract(pk, request.scope)
    posted = request.method == "POST"
    form = ReturnForm(request.POST, request.FILES) if posted else ReturnForm()
    if too_large(request):
        form.fields["document"].error_messages["required"] = TOO_LARGE

    def act() -> str:
        given = form.cleaned_data["document"]
        made = keep_returned(
            scope, contract, given.read(), given.name or "", note=form.cleaned_data["note"]
        )
        return reverse("draft", args=[made.pk])

    done = "Document repris : c’est maintenant la version qui compte. Relisez ce qui y reste."
    answer = sent(request, form, act, done)
    if answer is not None:
        return answer
    context = {
        "contract": contract,
        "operation": contract.operation,
        "form": form,
        "last": last_draft(contract),
    }
    return render(request, "drafting/return.html", context, status=422 if form.is_bound else 200)
