// Shows what changed while a page is open: what bears data-live is taken from the
// page as it is now. Without this the page shows it when it is loaded again.
"use strict";
(function () {
  if (!window.EventSource || !document.querySelector("[data-live]")) return;
  var told = document.getElementById("live");
  var waiting = null;

  function typing() {
    var at = document.activeElement;
    return at && at.closest && at.closest("[data-live] form, [data-live] input, [data-live] select, [data-live] textarea");
  }

  function refresh() {
    waiting = null;
    if (typing()) { later(); return; }
    fetch(location.href, { headers: { "Accept": "text/html" } }).then(function (answer) {
      return answer.ok ? answer.text() : null;
    }).then(function (html) {
      if (!html) return;
      var now = new DOMParser().parseFromString(html, "text/html");
      var changed = false;
      document.querySelectorAll("[data-live]").forEach(function (part) {
        var fresh = now.querySelector('[data-live="' + part.getAttribute("data-live") + '"]');
        if (fresh && fresh.innerHTML !== part.innerHTML) { part.innerHTML = fresh.innerHTML; changed = true; }
      });
      if (changed && told) told.textContent = told.getAttribute("data-changed");
    }).catch(function () { /* the next change tries again */ });
  }

  function later() { if (!waiting) waiting = setTimeout(refresh, 1000); }

  var source = new EventSource("/events?cycle=" + encodeURIComponent(document.body.getAttribute("data-cycle") || ""));
  source.addEventListener("change", later);
  window.addEventListener("pagehide", function () { source.close(); });
})();
