// The controls of the network of ties: a slider for the rung, two pictures, a switch for what lies outside.

/** The slider with the rungs as ticks. `mine` is where the reader has it and Python has not confirmed yet. */
function slider(view, minimum) {
  const name = view.rungs.find(([n]) => n === minimum)[1];
  const ticks = view.rungs.map(([n]) => el("span", { class: `ws-rung${n < minimum ? " is-under" : ""}`, "data-rung": n, "data-act": "tick", "data-arg": n }, n));
  return el("div", { class: "support-rung", "data-key": "rung" },
    el("p", { class: "support-now" }, "Show statements from rung ", el("b", {}, minimum), " up: ", el("b", {}, name)),
    el("input", { type: "range", min: 1, max: view.rungs.length, step: 1, value: minimum, class: "support-range", "data-key": "range", "data-home": true,
      "aria-label": "Minimum rung", "aria-valuetext": `${minimum}: ${name}` }),
    el("div", { class: "support-ticks", "aria-hidden": "true" }, ticks));
}

function draw(view, minimum) {
  return [
    el("p", { class: "ws-ask", "data-key": "ask" }, view.ask),
    el("div", { class: "support-all", "data-key": "all" }, slider(view, minimum),
      el("div", { class: "ws-row support-views", "data-key": "views" },
        el("span", { class: "ws-seg", role: "group", "aria-label": "Which picture" }, view.views.map(([id, name]) =>
          el("button", { type: "button", "data-act": "view", "data-arg": id, "data-key": id, "aria-pressed": String(view.view === id) }, name))),
        view.outside && el("button", { type: "button", class: "ws-switch", "data-act": "context", "data-key": "context", "aria-pressed": String(view.context) },
          el("span", { class: "ws-box" }, icon("check", 14)), view.outside, el("small", {}, "drawn apart")))),
    el("p", { class: "ws-note support-stay", "data-key": "stay" }, view.stay),
    view.trouble && el("div", { "data-key": "trouble" }, feedback("warn", "Please read this.", el("p", {}, view.trouble))),
  ];
}

export default {
  render(context) {
    let mine = null, sent = null; // where the reader has the slider; what Python was told and has not confirmed
    const range = () => context.el.querySelector(".support-range");
    const shown = (view) => draw(view, mine ?? view.minimum);
    /** One message at a time: a slider moves faster than a chart is drawn. */
    const pass = (send) => {
      if (sent !== null || mine === null) return;
      sent = mine;
      send({ do: "minimum", arg: String(sent) });
    };
    /** The words follow the slider at once; the chart follows from Python. */
    const move = (to, send) => {
      const view = context.model.get("view");
      if (to === (mine ?? view.minimum)) return;
      mine = to;
      morph(context.el.querySelector(".support-rung"), slider(view, to));
      pass(send);
    };
    const drawn = (_root, { minimum }, _had, send) => {
      if (sent === minimum) sent = null;
      if (mine === minimum && sent === null) mine = null;
      range().value = mine ?? minimum;
      pass(send);
    };
    const acts = { tick: (arg, send) => {
      range().value = arg;
      move(Number(arg), send);
    } };
    const events = { input: ({ target }, send) => { if (target === range()) move(Number(target.value), send); } };
    return mount(context, { draw: shown, drawn, acts, events });
  },
};
