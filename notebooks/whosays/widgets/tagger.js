// The span tagger: words are selected here, without a round trip; Python keeps the marks and compares them.

const LANE = 8; // from one line below the words to the next
const SIGNS = ["wave", "bar", "dots", "ticks", "bracket"];
const signOf = (number) => SIGNS[(number - 1) % SIGNS.length];

/** The path of a line. Each label has its own; the reference has the double line of deciding words. */
function lineOf(sign, x, y, width) {
  if (sign === "wave") return `M${x} ${y}q2 -4 4 0${"t4 0".repeat(Math.max(0, Math.round(width / 4) - 1))}`;
  if (sign === "bracket") return `M${x + 1} ${y - 4}v4h${width - 2}v-4`;
  if (sign === "reference") return `M${x} ${y - 1.5}h${width}M${x} ${y + 1.5}h${width}`;
  return `M${x + 2} ${y}h${Math.max(0, width - 4)}`;
}

/** A label's name with its line. */
function named(number, name) {
  const sign = signOf(number);
  return el("span", { class: "tag-name" }, el("svg", { class: "tag-sign", width: 30, height: 10, viewBox: "0 0 30 10", "aria-hidden": "true" },
    el("path", { class: `tag-line tag-line--${sign}`, d: lineOf(sign, 1, 6, 28) })), el("b", {}, name));
}

/** Words of the text between quotation marks, unless they bring their own. */
const inMarks = (words) => (/^[“„"«].*[”"»]$/su.test(words) ? words : `“${words}”`);

