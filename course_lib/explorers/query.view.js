// The view of QueryStepper: a table whose columns appear stage by stage, and a line that says how
// the number under the pointer, or with the focus, came about.

const STAGES = ["q × k", "sum", "÷ √d_head, mask", "softmax", "weight × value", "column sums"];

/** Read everything that Python sent once. */
function dataOf(model) {
  const [tokens, features, messages] = ["tokens", "features", "messages"].map((name) => model.get(name));
  const rows = (name, width) => rowsOf(numbersOf(model.get(name)), width);
  const quoted = tokens.map((token, at) => `“${token}”` + (tokens.indexOf(token) === tokens.lastIndexOf(token) ? "" : ` at ${at}`));
  return {
    tokens, features, messages, quoted,
    queries: rows("_queries", features.length),
    keys: rows("_keys", features.length),
    values: rows("_values", messages.length),
    allowed: rows("_allowed", tokens.length),
    outputs: rows("_outputs", messages.length),
  };
}

/** List the columns: their stage, the kind of number in the body, above it and below it. */
function columnsOf({ features, messages }) {
  return [
    { kind: "key", stage: 0, name: "key" },
    ...features.map((name, column) => ({ kind: "product", top: "query", stage: 0, name, column })),
    { kind: "sum", stage: 1, name: "raw" },
    { kind: "scaled", below: "greatest", belowStage: 3, stage: 2, name: "scaled" },
    { kind: "exp", below: "total", belowStage: 3, stage: 3, name: "exp" },
    { kind: "weight", below: "whole", belowStage: 3, stage: 3, name: "weight" },
    ...messages.map((name, column) => ({ kind: "weighted", below: "output", belowStage: 5, stage: 4, name, column })),
  ];
}

/** Build the table once; its numbers are written, and written anew, by `fill`. */
function tableOf(data, columns) {
  const isFirst = (at) => at > 0 && columns[at].stage !== columns[at - 1].stage;
  const cells = []; // rows of { element, kind, key, column, stage } or null
  const line = (kindOf, key, label) => {
    const row = columns.map((column, at) => {
      const { kind, stage } = kindOf(column);
      if (kind === undefined) return null;
      const element = at === 0 ? make("th", { scope: "row", tabindex: -1 }, [label]) : make("td", { tabindex: -1 });
      return { element, kind, key, column: column.column, stage, at, row: cells.length };
    });
    cells.push(row);
    row.forEach((cell) => { if (cell) cell.element.cell = cell; });
    return make("tr", {}, row.map((cell, at) => {
      const element = cell ? cell.element : at === 0 ? make("th", { scope: "row" }, [label]) : make("td");
      if (isFirst(at)) element.classList.add("first");
      return element;
    }));
  };
  const groups = [0, 1, 2, 3, 4].map((stage) => {
    const width = columns.filter((column, at) => at > 0 && column.stage === stage).length;
    const name = stage === 2 ? `÷ √${data.features.length}` : STAGES[stage];
    return make("th", { class: "group" + (stage > 0 ? " first" : ""), colspan: width, scope: "colgroup", "data-stage": stage }, [name]);
  });
  const names = columns.map(({ name, stage }, at) => make("th", { class: (isFirst(at) ? "first " : "") + (at ? "" : "start"), scope: "col", "data-stage": stage }, [name]));
  const head = make("thead", {}, [
    make("tr", {}, [make("td"), ...groups]),
    make("tr", {}, names),
    line((column) => ({ kind: column.top, stage: 0 }), null, "query"),
  ]);
  const body = make("tbody", {}, data.tokens.map((token, key) => line((column) => column, key, token)));
  const foot = make("tfoot", {}, [line((column) => ({ kind: column.below, stage: column.belowStage }), null, "sum")]);
  const table = make("table", { role: "grid", "aria-label": "one query, stage by stage; a key a row" }, [head, body, foot]);
  return { table, cells, headings: [...groups, ...names], all: cells.flat().filter(Boolean) };
}

