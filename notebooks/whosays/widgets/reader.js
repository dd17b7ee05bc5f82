// The article reader: the text is built once and stays; a move touches two marks and the panel beside them.

const PATIENCE = 250; // ms before an old explanation is hidden while the new one is on its way
const DEAF = 1000; // ms after which a request that got no answer no longer holds up the next one
const LONG = 200; // sentences; beyond that, what is off the screen is not laid out

const nameOf = (layer, key) => `${layer}\n${key}`;

/** The text with all one can stop at: `stops` are marks in reading order, `sentences` know which are theirs. */
function textOf(paragraphs) {
  const stops = [], sentences = [], byName = new Map(), byNode = new WeakMap();
  const remember = (stop, node) => { byName.set(nameOf(stop.layer, stop.key), stop); byNode.set(node, stop); };
  let longest = 3;
  const page = el("div", { class: "reader-text ws-q" }, paragraphs.map(([number, rows]) => {
    const para = el("div", { class: "reader-para", role: "group", "aria-label": `Paragraph ${number}` });
    rows.forEach(([id, segments], i) => {
      const words = el("span", { class: "reader-words ws-text" }), chip = el("span", { class: "reader-chip" });
      const sentence = { layer: "sentence", key: id, nodes: [words], at: sentences.length, para, chip, first: stops.length };
      grow(words, segments, ([layer, key], node) => {
        let stop = byName.get(nameOf(layer, key));
        if (stop) stop.nodes.push(node);
        else stops.push(stop = { layer, key, nodes: [node], at: stops.length, sentence, para });
        remember(stop, node);
      });
      sentence.end = stops.length;
      sentences.push(sentence);
      remember(sentence, words);
      longest = Math.max(longest, id.length);
      para.append(el("div", { class: "reader-line" }, el("span", { class: "reader-para-no", "aria-hidden": "true" }, i === 0 && `¶${number}`),
        el("span", { class: "reader-no" }, id), chip, words));
    });
    return para;
  }));
  const width = (characters) => `${8 * Math.min(characters, 12) + 10}px`;
  page.style.setProperty("--no", width(longest));
  page.style.setProperty("--para-no", width(String(paragraphs.at(-1)[0]).length + 1));
  return { page, stops, sentences, find: ([layer, key]) => byName.get(nameOf(layer, key)), at: (node) => byNode.get(node) };
}

/** Set segments as nested marks; a mark that another one cuts goes on in a second piece. */
function grow(into, segments, made) {
  let open = [];
  for (const { t, m } of segments) {
    const names = m.map((mark) => nameOf(...mark));
    const kept = open.findIndex(({ name }) => !names.includes(name));
    if (kept >= 0) open = open.slice(0, kept);
    m.forEach((mark, i) => {
      if (open.some(({ name }) => name === names[i])) return;
      const node = el("span", { class: `ws-m ws-m--${mark[0]}`, role: "link" });
      open.at(-1)?.node.classList.add("is-around");
      (open.at(-1)?.node ?? into).append(node);
      open.push({ name: names[i], node });
      made(mark, node);
    });
    (open.at(-1)?.node ?? into).append(t);
  }
}

function switches(view, off) {
  const chips = el("span", { class: "reader-mini", "aria-hidden": "true" }, view.rungs.map((n) => el("span", { class: "ws-rung", "data-rung": n }, n)));
  return el("div", { class: "ws-row reader-bar", role: "group", "aria-label": "Layers", "data-key": "bar" }, view.layers.map(({ id, label, count }) =>
    el("button", { type: "button", class: "ws-switch", "data-key": id, "data-act": "layer", "data-arg": id, "aria-pressed": String(!off.has(id)) },
      el("span", { class: "ws-box" }, icon("check", 14)), el("span", { class: id === "rung" ? null : `ws-m ws-m--${id}` }, label),
      id === "rung" && chips, " ", el("small", {}, count))));
}

