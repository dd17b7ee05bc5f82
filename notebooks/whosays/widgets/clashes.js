// The clash finder: a list to pick from, the picked sentences side by side, type and reason, the finds so far.

const counted = (text) => (text.trim() ? text.trim().split(/\s+/u).length : 0);
const LONG = 600; // characters; a longer sentence scrolls in its box
let finders = 0;

/** The text as a list of options, built once: its nodes stay, so that focus and scroll position do. */
function listOf(paragraphs) {
  return paragraphs.map(([number, rows]) => el("div", { class: "clash-para", role: "group", "aria-label": `Paragraph ${number}` },
    rows.map(([sid, text], i) => el("div", { class: "clash-line", role: "option", "aria-selected": "false", tabindex: -1, "data-act": "pick", "data-arg": sid },
      el("span", { class: "clash-para-no", "aria-hidden": "true" }, i === 0 && `¶${number}`), el("span", { class: "ws-box" }, icon("check", 14)),
      el("span", { class: "clash-no" }, sid), " ", el("span", { class: "ws-q ws-text" }, text)))));
}

function finder(context) {
  const { model, el: host } = context;
  const id = `ws-clash-${++finders}-${Math.random().toString(36).slice(2, 8)}`;
  const paragraphs = model.get("view").paragraphs;
  const texts = new Map(paragraphs.flatMap(([, rows]) => rows));
  host.style.setProperty("--no", `${8 * Math.min(12, Math.max(...[...texts.keys()].map((sid) => sid.length))) + 6}px`);
  // What is written here is the reader's until Python has pinned it; `kind` is a choice that Python has not heard yet.
  let why = "", kind = null, pinned = null, told = "", draft = null, who = null, news = 0, at = 0;

  /** Take over what Python has begun; what was written meanwhile stays. */
  function follow(view) {
    if (view.who !== who) why = told = view.why;
    else if (view.draft !== draft && (why === pinned || !why.trim())) why = told = view.why;
    if (view.draft !== draft || view.kind === kind) kind = null;
    [who, draft] = [view.who, view.draft];
  }

  function draw(view) {
    follow(view);
    return [
      el("p", { class: "ws-ask", "data-key": "ask" }, view.ask),
      el("p", { class: "ws-note", "data-key": "note" }, view.note),
      view.trouble && el("div", { "data-key": "trouble" }, feedback("warn", "Please read this.", el("p", {}, view.trouble))),
      el("div", { class: "clash-list", role: "listbox", "aria-multiselectable": "true", "aria-label": "The text, sentence by sentence", "data-key": "list", "data-keep": true }),
      el("p", { class: "clash-now", "data-key": "now" }, view.now, view.full && el("span", { class: "clash-full" }, icon("warn", 18), view.full)),
      side(view), types(view), reason(view),
      el("div", { class: "ws-row", "data-key": "pin" }, button("Pin this find", "pin", { kind: "go", "data-key": "pin" })),
      said(view), finds(view),
    ];
  }

  /** The picked sentences, large, to compare. */
  function side({ picked }) {
    const one = (sid) => {
      const long = texts.get(sid).length > LONG && { tabindex: 0, role: "region", "aria-label": `Sentence ${sid}` };
      return el("div", { class: "ws-card clash-card", "data-key": sid },
        el("div", { class: "ws-row" }, el("span", { class: "clash-no" }, sid), button("Put back", "pick", { arg: sid, kind: "quiet", "aria-label": `Put back ${sid}` })),
        el("p", { class: "clash-large ws-q ws-text", ...long }, texts.get(sid)));
    };
    const room = picked.length === 0 ? "What you pick stands here, large." : picked.length === 1 ? "A second sentence stands here, if it takes two." : "";
    return el("div", { class: "clash-two", "data-key": "picked" }, picked.map(one), room && el("p", { class: "clash-room", "data-key": "room" }, room));
  }

  function types(view) {
    return el("fieldset", { class: "clash-types", "data-key": "kinds" }, el("legend", { class: "ws-h" }, "What does not fit?"),
      el("div", { class: "clash-kinds" }, view.kinds.map(([name, gloss]) => el("label", { class: "clash-kind", "data-key": name },
        el("input", { type: "radio", name: id, value: name, checked: (kind ?? view.kind) === name }),
        el("span", {}, el("b", {}, name), " ", el("small", {}, gloss))))));
  }

  function reason(view) {
    return el("div", { class: "clash-why", "data-key": "reason" }, el("label", { class: "ws-h", for: `${id}-why` }, `Why? Say it in at most ${view.words} words.`),
      el("textarea", { id: `${id}-why`, rows: 2, maxlength: view.longest, "data-key": "why", "aria-describedby": `${id}-count` }, why),
      el("p", { class: "ws-note clash-count", id: `${id}-count`, "data-key": "count" }, length(view)));
  }

  function length({ words: limit, longest }) {
    const n = counted(why), over = n - limit;
    return [over > 0 ? el("span", { class: "clash-over" }, icon("warn", 18), `${n} words: ${over} more than the ${limit} asked for.`) : el("span", {}, `${n} of at most ${limit} words`),
      why.length >= longest && el("span", { class: "clash-over" }, icon("warn", 18), `${longest} characters: there is no room for more.`)];
  }

  /** What Python says to a find. */
  function said({ missing, unsaved, feedback: box }) {
    return el("div", { class: "clash-said", "data-key": "said" },
      unsaved && el("div", { "data-key": "unsaved" }, feedback("warn", unsaved[0], el("p", {}, unsaved[1]), el("div", { class: "ws-row" }, button("Save again", "retry")))),
      missing && el("div", { "data-key": "missing" }, feedback("warn", "Not pinned yet.", el("p", {}, missing))),
      box && el("div", { class: "clash-box", "data-key": `box-${box.of}`, tabindex: -1, role: "group", "aria-label": box.verdict },
        feedback(box.tone, el("span", { class: "ws-text" }, box.verdict),
          el("p", { class: "ws-note" }, box.where),
          el("div", { class: "clash-quoted" }, box.sentences.map(([sid, segments]) => el("p", {}, el("span", { class: "clash-no" }, sid), el("span", { class: "ws-q ws-text" }, words(segments))))),
          box.body.map((line) => el("p", { class: "ws-text" }, words(line))),
          box.sources.length > 0 && el("div", {}, el("p", { class: "ws-h" }, "Other sources"), evidence(box.sources)),
          el("div", { class: "ws-row" }, button(box.back, "text")))));
  }

  function finds(view) {
    return el("div", { class: "clash-finds", "data-key": "finds", role: "group", "aria-labelledby": `${id}-finds` },
      el("p", { class: "ws-title", id: `${id}-finds`, tabindex: -1 }, "Your finds"),
      view.count && el("p", { class: "ws-note", "data-key": "count" }, view.count),
      view.finds.length > 0 ? el("ul", { class: "clash-cards", "data-key": "cards" }, view.finds.map(card)) : el("p", { "data-key": "none" }, "Nothing pinned yet. What you pin stands here."),
      view.shown.length > 0 && el("p", { class: "ws-h", "data-key": "shown-head" }, "Shown to you"),
      view.shown.length > 0 && el("ul", { class: "clash-cards", "data-key": "shown" }, view.shown.map(({ id: key, title, where, body }) =>
        el("li", { class: "clash-shown", "data-key": key, tabindex: -1 }, el("p", { class: "ws-note" }, where), el("p", { class: "ws-h ws-text" }, title),
          body.map((line) => el("p", { class: "ws-text" }, words(line)))))),
      view.more && el("div", { class: "clash-more", "data-key": "more" }, button("Show one I have not found", "reveal", { kind: "quiet" })));
  }

  function card({ id: key, where, why: reasonGiven, tone, word }) {
    return el("li", { class: `ws-card clash-find clash-find--${tone}`, "data-key": key }, icon(tone, 24),
      el("div", {}, el("p", {}, el("b", {}, word), el("span", { class: "ws-note" }, ` ${where}`)), el("p", { class: "ws-text" }, reasonGiven)),
      el("div", { class: "ws-row" }, button("Read again", "again", { arg: key, kind: "quiet", "aria-label": `Read again: ${where}` }),
        button("Take back", "takeBack", { arg: key, kind: "quiet", "aria-label": `Take back ${where}` })));
  }

  function drawn(root, view, had) {
    const list = root.querySelector(".clash-list");
    if (!list.firstChild) {
      list.append(...listOf(paragraphs));
      home(list.querySelector("[role=option]"));
    }
    for (const node of list.querySelectorAll("[role=option]")) {
      const picked = String(view.picked.includes(node.dataset.arg));
      if (node.getAttribute("aria-selected") !== picked) node.setAttribute("aria-selected", picked);
    }
    // What the reader chose or wrote last counts, also where the browser would keep something older.
    for (const radio of root.querySelectorAll("input[type=radio]")) radio.checked = radio.value === (kind ?? view.kind);
    const area = root.querySelector("textarea");
    if (area.value !== why) area.value = why;
    if (view.news[0] !== news && had) attend(root, view);
    news = view.news[0];
    if (had && !root.contains(document.activeElement)) list.querySelector("[data-home]").focus();
  }

  /** Something has just happened: bring it into view, and the focus where it belongs. */
  function attend(root, { news: [, where] }) {
    const show = (node) => node?.scrollIntoView({ block: "nearest" });
    const focus = (node) => { node?.focus({ preventScroll: true }); show(node); };
    if (where === "feedback") show(root.querySelector(".clash-said .ws-fb"));
    else if (where === "again") focus(root.querySelector(".clash-box"));
    else if (where === "shown") {
      const last = [...root.querySelectorAll(".clash-shown")].at(-1), more = root.querySelector("[data-act=reveal]");
      more ? show(more) : last?.focus({ preventScroll: true });
      show(last);
    } else if (where === "finds") {
      const left = root.querySelectorAll("[data-act=takeBack]");
      focus(left[Math.min(at, left.length - 1)] ?? root.querySelector(".clash-finds .ws-title"));
    }
  }

  /** Make an option the list's one tab stop. */
  function home(node) {
    for (const old of node.closest(".clash-list").querySelectorAll("[data-home]")) { old.removeAttribute("data-home"); old.setAttribute("tabindex", "-1"); }
    node.setAttribute("data-home", "");
    node.setAttribute("tabindex", "0");
  }

  function keydown(event, root, send) {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      send({ do: "pick", arg: option.dataset.arg });
    } else rove(event, [...root.querySelectorAll("[role=option]")], { wrap: false });
  }

  const acts = {
    pick(arg, send, node) {
      // Somebody who drags over words wants to copy them.
      if (node.matches("button") || getSelection().isCollapsed) send({ do: "pick", arg });
    },
    pin(_arg, send) {
      pinned = why;
      send({ do: "pin", arg: why, draft });
    },
    takeBack(arg, send, node) {
      at = [...node.closest("ul").children].indexOf(node.closest("li"));
      send({ do: "take_back", arg });
    },
    retry(_arg, send, node) {
      // The button goes when it has worked, so the focus goes to one that stays.
      node.closest(".ws-root").querySelector("[data-act=pin]").focus({ preventScroll: true });
      send({ do: "retry" });
    },
    text(_arg, _send, node) {
      node.closest(".ws-root").querySelector(".clash-list [data-home]").focus();
    },
  };

  const events = {
    focusin({ target }) {
      if (target.matches("[role=option]")) home(target);
    },
    change({ target }, send) {
      if (!target.matches("input[type=radio]")) return;
      kind = target.value;
      send({ do: "kind", arg: kind });
    },
    input({ target }) {
      if (!target.matches("textarea")) return;
      why = target.value;
      target.parentElement.querySelector(".clash-count").replaceChildren(...length(model.get("view")).filter(Boolean));
    },
    focusout({ target }, send) {
      if (!target.matches("textarea") || why === told) return;
      told = why;
      send({ do: "write", arg: why });
    },
  };

  const done = mount(context, { draw, drawn, keydown, acts, events });
  return () => {
    if (why !== told) model.send({ do: "write", arg: why });
    done();
  };
}

export default { render: finder };