/** The number that a cell shows. */
function numberAt(steps, { kind, key, column }) {
  switch (kind) {
    case "query": return steps.query[column];
    case "product": return steps.products[key][column];
    case "sum": return steps.sums[key];
    case "scaled": return steps.scaled[key];
    case "greatest": return steps.isEmpty ? -Infinity : steps.greatest;
    case "exp": return steps.exponentials[key];
    case "total": return steps.total;
    case "weight": return steps.weights[key];
    case "whole": return total(steps.weights);
    case "weighted": return steps.weighted[key][column];
    case "output": return steps.output[column];
  }
}

/** How many digits each kind of number gets: none where all are whole, so that columns stand still. */
function digitsOf(steps) {
  const fine = (numbers, digits) => (numbers.every((number) => Number.isInteger(number) || number === -Infinity) ? 0 : digits);
  const products = fine([...steps.query, ...steps.products.flat()], 2);
  const scaled = fine(steps.scaled, 2);
  return { query: products, product: products, sum: fine(steps.sums, 2), scaled, greatest: scaled };
}

/** Name the cells from which a cell's number is made, by row and column. */
function sourcesOf({ kind, row, at }, cells, columns) {
  const place = (wanted) => columns.findIndex((column) => column.kind === wanted);
  const keys = cells.slice(1, -1), foot = cells.at(-1);
  const mine = (wanted) => cells[row][place(wanted)];
  switch (kind) {
    case "product": return [cells[0][at], cells[row][0]];
    case "sum": return cells[row].filter((cell) => cell.kind === "product");
    case "scaled": return [mine("sum")];
    case "exp": return [mine("scaled"), foot[place("scaled")]];
    case "weight": return [mine("exp"), foot[place("exp")]];
    case "weighted": return [mine("weight"), cells[row][0]];
    case "greatest": case "total": case "whole": case "output": return keys.map((cells) => cells[at]);
    default: return [];
  }
}

/** Move the focus through the numbers with the arrow keys, Home and End; one of them is a tab stop. */
function walkThrough(table, cells, isSeen) {
  const stop = (cell) => {
    table.querySelectorAll("[tabindex='0']").forEach((other) => { other.tabIndex = -1; });
    cell.element.tabIndex = 0;
  };
  const go = (cell, down, right) => {
    let [row, at] = [cell.row + down, cell.at + right];
    for (; cells[row]?.[at] !== undefined; row += down, at += right) {
      const next = cells[row][at];
      if (next && isSeen(next)) return next.element.focus();
    }
  };
  stop(cells[1][0]);
  table.addEventListener("focusin", (event) => event.target.cell && stop(event.target.cell));
  table.addEventListener("keydown", (event) => {
    const cell = event.target.cell;
    const step = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key];
    if (!cell || (!step && event.key !== "Home" && event.key !== "End")) return;
    event.preventDefault();
    if (step) return go(cell, ...step);
    const seen = cells[cell.row].filter((other) => other && isSeen(other));
    seen.at(event.key === "Home" ? 0 : -1).element.focus();
  });
}

