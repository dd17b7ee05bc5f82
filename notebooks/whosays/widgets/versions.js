// The road of a quotation: what held up, the stops, two wordings side by side, a guess and a judgement.

const WIDEST = 5; // stops side by side

/** How a wording was seen: a shape and words. */
function seen(kind, said) {
  return el("span", { class: `ws-st ws-st--${kind}` }, said);
}

function held({ held: rows, nothing }) {
  return el("section", { class: "ws-panel road-held", "aria-label": "What held up", "data-key": "held" }, el("p", { class: "ws-h" }, "What held up"),
    rows.length ? el("ul", {}, rows.map(([where, why]) => el("li", { "data-key": where }, icon("ok", 24), el("p", { class: "ws-text" }, el("b", {}, where), " ", why))))
      : el("p", { class: "ws-note" }, nothing));
}

function topics(view) {
  return el("div", { class: "road-topics", role: "group", "aria-label": "Choose a road", "data-key": "topics" }, view.topics.map((t) =>
    el("button", { type: "button", class: "road-topic", "data-act": "topic", "data-arg": t.id, "data-key": `t${t.id}`, "aria-pressed": String(t.now), tabindex: t.now ? 0 : -1 },
      el("b", { class: "ws-text" }, t.name), el("span", {}, `${t.sentence} · ${t.all ? "✓ " : ""}${t.done}`))));
}

function road(view) {
  const one = (stop) => {
    const inside = [el("i", { class: `road-dot road-dot--${stop.seen}`, "aria-hidden": "true" }),
      el("span", {}, el("b", { class: "ws-text" }, stop.name), stop.now && stop.seen === "part" && el("span", { class: "ws-note" }, " · compared")), " ",
      el("span", { class: "ws-note road-meta ws-text" }, stop.meta), " ",
      stop.words ? el("span", { class: "ws-q road-words ws-text" }, `“${stop.words}”`) : el("span", { class: "road-plain ws-text" }, stop.plain), " ",
      seen(stop.seen, stop.said), stop.mine && el("span", { class: "road-mine" }, stop.mine)];
    const attrs = { class: `road-stop${stop.can ? "" : " road-stop--base"}`, "data-key": `stop-${stop.id}` };
    return el("li", { class: stop.now ? "is-now" : "", "data-key": `li-${stop.id}` }, stop.can
      ? el("button", { type: "button", ...attrs, "data-act": "go", "data-arg": stop.id, "aria-current": stop.now ? "step" : null, tabindex: stop.now ? 0 : -1 }, inside)
      : el("div", attrs, inside));
  };
  const rows = Math.ceil(view.stops.length / WIDEST), columns = Math.ceil(view.stops.length / rows); // rows alike in length
  return el("ol", { class: "road-rail", style: `--stops: ${columns}`, "aria-label": "The stops of this road", "data-key": "rail" }, view.stops.map(one));
}

function slider({ at, of, here }) {
  return el("label", { class: "road-slide", "data-key": "slide" }, el("span", { class: "ws-note" }, here),
    el("input", { type: "range", min: 1, max: of, step: 1, value: at, "aria-valuetext": here, "aria-label": "Stop on the road", "data-key": "range" }));
}

const WORD = { "changed": "changed", "only there": "only there", "only here": "only here" };
const NOT_READ = "not in the part that was read";

/** One wording as running text, its own words marked; the words of the marks are there for those who listen. */
function line(pieces, side, plain) {
  if (!pieces) return plain;
  return pieces.map(([kind, there, here]) => {
    const text = side === "there" ? there : here;
    if (kind === "same") return `${text} `;
    if (kind === "beyond") return [side === "there" ? el("span", { class: "road-gap" }, NOT_READ) : text, " "];
    if (!text) return [el("span", { class: "road-gap" }, `nothing here`), " "];
    return [el("mark", { class: "ws-m ws-m--decide" }, el("span", { class: "ws-vh" }, `(${WORD[kind]}:) `), text, el("span", { class: "ws-vh" }, " (end)")), " "];
  });
}

