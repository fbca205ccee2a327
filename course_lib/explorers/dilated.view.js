// The view of DilatedExplorer: the table of pairs, the branches and heads to choose, and what it
// comes to. The model holds what is chosen; whatever changes it, here or in Python, is drawn anew.

const SIDES = [1, 0.82, 0.64, 0.46]; // of a branch's squares: they show each other, one in another
const MOST_BRANCHES = 4;
const WIDEST = 400; // of the table of pairs, in pixels
const CHOICES = "change:branches change:active change:heads change:is_causal";
const LABEL = 11; // pixels that a label needs
let tables = 0; // views so far: the hatching of each needs a name of its own

const square = (side, branch) => draw("rect", { x: (15 - side) / 2, y: (15 - side) / 2, width: side, height: side, class: `square branch-${branch}` });
const swatch = (branch) => draw("svg", { class: "swatch", width: 15, height: 15, "aria-hidden": "true" }, [square(15 * SIDES[branch], branch)]);
const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
const percent = (part, whole) => (whole ? `${written((100 * part) / whole, 1)} %` : "–");

/** What the model holds, in one object; a branch that has just come is looked through. */
function stateOf(model) {
  const branches = model.get("branches"), active = model.get("active");
  return {
    tokens: model.get("tokens"), seqLen: model.get("tokens").length, branches,
    active: branches.map((_, branch) => active[branch] ?? true),
    heads: model.get("heads"), query: model.get("query"), isCausal: model.get("is_causal"),
  };
}

/** The name of a position: its token, and its number where the token does not say it. */
function nameOf(position, tokens) {
  return tokens[position] === String(position) ? `position ${position}` : `“${tokens[position]}” (position ${position})`;
}

/** The table of pairs: queries are rows, keys are columns. A row can be pointed at, or reached by keys. */
function pairsPicture(tokens, { point, pin }) {
  const n = tokens.length;
  const cell = Math.min(26, Math.max(3, WIDEST / n));
  const every = Math.ceil(LABEL / cell); // label so many rows apart
  const longest = Math.max(...tokens.map((token) => token.length));
  const size = Math.min(13, Math.max(9, cell * 0.75));
  const left = Math.min(110, 12 + longest * size * 0.62) + 16, top = left, side = n * cell;
  const hatching = `dilated-hidden-${(tables += 1)}`;
  const shown = (i) => (i % every ? "" : tokens[i].length > 13 ? `${tokens[i].slice(0, 12)}…` : tokens[i]);
  const label = (i, attributes) => draw("text", { "font-size": size, ...attributes }, [shown(i)]);
  const squares = SIDES.map((_, branch) => draw("path", { class: `square branch-${branch}`, "stroke-width": cell < 8 ? 0 : 1 }));
  const future = draw("path", { fill: `url(#${hatching})`, d: tokens.map((_, i) => `M${(i + 1) * cell} ${i * cell}H${side}v${cell}H${(i + 1) * cell}z`).join("") });
  const row = draw("rect", { class: "row", x: 0, width: side, height: cell });
  const keys = tokens.map((_, i) => label(i, { transform: `translate(${(i + 0.5) * cell + size * 0.35} -5) rotate(-90)` }));
  const pinByKey = (i) => (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    pin(i);
  };
  const rows = tokens.map((_, i) => draw("g", { role: "option", "aria-label": nameOf(i, tokens), click: () => pin(i), keydown: pinByKey(i) }, [
    draw("rect", { x: 16 - left, y: i * cell, width: left - 16, height: cell, fill: "transparent" }),
    label(i, { x: -6, y: (i + 0.5) * cell + size * 0.35, "text-anchor": "end" }),
  ]));
  const lead = walkable(rows, { onEnter: point });
  const width = left + side + 4, height = top + side + 4;
  const element = draw("svg", { class: "pairs", width, height, viewBox: `${-left} ${-top} ${width} ${height}` }, [
    draw("defs", {}, [draw("pattern", { id: hatching, width: 6, height: 6, patternUnits: "userSpaceOnUse" }, [draw("path", { class: "hidden", d: "M0 6L6 0" })])]),
    draw("g", { "aria-hidden": "true" }, [
      draw("text", { x: side / 2, y: 12 - top, "text-anchor": "middle", "font-size": 12 }, ["keys"]),
      draw("text", { transform: `translate(${10 - left} ${side / 2}) rotate(-90)`, "text-anchor": "middle", "font-size": 12 }, ["queries"]),
      draw("rect", { class: "frame", width: side, height: side }), future, ...squares, ...keys,
    ]),
    draw("g", { role: "listbox", "aria-label": "queries" }, rows),
    row,
  ]);
  const pointed = (then) => (event) => {
    const box = element.getBoundingClientRect(); // it may be drawn smaller than it is
    const at = Math.floor((((event.clientY - box.top) / box.height) * height - top) / cell);
    if (at >= 0 && at < n) then(at);
  };
  element.addEventListener("pointermove", pointed(onceAFrame((at) => point(at, true))));
  element.addEventListener("click", (event) => { if (!event.target.closest("[role=option]")) pointed(pin)(event); });

  return {
    element,
    drawPairs: ({ masks }, { isCausal }) => {
      future.style.display = isCausal ? "" : "none";
      squares.forEach((path, branch) => path.setAttribute("d", masks[branch] ? outlines(masks[branch], n, cell, SIDES[branch] * cell) : ""));
    },
    drawQuery: (query, seen, isPinned) => {
      row.setAttribute("y", query * cell);
      row.classList.toggle("pinned", isPinned);
      rows.forEach((it, i) => it.setAttribute("aria-selected", i === query));
      keys.forEach((it, i) => it.classList.toggle("seen", seen.has(i)));
      lead(query);
    },
  };
}

