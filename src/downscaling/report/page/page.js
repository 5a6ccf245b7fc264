"use strict";
// The toggles of verdicts, links into folded parts, figures enlarged, the table that sorts, the rows
// behind a number, what the run took, and the sample browser. Whatever a model or a data set wrote is
// put on the page as text, never as markup. No request is made: the browser's data are scripts beside
// this page, each of which calls `downscaling(name, values)`.

const byId = (id) => document.getElementById(id);

/** An element with properties and children; a string becomes text. */
function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}

// ---- verdicts

/** What is pressed shows alone; where nothing is, everything shows. */
for (const toggles of document.querySelectorAll(".toggles")) {
  toggles.hidden = false;
  const list = byId(toggles.dataset.for);
  const rows = list.querySelectorAll("[data-verdict]");
  toggles.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    const pressed = [...toggles.querySelectorAll("[aria-pressed=true]")];
    const wanted = new Set(pressed.map((one) => one.dataset.verdict));
    for (const row of rows) row.hidden = wanted.size > 0 && !wanted.has(row.dataset.verdict);
    for (const folded of list.querySelectorAll("details.folded")) {
      folded.open = wanted.size > 0 && Boolean(folded.querySelector("[data-verdict]:not([hidden])"));
    }
  });
}

/** What the address leads to; nothing where it cannot be decoded. */
function targeted() {
  try {
    return byId(decodeURIComponent(location.hash.slice(1)));
  } catch {
    return null;
  }
}

/** Unfold what a link leads to. */
function unfold() {
  const target = targeted();
  if (!target) return;
  for (let at = target; at; at = at.parentElement) {
    if (at.tagName === "DETAILS") at.open = true;
  }
  target.scrollIntoView();
}
addEventListener("hashchange", unfold);
unfold();

// ---- figures

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.enlarge");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const image = byId("enlarged").querySelector("img");
  image.src = link.href;
  image.alt = link.querySelector("img").alt;
  byId("enlarged").showModal();
});
byId("enlarged").addEventListener("click", (event) => {
  if (event.target.tagName !== "BUTTON") byId("enlarged").close();
});

// ---- tables of runs

for (const button of document.querySelectorAll(".all-columns")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const whole = byId(button.dataset.table).classList.toggle("whole");
    button.setAttribute("aria-pressed", String(whole));
  });
}

/** Sort the rows by a column, numbers by size, cells without one last. */
function sort(head) {
  const table = head.closest("table");
  const place = [...head.parentElement.children].indexOf(head);
  const ascending = head.getAttribute("aria-sort") === "descending";
  for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
  const value = (row) => {
    const cell = row.children[place];
    return cell.querySelector(".number")?.textContent ?? cell.textContent.trim();
  };
  const rows = [...table.tBodies[0].rows];
  rows.sort((one, two) => {
    const [a, b] = [value(one), value(two)];
    const [x, y] = [a, b].map((text) => parseFloat(text.replaceAll("\u202f", "")));
    if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
    const order = Number.isNaN(x) ? a.localeCompare(b, "en") : x - y;
    return ascending ? order : -order;
  });
  table.tBodies[0].append(...rows);
}
for (const head of document.querySelectorAll(".sticky thead th")) {
  head.tabIndex = 0;
  head.addEventListener("click", () => sort(head));
  head.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); sort(head); }
  });
}

// ---- files beside the page

const FOLDER = document.querySelector("#unavailable code").textContent;
const files = new Map();
const arrived = new Map();

globalThis.downscaling = (name, values) => arrived.set(name, values);

/** The values of one of the files beside the page. */
function load(name, path = `${FOLDER}samples/${name}.js`) {
  if (!files.has(name)) {
    files.set(name, new Promise((resolve, reject) => {
      const script = element("script", { src: path, async: true });
      script.onload = () => (arrived.has(name) ? resolve(arrived.get(name)) : reject(name));
      script.onerror = () => reject(name);
      document.head.append(script);
    }));
  }
  return files.get(name);
}

// ---- the rows behind a number

