// Does this machine work? A list of ticks; one of them waits for a click.

const SIGNS = { works: "M5 12.5l4.5 4.5L19 7.5", "does not work": "M6 6l12 12M18 6L6 18" };

function sign(word) {
  return el("svg", { width: 26, height: 26, viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": 2.4, "stroke-linecap": "round",
    "stroke-linejoin": "round", "aria-hidden": "true", class: "ws-icon tick-sign" },
    SIGNS[word] ? el("path", { d: SIGNS[word] }) : el("circle", { cx: 12, cy: 12, r: 8, "stroke-dasharray": "3.2 3.1", "stroke-width": 1.8 }));
}

function line(tick, isClick, clicked) {
  return el("li", { class: "tick", "data-ok": String(tick.ok), "data-key": tick.name, ...(isClick && clicked ? { tabindex: -1, "data-home": true } : {}) },
    sign(tick.word),
    el("div", {}, el("b", {}, tick.name), el("span", { class: "ws-vh" }, `: ${tick.word}.`), el("p", { class: "tick-text ws-text" }, tick.text)),
    isClick && !clicked && button("Click me", "click", { kind: "go", "data-key": "click", "data-home": true }));
}

function draw(view) {
  return [
    el("p", { class: "ws-ask", "data-key": "ask" }, view.ask),
    el("ul", { class: "ws-card tick-list", "data-key": "list" }, view.ticks.map((tick) => line(tick, tick.name === view.click, view.clicked))),
    view.box && el("div", { "data-key": "box" }, feedback(view.box.tone, view.box.verdict, el("p", { class: "ws-text" }, view.box.text),
      view.box.tone !== "ok" && el("div", { class: "ws-row" }, button("Check again", "again", { "data-key": "again" })))),
  ];
}

export default {
  render(context) {
    return mount(context, { draw });
  },
};