/** A square in each cell that is true, as one path: thousands of elements would be slow. */
function outlines(mask, n, cell, side) {
  const inset = (cell - side) / 2;
  return mask.map((seen, place) => (seen ? `M${(place % n) * cell + inset} ${Math.floor(place / n) * cell + inset}h${side}v${side}h${-side}z` : "")).join("");
}

/** The rows in which branches are switched, changed and removed. */
function branchRows(state, change, say) {
  const replaced = (branch, place, number) => state().branches.map((pair, b) => (b === branch ? pair.map((old, p) => (p === place ? number : old)) : pair));
  const numberInput = (branch, place, name) => make("input", {
    type: "number", min: 1, step: 1, "aria-label": `${name} of branch ${branch + 1}`, value: state().branches[branch][place],
    input: ({ target }) => {
      const number = Number(target.value), fits = Number.isSafeInteger(number) && number >= 1;
      target.setAttribute("aria-invalid", !fits);
      if (fits) change({ branches: replaced(branch, place, number) });
      else say(`The ${name} has to be a whole number of at least 1.`);
    },
    change: ({ target }) => { target.value = state().branches[branch][place]; target.setAttribute("aria-invalid", false); },
  });
  const toggle = (branch, on) => change({ active: state().active.map((old, b) => (b === branch ? on : old)) });
  const remove = (branch) => {
    const without = (list) => list.filter((_, b) => b !== branch);
    change({ branches: without(state().branches), active: without(state().active) });
  };
  return state().branches.map((_, branch) => {
    const shown = make("input", { type: "checkbox", "aria-label": `look through branch ${branch + 1}`, change: ({ target }) => toggle(branch, target.checked) });
    const inputs = [numberInput(branch, 0, "segment length"), numberInput(branch, 1, "dilation")];
    const pairs = make("td", { class: "count" });
    const button = make("button", { type: "button", "aria-label": `remove branch ${branch + 1}`, title: "remove", click: () => remove(branch) }, ["×"]);
    const cells = [make("th", { scope: "row" }, [make("label", {}, [shown, " ", swatch(branch), ` ${branch + 1}`])]), ...inputs.map((it) => make("td", {}, [it])), pairs, make("td", {}, [button])];
    return { element: make("tr", {}, cells), shown, inputs, pairs, button };
  });
}

/** The table of branches; rows are made anew only when their number changes, so that focus stays. */
function branchTable(state, change, say) {
  let rows = [];
  const body = make("tbody"), total = make("td", { class: "count total" });
  const add = make("button", { type: "button", click: () => {
    const { branches, active } = state(), [length, dilation] = branches.at(-1);
    change({ branches: [...branches, [2 * length, 2 * dilation]], active: [...active, true] });
    rows.at(-1).inputs[0].focus();
  } }, ["add a branch"]);
  const head = ["branch", "segment length", "dilation", "pairs"].map((name) => make("th", { scope: "col" }, [name]));
  const element = make("table", { class: "branches" }, [
    make("thead", {}, [make("tr", {}, [...head, make("td")])]), body,
    make("tfoot", {}, [make("tr", {}, [make("th", { scope: "row" }, ["all"]), make("td", { colspan: 2 }, [add]), total, make("td")])]),
  ]);
  const fill = ({ pairs, compared }, { branches, active }) => {
    if (rows.length !== branches.length) {
      const hadFocus = body.contains(document.activeElement);
      rows = branchRows(state, change, say);
      body.replaceChildren(...rows.map((row) => row.element));
      if (hadFocus) add.focus();
    }
    rows.forEach((row, branch) => {
      row.element.classList.toggle("off", !active[branch]);
      row.shown.checked = active[branch];
      row.button.disabled = branches.length === 1;
      row.inputs.forEach((input, place) => { if (Number(input.value) !== branches[branch][place] && input.getAttribute("aria-invalid") !== "true") input.value = branches[branch][place]; });
      row.pairs.textContent = active[branch] ? pairs[branch] : "–";
    });
    add.disabled = branches.length >= MOST_BRANCHES;
    total.textContent = compared;
  };
  return { element, fill };
}

