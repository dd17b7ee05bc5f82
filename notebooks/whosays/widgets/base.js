// Shared by all widgets: build elements, keep the ones that stay (and so the focus), pass on what the reader does.
// Text enters the page only as text nodes.

const SVG = new Set(["svg", "path", "rect", "circle"]);
const FOCUSABLE = new Set(["button", "input", "textarea", "select", "a"]);

/** Make an element. `attrs` are attributes; true sets an empty one, false and null leave it out. */
function el(tag, attrs = {}, ...kids) {
  const node = SVG.has(tag) ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) {
    if (value === false || value == null) continue;
    node.setAttribute(name, value === true ? "" : String(value));
  }
  // JupyterLab would take keys pressed here for its own: x cuts the cell, 1 to 6 make headings.
  if (FOCUSABLE.has(tag) || "tabindex" in attrs) node.setAttribute("data-lm-suppress-shortcuts", "true");
  for (const kid of kids.flat(9)) if (kid != null && kid !== false) node.append(kid);
  return node;
}

/** Change `from` into `to` in place: nodes that are alike stay, so focus and scroll position stay too. What is marked
 *  data-keep stays as it is, with all that the widget put into it. */
function morph(from, to) {
  if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName || keyOf(from) !== keyOf(to)) {
    from.replaceWith(to);
    return;
  }
  if (from.nodeType === Node.TEXT_NODE) {
    if (from.data !== to.data) from.data = to.data;
    return;
  }
  if (from.hasAttribute("data-keep")) return;
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name)) from.removeAttribute(name);
  for (const { name, value } of [...to.attributes]) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  if (from.matches("textarea, input") && document.activeElement !== from && from.value !== to.value) from.value = to.value;
  const old = [...from.childNodes], fresh = [...to.childNodes];
  const byKey = new Map(old.filter(keyOf).map((node) => [keyOf(node), node]));
  let at = from.firstChild;
  for (const want of fresh) {
    const keyed = keyOf(want) && byKey.get(keyOf(want));
    if (keyed && keyed !== at) from.insertBefore(keyed, at);
    const have = keyed || at;
    if (!have || (!keyed && keyOf(have) && fresh.some((f) => keyOf(f) === keyOf(have)))) {
      from.insertBefore(want, have ?? null);
      continue;
    }
    at = have.nextSibling;
    morph(have, want);
  }
  while (at) { const next = at.nextSibling; at.remove(); at = next; }
}
function keyOf(node) { return node.nodeType === Node.ELEMENT_NODE ? node.getAttribute("data-key") : null; }

/** Pieces of text with their marks: [{t, m: [[kind, key], …]}]. */
function words(segments) {
  return segments.map(({ t, m }) => m.reduceRight((inner, [kind]) => el("mark", { class: `ws-m ws-m--${kind}` }, inner), t));
}

/** An icon by name, drawn in lines of the text's colour. */
function icon(name, size = 28) {
  const paths = {
    ok: ["M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18", "M8 12.5l3 3l5.5-6"],
    notyet: ["M19 8a8 8 0 1 0 1 6", "M20 3v5h-5"],
    split: ["M12 21v-7l-7-7", "M12 14l7-7", "M5 12V7h5", "M19 12V7h-5"],
    plain: ["M7 3h10v18l-5-4.5L7 21z"],
    warn: ["M12 4L2.5 20h19z", "M12 10v4.5", "M12 17.4v.2"],
    check: ["M5 12.5l4.5 4.5L19 7.5"],
  };
  return el("svg", { width: size, height: size, viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": 1.8,
    "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true", class: "ws-icon" },
    (paths[name] ?? []).map((d) => el("path", { d })));
}

/** A button that asks Python to do something: `act` is the name, `arg` what it is about. */
function button(label, act, { arg, kind = "", key, ...attrs } = {}) {
  return el("button", { type: "button", class: `ws-btn ${kind && `ws-btn--${kind}`}`.trim(), "data-act": act, "data-arg": arg, ...attrs },
    label, key && el("span", { class: "ws-key", "aria-hidden": "true" }, key));
}

/** A box below the card: icon, verdict, reasons, what to do next. */
function feedback(tone, verdict, ...body) {
  return el("div", { class: `ws-fb ws-fb--${tone}` }, icon(tone),
    el("div", {}, el("p", { class: "ws-verdict" }, verdict), body));
}

/** Evidence: title, publisher and date, whether it was seen, what it says. A link only where there is an address. */
function evidence(sources) {
  return el("ul", { class: "ws-sources" }, sources.map(({ title, who, seen, says, address }) => el("li", {},
    /^https?:\/\//u.test(address) ? el("a", { href: address, target: "_blank", rel: "noopener noreferrer", class: "ws-text" }, title) : el("span", { class: "ws-text" }, title),
    el("span", { class: "ws-note ws-text" }, `${who} · ${seen}`), says && el("span", { class: "ws-text" }, says))));
}

