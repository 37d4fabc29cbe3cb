// Forms: sent once, and what was typed is never lost. Everything works without this file.
(function () {
  "use strict";
  var PREFIX = "coclause-draft:";
  var NOT_KEPT = ["password", "file", "hidden", "submit", "button"];

  // --- without a network nothing leaves, and the page stays: the browser's own would lose it ---
  var OFFLINE = "Pas de réseau : rien n’est parti, rien n’est perdu. Gardez cette page ouverte,"
    + " puis envoyez de nouveau.";
  var ONLINE = "Le réseau est revenu : envoyez.";

  function offlineNote(form) {
    var note = document.createElement("div");
    note.className = "message message-warning";
    note.dataset.offline = "";
    note.setAttribute("role", "alert");
    note.tabIndex = -1;
    var act = form.querySelector(".send-bar, .form-actions");
    if (act) act.before(note);
    else form.append(note);
    note.textContent = OFFLINE;
    note.scrollIntoView({ block: "center" });
    return note;
  }

  function stayOffline(form) {
    var note = form.querySelector("[data-offline]") || offlineNote(form);
    note.textContent = OFFLINE;
    note.focus();
  }

  window.addEventListener("online", function () {
    document.querySelectorAll("[data-offline]").forEach(function (note) {
      note.textContent = ONLINE;
    });
  });

  // --- a double click sends once ---
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (!navigator.onLine) {
      event.preventDefault();
      stayOffline(form);
      return;
    }
    if (form.dataset.sent === "1") {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
  });
  // Back from the next page, or an answer swapped in: the form may be sent again.
  function reopen(root) {
    root.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    });
  }
  window.addEventListener("pageshow", function () { reopen(document); });
  document.addEventListener("htmx:afterRequest", function () { reopen(document); });

  // --- drafts of forms marked data-keep="name", in this tab alone ---
  function store(action) {
    try {
      return action(sessionStorage);
    } catch (error) {
      return null; // Storage refused or full: the form still works.
    }
  }

  function keptFields(form) {
    return Array.from(form.elements).filter(function (field) {
      return field.name && NOT_KEPT.indexOf(field.type) < 0;
    });
  }

  function draftKey(form) {
    return PREFIX + location.pathname + "#" + form.dataset.keep;
  }

  function save(form) {
    var draft = keptFields(form).map(function (field) {
      var ticks = field.type === "checkbox" || field.type === "radio";
      return [field.name, field.value, ticks ? field.checked : null];
    });
    store(function (s) { s.setItem(draftKey(form), JSON.stringify(draft)); });
  }

  function restore(form) {
    var text = store(function (s) { return s.getItem(draftKey(form)); });
    if (!text) return;
    JSON.parse(text).forEach(function (entry) {
      keptFields(form).forEach(function (field) {
        if (field.name !== entry[0]) return;
        if (entry[2] === null) field.value = entry[1];
        else if (field.value === entry[1]) field.checked = entry[2];
      });
    });
  }

  // A success message says that what was typed is now on the server.
  function dropDrafts() {
    store(function (s) {
      Object.keys(s).forEach(function (key) {
        if (key.indexOf(PREFIX) === 0) s.removeItem(key);
      });
    });
  }

  if (document.querySelector(".messages .message-success")) dropDrafts();
  document.querySelectorAll("form[data-keep]").forEach(function (form) {
    // Sent back with errors: the server's values are the typed ones, and newer.
    if (!form.hasAttribute("data-bound")) restore(form);
    form.addEventListener("input", function () { save(form); });
  });

  // --- filters: folded where the list should come first, always open where there is room ---
  var narrow = window.matchMedia("(max-width: 700px)");
  function fold() {
    document.querySelectorAll("details.fold").forEach(function (part) {
      part.open = !narrow.matches;
    });
  }
  fold();
  narrow.addEventListener("change", fold);

  // After a refused sending, the reader lands on the list of what to correct.
  var summary = document.querySelector(".error-summary");
  if (summary) summary.focus();
})();