/** Both wordings word above word, for the eye; the lines above say the same. */
function pairs(pieces) {
  const cell = (top, below, kind = "same") => [el("span", { class: `road-pair road-pair--${kind.replace(" ", "-")}` }, top, below), " "];
  const mark = (text) => (text ? el("span", {}, el("mark", { class: "ws-m ws-m--decide" }, text)) : el("span", { class: "road-gap" }, "–"));
  return pieces.map(([kind, there, here]) => {
    if (kind === "same") {
      const below = here.split(" ");
      return there.split(" ").map((word, i) => cell(el("span", {}, word), el("span", {}, below[i])));
    }
    if (kind === "beyond") return cell(el("span", { class: "road-gap" }, NOT_READ), el("span", {}, here), kind);
    return cell(mark(there), mark(here), kind);
  });
}

function wordings({ wordings: both, missing }) {
  if (!both) return el("section", { class: "ws-card road-both", "aria-label": "Not verified here", "data-key": "both" }, el("p", { class: "ws-row" }, seen("none", "not verified here")), el("p", { class: "ws-text" }, missing));
  const label = ({ name, seen: kind, said }) => el("div", { class: "road-label" }, el("b", { class: "ws-text" }, name), seen(kind, said));
  const row = (side, i) => el("div", { class: "road-row", "data-key": side }, label(both[side]), el("p", { class: "ws-q ws-text" }, line(both.pieces, side, both.words[i])));
  return el("section", { class: `ws-card road-both${both.pieces ? " road-both--marked" : ""}`, "aria-label": "The two wordings", "data-key": "both" },
    row("there", 0), row("here", 1),
    both.pieces && el("div", { class: "road-pairs", "aria-hidden": "true", "data-key": "pairs" },
      el("div", { class: "road-labels" }, label(both.there), label(both.here)), el("p", { class: "ws-q ws-text" }, pairs(both.pieces))),
    both.notes.map((text) => el("p", { class: "ws-note ws-text" }, text)));
}

function judge(view) {
  if (!view.options.length) return null;
  const home = view.chosen || view.options[0][0];
  return el("div", { class: "road-judge", "data-key": "judge" },
    view.guessed && el("p", { "data-key": "was" }, "You guessed ", el("b", {}, view.guessed.toLowerCase()), "."),
    el("p", { class: "ws-h", "aria-hidden": "true", "data-key": "q" }, view.question),
    el("div", { class: "ws-seg", role: "radiogroup", "aria-label": view.question, "data-key": `asks-${view.now}-${view.key}`, "data-ask": view.key }, view.options.map(([value, name], i) =>
      el("button", { type: "button", role: "radio", "aria-checked": String(view.chosen === value), "data-act": "choose", "data-arg": value, "data-number": i + 1,
        tabindex: value === home ? 0 : -1, "data-home": value === home }, el("span", { class: "ws-key", "aria-hidden": "true" }, i + 1), " ", name))));
}

function said({ feedback: box, now }) {
  return box && el("div", { "data-key": "said" }, feedback(box.tone, box.verdict, box.body.map((p) => el("p", { class: "ws-text" }, words(p))),
    box.parts.map(([head, text]) => el("div", { class: "road-part" }, el("p", { class: "ws-h" }, head), el("p", { class: "ws-text" }, words(text)))),
    box.sources.length > 0 && el("details", { "data-key": `sources-${now}`, "data-keep": true }, el("summary", { "data-lm-suppress-shortcuts": "true" }, "Where it was read"), evidence(box.sources))));
}

