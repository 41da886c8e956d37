// Makes forms better that work without it: dates are echoed as all pages write them,
// buttons say how many rows they record, and all rows are set in place.
"use strict";
(function () {
  var lang = document.documentElement.lang;
  var months = (document.body.getAttribute("data-months") || "").split("|");

  function each(list, what) { Array.prototype.forEach.call(list, what); }

  function written(iso) {
    var parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
    if (!parts) return "";
    var day = String(Number(parts[3]));
    if (lang === "de") day += ".";
    if (lang === "fr" && day === "1") day += "er";
    return day + " " + months[Number(parts[2]) - 1] + " " + Number(parts[1]);
  }

  each(document.querySelectorAll("output.echo"), function (echo) {
    var field = document.getElementById(echo.htmlFor.value);
    function tell() { echo.value = written(field.value); }
    field.addEventListener("input", tell);
    tell();
  });

  // rowsOf lists the choices of a form, one a row, that begin with a name.
  function rowsOf(form, name) { return form.querySelectorAll("select[name^='" + name + "-']"); }

  each(document.querySelectorAll("button[data-counts]"), function (button) {
    var of = button.dataset;
    function count() {
      var all = 0, same = 0;
      each(rowsOf(button.form, of.counts), function (row) {
        if (row.value) all++;
        if (row.value && row.value === of.only) same++;
      });
      var one = new Intl.PluralRules(lang).select(all) === "one";
      var shape = all === 0 ? of.none : same === all ? (one ? of.onlyOne : of.onlyOther) : (one ? of.one : of.other);
      button.textContent = shape.replace("{n}", new Intl.NumberFormat(lang).format(all));
    }
    button.form.addEventListener("change", count);
    window.addEventListener("pageshow", count); // a browser that goes back fills forms in late
  });

  each(document.querySelectorAll("[data-sets]"), function (sets) {
    var button = sets.querySelector("button[name=set]");
    button.type = "button";
    button.form.addEventListener("keydown", function (event) { // nothing is recorded by chance
      if (event.key === "Enter" && event.target.tagName === "INPUT") event.preventDefault();
    });
    button.addEventListener("click", function () {
      each(sets.querySelectorAll("select, input"), function (all) {
        if (!all.value) return;
        each(button.form.querySelectorAll("[name^='" + all.name.slice("set-".length) + "-']"), function (row) {
          var has = row.tagName !== "SELECT" || row.querySelector("option[value='" + all.value + "']");
          if (has) row.value = all.value;
        });
        all.value = "";
      });
      button.form.dispatchEvent(new Event("change"));
    });
  });
})();
