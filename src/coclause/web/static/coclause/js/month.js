// The total of a month follows what is typed. The server counts it again, and it alone decides.
(function () {
  "use strict";
  var form = document.getElementById("mois");
  var total = document.querySelector("[data-month-total]");
  if (!form || !total) return;
  var written = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 2 });

  function typed(field) {
    var text = field.value.replace(/\s/g, "").replace(",", ".");
    var clock = /^(\d+)[hH:]([0-5]\d)?$/.exec(text);
    if (clock) return Number(clock[1]) + Number(clock[2] || 0) / 60;
    var number = Number(text);
    return Number.isFinite(number) ? number : 0;
  }

  // Left for another time: it is not sent, so it does not count.
  function later(field) {
    var section = field.closest(".month-section");
    var box = section && section.querySelector(".month-later input");
    return Boolean(box && box.checked);
  }

  function count() {
    var fields = Array.from(form.querySelectorAll("input[name*='h-'][inputmode='decimal']"))
      .filter(function (field) { return !later(field); });
    var hours = fields.reduce(function (sum, field) { return sum + typed(field); }, 0);
    total.textContent = written.format(hours) + "\u00a0h";
  }

  form.addEventListener("input", count);
  count();
})();