/** Show the lines of a table that the address asks for, as in #scores:12,15. */
async function rows() {
  const [, name, lines] = /^#(scores|differences):([\d,]+)$/.exec(location.hash) ?? [];
  if (!name) return;
  const link = (href, text) => element("a", { href }, text);
  const path = `${FOLDER}scores/${name}.csv`;
  const cells = (tag, values) => values.map((value) => element(tag, {}, value));
  const [head, body] = ["thead", "tbody"].map((part) => byId("rows").querySelector(part));
  try {
    const { columns, rows: held, commands } = await load(name, `${FOLDER}scores/${name}.js`);
    const asked = lines.split(",").map(Number);
    const shown = asked.filter((line) => held[line - 2]);
    head.replaceChildren(element("tr", {}, ...cells("th", ["line", "counts", ...columns])));
    body.replaceChildren(...shown.map((line) => element(
      "tr", {}, element("td", {}, String(line)),
      element("td", {}, ...(commands[line - 2] ?? []).flatMap(
        (place) => [link(`#command-${place}`, `command ${place}`), " "],
      )),
      ...cells("td", held[line - 2]),
    )));
    const made = byId("rows").dataset.command;
    byId("rows-about").replaceChildren(
      shown.length < asked.length ? `There is no such line: ${asked.filter((line) => !held[line - 2])}. ` : "",
      `${shown.length} of ${held.length} rows of `, link(path, `${name}.csv`),
      ...(made ? [", made by one ", link(made, "command"), ". "] : [". "]),
      name === "scores" ? "What a row counts was made by the commands in its second column." : "",
    );
  } catch (missing) {
    if (missing instanceof Error) throw missing;
    byId("rows-about").textContent = `${path} is missing: keep ${FOLDER} beside this page.`;
  }
  byId("rows").hidden = false;
  byId("rows").scrollIntoView();
}
addEventListener("hashchange", rows);
rows();

// ---- what the run took

/** Put each measurement into its place. */
async function costs() {
  try {
    const measured = await load("costs", byId("costs-file").textContent);
    for (const place of document.querySelectorAll("[data-measured]")) {
      place.textContent = measured[place.dataset.measured] ?? "";
    }
    byId("costs-missing").hidden = true;
    byId("costs-about").hidden = false;
  } catch (missing) {
    if (missing instanceof Error) throw missing;
    byId("costs-missing").textContent = "It is missing beside this page.";
  }
}
costs();

// ---- the sample browser

const PAGE = 10;
const index = JSON.parse(byId("index").textContent);
const OUTCOMES = index.outcomes.map(([name]) => name);
const RIGHT = OUTCOMES.indexOf("right");
const names = new Map(index.outcomes);

// A question, and an answer, by the places of their values.
const [BENCHMARK, ID, CATEGORY, AXIS, IMAGES, TEXT, OPTIONS, PLACE, GOLD, FOCUS] = Array(10).keys();
const [OUTCOME, CHOICE, REPLY, THINKING, FORCED, CUT] = Array(6).keys();

const nothing = Promise.resolve(null);
const described = (run) => index.runs[run].described;
const choices = ["run", "other", "compare", "benchmark", "category", "outcome", "words"];
const state = { page: 0, current: 0, found: [], asked: 0, shown: 0 };

function title(run) {
  const { perception, reasoning, mode, seed } = index.runs[run];
  const seeds = new Set(index.runs.map((one) => one.seed));
  const whole = described(run) === null;
  return (whole ? `${perception}, ${mode}` : `${perception} → ${reasoning}, ${mode}`)
    + (seeds.size > 1 ? `, seed ${seed}` : "");
}

/** Under which heading a run is listed: what describes the image, without its size. */
function groupOf(run) {
  const { perception } = index.runs[run];
  return described(run) === null ? "end to end" : `described by ${perception.replace(/-[\d.]+B$/, "")}`;
}

function option(value, text) {
  return element("option", { value, textContent: text });
}

