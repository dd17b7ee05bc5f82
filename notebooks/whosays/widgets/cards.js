// A deck of cards: a strip of squares, one large text, its questions, feedback below.

const PAUSE = 1000;

function bars(rung, of) {
  const rects = Array.from({ length: of }, (_, i) => el("rect", { x: 0.5 + 8 * i, y: 21 - 5 * i, width: 6, height: 5 + 5 * i,
    class: i + 1 === rung ? "is-on" : "" }));
  return el("svg", { class: "ws-bars", width: 40, height: 28, viewBox: "0 0 40 28", "aria-hidden": "true" }, rects);
}

function strip(view) {
  const groups = new Map();
  for (const square of view.strip) {
    if (!groups.has(square.paragraph)) groups.set(square.paragraph, []);
    groups.get(square.paragraph).push(square);
  }
  const label = ({ id, said, core, now }) => [id, said || "not answered", core && "core", now && "here now"].filter(Boolean).join(", ");
  return el("ul", { class: "ws-strip", "aria-label": `${view.things}, grouped by paragraph` },
    [...groups].map(([paragraph, squares]) => el("li", { "data-key": `p${paragraph}` }, squares.map((s) =>
      el("button", { type: "button", class: `ws-sq${s.core && !s.mark ? " is-core" : ""}${s.now ? " is-now" : ""}`, "data-rung": s.rung, "data-key": s.id,
        "data-act": "go", "data-arg": s.id, "aria-label": label(s), "aria-current": s.now ? "step" : null, tabindex: s.now ? 0 : -1 }, s.mark)))));
}

function card(view) {
  const near = (pair) => pair && el("p", { class: "deck-near" }, el("span", { class: "deck-no" }, pair[0]), el("span", { class: "ws-q ws-text" }, pair[1]));
  const choosing = view.state === "which word";
  const large = choosing ? pick(view.text.map((s) => s.t).join("")) : words(view.text);
  return el("div", { class: "ws-card deck-card", "data-key": "card" }, near(view.before),
    el("p", { class: "deck-now", "data-key": "now" }, el("span", { class: "deck-no" }, view.number),
      el("span", { class: "ws-q ws-text", ...(view.long ? { tabindex: 0, role: "region", "aria-label": view.number } : {}) }, large)),
    view.lead && el("p", { class: "deck-lead", "data-key": "lead" }, el("span", { class: "deck-no" }), el("span", { class: "ws-text" }, view.lead)),
    near(view.after));
}

/** The sentence as words to choose from. */
function pick(text) {
  let first = true;
  return text.split(/(\s+)/u).slice(0, 400).map((part) => {
    const word = part.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
    if (!word) return part;
    const node = el("button", { type: "button", class: "deck-word", "data-act": "word", "data-arg": word, tabindex: first ? 0 : -1, ...(first ? { "data-home": true } : {}) }, part);
    first = false;
    return node;
  });
}

/** The questions of a card. Focus comes back to the first one that is still open. */
function questions(view) {
  const open = view.asks.findIndex(({ chosen }) => chosen == null), at = open < 0 ? 0 : open;
  return el("div", { class: "deck-asks", "data-key": "asks" }, view.asks.map((ask, i) => choices(view, ask, i === at)));
}

function choices(view, { key, ask, look, options, chosen }, isHome) {
  const tall = look === "tall", stop = chosen ?? options[0][0], id = `ask-${key}`, numbered = tall || options.length <= 10;
  const group = el("div", { class: tall ? "ws-rungs" : `deck-${look}`, role: "radiogroup", "aria-label": ask, "data-key": id, "data-ask": key }, options.map(([value, name], i) => {
    const mine = chosen === value;
    const home = value === stop && isHome && view.state !== "which word" ? { "data-home": view.state === "open" || !view.feedback } : {};
    const number = look === "scale" || tall ? value : (i + 1) % 10;  // the tenth is 0
    return el("button", { type: "button", class: "ws-choice", role: "radio", "aria-checked": String(mine), "data-key": `c${value}`, "data-act": "choose", "data-arg": value,
      "data-number": (numbered || look === "scale") && number, tabindex: value === stop ? 0 : -1, ...home },
      tall || look === "scale" ? el("span", { class: "ws-key" }, number) : numbered && el("span", { class: "ws-key", "aria-hidden": "true" }, number),
      tall && bars(value, options.length), name && el("b", {}, name), mine && tall && el("span", { class: "ws-you" }, "your answer"));
  }));
  return view.asks.length > 1 || !tall ? el("div", { class: "deck-ask", "data-key": `q-${key}` }, el("p", { class: "ws-h", "aria-hidden": "true" }, ask), group) : group;
}