function explanation(panel, around) {
  if (!panel) return [el("p", { class: "ws-note" }, "Nothing is selected yet."), el("p", {}, "Select marked words: what is behind them stands here.")];
  const { where, title, rows, parts, rung, words: list } = panel;
  return [
    el("p", { class: "ws-note" }, where),
    el("p", { class: "reader-title ws-q ws-text" }, title),
    rows.length > 0 && el("ul", { class: "reader-rows" }, rows.map(([what, who]) => el("li", {}, el("span", {}, what, " "), el("b", { class: "ws-text" }, who)))),
    parts.map(({ head, lines }) => el("div", { class: "reader-part" }, head && el("p", { class: "reader-head" }, head),
      lines.length > 1 && head ? el("ul", { class: "reader-list" }, lines.map((line) => el("li", { class: "ws-text" }, line)))
        : lines.map((line) => el("p", { class: "ws-text" }, line)))),
    around.length > 0 && el("p", { class: "ws-row reader-around" }, "Part of", around.map(({ at, layer, label }) =>
      el("button", { type: "button", class: "ws-btn ws-btn--quiet", "data-act": "around", "data-arg": at }, el("span", { class: `ws-m ws-m--${layer}` }, label)))),
    rung && el("p", { class: "reader-rung" }, el("span", { class: `ws-rung${rung.more ? " is-split" : ""}`, "data-rung": rung.rung, "aria-hidden": "true" }, rung.rung),
      el("span", {}, `Your rung ${rung.rung}: ${rung.name}. ${rung.more}`)),
    list && glossary(list),
  ];
}

function glossary({ open, count, here, none, total, all }) {
  const terms = (pairs) => el("dl", { class: "reader-terms" }, pairs.map(([term, definition]) => [el("dt", { class: "ws-text" }, term), el("dd", { class: "ws-text" }, definition)]));
  return el("div", { class: "reader-glossary", "data-key": "glossary" },
    el("button", { type: "button", class: "ws-btn", "data-key": "words", "data-act": "words", "data-arg": open ? "" : "here", "aria-expanded": String(Boolean(open)) },
      "Words explained", count > 0 && [" ", el("small", {}, count)]),
    open && (none ? el("p", {}, none) : terms(here)),
    open && el("button", { type: "button", class: "ws-btn ws-btn--quiet", "data-key": "all", "data-act": "words", "data-arg": open === "all" ? "here" : "all", "aria-expanded": String(open === "all") },
      `All ${total} words of the list`),
    all.map(({ head, terms: pairs }) => [el("p", { class: "reader-head" }, head), terms(pairs)]));
}