/** Fill the lists to choose from. */
function prepare() {
  for (const [id, first] of [["run", null], ["other", "nothing"]]) {
    const groups = new Map();
    index.runs.forEach((_, run) => {
      const group = groupOf(run);
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(option(run, title(run)));
    });
    byId(id).replaceChildren(
      ...(first ? [option("", first)] : []),
      ...[...groups].map(([label, runs]) => element("optgroup", { label }, ...runs)),
    );
  }
  byId("benchmark").replaceChildren(
    option("", "all"), ...index.benchmarks.map((name, place) => option(place, name)),
  );
  byId("outcome").replaceChildren(
    option("", "all"), option("not right", "anything but right"),
    ...OUTCOMES.map((name) => option(name, name)),
  );
  categories();
}

/** The categories of the chosen benchmark, or of all; a choice that still exists is kept. */
function categories() {
  const chosen = byId("category").value;
  const benchmark = byId("benchmark").value;
  const kept = benchmark === "" ? index.benchmarks : [index.benchmarks[benchmark]];
  const listed = new Set(kept.flatMap((name) => index.categories[name]));
  byId("category").replaceChildren(
    option("", "all"), ...[...listed].map((name) => option(name, name)),
  );
  if (listed.has(chosen)) byId("category").value = chosen;
}

// ---- the filters in the address, as in #samples:run=instruct-8B/8B/plain/0&outcome=wrong

const VIEW = "#samples:";
const keyOf = (run) => {
  const { perception, reasoning, mode, seed } = index.runs[run];
  return [perception, reasoning, mode, seed].join("/");
};

/** Write the choices that are not the first of their list into the address; a new one can be left by
 * going back. */
function remember(isNew = true) {
  const view = new URLSearchParams();
  for (const id of choices) {
    const { value } = byId(id);
    const first = byId(id).options?.[0].value ?? "";
    if (value === first || value === "" || (id === "compare" && byId("other").value === "")) continue;
    const named = { run: () => keyOf(value), other: () => keyOf(value), benchmark: () => index.benchmarks[value] };
    view.set(id, named[id] ? named[id]() : value);
  }
  const hash = VIEW + view;
  if (location.hash === hash) return;
  if (!location.hash.startsWith(VIEW)) history.replaceState(null, "", VIEW); // going back leads here
  if (isNew) history.pushState(null, "", hash);
  else history.replaceState(null, "", hash);
}

/** Take up the choices that the address holds; gives whether it holds some. A value that no list has is
 * told and left out. */
function recall() {
  if (!location.hash.startsWith(VIEW)) return false;
  const view = new URLSearchParams(location.hash.slice(VIEW.length));
  const unknown = [];
  byId("filters").reset();
  categories();
  const places = {
    run: (key) => index.runs.findIndex((_, run) => keyOf(run) === key),
    benchmark: (name) => index.benchmarks.indexOf(name),
  };
  places.other = places.run;
  for (const id of choices) {
    if (!view.has(id)) continue;
    const value = String(places[id] ? places[id](view.get(id)) : view.get(id));
    const { options } = byId(id);
    if (options && ![...options].some((one) => one.value === value)) {
      unknown.push(`${id} ${view.get(id)}`);
      continue;
    }
    byId(id).value = value;
    if (id === "benchmark") categories();
  }
  byId("unknown").textContent = unknown.length ? `not known here: ${unknown.join("; ")}` : "";
  return true;
}
addEventListener("hashchange", () => {
  if (recall()) refresh().then(() => byId("browser").scrollIntoView());
});

/** Load what the choices need, then show it; a later choice overtakes an earlier one. */
async function refresh() {
  const asked = ++state.asked;
  const values = Object.fromEntries(choices.map((id) => [id, byId(id).value]));
  const runs = [values.run, values.other].filter((run) => run !== "").map(Number);
  byId("compare-label").hidden = runs.length < 2;
  try {
    const [questions, ...rest] = await Promise.all([
      load("questions"),
      ...runs.map((run) => load(`answers-${run}`)),
      ...runs.map((run) => (described(run) === null ? nothing : load(`descriptions-${described(run)}`))),
    ]);
    if (asked !== state.asked) return;
    const answers = rest.slice(0, runs.length);
    const texts = rest.slice(runs.length);
    state.found = find(questions, answers, texts, values);
    state.runs = runs;
    state.questions = questions;
    state.page = state.current = 0;
    byId("unavailable").hidden = true;
    byId("browser").hidden = false;
    show();
    state.shown = asked;
  } catch (name) {
    if (name instanceof Error) throw name;
    const missing = `${FOLDER}samples/${name}.js is missing: keep ${FOLDER} beside this page.`;
    byId("unavailable").textContent = missing;
    byId("unavailable").hidden = false;
  }
}