function box(view) {
  const { tone, verdict, body, actions, readings, parts, after, writing } = view.feedback;
  const cards = readings.length > 0 && el("ul", { class: "deck-two" }, readings.map((r) => el("li", { class: r.note.startsWith("Your") ? "is-mine" : "" },
    el("span", { class: "ws-rung", "data-rung": r.rung }, r.rung),
    el("span", {}, el("b", {}, `${r.name}. `), r.reason, " ", el("span", { class: "ws-q ws-text" }, "“", el("mark", { class: "ws-m ws-m--decide" }, r.words), "”"),
      el("span", { class: "ws-note" }, r.note)))));
  const more = parts.map(({ head, lines, sources, folded }) => {
    const inner = sources.length ? evidence(sources) : lines.map((line) => el("p", { class: "ws-text" }, words(line)));
    return el("div", { class: "deck-part", "data-key": `part-${head}` }, sources.length || folded
      ? el("details", { "data-key": `part-${view.now}-${head}`, "data-keep": true }, el("summary", { "data-lm-suppress-shortcuts": "true" }, head), inner)
      : [el("p", { class: "ws-h" }, head), inner]);
  });
  const write = writing !== null && el("div", { class: "deck-write" },
    el("textarea", { rows: 2, maxlength: 500, "aria-label": verdict, "data-home": true }, writing));
  const row = actions.length > 0 && el("div", { class: "ws-row" }, write && button("Save", "objection", { kind: "go" }), actions.map(([act, label, kind, key], i) =>
    button(label, act, { kind, key, "data-key": act, "data-home": i === 0 && kind === "go", ...(act === "word" ? { arg: "" } : {}) })));
  return el("div", { class: "deck-fb", "data-key": "feedback", tabindex: -1, role: "group", "aria-label": verdict }, feedback(tone === "which" ? "plain" : tone, verdict,
    body.map((p) => el("p", { class: "ws-text" }, words(p))), cards, more, after && el("p", {}, after), write, row));
}

function draw(view) {
  if (view.state === "empty") return el("p", { class: "ws-ask" }, view.ask);
  return [
    el("p", { class: "ws-ask", "data-key": "ask" }, view.ask),
    el("div", { class: "deck-progress", "data-key": "progress" }, strip(view),
      el("div", { class: "ws-row deck-state" }, el("p", { class: "ws-note" }, `${view.progress} ${view.saved}`),
        view.paths.length > 0 && el("span", { class: "ws-seg", role: "group", "aria-label": "How many" }, view.paths.map(([id, name]) =>
          el("button", { type: "button", "data-act": "path", "data-arg": id, "aria-pressed": String(view.path === id) }, name))),
        el("button", { type: "button", class: "ws-btn ws-btn--quiet deck-undo", "data-act": "undo", "aria-disabled": String(!view.can_undo) }, "Undo"))),
    card(view),
    questions(view),
    view.trouble && el("div", { "data-key": "trouble" }, feedback("warn", "Please read this.", el("p", {}, view.trouble))),
    view.feedback && box(view),
  ];
}

const ENTRY = [".ws-root [tabindex='0']", ".ws-root input", ".ws-root button:not([aria-disabled=true]):not(:disabled)"].join();

/** Whether all of an element can be seen in the part of the notebook that is on the screen. */
function inView(node) {
  const { top, bottom } = node.getBoundingClientRect();
  const page = node.closest(".jp-WindowedPanel-outer")?.getBoundingClientRect() ?? { top: 0, bottom: innerHeight };
  return top >= page.top && bottom <= page.bottom;
}

function leave(_arg, _send, node) {
  // On to the chart below the deck, or else to the next widget of the notebook, with the heading before it.
  const cell = node.closest(".jp-Cell"), chart = cell?.querySelector(".js-plotly-plot");
  if (chart) {
    chart.scrollIntoView({ block: "start" });
    return cell.querySelector(".page-table summary")?.focus({ preventScroll: true });
  }
  let next = cell?.nextElementSibling, head = null;
  while (next && !next.querySelector(ENTRY)) {
    if (next.matches(".jp-MarkdownCell")) head ??= next;
    next = next.nextElementSibling;
  }
  (head ?? next)?.scrollIntoView({ block: "start" });
  next?.querySelector(ENTRY).focus({ preventScroll: true });
  if (!inView(document.activeElement)) document.activeElement.scrollIntoView({ block: "nearest" });
}

function objection(_arg, send, node) {
  send({ do: "objection", arg: node.closest(".ws-fb").querySelector("textarea").value });
}

function choose(arg, send, node, given) {
  // Show the press at once; the reason comes from Python a moment later.
  const group = node.closest("[role=radiogroup]");
  given.set(group.dataset.ask, arg);
  for (const other of group.querySelectorAll("[role=radio]")) other.setAttribute("aria-checked", String(other === node));
  node.focus({ preventScroll: true });
  send({ do: "choose", arg, ask: group.dataset.ask });
}

/** A number key means the question that has the focus, unless it has its answer and another one has none.
 *  Two digits in a row may be one number, such as 10; `typed` remembers the first. */
