// The rewrite desk: a sentence, a text of one's own, a checklist to tick, and what changed word by word.

const PAUSE = 600; // ms without a key before the text is saved
let desks = 0;

function desk({ model, el: host }) {
  const id = `ws-desk-${++desks}-${Math.random().toString(36).slice(2, 8)}`;
  const mine = new Map(); // what was written and Python has not confirmed yet, by sentence
  let turns = 0, entered = "", longest = 0, post = (message) => model.send(message);

  function write(of, left) {
    const own = mine.get(of);
    clearTimeout(own.timer);
    own.token = `${id}-${++turns}`;
    post({ do: "write", arg: own.value, of, token: own.token, left });
  }
  const flush = () => { for (const [of, own] of mine) if (!own.token) write(of, false); };

  function sentences(view) {
    return el("div", { class: "ws-seg", role: "group", "aria-label": "Sentence to rewrite", "data-key": "which" }, view.sentences.map(([sid, done]) =>
      el("button", { type: "button", "data-act": "go", "data-arg": sid, "data-key": sid, "aria-pressed": String(sid === view.now) },
        sid, done && [" ", icon("check", 16), el("span", { class: "ws-vh" }, "written")])));
  }

  const count = (text) => `${text.length} of at most ${longest} characters`;
  function progress(view, text) {
    const state = mine.has(view.now) ? "Not saved yet …" : view.saved ? "Saved" : "";
    return [el("span", {}, count(text)), state && el("span", { class: state === "Saved" ? "desk-saved" : "" }, state === "Saved" && icon("check", 18), state)];
  }

  function checklist(view) {
    return el("fieldset", { class: "desk-list", "data-key": "list" },
      el("legend", { class: "ws-h" }, "Editor’s checklist: you tick"),
      el("p", { class: "ws-note", "data-key": "no-grade" }, "The hints come from a machine. They help to look; they are no grade."),
      view.points.map(({ key, words: point, ticked, hint, ok }) => el("div", { class: "desk-point", "data-key": key },
        el("label", {}, el("input", { type: "checkbox", value: key, checked: ticked, "data-point": key, "aria-describedby": hint ? `${id}-${key}` : null }), el("span", {}, point)),
        hint && el("p", { class: `ws-note ws-text desk-hint${ok ? " is-ok" : ""}`, id: `${id}-${key}`, "data-key": "hint" },
          icon(ok ? "check" : "plain", 16), el("span", {}, el("b", {}, ok ? "Seen: " : "Look: "), hint)))));
  }

  /** What stands in both, what was left out and what is new: by line and by word for those who cannot see colours. */
  function diff(view) {
    const parts = view.diff.flatMap(([same, there, here]) => same ? [`${here} `] : [
      there && [el("del", {}, el("span", { class: "ws-vh" }, "left out: "), there), " "],
      here && [el("ins", {}, el("span", { class: "ws-vh" }, "new: "), here), " "]]);
    return el("section", { class: "desk-diff ws-panel", "data-key": "diff", "aria-label": "What changed" }, el("p", { class: "ws-h" }, "What changed"),
      view.diff.length
        ? [el("p", { class: "ws-q ws-text desk-words" }, parts),
          el("p", { class: "ws-note" }, el("del", {}, "crossed out"), ": only in the original. ", el("ins", {}, "underlined"), ": only in yours.")]
        : el("p", { class: "ws-note" }, "Write something. Then you see here which words went and which are new."));
  }

  function draw(view) {
    if (view.state === "empty") return el("p", { class: "ws-ask" }, view.ask);
    longest = view.longest;
    if (mine.get(view.now)?.token && mine.get(view.now).token === view.token) mine.delete(view.now);
    const text = mine.has(view.now) ? mine.get(view.now).value : view.text;
    return [
      el("p", { class: "ws-ask", "data-key": "ask" }, view.ask),
      sentences(view),
      el("div", { class: "ws-card desk-card", "data-key": `card-${view.now}` },
        el("p", { class: "desk-original" }, el("span", { class: "desk-no" }, view.now), el("span", { class: "ws-q ws-text" }, words(view.original))),
        view.why.map((line) => el("p", { class: "ws-note ws-text" }, line)),
        el("label", { class: "ws-h", for: `${id}-text` }, "Your sentence"),
        el("textarea", { id: `${id}-text`, rows: 4, maxlength: longest, "data-of": view.now, "data-key": "text", "data-home": true, "aria-describedby": `${id}-state` }, text),
        el("p", { class: "ws-note desk-state", id: `${id}-state`, "data-key": "state" }, progress(view, text))),
      view.trouble && el("div", { "data-key": "trouble" }, feedback("warn", "Please read this.", el("p", { class: "ws-text" }, view.trouble),
        el("div", { class: "ws-row" }, button("Save again", "retry")))),
      el("div", { class: "desk-two", "data-key": "two" }, checklist(view), diff(view)),
    ];
  }

  /** Ticked is what Python knows, also where the browser would keep an older tick. */
  function drawn(root, view) {
    for (const box of root.querySelectorAll("input[type=checkbox]")) {
      const ticked = view.points.some(({ key, ticked }) => key === box.value && ticked);
      if (box.checked !== ticked) box.checked = ticked;
    }
  }

  const isText = (node) => node.matches("textarea[data-of]");
  const events = {
    change({ target }, send) {
      if (target.matches("input[type=checkbox]")) send({ do: "tick", arg: target.value });
    },
    input({ target }, send) {
      if (!isText(target)) return;
      post = send;
      const of = target.dataset.of;
      clearTimeout(mine.get(of)?.timer);
      mine.set(of, { value: target.value, timer: setTimeout(() => write(of, false), PAUSE) });
      target.parentElement.querySelector(".desk-state").replaceChildren(...progress({ ...model.get("view"), now: of }, target.value).filter(Boolean));
    },
    focusin({ target }) {
      if (isText(target)) entered = target.value;
    },
    focusout({ target }, send) {
      if (!isText(target) || entered === target.value) return;
      post = send;
      const of = target.dataset.of;
      entered = target.value;
      if (!mine.has(of)) mine.set(of, { value: target.value });
      write(of, true);
    },
    keydown(event) {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      flush();
    },
  };

  const stop = mount({ model, el: host }, { draw, drawn, events });
  const outside = ({ target }) => { if (!host.contains(target)) flush(); };
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("visibilitychange", flush);
  addEventListener("pagehide", flush);
  return () => {
    post = (message) => model.send(message);
    flush();
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("visibilitychange", flush);
    removeEventListener("pagehide", flush);
    stop();
  };
}

export default { render: desk };