/** The questions that the choices leave, each with the runs' answers and descriptions. */
function find(questions, answers, texts, values) {
  const words = values.words.trim().toLowerCase();
  const counts = index.benchmarks.map(() => 0);
  const found = [];
  questions.forEach((question, place) => {
    const benchmark = question[BENCHMARK];
    const at = counts[benchmark]++;
    const given = answers.map((of) => of[benchmark][at]);
    if (given.includes(undefined)) return;
    if (values.benchmark !== "" && benchmark !== Number(values.benchmark)) return;
    if (values.category && question[CATEGORY] !== values.category) return;
    const outcome = OUTCOMES[given[0][OUTCOME]];
    if (values.outcome === "not right" ? outcome === "right" : values.outcome && outcome !== values.outcome) return;
    if (given.length > 1) {
      const [first, second] = given.map((answer) => answer[OUTCOME] === RIGHT);
      const wanted = {
        differ: first !== second, first: first && !second, second: second && !first, all: true,
      };
      if (!wanted[values.compare]) return;
    }
    const told = texts.map((of) => (of ? of[benchmark][at] : null));
    if (words) {
      const said = [
        question[ID], question[TEXT], ...question[OPTIONS], question[FOCUS],
        ...given.flatMap((answer) => [answer[REPLY], answer[THINKING]]),
        ...told.map((text) => (text ? text[0] : "")),
      ];
      if (!said.some((text) => text.toLowerCase().includes(words))) return;
    }
    found.push({ place, given, told });
  });
  return found;
}

function show() {
  const { found, page } = state;
  const pages = Math.max(1, Math.ceil(found.length / PAGE));
  byId("found").textContent = `${found.length} question${found.length === 1 ? "" : "s"}`;
  byId("page").textContent = `${page + 1} of ${pages}`;
  byId("previous").disabled = page === 0;
  byId("next").disabled = page >= pages - 1;
  byId("cards").replaceChildren(
    ...found.slice(page * PAGE, (page + 1) * PAGE).map((one, at) => card(one, at === state.current)),
  );
}

function card({ place, given, told }, current) {
  const question = state.questions[place];
  const where = [index.benchmarks[question[BENCHMARK]], question[CATEGORY], question[AXIS]];
  return element(
    "li", { className: "card", tabIndex: current ? 0 : -1 },
    element("div", { className: "asked" },
      element("div", { className: "pictures" }, ...question[IMAGES].map(picture)),
      element("div", {},
        element("p", { className: "where" }, where.filter(Boolean).join(" · "), " ",
          element("code", {}, question[ID])),
        text(question[TEXT], "question"),
        question[OPTIONS].length ? options(question, given)
          : element("p", {}, "right: ", element("b", {}, question[GOLD])),
        question[FOCUS] ? labelled("to observe", question[FOCUS]) : null)),
    element("div", { className: "replies" },
      ...given.map((answer, run) => reply(answer, told[run], run))));
}

function picture(name, place) {
  const path = `${FOLDER}images/${name}`;
  const image = element("img", { alt: `image ${place + 1}`, loading: "lazy", decoding: "async" });
  image.onload = () => image.classList.toggle("tiny", image.naturalWidth < 200);
  image.src = path;
  return element("a", { href: path }, image);
}

const MARKS = ["first", "second"];