function numbered(event, root, typed) {
  if (event.target.matches(".deck-fb")) return null;
  const groups = [...root.querySelectorAll(".deck-asks [role=radiogroup]")];
  const open = groups.filter((group) => !group.querySelector("[aria-checked=true]"));
  const mine = event.target.closest(".deck-asks [role=radiogroup]");
  const group = open.includes(mine) ? mine : open[0] ?? mine ?? groups[0];
  const option = (within, number) => within?.querySelector(`[data-number="${CSS.escape(number)}"]`);
  const both = event.timeStamp - typed.at < PAUSE && option(mine, typed.key + event.key);
  Object.assign(typed, { key: event.key, at: event.timeStamp });
  return both || option(group, event.key);
}

/** The view with what was chosen and Python has not confirmed yet, so that a late answer takes no choice away. */
function withGiven(view, given) {
  if (given.card !== view.now) given.clear();
  given.card = view.now;
  const asks = view.asks?.map((ask) => {
    const mine = ask.options.find(([value]) => String(value) === String(given.get(ask.key)));
    if (!mine || mine[0] === ask.chosen) given.delete(ask.key);
    return mine ? { ...ask, chosen: mine[0] } : ask;
  });
  return { ...view, asks };
}

function keydown(event, root, send, typed, given) {
  if (event.target.matches("textarea, input")) return;
  const choice = numbered(event, root, typed);
  if (choice) {
    event.preventDefault();
    choose(choice.dataset.arg, send, choice, given);
  } else if (event.key === "Backspace" || event.key === "u") {
    event.preventDefault();
    given.clear();
    send({ do: "undo" });
  } else if (event.key === "Enter" && !event.target.matches("button:not(.ws-choice), a, summary")) {
    const go = root.querySelector(".ws-fb .ws-btn--go");
    if (go && (event.target.getAttribute("aria-checked") === "true" || !event.target.matches(".ws-choice"))) {
      event.preventDefault();
      go.click();
    }
  } else {
    const group = event.target.closest("[role=radiogroup], .ws-strip, .deck-now");
    if (group) rove(event, [...group.querySelectorAll("button")]);
  }
}

export default {
  render(context) {
    let state = "", now = "", progress = "", timer = 0, done = 0;
    const typed = { key: "", at: -PAUSE }, given = new Map();
    // A question that has its own answer takes the focus, once.
    const drawn = (root, view, had, send) => {
      if (had && view.state !== state && ["which word", "objecting"].includes(view.state)) root.querySelector("[data-home]")?.focus({ preventScroll: true });
      // A card to answer, or to answer again, begins with its first question.
      const begins = had && now && view.state === "open" && (now !== view.now || state !== "open");
      if (begins && document.activeElement.closest(".deck-asks")) root.querySelector("[data-home]")?.focus({ preventScroll: true });
      // An answer leads on to the next question, and the last one to what is said.
      const answered = view.asks?.filter(({ chosen }) => chosen != null).length ?? 0, left = (view.asks?.length ?? 0) - answered;
      const goes = had && now === view.now && view.asks?.length > 1 && answered > done && document.activeElement.closest(".deck-asks");
      if (goes) (left ? root.querySelector("[data-home]") : root.querySelector(".deck-fb"))?.focus({ preventScroll: true });
      if (had && view.state === "shown" && state === "answered") root.querySelector(".deck-fb")?.focus({ preventScroll: true });
      if (goes && left) document.activeElement.closest(".deck-ask")?.scrollIntoView({ block: "nearest" });
      done = answered;
      // What is new comes into view: the next sentence, or what is said to an answer.
      const seen = had && now && (now !== view.now ? ".deck-card" : state !== view.state && view.feedback && ".ws-fb");
      const shown = seen && root.querySelector(seen);
      if (shown) shown.scrollIntoView({ block: shown.offsetHeight > innerHeight / 2 ? "start" : "nearest" });
      const active = document.activeElement;
      if (shown && active.closest(".deck-asks") && root.contains(active) && !inView(active)) root.querySelector(".deck-fb")?.focus({ preventScroll: true });
      else if (had && root.contains(active) && state !== view.state && view.state === "which word" && !inView(active)) active.scrollIntoView({ block: "nearest" });
      // Charts take longer than a click, so they follow once the reader pauses.
      if (view.state === "empty") return;
      const answers = JSON.stringify([view.strip.map(({ mark }) => mark), view.asks.map(({ chosen }) => chosen)]);
      if (progress && answers !== progress) {
        clearTimeout(timer);
        timer = setTimeout(() => send({ do: "settled" }), PAUSE);
      }
      [state, now, progress] = [view.state, view.now, answers];
    };
    const acts = { leave, objection, choose: (arg, send, node) => choose(arg, send, node, given), undo: (_arg, send) => { given.clear(); send({ do: "undo" }); } };
    return mount(context, { draw: (view) => draw(withGiven(view, given)), drawn, acts, keydown: (event, root, send) => keydown(event, root, send, typed, given) });
  },
};
