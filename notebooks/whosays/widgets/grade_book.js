// The grade book: the levels for the present answer, and beside them all answers side by side.

let books = 0;
const EDGE = 8, FADE = 24, LEAST = 420; // px: kept clear at the edge of the page, and where a list fades out; no desk is lower
const MOVES = new Set(["task", "go", "step", "page", "unread", "undo", "names"]);
const KEYS = [["0–9", "level"], ["Enter", "next unread"], ["n", "next"], ["p", "previous"], ["c", "comment"], ["r", "comments used before"], ["Esc", "back to the levels"], ["u", "undo"], ["e", "examples"]];

function missing(view) {
  return el("div", { class: "ws-card gb-missing" },
    feedback("warn", "The grade book cannot be opened yet.", el("p", { class: "ws-text" }, view.ask), el("p", { class: "ws-text" }, view.do),
      view.command && el("p", {}, el("code", { class: "ws-text" }, view.command))));
}

/** The questions, each with how far it is. */
function questions(view) {
  return el("div", { class: "gb-tasks", role: "group", "aria-label": "Questions", "data-key": "tasks" }, view.tasks.map(({ id, short, title, count: [read, of] }) =>
    el("button", { type: "button", class: "gb-task", "data-key": id, "data-act": "task", "data-arg": id, "aria-pressed": String(id === view.task),
      "aria-label": `${title}: ${read} of ${of} read`, tabindex: id === view.task ? 0 : -1 },
      el("b", {}, short), el("span", {}, `${read}/${of}`), read === of && icon("check", 18))));
}

function head(view) {
  const share = view.of ? (100 * view.read) / view.of : 0;
  return el("div", { class: "gb-head", "data-key": "head" },
    el("div", { class: "gb-progress" },
      el("h3", { class: "ws-title ws-text" }, view.title),
      el("div", { class: "gb-bar", role: "progressbar", "aria-label": "Read", "aria-valuemin": 0, "aria-valuemax": view.of, "aria-valuenow": view.read, "aria-valuetext": `${view.read} of ${view.of} read` },
        el("div", { style: `width: ${share}%` })),
      el("p", { class: "ws-h gb-count" }, `${view.read} of ${view.of} read`),
      view.blank && el("p", { class: "ws-note" }, view.blank)),
    el("div", { class: "gb-switches", "data-key": "switches" }, toggle("Hide names, shuffle", "names", !view.names), toggle("Show example answers", "examples", view.examples, "e"),
      el("p", { class: "ws-note", "data-key": "about" }, view.about_names)));
}

/** A key as it is drawn on what it does. */
function keycap(key) {
  return key && el("span", { class: "ws-key", "aria-hidden": "true" }, key);
}

function toggle(words, act, on, key) {
  return el("button", { type: "button", class: "ws-switch", "aria-pressed": String(on), "data-act": act, "data-key": act }, el("span", { class: "ws-box" }, icon("check", 14)), words, keycap(key));
}

/** One answer among the others. Its head is a button; a click anywhere on it does the same. */
function card(a) {
  return el("li", { class: `gb-card${a.now ? " is-now" : ""}`, "data-key": a.key, "data-act": "go", "data-arg": a.key },
    el("button", { type: "button", class: "gb-name", "data-act": "go", "data-arg": a.key, "aria-current": a.now ? "true" : null, tabindex: a.now ? 0 : -1,
      "aria-label": `${a.label}, ${a.words}` },
      el("span", { class: "ws-text" }, a.label), el("span", { class: `gb-mark${a.mark === "" ? " is-open" : a.again ? " is-again" : ""}`, "aria-hidden": "true" }, a.mark === "" ? "unread" : a.again ? `${a.mark} · read again` : a.mark)),
    el("p", { class: "ws-q ws-text gb-text" }, a.text),
    a.comment && el("p", { class: "ws-note ws-text gb-said" }, a.comment));
}