const SILENT_FOR = 5000;
const PASSED_ON = new Set(["s", "b", "C"]); // save, side bar, command palette: JupyterLab's, also from inside a widget

/**
 * Draw `model.view` into `host` with `draw(view)`, and keep it drawn.
 * `acts` holds what a click on [data-act] does: `acts[name](arg, send, node)`; without an entry the name goes to Python.
 * `keydown(event, root, send)` may take keys; `events` holds handlers `(event, send)` by name of event. Returns a clean-up.
 */
function mount({ model, el: host }, { draw, acts = {}, keydown, drawn, events = {} }) {
  host.classList.add("ws");
  const root = el("div", { class: "ws-root", tabindex: "-1" });
  const live = el("div", { class: "ws-vh", role: "status", "aria-live": "polite" });
  const lost = el("div", { class: "ws-lost", hidden: true, role: "alert" }, feedback("warn", "Python does not answer.",
    el("p", {}, "Was it restarted? What you did before is saved. Choose Run, then Run All Cells, and go on where you were.")));
  host.append(root, lost, live);
  let timer = 0, spoken = "", turn = -1;

  const tellLost = () => {
    lost.hidden = false;
    lost.scrollIntoView({ block: "nearest" });
  };
  const send = (message) => {
    clearTimeout(timer);
    timer = setTimeout(tellLost, SILENT_FOR);
    try { model.send(message); } catch { tellLost(); } // no kernel is there to hear it
  };
  const show = () => {
    const view = model.get("view");
    if (view.turn !== turn) { clearTimeout(timer); lost.hidden = true; turn = view.turn; }
    const fresh = el("div", { class: "ws-root", tabindex: "-1" }, draw(view));
    const had = root.contains(document.activeElement);
    morph(root, fresh);
    if (view.say && view.say !== spoken) live.textContent = spoken = view.say;
    if (drawn) drawn(root, view, had, send);
    if (had && !root.contains(document.activeElement)) (root.querySelector("[data-home]") ?? root).focus({ preventScroll: true });
  };
  const click = (event) => {
    const node = event.target.closest("[data-act]");
    if (!node || !root.contains(node)) return;
    const { act, arg } = node.dataset;
    if (acts[act]) acts[act](arg, send, node);
    else send(arg === undefined ? { do: act } : { do: act, arg });
  };
  const key = (event) => {
    if (event.ctrlKey || event.metaKey) return passOn(event, host);
    if (event.altKey) return;
    if (keydown) keydown(event, root, send);
    event.stopPropagation();
  };
  // A click beside the widget would leave the keys to JupyterLab, which changes cells with them.
  const taken = "a, button, input, label, textarea, select, summary, .jp-Cell-inputWrapper, .jp-collapser, .ws [tabindex]:not(.ws-root)";
  const beside = (event) => {
    if (!host.closest(".jp-Cell")?.contains(event.target) || event.target.closest(taken) || !getSelection().isCollapsed) return;
    const home = () => (root.querySelector("[data-home]") ?? root).focus({ preventScroll: true });
    home(); // before the next key
    setTimeout(home, 0); // and after whatever JupyterLab does with the click
  };
  root.addEventListener("click", click);
  root.addEventListener("keydown", key);
  for (const [name, handle] of Object.entries(events)) root.addEventListener(name, (event) => handle(event, send));
  document.addEventListener("click", beside);
  model.on("change:view", show);
  show();
  return () => {
    clearTimeout(timer);
    document.removeEventListener("click", beside);
    model.off("change:view", show);
  };
}

/** Hand a shortcut to JupyterLab, which does not look at keys pressed inside a widget. */
function passOn(event, host) {
  const cell = host.closest(".jp-Cell");
  if (!cell || !PASSED_ON.has(event.key) || (event.key === "b" && event.target.matches("textarea, input"))) return;
  const { key, code, keyCode, ctrlKey, metaKey, shiftKey } = event;
  event.preventDefault();
  cell.dispatchEvent(new KeyboardEvent("keydown", { key, code, keyCode, ctrlKey, metaKey, shiftKey, bubbles: true, cancelable: true }));
}

/** Move focus among `nodes` by arrow keys; returns the node that got it. */
function rove(event, nodes, { wrap = true } = {}) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const here = nodes.indexOf(document.activeElement);
  let to = -1;
  if (event.key === "Home") to = 0;
  else if (event.key === "End") to = nodes.length - 1;
  else if (step && here >= 0) to = wrap ? (here + step + nodes.length) % nodes.length : Math.min(nodes.length - 1, Math.max(0, here + step));
  if (to < 0 || !nodes[to]) return null;
  event.preventDefault();
  nodes.forEach((node, i) => node.setAttribute("tabindex", i === to ? "0" : "-1"));
  nodes[to].focus();
  return nodes[to];
}
