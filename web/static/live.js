// Shows what changed while a page is open: what bears data-live is taken from the
// page as it is now. Without this the page shows it when it is loaded again. What the
// reader does there comes first: what is typed, marked or has the focus stays, and
// what was opened stays open. Who wants none of it says so at the foot of a page.
"use strict";
(function () {
  if (!window.EventSource || document.body.getAttribute("data-updates") === "off" || !document.querySelector("[data-live]")) return;
  var told = document.getElementById("live");
  var waiting = null;
  var announced = 0;

  function later() { if (!waiting) waiting = setTimeout(refresh, 1000); }

  // busy says whether the reader types or marks something in a part.
  function busy(part) {
    var marked = window.getSelection();
    if (marked && !marked.isCollapsed && part.contains(marked.anchorNode)) return true;
    return part.contains(document.activeElement) && !!document.activeElement.closest("form, input, select, textarea");
  }

  function text(of) { return of ? of.textContent.trim() : ""; }

  // keepOpen opens what is open, found by what its summary says.
  function keepOpen(part, fresh) {
    var open = {};
    part.querySelectorAll("details").forEach(function (d) { open[text(d.querySelector("summary"))] = d.open; });
    fresh.querySelectorAll("details").forEach(function (d) {
      var summary = text(d.querySelector("summary"));
      if (summary in open) d.open = open[summary];
    });
  }

  // twin finds what is the same as an element, by what it is, says and leads to.
  function twin(part, of) {
    return Array.prototype.find.call(part.querySelectorAll(of.tagName), function (e) {
      return text(e) === text(of) && e.getAttribute("href") === of.getAttribute("href");
    });
  }

  // replace puts a fresh part in the place of the one that is there, and says whether
  // it could.
  function replace(part, fresh) {
    keepOpen(part, fresh);
    if (fresh.innerHTML === part.innerHTML) return false;
    var focused = part.contains(document.activeElement) ? document.activeElement : null;
    if (busy(part) || focused && !twin(fresh, focused)) { later(); return false; }
    var scrolled = Array.prototype.map.call(part.querySelectorAll(".scroll"), function (s) { return s.scrollLeft; });
    part.replaceChildren.apply(part, fresh.childNodes);
    part.querySelectorAll(".scroll").forEach(function (s, i) { s.scrollLeft = scrolled[i] || 0; });
    if (focused) twin(part, focused).focus({ preventScroll: true });
    return true;
  }

  function refresh() {
    waiting = null;
    fetch(location.href, { headers: { "Accept": "text/html" } }).then(function (answer) {
      return answer.ok ? answer.text() : null;
    }).then(function (html) {
      if (!html) return;
      var now = new DOMParser().parseFromString(html, "text/html");
      var changed = false;
      document.querySelectorAll("[data-live]").forEach(function (part) {
        var fresh = now.querySelector('[data-live="' + part.getAttribute("data-live") + '"]');
        if (fresh && replace(part, fresh)) changed = true;
      });
      if (changed) announce();
    }).catch(function () { /* the next change tries again */ });
  }

  // announce tells those who listen to the page, who are not to hear of nothing else.
  function announce() {
    var pause = 30000;
    if (!told || Date.now() - announced < pause) return;
    announced = Date.now();
    told.textContent = "";
    told.textContent = told.getAttribute("data-changed");
  }

  var source = new EventSource("/events?cycle=" + encodeURIComponent(document.body.getAttribute("data-cycle") || ""));
  var lost = false;
  source.addEventListener("change", later);
  // Nobody told what changed while there was no stream.
  source.addEventListener("error", function () { lost = true; });
  source.addEventListener("open", function () { if (lost) later(); lost = false; });
  window.addEventListener("pagehide", function () { source.close(); });
})();
