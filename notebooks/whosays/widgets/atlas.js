// A chart that answers: the controls above it and the panel below it. The chart itself is JupyterLab's: the controls
// find it in their cell, hear clicks on it, and give it what Python says has changed.

const PAUSE = 1000, REST = 150;

/** Acts that go to Python by their name, with what they are about. */
const act = (name) => (arg, send) => send({ do: "act", name, arg });

/** Wait for the chart of this cell and keep up with it, also when JupyterLab draws another one. */
function follow(host, { model, onClick, onReady }) {
  let cell = null, plot = null, applied = 0, frame = 0, timer = 0, later = null, queue = Promise.resolve();

  const usable = (node) => typeof node.on === "function" && node.data && node.querySelector(".main-svg") && globalThis.Plotly?.react;
  function adopt() {
    const found = [...cell.querySelectorAll(".js-plotly-plot")].find(usable);
    if (!found) {
      // A chart that was saved as a picture wakes up as soon as the mouse comes over it: do so at once.
      cell.querySelector(".jp-RenderedPlotly .plot-img[src]:not([data-woken])")?.dispatchEvent(wake());
      return;
    }
    if (found === plot) return;
    plot = found;
    listen();
    onReady();
  }
  function listen() {
    plot.on("plotly_click", ({ points }) => onClick(points.at(-1)?.customdata ?? points[0]?.customdata));
  }
  function wake() {
    cell.querySelector(".jp-RenderedPlotly .plot-img[src]").setAttribute("data-woken", "");
    return new MouseEvent("mouseenter");
  }
  /** All of a chart, or the keys of its traces and of its layout that are others now. */
  function change() {
    const { n, config, data, layout, traces } = model.get("view").plot ?? {};
    if (!plot || !layout || n === applied) return;
    applied = n;
    const now = later?.data ?? plot.data;
    later = { anew: Boolean(data ?? later?.anew), data: data ?? now.map((trace, i) => (traces[i] ? { ...trace, ...traces[i] } : trace)), layout: data ? layout : { ...(later?.layout ?? plot.layout), ...layout }, config };
    clearTimeout(timer);
    if (!data && Object.entries(traces).some(([i, changed]) => changed.z && colour(later.data[i], Number(i)))) timer = setTimeout(react, REST);
    else react();
  }
  function react() {
    const next = later;
    later = null;
    queue = queue.then(() => {
      if (!next.anew) return Plotly.react(plot, next.data, next.layout, next.config);
      // Between maps of different kinds plotly’s own way of changing one into the other may lose the land.
      return Plotly.newPlot(plot, next.data, next.layout, next.config).then(listen);
    }).catch((error) => console.error(error));
  }
  /** Give the countries of a trace the colours of their new numbers at once: a whole drawing would keep the slider waiting. */
  function colour({ locations, z, zmin, zmax, colorscale }, index) {
    const drawn = [...plot.querySelectorAll(".trace.choropleth")].find((node) => node.__data__?.[0]?.trace?.index === index);
    if (!drawn || zmax === undefined || !Array.isArray(locations) || !Array.isArray(z)) return false;
    const steps = [...colorscale].reverse();
    for (const path of drawn.querySelectorAll("path")) {
      const share = (z[locations.indexOf(path.__data__?.loc)] - zmin) / (zmax - zmin), step = steps.find(([at]) => at <= share);
      if (step) path.style.fill = step[1];
    }
    return true;
  }
  const observer = new MutationObserver(adopt);
  /** Only once the controls stand on the page is it known in which cell. */
  function begin() {
    if (!host.isConnected) { frame = requestAnimationFrame(begin); return; }
    cell = host.closest(".jp-Cell");
    if (!cell) return;
    observer.observe(cell, { childList: true, subtree: true });
    adopt();
  }
  model.on("change:view", change);
  begin();
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    observer.disconnect();
    model.off("change:view", change);
  };
}