function pages({ pages: [from, to, of] }) {
  if (to - from + 1 >= of) return null;
  return el("div", { class: "ws-row gb-pages", "data-key": "pages" },
    button("Earlier answers", "page", { arg: -1, kind: "quiet", "aria-disabled": String(from === 1) }),
    el("p", { class: "ws-note" }, `${from} to ${to} of ${of}`),
    button("Later answers", "page", { arg: 1, kind: "quiet", "aria-disabled": String(to === of) }));
}

function levels(view) {
  const home = Math.max(0, view.levels.findIndex(({ chosen }) => chosen));
  return el("div", { class: "gb-levels", role: "radiogroup", "aria-label": `Points for ${view.label}`, "aria-describedby": `${view.id}-now`, "data-key": "levels" }, view.levels.map((level, i) =>
    el("div", { class: "gb-level", role: "presentation", "data-key": `l${level.points}` },
      el("button", { type: "button", class: "ws-choice gb-give", role: "radio", "aria-checked": String(level.chosen), "aria-describedby": level.example ? `${view.id}-example-${i}` : null,
        "data-act": "give", "data-arg": level.points, "data-number": level.key, tabindex: i === home ? 0 : -1, "data-home": i === home },
        level.key && el("span", { class: "ws-key", "aria-hidden": "true" }, level.key), el("span", {}, el("b", {}, level.words), level.says && el("span", {}, `: ${level.says}`))),
      level.example && el("p", { class: "ws-q ws-text gb-example", id: `${view.id}-example-${i}` }, level.example))));
}

function comment(view) {
  return el("div", { class: "gb-comment", "data-key": `comment-${view.now}` },
    el("label", { class: "ws-h gb-label", for: `${view.id}-comment` }, "Comment to the student", keycap("c")),
    el("textarea", { id: `${view.id}-comment`, rows: 2, maxlength: view.longest, "aria-describedby": `${view.id}-how`, "data-key": "text", "data-answer": view.now, "data-saved": view.comment }, view.comment),
    el("p", { class: "ws-note", id: `${view.id}-how` }, "Enter saves, Shift + Enter begins a line, Esc goes back without saving."),
    view.comments.length > 0 && el("div", { class: "gb-used", role: "group", "aria-label": "Comments used before", "data-key": "used" }, el("p", { class: "ws-note gb-label", "aria-hidden": "true" }, "Used before. Enter: again, Esc: back.", keycap("r")),
      view.comments.map((text, i) => el("button", { type: "button", class: "gb-again ws-text", "data-act": "reuse", "data-arg": text, "data-key": `u${i}`, tabindex: i ? -1 : 0,
        "aria-disabled": String(view.comment.includes(text)) }, text))));
}

/** The answer's text stays where it is; what is below it has a scroll bar of its own, where that is needed. */
function panel(view) {
  return el("section", { class: "ws-panel gb-panel", "aria-label": "The present answer", "data-key": "panel" },
    el("div", { class: "gb-who" }, el("h4", { class: "ws-h ws-text" }, view.label), el("p", { class: `ws-note${view.again ? " gb-alert" : ""}` }, view.again && icon("warn", 18), view.given)),
    el("div", { class: "ws-q ws-text gb-text gb-present", id: `${view.id}-now`, role: "group", "aria-label": `What ${view.label} says`, tabindex: null, "data-key": `present-${view.now}` }, view.text),
    el("div", { class: "gb-tools", "data-key": "tools" },
      view.trouble && el("div", { class: "gb-trouble", "data-key": "trouble", role: "alert" }, feedback("warn", "Please read this.", el("p", { class: "ws-text" }, view.trouble))),
      levels(view),
      el("div", { class: "ws-row gb-steps", "data-key": "steps" }, button("Next unread", "unread", { kind: "go", key: "Enter" }),
        button("Previous", "step", { arg: -1, key: "p", "data-key": "p" }), button("Next", "step", { arg: 1, key: "n", "data-key": "n" }),
        button("Undo", "undo", { kind: "quiet", key: "u", "aria-disabled": String(!view.can_undo) })),
      view.notes.map((note, i) => el("p", { class: "ws-note ws-text", "data-key": `note${i}` }, note)),
      comment(view),
      view.rest.length > 0 && fold("rest", `What else ${view.names ? view.label : "this student"} answered in this set`,
        view.rest.map(([cell, text]) => [el("p", { class: "ws-note" }, cell), el("pre", { class: "ws-text gb-code", tabindex: 0, role: "region", "aria-label": cell }, text)]))));
}