function tagger(context) {
  let view = {}, root = null, now = "";
  let anchor = null, cursor = 0, holding = false; // the selection runs from `anchor` to `cursor`; held by a key, arrows extend it
  let pressed = null, dragged = false; // the word under the button of the mouse, and whether it has left that word
  let back = null; // where the focus goes with the next drawing
  let shown = "", boxed = false; // what was drawn last: which sentence, and whether with feedback

  const range = () => (anchor === null ? null : [Math.min(anchor, cursor), Math.max(anchor, cursor)]);
  const wordNodes = () => [...root.querySelectorAll(".tag-word")];
  const home = () => root.querySelector(".tag-word[tabindex='0']")?.focus({ preventScroll: true });
  const selected = () => {
    const [first, last] = range();
    return inMarks(view.tokens.slice(first, last + 1).map(([gap, word], i) => (i ? gap + word : word)).join(""));
  };
  const redraw = () => {
    morph(root, el("div", { class: "ws-root", tabindex: "-1" }, draw(view)));
    drawLines();
  };
  /** What a screen reader hears of things that happen here. */
  const tell = (said) => { root.querySelector(".tag-live").textContent = said; };

  // Drawing

  /** All marks as lines: each in a lane of its own below the words that it shares with shorter ones. */
  function layers() {
    const all = [...view.reference.map((mark) => ({ ...mark, sign: "reference" })), ...view.marks.map((mark) => ({ ...mark, sign: signOf(mark.number) }))];
    all.sort((a, b) => a.last - a.first - (b.last - b.first));
    all.forEach((layer, i) => {
      const taken = all.slice(0, i).filter(({ first, last }) => layer.first <= last && first <= layer.last).map(({ lane }) => lane);
      layer.lane = 0;
      while (taken.includes(layer.lane)) layer.lane++;
    });
    return all;
  }

  /** Draw the selection and the lines of all marks behind the words, as these stand on the page now. */
  function drawLines() {
    const svg = root?.querySelector(".tag-lines");
    if (!svg) return;
    const nodes = wordNodes(), origin = svg.getBoundingClientRect();
    /** The stretches of some words, one a line of text. */
    const stretches = ({ first, last }) => {
      const rows = [];
      for (const { left, right, top, bottom } of nodes.slice(first, last + 1).flatMap((node) => [...node.getClientRects()])) {
        const row = rows.at(-1);
        if (row && Math.abs(row.top - top) < (bottom - top) / 2) Object.assign(row, { left: Math.min(row.left, left), right: Math.max(row.right, right) });
        else rows.push({ left, right, top, bottom });
      }
      return rows.map((row) => ({ x: row.left - origin.left, y: row.top - origin.top, width: row.right - row.left, height: row.bottom - row.top }));
    };
    const all = layers(), chosen = range();
    const tints = all.filter(({ sign }) => sign === "reference").flatMap((layer) => stretches(layer).map((place) => el("rect", { class: "tag-tint", ...place })));
    const frame = chosen ? stretches({ first: chosen[0], last: chosen[1] }).map((place) => el("rect", { class: "tag-frame", rx: 3, ...place })) : [];
    const lines = all.flatMap((layer) => stretches(layer).map(({ x, y, width, height }) =>
      el("path", { class: `tag-line tag-line--${layer.sign}`, d: lineOf(layer.sign, x, y + height + 3 + LANE * layer.lane, width) })));
    svg.replaceChildren(...tints, ...frame, ...lines);
  }

  function sentence() {
    const chosen = range() ?? [1, 0], lanes = Math.max(0, ...layers().map(({ lane }) => lane));
    const box = el("div", { class: "ws-q ws-text", role: "listbox", "aria-label": `Words of sentence ${view.now}`, "aria-multiselectable": "true", "aria-orientation": "horizontal" });
    view.tokens.forEach(([gap, word, sign], i) => {
      const inside = chosen[0] <= i && i <= chosen[1], names = view.marks.filter(({ first, last }) => first <= i && i <= last).map(({ name }) => name);
      box.append(gap, el("span", { class: "tag-word", role: "option", "aria-selected": String(inside), "aria-label": names.length || sign ? [sign || word, ...names].join(", ") : null,
        tabindex: i === cursor ? 0 : -1, "data-home": i === cursor, "data-act": "pick", "data-arg": i }, word));
    });
    box.append(view.tail);
    return el("div", { class: `tag-words tag-words--${Math.min(lanes, 4)}`, "data-key": `words-${view.now}` }, el("svg", { class: "tag-lines", "aria-hidden": "true", "data-keep": true }), box);
  }

  function places() {
    if (view.sentences.length < 2) return null;
    const step = (label, to) => el("button", { type: "button", class: "ws-btn ws-btn--quiet", "data-act": to ? "go" : "stay", "data-arg": to, "aria-disabled": String(!to) }, label);
    return el("div", { class: "ws-row tag-places", role: "group", "aria-label": "Sentences", "data-key": "places" }, step("Previous", view.before),
      el("span", { class: "ws-seg" }, view.sentences.map(([id, done]) => el("button", { type: "button", "data-act": "go", "data-arg": id, "data-key": id,
        "aria-pressed": String(id === view.now), tabindex: id === view.now ? 0 : -1, "aria-label": `Sentence ${id}${done ? ", answered" : ""}` }, id, done && icon("check", 16)))),
      step("Next", view.after));
  }

  function choices() {
    const chosen = range();
    return el("div", { class: "tag-choose", "data-key": "choose" },
      el("div", { class: "ws-row tag-chosen" }, el("p", { class: "ws-text" }, chosen ? ["Selected: ", el("b", { class: "ws-q" }, selected())] : "Nothing selected yet."),
        chosen && el("button", { type: "button", class: "ws-btn ws-btn--quiet", "data-act": "clear", "data-key": "clear" }, "Clear")),
      el("div", { class: "tag-labels", role: "group", "aria-label": "Labels" }, view.labels.map(([id, name, definition], i) =>
        el("button", { type: "button", class: "ws-btn tag-label", "data-act": "label", "data-arg": id, "data-key": `l${id}`, "aria-disabled": String(!chosen) },
          el("span", { class: "ws-key", "aria-hidden": "true" }, view.mark_as ? "Enter" : i + 1),
          named(i + 1, view.mark_as || name), el("span", { class: "ws-note ws-text" }, definition)))));
  }

  function list() {
    const about = view.nothing ? "You say that there is nothing to mark here." : view.marks.length ? "" : "None yet.";
    return el("div", { class: "tag-list", "data-key": "list" },
      el("p", { class: "ws-h" }, "Your marks ", el("span", { class: "ws-note" }, `${about} ${view.marks.length || view.nothing || view.trouble ? view.saved : ""}`)),
      view.marks.length > 0 && el("ul", { "data-key": "marks" }, view.marks.map(({ id, number, name, words: marked }) => el("li", { "data-key": id },
        el("span", { class: "ws-q ws-text" }, inMarks(marked)), named(number, name),
        el("button", { type: "button", class: "ws-btn ws-btn--quiet tag-remove", "data-act": "remove", "data-arg": id, "aria-label": `Remove: ${inMarks(marked)}, ${name}` }, "Remove")))));
  }

  function box({ tone, verdict, overlap, body, places: found, actions }) {
    return el("div", { class: "tag-box", "data-key": "box" }, feedback(tone, verdict,
      overlap && [el("p", {}, overlap[1]), el("svg", { class: "tag-bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
        el("rect", { width: 100, height: 8 }), el("rect", { class: "is-on", width: overlap[0], height: 8 }))],
      body.map((said) => el("p", { class: "ws-text" }, said)),
      found.length > 0 && el("ul", { class: "tag-found" }, found.map(([marked, name, why]) => el("li", { class: "ws-text" },
        el("mark", { class: "ws-m ws-m--decide ws-q" }, inMarks(marked)), " ", el("b", {}, `${name}. `), why))),
      actions.length > 0 && el("div", { class: "ws-row" }, actions.map(([act, label, kind]) =>
        button(label, act, { kind, arg: act === "go" ? view.after : view.now, "data-key": `${act}-${label}` })))));
  }

  function draw(fresh) {
    view = fresh;
    if (view.now !== now) [now, anchor, cursor, holding] = [view.now, null, 0, false];
    const trouble = view.trouble && el("div", { "data-key": "trouble" }, feedback("warn", view.trouble[0], el("p", {}, view.trouble[1]),
      view.trouble[2] && el("div", { class: "ws-row" }, button("Save again", "retry"))));
    const ask = el("p", { class: "ws-ask", "data-key": "ask" }, view.ask);
    if (!now) return [ask, el("p", { "data-key": "none" }, view.nothing_here), trouble];
    return [ask, places(),
      el("div", { class: "ws-card tag-card", "data-key": "card" },
        el("div", { class: "tag-now", "data-key": "now" }, el("span", { class: "tag-no" }, now), sentence()),
        el("p", { class: "ws-note tag-how", "data-key": "how" }, view.how), choices()),
      list(),
      (view.can_compare || view.marks.length === 0) && el("div", { class: "ws-row", "data-key": "row" },
        view.can_compare && button("Compare with the reference", "compare", { kind: "go", arg: now, "data-key": "compare" }),
        view.marks.length === 0 && button([view.nothing && icon("check", 18), "Nothing to mark here"], "nothing", { arg: now, "data-key": "nothing", "aria-pressed": String(view.nothing) })),
      trouble,
      view.feedback && box(view.feedback),
      el("div", { class: "ws-vh tag-live", role: "status", "aria-live": "polite", "data-key": "live", "data-keep": true })];
  }

  function drawn(node, _view, had) {
    root = node;
    drawLines();
    resized.disconnect();
    for (const words of root.querySelectorAll(".tag-words")) resized.observe(words);
    const lost = !root.contains(document.activeElement), removes = root.querySelectorAll(".tag-remove");
    if (had && back === "word") home();
    else if (had && typeof back === "number") (removes[Math.min(back, removes.length - 1)] ?? { focus: home }).focus();
    else if (had && lost && view.feedback) root.querySelector(".tag-box .ws-btn")?.focus({ preventScroll: true });
    back = null;
    // What is new comes into view: the next sentence, or what is said to the marks.
    const seen = had && (shown !== now ? ".tag-card" : view.feedback && !boxed && ".tag-box");
    if (seen) root.querySelector(seen)?.scrollIntoView({ block: "nearest" });
    [shown, boxed] = [now, Boolean(view.feedback)];
  }

  // Selecting

  function move(to, extend) {
    if (extend) anchor ??= cursor;
    else if (!holding) anchor = null;
    cursor = to;
    redraw();
    wordNodes()[cursor].focus();
  }

  function clear() {
    [anchor, holding] = [null, false];
    redraw();
    home();
  }

  /** The word above or below, as the lines stand on the page; at the first and last line the end of the text. */
  function across(by) {
    const places = wordNodes().map((node) => node.getBoundingClientRect()), from = places[cursor];
    let best = by > 0 ? places.length - 1 : 0, least = Infinity;
    places.forEach((place, i) => {
      const lines = (place.top - from.top) * by;
      const far = lines * 100 + Math.abs(place.left + place.right - from.left - from.right);
      if (lines > from.height / 2 && far < least) [best, least] = [i, far];
    });
    return best;
  }

  function pick(arg) {
    const i = Number(arg), one = anchor !== null && anchor === cursor;
    if (dragged) { dragged = false; return; }
    if (one && i === cursor) anchor = null;
    else anchor ??= i;
    [cursor, holding] = [i, false];
    redraw();
    home();
    if (anchor !== null) tell(`Selected: ${selected()}`);
  }

  /** Give the selected words a label. */
  function label(id, send) {
    const chosen = range();
    if (!chosen) { tell("Select words first."); home(); return; }
    send({ do: "mark", of: now, first: chosen[0], last: chosen[1], label: id });
    [anchor, cursor, holding, back] = [null, chosen[0], false, "word"];
    redraw();
  }

  function enter(key, send) {
    if (anchor === null || (key === " " && !holding)) {
      [anchor, holding] = [cursor, true];
      redraw();
      tell(`The selection begins: ${selected()}`);
    } else {
      holding = false;
      if (key === "Enter" && view.mark_as) return label(view.labels[0][0], send);
      if (key === "Enter") root.querySelector(".tag-label").focus();
      tell(`Selected: ${selected()}`);
    }
  }

  function keydown(event, _root, send) {
    const { key, target, shiftKey } = event, numbered = anchor !== null && /^[1-9]$/.test(key) && view.labels[key - 1];
    const last = view.tokens?.length - 1;
    if (target.matches(".tag-word")) cursor = Number(target.dataset.arg); // a screen reader may have put the focus there
    if (numbered) label(numbered[0], send);
    else if (key === "Escape" && anchor !== null) clear();
    else if (target.closest(".ws-seg")) return rove(event, [...target.closest(".ws-seg").children]);
    else if (!target.matches(".tag-word")) return;
    else if (key === "Enter" || key === " ") enter(key, send);
    else {
      const to = { ArrowRight: cursor + 1, ArrowLeft: cursor - 1, Home: 0, End: last, ArrowDown: across(1), ArrowUp: across(-1) }[key];
      if (to === undefined) return;
      move(Math.min(last, Math.max(0, to)), shiftKey);
    }
    event.preventDefault();
  }

  const wordAt = ({ clientX, clientY }) => {
    const node = document.elementFromPoint(clientX, clientY)?.closest(".tag-word");
    return node && root.contains(node) ? Number(node.dataset.arg) : null;
  };
  function drag(event) {
    if (!event.buttons) return release();
    const over = wordAt(event);
    if (over === null || (!dragged && over === pressed)) return;
    if (dragged && over === cursor) return;
    [anchor, cursor, holding, dragged] = [pressed, over, false, true];
    redraw();
  }
  function release() {
    removeEventListener("pointermove", drag);
    removeEventListener("pointerup", release);
    removeEventListener("pointercancel", release);
    if (dragged) { home(); tell(`Selected: ${selected()}`); }
  }
  const events = {
    pointerdown(event) {
      dragged = false;
      pressed = event.pointerType === "touch" || event.button ? null : wordAt(event); // a finger scrolls; it taps the first word and the last
      if (pressed === null) return;
      addEventListener("pointermove", drag);
      addEventListener("pointerup", release);
      addEventListener("pointercancel", release);
    },
  };

  const acts = {
    pick, label, clear,
    stay() {},
    remove(arg, send, node) {
      back = [...root.querySelectorAll(".tag-remove")].indexOf(node);
      send({ do: "remove", of: now, arg });
    },
  };
  const resized = new ResizeObserver(drawLines);
  const stop = mount(context, { draw, drawn, acts, keydown, events });
  return () => {
    resized.disconnect();
    release();
    stop();
  };
}

export default { render: tagger };