function render({ model, el }) {
  // JupyterLab's own keys (arrows, b, …) would act on the notebook while the focus is in here.
  const root = make("div", { class: "explorer explorer-query" });
  keepKeys(root);
  el.append(root);
  if (model.get("_too_much")) {
    root.append(make("p", { role: "status" }, [model.get("_too_much")]));
    return () => root.remove();
  }
  const data = dataOf(model);
  const columns = columnsOf(data);
  const { table, cells, headings, all } = tableOf(data, columns);
  const explain = spokenLine("explain"), said = spokenLine();
  let steps, names, pointed;

  const save = onceAFrame(() => model.save_changes());
  const set = (name, value) => { model.set(name, value); save(); };
  const step = (by) => set("stage", Math.min(5, Math.max(0, model.get("stage") + by)));
  const words = data.tokens.map((token, at) => make("button", { type: "button", class: "token", click: () => set("query", at) }, [token]));
  const letTabLeadTo = walkable(words);
  const back = make("button", { type: "button", "aria-keyshortcuts": "b", click: () => step(-1) }, ["◀ back (b)"]);
  const next = make("button", { type: "button", "aria-keyshortcuts": "n", click: () => step(1) }, ["next (n) ▶"]);
  const stages = STAGES.map((name, stage) => make("button", { type: "button", class: "stage", click: () => set("stage", stage) }, [name]));
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "n") step(1);
    if (event.key === "b") step(-1);
  });

  function fill() {
    const query = model.get("query");
    steps = stepsOf(data.queries[query], data.keys, data.values, data.allowed[query]);
    names = { ...data, tokens: data.quoted, query: data.quoted[query] };
    const digits = digitsOf(steps);
    for (const cell of all) {
      if (cell.at === 0) continue;
      cell.element.textContent = (cell.kind === "greatest" ? "max " : "") + written(numberAt(steps, cell), digits[cell.kind] ?? 3);
      if (cell.kind === "weight") cell.element.style.setProperty("--share", `${100 * steps.weights[cell.key]}%`);
      if (cell.kind === "scaled") cell.element.classList.toggle("masked", steps.scaled[cell.key] === -Infinity);
    }
    words.forEach((word, at) => word.setAttribute("aria-pressed", at === query));
    letTabLeadTo(query);
    if (pointed && isSeen(pointed)) said.say(arithmetic(steps, pointed, names));
    showStage();
  }

  function showStage() {
    const stage = model.get("stage");
    const wasIn = all.find((cell) => cell.element === document.activeElement);
    for (const cell of all) cell.element.classList.toggle("later", cell.stage > stage);
    for (const heading of headings) heading.classList.toggle("ahead", Number(heading.dataset.stage) > stage);
    if (wasIn && wasIn.stage > stage) cells[Math.max(1, Math.min(wasIn.row, cells.length - 2))][0].element.focus();
    stages.forEach((button, at) => button.setAttribute("aria-pressed", at === stage));
    back.setAttribute("aria-disabled", stage === 0);
    next.setAttribute("aria-disabled", stage === 5);
    explain.say(explanation(steps, stage, names));
  }

  const isSeen = (cell) => cell.stage <= model.get("stage");
  function point(element) {
    const cell = element?.cell;
    if (!cell || cell === pointed || !isSeen(cell)) return;
    table.querySelectorAll(".used, .pointed").forEach((other) => other.classList.remove("used", "pointed"));
    pointed = cell;
    cell.element.classList.add("pointed");
    for (const source of sourcesOf(cell, cells, columns)) source.element.classList.add("used");
    said.say(arithmetic(steps, cell, names));
  }
  table.addEventListener("pointerover", (event) => point(event.target));
  table.addEventListener("focusin", (event) => point(event.target));
  for (const cell of cells.at(-1)) cell?.element.classList.add("result");
  for (const cell of all) if (cell.kind === "weight") cell.element.classList.add("bar");
  walkThrough(table, cells, isSeen);

  const here = greatestDifference(outputsOf(data.queries, data.keys, data.values, data.allowed), data.outputs);
  const compared = [["this view", `${short(here)} at most`], ...model.get("_compared")];
  root.append(
    make("div", { class: "controls", role: "group", "aria-label": "query" }, ["query:", ...words]),
    make("div", { class: "controls", role: "group", "aria-label": "stage" }, [back, ...stages, next]),
    explain.element,
    make("div", { class: "scroll" }, [table]),
    said.element,
    make("div", { class: "aside" }, ["Difference from the outputs that Python computed, over all queries:"]),
    make("ul", { class: "compared" }, compared.map(([name, text]) => make("li", {}, [make("b", {}, [name]), `: ${text}`]))),
  );
  fill();
  said.say("Point at a number, or walk there with Tab and the arrow keys, to see how it came about.");
  model.on("change:query", fill);
  model.on("change:stage", showStage);
  return () => {
    model.off("change:query", fill);
    model.off("change:stage", showStage);
    root.remove();
  };
}

export default { render };