function foot(view) {
  const { columns, rows } = view.table;
  return el("div", { class: "ws-foot ws-note", "data-key": "foot" },
    view.known.length > 0 && el("p", { class: "ws-text", "data-key": "known" }, el("b", {}, "Known: "), view.known.join(" ")),
    view.unknown.map(([head, text]) => el("p", { class: "ws-text", "data-key": head }, el("b", {}, head), " ", text)),
    el("details", { class: "road-table", "data-key": `table-${rows.length}` }, el("summary", { "data-lm-suppress-shortcuts": "true" }, "All versions as a table"),
      el("div", { class: "road-scroll", tabindex: 0, role: "region", "aria-label": "All versions of these words" }, el("table", {}, el("tr", {}, columns.map((c) => el("th", { scope: "col" }, c))),
        rows.map((cells) => el("tr", {}, cells.map((c) => el("td", { class: "ws-text" }, c || "–"))))))),
    el("p", { "data-key": "progress" }, view.progress));
}

function draw(view) {
  if (view.state === "empty") return el("p", { class: "ws-ask" }, view.ask);
  return [
    el("p", { class: "ws-ask", "data-key": "ask" }, view.ask),
    held(view), topics(view),
    el("p", { class: "ws-title ws-text", "data-key": "title" }, view.title),
    slider(view), road(view), wordings(view), judge(view),
    view.trouble && el("div", { "data-key": "trouble" }, feedback("warn", "Please read this.", el("p", {}, view.trouble), view.retry && el("div", { class: "ws-row" }, button("Save again", "retry")))),
    said(view),
    view.next.length > 0 && el("div", { class: "ws-row", "data-key": "onward" }, button(view.next[1], view.next[0], { kind: "go", key: "Enter", "data-key": "next", "data-home": !view.options.length })),
    foot(view),
  ];
}

/** `press` remembers whether a press is the second of two: that one answers no new question. */
function choose(arg, send, node, press) {
  if (press.twice) return;
  // Show the press at once; what there is to say comes from Python a moment later.
  const group = node.closest("[role=radiogroup]");
  for (const other of group.querySelectorAll("[role=radio]")) other.setAttribute("aria-checked", String(other === node));
  node.focus({ preventScroll: true });
  send({ do: "choose", arg, ask: group.dataset.ask });
}

function keydown(event, root, send, press) {
  press.twice = event.repeat;
  if (event.target.matches("input, .road-scroll")) return;
  const option = root.querySelector(`.road-judge [data-number="${CSS.escape(event.key)}"]`);
  const go = root.querySelector("[data-act=next]");
  if (option) {
    event.preventDefault();
    choose(option.dataset.arg, send, option, press);
  } else if (event.key === "Enter" && go && event.target.matches("[aria-checked=true]")) {
    event.preventDefault();
    go.click();
  } else {
    const group = event.target.closest("[role=radiogroup], .road-rail, .road-topics");
    if (group) rove(event, [...group.querySelectorAll("button")]);
  }
}

export default {
  render(context) {
    let now = "", state = "", judged = "";
    const press = { twice: false };
    const drawn = (root, view, had) => {
      if (view.state === "empty") return;
      const moved = had && now && now !== view.now, told = had && now === view.now && (state !== view.state || (view.chosen && !judged));
      // The next stop begins with its question; the marked words begin with the judgement.
      if (had && document.activeElement.matches("[data-act=next]") && moved) root.querySelector("[data-home]")?.focus({ preventScroll: true });
      const show = moved ? document.activeElement.closest(".road-judge, [data-key=onward]") && root.querySelector(".road-both") : told && root.querySelector(view.chosen ? ".ws-fb" : ".road-judge");
      if (show) show.scrollIntoView({ block: "nearest" });
      [now, state, judged] = [view.now, view.state, view.chosen];
    };
    const events = {
      input: ({ target }, send) => target.matches("[type=range]") && send({ do: "slide", arg: target.value }),
      mousedown: ({ detail }) => { press.twice = detail > 1; },
    };
    return mount(context, { draw, drawn, acts: { choose: (arg, send, node) => choose(arg, send, node, press) }, events,
      keydown: (event, root, send) => keydown(event, root, send, press) });
  },
};
