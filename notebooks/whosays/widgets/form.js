// The form: worded radio buttons and short texts. Python saves them and says what there is to say.

const PAUSE = 600; // ms without a key before a text is saved
const SHORT = 14; // characters of an option that fits beside others
let forms = 0;

const counted = (text) => (text.trim() ? text.trim().split(/\s+/u).length : 0);
const textOf = (value) => (value == null ? "" : String(value));

/** Everything one form on the page knows: `mine` holds what the reader gave and Python has not confirmed yet. */
function form({ model, el: host }) {
  const id = `ws-form-${++forms}-${Math.random().toString(36).slice(2, 8)}`;
  const mine = new Map(), entered = new Map();
  let asked = new Map(), turns = 0, post = (message) => model.send(message);

  const shownOf = (q) => (mine.has(q.key) ? mine.get(q.key).value : textOf(q.value));
  const stateOf = (q) => (mine.has(q.key) ? "pending" : q.state);

  function give(key, message, value) {
    clearTimeout(mine.get(key)?.timer);
    const token = `${id}-${++turns}`;
    mine.set(key, { value, token });
    post({ ...message, key, arg: value, token });
  }
  const write = (key, value, left) => give(key, { do: "write", left }, value);
  /** Send every text that still waits for its pause. */
  function flush() {
    for (const [key, own] of [...mine]) if (!own.token) write(key, own.value, false);
  }

  function draw(view) {
    for (const q of view.questions) if (mine.get(q.key)?.token && mine.get(q.key).token === q.token) mine.delete(q.key);
    asked = new Map(view.questions.map((q) => [q.key, { ...q, longest: view.longest }]));
    const title = view.title && el("p", { class: "ws-title ws-text", id: `${id}-title`, "data-key": "title" }, view.title);
    return [title, el("div", { class: "form-all", "data-key": "all", ...(title ? { role: "group", "aria-labelledby": `${id}-title` } : {}) },
      [...asked.values()].map((q, i) => (q.kind === "text" ? writing(q, `${id}-${i}`) : choosing(q, `${id}-${i}`))))];
  }

  function choosing(q, name) {
    const shown = shownOf(q), short = q.options.every(([, , words]) => words.length <= SHORT);
    return el("div", { class: `form-q${short ? " form-q--short" : ""}`, "data-key": `q-${q.key}` },
      el("fieldset", { "data-key": "choices", "aria-describedby": q.note ? `${name}-note` : null },
        el("legend", { class: "ws-ask ws-text" }, q.ask), note(q, name),
        el("div", { class: "form-opts", "data-key": "options" }, q.options.map(([option, number, words]) =>
          el("label", { class: "form-opt", "data-key": `o-${option}` },
            el("input", { type: "radio", name, value: option, checked: shown === option, "data-q": q.key }),
            el("span", { class: "ws-text" }, number && el("b", {}, number), number && " ", words && el("span", {}, words)))))),
      said(q));
  }

  function writing(q, name) {
    return el("div", { class: "form-q", "data-key": `q-${q.key}` },
      el("label", { class: "ws-ask ws-text", for: `${name}-text` }, q.ask), note(q, name),
      el("textarea", { id: `${name}-text`, rows: q.rows, maxlength: q.longest, "data-key": "text", "data-q": q.key,
        "aria-describedby": `${q.note ? `${name}-note ` : ""}${name}-state` }, shownOf(q)),
      el("p", { class: "ws-note form-state", id: `${name}-state`, "data-key": "state" }, progress(q)),
      said(q));
  }

  const note = (q, name) => q.note && el("p", { class: "ws-note ws-text", id: `${name}-note`, "data-key": "note" }, q.note);

  /** How long the text is, and whether it is saved. */
  function progress(q) {
    const text = shownOf(q), n = counted(text), over = q.limit ? n - q.limit : 0;
    const length = over > 0 ? el("span", { class: "form-over" }, icon("warn", 18), `${n} words: ${over} more than the ${q.limit} asked for.`)
      : q.limit ? el("span", {}, `${n} of at most ${q.limit} words`) : null;
    const full = text.length >= q.longest && el("span", { class: "form-over" }, icon("warn", 18), `${q.longest} characters: there is no room for more.`);
    return [length, full, mark(stateOf(q))];
  }

  const mark = (state) => ({
    saved: el("span", { class: "form-saved" }, icon("check", 18), "Saved"),
    pending: el("span", {}, "Not saved yet …"),
    unsaved: el("span", {}, "Not saved yet"),
  })[state] ?? null;

  /** What Python says to an answer. Said about the last choice, it fades if the next one has to wait. */
  function said(q) {
    const late = mine.has(q.key) ? " is-late" : "";
    const bare = q.kind !== "text" && !q.feedback && !q.trouble && mark(q.state);
    return el("div", { class: `form-said${late}`, "data-key": "said" },
      q.trouble && feedback("warn", q.trouble[0], el("p", { class: "ws-text" }, q.trouble[1]),
        el("div", { class: "ws-row" }, button("Save again", "retry", { arg: q.key }))),
      q.feedback && feedback(q.feedback.tone, el("span", { class: "ws-text" }, q.feedback.verdict),
        q.feedback.body.map((p) => el("p", { class: "ws-text" }, words(p)))),
      bare && el("p", { class: "ws-note form-state" }, bare));
  }

  /** Ticked is what the reader chose last, also where the browser would keep an older tick. */
  function drawn(root) {
    for (const radio of root.querySelectorAll("input[type=radio]")) {
      const ticked = shownOf(asked.get(radio.dataset.q)) === radio.value;
      if (radio.checked !== ticked) radio.checked = ticked;
    }
  }

  const isText = (node) => node.matches("textarea[data-q]");
  const events = {
    change({ target }, send) {
      if (!target.matches("input[type=radio]")) return;
      post = send;
      target.closest(".form-q").querySelector(".form-said").classList.add("is-late");
      give(target.dataset.q, { do: "choose" }, target.value);
    },
    input({ target }, send) {
      if (!isText(target)) return;
      post = send;
      const key = target.dataset.q;
      clearTimeout(mine.get(key)?.timer);
      mine.set(key, { value: target.value, timer: setTimeout(() => write(key, mine.get(key).value, false), PAUSE) });
      target.parentElement.querySelector(".form-state").replaceChildren(...progress(asked.get(key)).filter(Boolean));
    },
    focusin({ target }) {
      if (isText(target)) entered.set(target.dataset.q, target.value);
    },
    focusout({ target }, send) {
      if (!isText(target) || entered.get(target.dataset.q) === target.value) return;
      post = send;
      entered.set(target.dataset.q, target.value);
      write(target.dataset.q, target.value, true);
    },
    keydown(event) {
      // Arrow keys move among the options and do not choose: a choice is answered at once.
      if (event.target.matches("input[type=radio]") && !event.ctrlKey && !event.metaKey) {
        const radios = [...event.target.closest(".form-q").querySelectorAll("input[type=radio]")];
        rove(event, radios);
      }
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
        event.preventDefault();
        flush();
      }
    },
  };

  const acts = {
    retry(_arg, send, node) {
      // The button goes when it has worked, so the focus goes to the answer first.
      const q = node.closest(".form-q");
      (q.querySelector("textarea, input:checked") ?? q.querySelector("input")).focus({ preventScroll: true });
      send({ do: "retry" });
    },
  };

  const stop = mount({ model, el: host }, { draw, drawn, acts, events });
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

export default { render: form };