/** The heads as buttons, and whether to look back only. */
function choices(model, state, change) {
  const without = (head) => state().heads.filter((other) => other !== head);
  const toggled = (head) => (state().heads.includes(head) ? without(head) : [...state().heads, head].sort((a, b) => a - b));
  const buttons = Array.from({ length: model.get("n_heads") }, (_, head) =>
    make("button", { type: "button", "aria-label": `head ${head}`, click: () => change({ heads: toggled(head) }) }, [String(head)]));
  const backOnly = make("input", { type: "checkbox", change: ({ target }) => change({ is_causal: target.checked }) });
  return {
    element: make("div", { class: "line" }, [
      make("span", { class: "line", role: "group", "aria-label": "heads", style: "margin: 0" }, ["heads", ...buttons]),
      make("label", { class: "apart" }, [backOnly, " look back only"]),
    ]),
    fill: ({ heads, isCausal }) => {
      buttons.forEach((button, head) => button.setAttribute("aria-pressed", heads.includes(head)));
      backOnly.checked = isCausal;
    },
  };
}

/** What it comes to: pairs against dense attention, coverage, queries without a key, layers. */
function factsOf(found, { tokens, isCausal, heads }) {
  const { compared, dense, seen, possible, withoutKey, spread: news } = found;
  const some = withoutKey.length > 8 ? [...withoutKey.slice(0, 8).map((i) => tokens[i]), "…"] : withoutKey.map((i) => tokens[i]);
  const never = `never: ${plural(news.missing, "pair")} ${news.missing === 1 ? "does" : "do"} not meet in any number of layers`;
  return {
    pairs: `${compared} compared; dense attention ${dense} with ${plural(heads.length, "head")} (${percent(compared, dense)})`,
    coverage: `${percent(seen, possible)}: ${seen} of ${possible} pairs${isCausal ? " that look back" : ""} are seen`,
    "without a key": withoutKey.length ? `${plural(withoutKey.length, "query", "queries")}: ${some.join(" ")}` : "no query",
    layers: news.missing ? never : `${news.layers}, and all have heard of all${isCausal ? " before them" : ""}`,
  };
}

function render({ model, el }) {
  const state = () => stateOf(model);
  const line = spokenLine();
  const save = onceAFrame(() => model.save_changes());
  let pinned = null, alive = true;
  const change = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    save();
  };
  const show = (query) => (query === model.get("query") ? drawQuery() : change({ query }));
  const point = (query, byPointer = false) => { if (alive && !(byPointer && pinned !== null)) show(query); };
  const pin = (query) => { pinned = pinned === query ? null : query; show(query); };
  const picture = pairsPicture(state().tokens, { point, pin });
  const above = choices(model, state, change), table = branchTable(state, change, line.say);
  const facts = make("tbody"), sights = make("tbody"), title = make("caption");

  const drawQuery = () => {
    const now = state(), sees = sightsOf(now), seen = new Set(sees.flatMap(({ keys }) => keys));
    const words = (keys) => keys.map((key) => now.tokens[key]).join(" ");
    picture.drawQuery(now.query, seen, pinned !== null);
    title.textContent = `${nameOf(now.query, now.tokens)} sees${pinned === null ? "" : " · pinned, click again to let go"}`;
    sights.replaceChildren(...sees.map(({ number, group, keys }) => make("tr", {}, [
      make("th", { scope: "row" }, [swatch(number), ` ${number + 1}`]), make("td", {}, [`head${group.length > 1 ? "s" : ""} ${group.join(", ")}`]),
      make("td", {}, [keys.length ? words(keys) : "nobody: it is not kept"]),
    ])));
    const all = [...seen].sort((a, b) => a - b), few = all.length > 12 ? `${words(all.slice(0, 12))} …` : words(all);
    line.say(`${nameOf(now.query, now.tokens)} sees ${plural(all.length, "key")} of ${now.seqLen}${all.length ? `: ${few}` : ": it is left without a key"}`);
  };
  const drawAll = () => {
    const now = state(), found = summary(now);
    picture.drawPairs(found, now);
    above.fill(now);
    table.fill(found, now);
    const said = factsOf(found, now);
    facts.replaceChildren(...Object.entries(said).map(([name, text]) => make("tr", {}, [make("th", { scope: "row" }, [name]), make("td", {}, [text])])));
    drawQuery();
    const { compared, seen, possible, withoutKey, spread: news } = found;
    const lost = `${plural(withoutKey.length, "query", "queries")} without a key`;
    line.say(`${plural(compared, "pair")} compared; coverage ${percent(seen, possible)}; ${lost}; layers: ${news.missing ? "never" : news.layers}`);
  };
  model.on(CHOICES, drawAll);
  model.on("change:query", drawQuery);
  // JupyterLab's own keys would be quicker than a button's: here they rest.
  const root = make("div", { class: "explorer explorer-dilated" }, [
    picture.element,
    make("div", { class: "choices" }, [above.element, table.element, make("table", { class: "facts" }, [facts]), make("table", { class: "sees" }, [title, sights])]),
    line.element,
  ]);
  keepKeys(root);
  el.append(root);
  drawAll();
  drawQuery();
  return () => {
    alive = false; // a frame may still be on its way
    model.off(CHOICES, drawAll);
    model.off("change:query", drawQuery);
    root.remove();
  };
}

export default { render };