function read(context) {
  const { model } = context;
  const text = textOf(model.get("document").paragraphs);
  const off = new Set(model.get("view").layers.filter(({ on }) => !on).map(({ id }) => id));
  const panel = el("div", { class: "reader-panel ws-panel", tabindex: -1, role: "group", "aria-label": "What is behind the selected words" });
  const side = el("div", { class: "reader-side is-empty" }, panel);
  let now = null, home = null, pressed = null, send = null, box = null, shown = {};
  let awaited = null, since = 0, next = null, timer = 0;

  const visible = (stop) => !off.has(stop.layer);
  const sentenceOf = (stop) => stop.sentence ?? stop;
  const firstOf = (sentence) => text.stops.slice(sentence.first, sentence.end).find(visible) ?? sentence;

  /** Ask Python for the explanation. While it works on one, only the last of the others is kept. */
  function ask(stop) {
    if (awaited && performance.now() - since < DEAF) { next = stop; return; }
    [awaited, next, since] = [stop, null, performance.now()];
    clearTimeout(timer);
    timer = setTimeout(() => panel.classList.add("is-waiting"), PATIENCE);
    send({ do: "select", layer: stop.layer, key: stop.key });
  }

  /** Put the text's one tab stop on a mark or a sentence. */
  function settle(stop) {
    const node = stop.nodes[0];
    if (node === home) return;
    for (const [name, value] of Object.entries({ tabindex: "0", "data-home": "", "data-lm-suppress-shortcuts": "true" })) node.setAttribute(name, value);
    const left = home;
    home = node;
    return () => { for (const name of ["tabindex", "data-home", "data-lm-suppress-shortcuts"]) left?.removeAttribute(name); };
  }

  function mark(stop, on) {
    for (const node of stop.nodes) node.classList.toggle("is-sel", on);
    if (on) stop.nodes[0].setAttribute("aria-current", "true");
    else stop.nodes[0].removeAttribute("aria-current");
  }

  function go(stop, { focus = true, tell = true } = {}) {
    if (!stop) return;
    if (stop !== now) {
      const leave = settle(stop);
      if (focus) stop.nodes[0].focus({ preventScroll: true }); // before the old one gives up its place, so that focus is never lost
      leave?.();
      if (now) mark(now, false);
      mark(now = stop, true);
      place();
      if (tell) ask(stop);
    } else if (focus) stop.nodes[0].focus({ preventScroll: true });
    if (focus) stop.nodes[0].scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** The panel follows the paragraph; beside the text it starts at the same height, below it nothing else may jump. */
  function place() {
    if (!now) return;
    const beside = getComputedStyle(side).position === "absolute";
    if (side.previousSibling !== now.para) {
      const before = beside ? 0 : now.nodes[0].getBoundingClientRect().top;
      now.para.after(side);
      if (!beside) box.scrollTop += now.nodes[0].getBoundingClientRect().top - before;
    }
    if (beside) side.style.setProperty("--at", `${now.para.offsetTop}px`);
  }

  /** Under a paragraph the explanation may end out of sight: bring it in as far as the selected words allow. */
  function bringIn() {
    if (getComputedStyle(side).position === "absolute") return;
    for (const node of [panel, now.nodes[0]]) node.scrollIntoView({ block: "nearest" });
  }

  /** The visible marks around the selected one, which its words hide from the mouse. */
  function around() {
    const found = [];
    for (let node = now?.nodes[0].parentElement; node && node !== text.page; node = node.parentElement) {
      const stop = text.at(node);
      if (stop?.sentence && visible(stop)) found.push({ at: stop.at, layer: stop.layer, label: stop.layer === "quote" ? "a quotation" : stop.layer === "look" ? "a studied phrase" : stop.nodes[0].textContent });
    }
    return found;
  }

  function fill(content) {
    clearTimeout(timer);
    const fresh = panel.cloneNode(false);
    fresh.className = `reader-panel ws-panel${content ? ` is-${content.of[0]}` : ""}`;
    for (const part of explanation(content, around()).flat(9)) if (part) fresh.append(part);
    side.classList.toggle("is-empty", !content);
    if (panel.dataset.of !== String(content?.of)) panel.scrollTop = 0;
    fresh.dataset.of = String(content?.of);
    morph(panel, fresh);
  }

  function chips() {
    const rungs = model.get("rungs");
    for (const { key, chip } of text.sentences) {
      if (rungs[key] === shown[key]) continue;
      chip.replaceChildren(...(rungs[key] ? [el("span", { class: "ws-rung", "data-rung": rungs[key] }, el("span", { class: "ws-vh" }, "your rung "), rungs[key])] : []));
    }
    shown = rungs;
  }

  function drawn(root, view, had, sender) {
    send = sender;
    if (!box) begin(root);
    const stop = view.panel && text.find(view.panel.of);
    if (awaited && stop !== awaited) return; // the answer to something older
    const answered = Boolean(awaited);
    awaited = null;
    if (next) return ask(next);
    if (stop) go(stop, { focus: false, tell: false });
    fill(view.panel);
    if (answered && had) bringIn();
  }

  function begin(root) {
    box = root.querySelector(".reader-box");
    box.classList.toggle("is-long", text.sentences.length > LONG);
    for (const id of off) hide(id, true);
    box.append(text.page);
    text.page.firstChild.after(side);
    settle(firstOf(text.sentences[0]));
    chips();
  }

  function hide(id, gone) {
    box.classList.toggle(`off-${id}`, gone);
    for (const { layer, nodes } of text.stops) {
      if (layer === id) for (const node of nodes) gone ? node.removeAttribute("role") : node.setAttribute("role", "link");
    }
  }

  function layer(id, tell, node) {
    const gone = !off.has(id);
    gone ? off.add(id) : off.delete(id);
    node.setAttribute("aria-pressed", String(!gone));
    hide(id, gone);
    if (now && !visible(now)) go(now.sentence, { focus: false, tell: false });
    if (!now) settle(firstOf(text.sentences[0]))?.();
    if (awaited?.layer === id) awaited = null;
    next = null;
    tell({ do: "layer", layer: id, on: !gone });
  }

  /** The next visible mark; with all layers off, the next sentence. */
  function step(by) {
    const here = sentenceOf(now);
    let at = now.sentence ? now.at + by : by > 0 ? now.first : now.first - 1;
    while (text.stops[at] && !visible(text.stops[at])) at += by;
    return text.stops[at] ?? (text.stops.some(visible) ? null : text.sentences[here.at + by]);
  }

  function keydown(event, root) {
    const { key, target } = event;
    if (key === "Escape" && panel.contains(target)) home.focus();
    else if (key === "Escape" && box.contains(target)) root.querySelector(".ws-switch").focus();
    else if (key === "Enter" && target === home) panel.focus();
    else if (target === home && now) {
      const across = { ArrowRight: 1, ArrowLeft: -1 }[key], down = { ArrowDown: 1, ArrowUp: -1 }[key];
      if (across) go(step(across));
      else if (down) { const to = text.sentences[sentenceOf(now).at + down]; go(to && firstOf(to)); }
      else if (key === "Home") go(text.stops.find(visible) ?? text.sentences[0]);
      else if (key === "End") go(text.stops.findLast(visible) ?? text.sentences.at(-1));
      else return;
    } else return;
    event.preventDefault();
  }

  text.page.addEventListener("pointerdown", () => { pressed = now; });
  text.page.addEventListener("focusin", ({ target }) => { const stop = text.at(target); if (stop && stop !== now) go(stop, { focus: false }); });
  text.page.addEventListener("click", ({ target }) => {
    if (panel.contains(target) || !getSelection().isCollapsed) return;
    const under = [];
    for (let node = target; node && node !== text.page; node = node.parentElement) {
      const stop = text.at(node);
      if (stop && visible(stop)) under.push(stop);
    }
    // A second click goes on to what lies around: the name, then the quotation that it stands in.
    go(under[0] === pressed && under[1]?.sentence ? under[1] : under[0]);
    pressed = now;
  });
  const resized = new ResizeObserver(place);
  resized.observe(text.page);

  const draw = (view) => [
    el("p", { class: "ws-ask", "data-key": "ask" }, view.ask),
    switches(view, off),
    el("p", { class: "ws-note", "data-key": "note" }, view.note, view.empty && el("span", { class: "reader-empty" }, " ", view.empty)),
    view.trouble && el("div", { "data-key": "trouble" }, feedback("warn", "Please read this.", el("p", {}, view.trouble))),
    el("div", { class: "reader-box", role: "group", "aria-label": "The text, sentence by sentence", "data-key": "box", "data-keep": true }),
  ];
  const done = mount(context, { draw, drawn, keydown, acts: { layer, around: (at) => go(text.stops[at]) } });
  model.on("change:rungs", chips);
  return () => {
    clearTimeout(timer);
    resized.disconnect();
    model.off("change:rungs", chips);
    done();
  };
}

export default { render: read };
