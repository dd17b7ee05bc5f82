// Who works here: a code in large letters, or a line to type one.

function draw(view) {
  const typing = view.state === "type", quiet = view.state === "chosen";
  const ask = typing ? el("label", { class: "ws-ask", for: view.field, "data-key": "ask-label" }, view.ask)
    : el("p", { class: "ws-ask ws-text", "data-key": `ask-${view.state}`, ...(quiet ? { tabindex: -1, "data-home": true } : {}) }, view.ask);
  return [
    el("div", { class: `ws-card who-card${quiet ? " who-card--chosen" : ""}`, "data-key": "card" }, ask,
      view.code && el("p", { class: "who-code ws-text", translate: "no", "data-key": "code" }, view.code),
      view.note && el("p", { class: "ws-note", "data-key": "note" }, view.note),
      typing && el("input", { type: "text", id: view.field, value: view.typed, maxlength: view.longest, autocomplete: "off", autocapitalize: "none",
        autocorrect: "off", spellcheck: "false", translate: "no", "data-key": "field", "data-home": true,
        "aria-invalid": view.problem ? "true" : null, "aria-describedby": view.problem ? `${view.field}-problem` : null }),
      view.problem && el("p", { class: "who-problem ws-text", id: `${view.field}-problem`, "data-key": "problem" }, icon("warn", 20), view.problem),
      el("div", { class: "ws-row", "data-key": "actions" }, view.actions.map(([act, label, kind]) =>
        button(label, act, { kind, "data-key": `${view.state}-${act}`, "data-home": kind === "go" && !typing })))),
    view.trouble && el("div", { "data-key": "trouble" }, feedback("warn", view.trouble[0], el("p", { class: "ws-text" }, view.trouble[1]))),
  ];
}

function type(_arg, send, node) {
  send({ do: "type", arg: node.closest(".who-card").querySelector("input").value });
}

function keydown(event, _root, send) {
  if (event.key === "Enter" && event.target.matches("input") && !event.isComposing) {
    event.preventDefault();
    type(null, send, event.target);
  }
}

let fields = 0;

export default {
  render(context) {
    const field = `ws-who-${++fields}-${Math.random().toString(36).slice(2, 8)}`;
    return mount(context, { draw: (view) => draw({ ...view, field }), acts: { type }, keydown });
  },
};