function controls(context) {
  const { model, el: host } = context;
  let busy = false, wanted = null, keeping = false, tell = null, turn = -1, spot = null, timer = 0;

  /** At most one move of the slider is under way; of those that come meanwhile only the last one counts. Where it
   *  comes to rest is saved. */
  function slide() {
    if (busy || (wanted === null && !keeping)) return;
    busy = true;
    if (wanted === null) {
      keeping = false;
      tell({ do: "act", name: "keep" });
    } else tell({ do: "act", name: "slide", arg: wanted });
    wanted = null;
  }
  function draw(view) {
    if (view.waiting) return [];
    const { groups, slider, steps, arrows } = view;
    return [
      el("p", { class: "ws-ask", "data-key": "ask" }, view.ask),
      groups && el("div", { class: "atlas-groups", "data-key": "groups" }, groups.map(([name, maps]) => el("div", { class: "atlas-group", "data-key": name },
        el("p", { class: "ws-note", "aria-hidden": "true" }, name),
        el("span", { class: "ws-seg", role: "group", "aria-label": name }, maps.map(([id, label]) =>
          el("button", { type: "button", "data-act": "map", "data-arg": id, "data-key": id, "aria-pressed": String(id === view.map), "data-home": id === view.map }, label)))))),
      slider && el("div", { class: "ws-row atlas-slide", "data-key": `slide-${view.map}` },
        steps && button(steps[0], "step", { arg: -1, "data-key": "back", "aria-disabled": String(slider.value === slider.min) }),
        el("label", { class: "ws-h" }, slider.name, el("input", { type: "range", min: slider.min, max: slider.max, step: 1, value: slider.value,
          "aria-valuetext": slider.said[slider.value - slider.min], "data-key": "range" })),
        steps && button(steps[1], "step", { arg: 1, "data-key": "on", "aria-disabled": String(slider.value === slider.max) }),
        el("output", { class: "atlas-said" }, slider.said[slider.value - slider.min]),
        view.switch && el("button", { type: "button", class: "ws-switch", "data-act": "share", "data-key": "share", "aria-pressed": String(view.switch[1]) },
          el("span", { class: "ws-box" }, icon("check", 14)), view.switch[0])),
      arrows && el("div", { class: "atlas-arrows", role: "group", "aria-label": arrows.name, "data-key": "arrows" }, arrows.ways.map(([way, label, sign], i) =>
        button([el("span", { "aria-hidden": "true" }, sign), label], "move", { arg: way, "data-key": way, "data-home": i === 0 })), el("p", { class: "atlas-said ws-text" }, arrows.said)),
      view.trouble && el("div", { "data-key": "trouble" }, feedback("warn", "Please read this.", el("p", {}, view.trouble))),
    ];
  }
  function drawn(root, view, _had, send) {
    tell = send;
    if (view.turn !== turn) { busy = false; turn = view.turn; }
    const range = root.querySelector("input[type=range]");
    if (range && wanted === null && !busy && document.activeElement !== range) range.value = view.slider.value;
    if (range) said(range, view);
    slide();
    // Other charts take longer than a move, so they follow once the reader pauses.
    if (spot !== null && view.spot !== spot) {
      clearTimeout(timer);
      timer = setTimeout(() => send({ do: "act", name: "settled" }), PAUSE);
    }
    spot = view.spot ?? null;
  }
  /** The words of the slider follow the hand at once. */
  function said(range, { slider }) {
    const words = slider.said[Number(range.value) - slider.min];
    range.setAttribute("aria-valuetext", words);
    range.closest(".atlas-slide").querySelector("output").textContent = words;
  }
  const events = {
    input({ target }, send) {
      if (!target.matches("input[type=range]")) return;
      [wanted, tell] = [Number(target.value), send];
      said(target, model.get("view"));
      slide();
    },
    change({ target }) {
      if (!target.matches("input[type=range]")) return;
      keeping = true;
      slide();
    },
  };
  function keydown(event, root, send) {
    const way = root.querySelector(".atlas-arrows") && { ArrowUp: "north", ArrowDown: "south", ArrowLeft: "west", ArrowRight: "east" }[event.key];
    if (!way) return;
    event.preventDefault();
    send({ do: "act", name: "move", arg: way });
  }
  function step(arg, send, node) {
    if (node.getAttribute("aria-disabled") !== "true") send({ do: "act", name: "step", arg });
  }
  const acts = { map: act("map"), share: act("share"), move: act("move"), step };
  const done = mount(context, { draw, drawn, acts, events, keydown });
  const stop = follow(host, { model, onClick: (key) => key != null && tell({ do: "act", name: "pick", arg: key }), onReady: () => tell({ do: "act", name: "ready" }) });
  return () => { clearTimeout(timer); stop(); done(); };
}