/** A part that opens. It stays open from answer to answer. */
function fold(key, words, inner) {
  return el("details", { class: "gb-fold", "data-key": key, "data-fold": key }, el("summary", { tabindex: 0 }, words), inner);
}

function foot(view) {
  const left = view.all_read ? "All answers are read." : "You may do this as often as you like.";
  return el("div", { class: "ws-foot gb-foot", "data-key": "foot" },
    view.news.map((text) => el("p", { class: "ws-note ws-text" }, text)),
    el("p", { class: "ws-note" }, "Your marks are in gradebook.db, where formgrader sees them, too. The tables and the feedback pages are files of their own: write them anew when you have read. ", left),
    el("div", { class: "ws-row" }, button(view.writing ? "Writing …" : "Write tables and feedback pages", "write", { "aria-disabled": String(view.writing), "data-key": "write" }),
      el("p", { class: "ws-note ws-text" }, view.wrote || (view.unwritten && "There are marks that are not in the files yet."))));
}

function draw(view, open) {
  if (view.state === "missing") return missing(view);
  const drawn = [
    el("p", { class: "ws-ask", "data-key": "ask" }, view.ask),
    questions(view), head(view),
    el("div", { class: "gb-folds", "data-key": "folds" },
      view.asked && fold("asked", "What was asked", el("p", { class: "ws-text gb-asked" }, view.asked)),
      fold("keys", "Keys", el("p", { class: "gb-keys" }, KEYS.map(([key, words]) => el("span", {}, el("span", { class: "ws-key" }, key), ` ${words}`))))),
    el("div", { class: "gb-desk", "data-key": "desk" },
      panel(view),
      el("div", { class: "gb-all", "data-key": "all" }, pages(view), el("ul", { class: "gb-answers", "aria-label": `Answers to ${view.title}`, "data-key": `answers-${view.task}` }, view.answers.map((a) => card(a))))),
    foot(view),
  ];
  for (const node of drawn.flat()) for (const details of node?.querySelectorAll ? [node, ...node.querySelectorAll("[data-fold]")] : []) if (open.has(details.dataset?.fold)) details.setAttribute("open", "");
  return drawn;
}

/** What scrolls the widget: the notebook, or the page where there is none. */
function pageOf(root) {
  const page = root.closest(".jp-WindowedPanel-outer") ?? document.scrollingElement;
  const { top } = page === document.scrollingElement ? { top: 0 } : page.getBoundingClientRect();
  return { page, top: top + EDGE, bottom: top + page.clientHeight - EDGE };
}

/** How far to scroll until `node` lies between `top` and `bottom`; where it is too long, until it begins there. */
function distance(node, top, bottom) {
  const at = node.getBoundingClientRect();
  if (at.top < top || at.bottom - at.top > bottom - top) return at.top - top;
  return Math.max(0, at.bottom - bottom);
}

/** Scroll `box`, and nothing around it, until `node` is in sight. */
function within(box, node) {
  const { top } = box.getBoundingClientRect();
  box.scrollTop += distance(node, top + FADE / 2, top + box.clientHeight - FADE);
}

/** Scroll the page until the answer and its levels are in sight, with the list where that stands beside them.
 *  `keep` is not scrolled away, unless the text or the card of the answer would stay out of sight for it. */
