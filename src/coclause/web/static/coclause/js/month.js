// The total of a month follows what is typed. The server counts it again, and it alone decides.
(function () {
  "use strict";
  var form = document.getElementById("mois");
  var total = document.querySelector("[data-month-total]");
  if (!form || !total) return;
  var written = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 2 });

  function typed(field) {
    var number = Number(field.value.replace(/\s/g, "").replace(",", "."));
    return Number.isFinite(number) ? number : 0;
  }

  function count() {
    var fields = Array.from(form.querySelectorAll("input[name*='h-'][inputmode='decimal']"));
    var hours = fields.reduce(function (sum, field) { return sum + typed(field); }, 0);
    total.textContent = written.format(hours) + "\u00a0h";
  }

  form.addEventListener("input", count);
  count();
})();