function options(question, given) {
  return element("ol", { className: "options" }, ...question[OPTIONS].map((words, place) => {
    const chosen = given.flatMap((answer, run) => (answer[CHOICE] === place ? [run] : []));
    const right = place === question[PLACE];
    return element("li", { className: right ? "gold" : "" },
      element("span", { dir: "auto" }, words),
      right ? element("span", { className: "mark" }, " ✓ right") : null,
      ...chosen.map((run) => element("span", { className: `mark ${right ? "hit" : "miss"}` },
        given.length > 1 ? ` ← ${MARKS[run]}` : " ← answered")));
  }));
}

function reply(answer, told, run) {
  const outcome = OUTCOMES[answer[OUTCOME]];
  const two = state.runs.length > 1;
  return element("div", { className: "reply" },
    element("p", { className: "head" },
      two ? element("b", {}, `${MARKS[run]}: ${title(state.runs[run])} `) : null,
      element("span", { className: `badge ${outcome.replaceAll(" ", "-")}`, title: names.get(outcome) }, outcome)),
    told ? labelled("description", told[0], told[1] ? "cut at the cap" : "") : null,
    answer[THINKING] ? labelled("thinking", answer[THINKING], answer[FORCED] ? "closed by the budget" : "") : null,
    labelled("answer", answer[REPLY], answer[CUT] ? "cut at the cap" : ""));
}

function labelled(label, words, remark = "") {
  return element("div", { className: "labelled" },
    element("span", { className: "label" }, label, remark ? ` (${remark})` : ""),
    text(words, label.replaceAll(" ", "-")));
}

/** A model's or a data set's words. */
function text(words, kind) {
  return element("div", { className: `text ${kind}`, dir: "auto" }, words === "" ? "(nothing)" : words);
}

/** Go to a card by its place among those found, turning the page where needed. */
function go(place) {
  if (place < 0 || place >= state.found.length) return;
  state.page = Math.floor(place / PAGE);
  state.current = place % PAGE;
  show();
  const cards = byId("cards").children;
  cards[state.current].focus();
  cards[state.current].scrollIntoView({ block: "nearest" });
}

const turn = (by) => go((state.page + by) * PAGE);
const here = () => state.page * PAGE + state.current;
const isFocused = () => byId("cards").contains(document.activeElement);
const keys = {
  j: () => go(isFocused() ? here() + 1 : here()),
  k: () => go(here() - 1),
  n: () => turn(1),
  p: () => turn(-1),
  "/": () => byId("words").focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea")) return;
  const act = keys[event.key];
  if (!act || byId("browser").hidden) return;
  event.preventDefault();
  act();
});

byId("cards").addEventListener("focusin", (event) => {
  const place = [...byId("cards").children].indexOf(event.target.closest(".card"));
  if (place >= 0) state.current = place;
});
byId("previous").addEventListener("click", () => turn(-1));
byId("next").addEventListener("click", () => turn(1));

let typing;
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("filters").addEventListener("input", (event) => {
  if (event.target.id !== "words") return;
  clearTimeout(typing);
  typing = setTimeout(() => { refresh(); remember(false); }, 150);
});
byId("filters").addEventListener("change", (event) => {
  if (event.target.id === "words") return;
  clearTimeout(typing);
  byId("unknown").textContent = "";
  if (event.target.id === "benchmark") categories();
  refresh();
  remember();
});
byId("filters").querySelector("[type=reset]").addEventListener("click", () => setTimeout(async () => {
  categories();
  byId("unknown").textContent = "";
  remember();
  await refresh();
  byId("found").textContent += ", all filters reset";
}));

// A count in the table of outcomes leads to its answers.
byId("what-became").addEventListener("click", (event) => {
  const button = event.target.closest("button[data-run]");
  if (!button) return;
  byId("filters").reset();
  categories();
  byId("run").value = button.dataset.run;
  byId("outcome").value = button.dataset.outcome;
  refresh();
  remember();
  setTimeout(() => byId("browser").scrollIntoView());
});

if (index.runs.length) {
  prepare();
  if (recall()) refresh().then(() => byId("browser").scrollIntoView());
  else refresh();
} else {
  byId("unavailable").textContent = "This preset has no runs to show.";
}