let panels = 0;

function panel(context) {
  const id = `ws-atlas-${++panels}-${Math.random().toString(36).slice(2, 8)}`;
  let open = false;
  const drafts = new Map(); // what is written here and not saved yet, by caption

  function box({ title, rows, notes, sources }) {
    return el("div", { class: "ws-panel atlas-box", "data-key": "box", role: "region", "aria-label": title },
      el("p", { class: "ws-title ws-text" }, title), notes.map((note) => el("p", { class: "ws-text" }, note)),
      el("div", { class: "atlas-rows" }, rows.map(([mark, line]) => el("p", { class: mark ? "atlas-sentence" : "" }, mark && el("span", { class: "atlas-no" }, mark),
        el("span", { class: mark ? "ws-q ws-text" : "ws-text" }, words(line))))),
      sources.length > 0 && [el("p", { class: "ws-h" }, "Sources"), evidence(sources)]);
  }
  function draw(view) {
    if (view.waiting) return [];
    const { choose, write } = view;
    return [
      el("p", { class: "ws-vh", "data-key": "alt" }, view.alt),
      choose && el("div", { class: "ws-row", "data-key": "choose" }, el("label", { class: "ws-h", for: `${id}-choose` }, choose[0]),
        el("select", { id: `${id}-choose`, class: "atlas-select", "data-home": true, "data-key": "select" },
          [["", "Choose …"], ...choose[1]].map(([key, name]) => el("option", { value: key, selected: key === choose[2] }, name)))),
      view.box ? box(view.box) : view.empty && el("p", { class: "ws-note", "data-key": "empty" }, view.empty),
      view.unplaced?.length > 0 && el("div", { "data-key": "unplaced" }, el("p", { class: "ws-h" }, "Named, but not on the map"),
        el("ul", { class: "atlas-left" }, view.unplaced.map(([name, where, note]) => el("li", {}, el("p", { class: "ws-text" }, el("b", {}, name), ` ${where}`), el("p", { class: "ws-note ws-text" }, note))))),
      write && el("div", { class: "atlas-write", "data-key": `write-${write.of}` }, el("label", { class: "ws-h", for: `${id}-write` }, "This map cannot show"),
        el("input", { id: `${id}-write`, type: "text", maxlength: write.longest, autocomplete: "off", placeholder: "at least one thing it makes look too certain",
          value: drafts.get(write.of) ?? write.written, "data-of": write.of, "data-key": "words" }),
        button("Save caption", "caption", { kind: "go", "data-key": "save" })),
      el("p", { class: "ws-note ws-text atlas-caption", "data-key": "caption" }, view.caption),
      el("details", { class: "atlas-table", "data-key": "table", open }, el("summary", { "data-act": "table", "data-lm-suppress-shortcuts": "true" }, view.twin),
        el("div", { class: "atlas-scroll", tabindex: 0, role: "region", "aria-label": view.twin }, el("table", {}, el("thead", {}, el("tr", {}, view.table.heads.map((head) => el("th", { scope: "col" }, head)))),
          el("tbody", {}, view.table.rows.map((row) => el("tr", {}, row.map((cell) => el("td", { class: "ws-text" }, cell)))))))),
    ];
  }
  function drawn(root, view) {
    const select = root.querySelector("select");
    if (select) select.value = view.choose[2];
  }
  function save(input, send) {
    drafts.delete(input.dataset.of);
    send({ do: "act", name: "caption", arg: input.value });
  }
  const events = {
    input({ target }) {
      if (target.matches(".atlas-write input")) drafts.set(target.dataset.of, target.value);
    },
    change({ target }, send) {
      if (target.matches("select")) send({ do: "act", name: "pick", arg: target.value });
    },
  };
  function keydown(event, _root, send) {
    if (event.key !== "Enter" || !event.target.matches(".atlas-write input")) return;
    event.preventDefault();
    save(event.target, send);
  }
  const acts = {
    caption: (_arg, send, node) => save(node.closest(".atlas-write").querySelector("input"), send),
    table: (_arg, _send, node) => { open = !node.parentElement.open; },
  };
  return mount(context, { draw, drawn, acts, events, keydown });
}

export default { render: (context) => (context.model.get("view").part === "panel" ? panel : controls)(context) };
