// The reader's theme. Loaded in the head, before the page is drawn, so that nothing flashes.
(function () {
  "use strict";
  var KEY = "coclause-theme";
  var root = document.documentElement;

  function read() {
    try {
      var choice = localStorage.getItem(KEY);
      return choice === "light" || choice === "dark" ? choice : "auto";
    } catch (error) {
      return "auto"; // Storage refused by the browser: follow the system.
    }
  }

  function apply(choice) {
    if (choice === "auto") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", choice);
  }

  function keep(choice) {
    try {
      if (choice === "auto") localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, choice);
    } catch (error) {
      // The choice then holds for this page alone.
    }
  }

  apply(read());
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("fieldset.theme").forEach(function (fieldset) {
      fieldset.hidden = false;
      var current = fieldset.querySelector('input[value="' + read() + '"]');
      if (current) current.checked = true;
      fieldset.addEventListener("change", function (event) {
        apply(event.target.value);
        keep(event.target.value);
      });
    });
  });
})();