function toDesk(root, keep) {
  const { page, top, bottom } = pageOf(root);
  const panel = root.querySelector(".gb-panel"), list = root.querySelector(".gb-answers"), desk = root.querySelector(".gb-desk");
  const beside = list.getBoundingClientRect().left >= panel.getBoundingClientRect().right;
  const room = keep ? keep.getBoundingClientRect().top - top : Infinity;
  page.scrollTop += Math.min(distance(beside ? desk : panel, top, bottom), Math.max(0, room));
  for (const node of [root.querySelector(".gb-present"), beside && list.querySelector(".is-now")]) if (node) page.scrollTop += distance(node, top, bottom);
}

function book(context) {
  const open = new Set(), given = new Map(), id = `ws-book-${++books}-${Math.random().toString(36).slice(2, 8)}`;
  let turn = -1, moving = false, now = "", task = "", gave = false, called = false, width = 0, watched = null, frame = 0;

  /** Send a comment, unless Python has it. A comment belongs to the answer it was begun at. */
  function save(box, send) {
    const { answer, saved } = box.dataset;
    if ((given.get(answer) ?? saved).trim() === box.value.trim()) return;
    given.set(answer, box.value);
    send({ do: "comment", arg: box.value, key: answer });
  }
  const act = (name, arg, send) => {
    if (MOVES.has(name)) moving = true;
    if (name === "task") called = true;
    send(arg === undefined ? { do: name } : { do: name, arg });
  };
  const home = (root) => focus(root, root.querySelector("[data-home]"));
  /** Focus a part of the panel, and let the answer's text stay in sight. */
  function focus(root, node) {
    if (!node) return;
    node.focus({ preventScroll: true });
    if (!root.contains(node)) return;
    toDesk(root);
    within(root.querySelector(".gb-tools"), node);
  }
  const give = (_arg, send, node) => {
    // What is on the screen gets the points, whatever is on its way.
    for (const other of node.closest("[role=radiogroup]").querySelectorAll("[role=radio]")) other.setAttribute("aria-checked", String(other === node));
    focus(node.closest(".ws-root"), node);
    gave = true;
    send({ do: "give", arg: Number(node.dataset.arg), key: now });
  };
  const live = (name) => (arg, send, node) => { if (node.getAttribute("aria-disabled") !== "true") act(name, arg, send); };
  const acts = {
    give,
    go: (arg, send) => { if (getSelection().isCollapsed && arg !== now) act("go", arg, send); },
    reuse: (arg, send, node) => { if (node.getAttribute("aria-disabled") !== "true") { given.delete(now); send({ do: "reuse", arg, key: now }); } },
    ...Object.fromEntries(["task", "step", "page", "unread", "undo", "names", "examples", "write"].map((name) => [name, live(name)])),
  };

  function inBox(event, root, send) {
    const box = event.target;
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) save(box, send);
    else if (event.key === "Escape") box.value = given.get(box.dataset.answer) ?? box.dataset.saved;
    else return;
    event.preventDefault();
    home(root);
  }

  function keydown(event, root, send) {
    const { key, target } = event;
    if (context.model.get("view").state === "missing") return;
    if (target.matches("textarea")) return inBox(event, root, send);
    const step = { n: 1, ArrowRight: 1, p: -1, ArrowLeft: -1 }[key];
    const level = root.querySelector(`.gb-give[data-number="${CSS.escape(key)}"]`);
    if (key === "Escape" && target.closest(".gb-used")) { event.preventDefault(); return home(root); }
    const group = target.closest(".gb-tasks, .gb-used") ?? (["ArrowUp", "ArrowDown", "Home", "End"].includes(key) && target.closest(".gb-levels"));
    if (group && rove(event, [...group.querySelectorAll("button")])) return;
    if (level) { if (!moving) give(null, send, level); } // blind: the answer that the key is for is not on the screen yet
    else if (/^\d$/.test(key) && !event.ctrlKey && !event.metaKey && !event.altKey) { if (!moving) send({ do: "no_level", arg: key }); }
    else if (step && !target.matches("pre")) act("step", step, send);
    else if (key === "Enter" && !target.matches("button:not(.gb-give, .gb-name), summary, a")) act("unread", undefined, send);
    else if (key === "u" || key === "Backspace") { given.clear(); act("undo", undefined, send); }
    else if (key === "e") act("examples", undefined, send);
    else if (key === "c") focus(root, root.querySelector("textarea"));
    else if (key === "r") focus(root, root.querySelector(".gb-used [tabindex='0']"));
    else return;
    event.preventDefault();
  }

  function drawn(root, view, had) {
    if (view.state === "missing") return;
    if (view.turn !== turn) moving = false;
    for (const box of root.querySelectorAll("textarea")) if (given.get(box.dataset.answer)?.trim() === view.comment) given.delete(box.dataset.answer);
    const moved = view.now !== now || called, opened = called || view.task !== task;
    [turn, now, task] = [view.turn, view.now, view.task];
    const mine = root.querySelector(".is-now"), active = document.activeElement;
    measure();
    // The button of the answer before is not the present one any more.
    if (had && moved && active.matches(".gb-name:not([aria-current])")) mine?.querySelector(".gb-name").focus({ preventScroll: true });
    if (had && moved && active.matches(".gb-give") && root.contains(active)) root.querySelector("[data-home]")?.focus({ preventScroll: true });
    if (moved) { settle(root); root.querySelector(".gb-tools").scrollTop = 0; }
    if (had && (moved || gave)) toDesk(root, opened && document.activeElement.matches(".gb-task") ? document.activeElement : null);
    const tools = root.querySelector(".gb-tools"), trouble = tools.querySelector(".gb-trouble");
    if (trouble || document.activeElement.closest(".gb-levels")) within(tools, trouble ?? document.activeElement);
    gave = called = false;
  }

  /** Bring the present answer into sight in the list. */
  function settle(root) {
    const list = root.querySelector(".gb-answers"), mine = list?.querySelector(".is-now");
    if (!mine) return;
    list.scrollTop += mine.getBoundingClientRect().top - list.getBoundingClientRect().top - 2 * EDGE;
  }

  /** The desk is as high as the notebook lets it be. A text that is longer than its room can be scrolled by keyboard. */
  function measure() {
    const { page } = pageOf(context.el);
    context.el.style.setProperty("--gb-room", `${Math.max(LEAST, page.clientHeight - 2 * EDGE)}px`);
    const text = context.el.querySelector(".gb-present");
    if (text && text.scrollHeight > text.clientHeight + 1) text.setAttribute("tabindex", "0");
    else text?.removeAttribute("tabindex");
  }

  /** The first drawing may come before there is room; and what was taken off the page has lost where it was. */
  const resized = new ResizeObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      const { page } = pageOf(context.el);
      if (page !== watched) { if (watched) resized.unobserve(watched); resized.observe(watched = page); }
      measure();
      const before = width;
      width = context.el.clientWidth;
      if (width && width !== before) settle(context.el);
    });
  });

  const events = {
    focusout: ({ target }, send) => { if (target.matches("textarea")) save(target, send); },
  };
  const toggled = ({ target }) => { if (target.dataset?.fold) open[target.open ? "add" : "delete"](target.dataset.fold); };
  context.el.addEventListener("toggle", toggled, true);
  const flush = () => { const box = context.el.querySelector("textarea"); if (box) save(box, (message) => context.model.send(message)); };
  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", flush);
  resized.observe(context.el);
  const stop = mount(context, { draw: (view) => draw({ ...view, id }, open), drawn, acts, keydown, events });
  return () => {
    resized.disconnect();
    cancelAnimationFrame(frame);
    context.el.removeEventListener("toggle", toggled, true);
    removeEventListener("pagehide", flush);
    document.removeEventListener("visibilitychange", flush);
    stop();
  };
}

export default { render: book };
