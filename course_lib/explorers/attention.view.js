const MOST_LABELS = 32; // beyond that the matrix is a picture: a cell is a few pixels
const MOST_NUMBERS = 12; // beyond that numbers do not fit into the cells
const LEAST_AMONG_MANY = 0.01; // in a long sentence thinner lines are left out, or no word could be read

/** The sentence twice: above the words as queries, below as keys, with room for the lines between. */
function wordsOf(tokens, names, { point, leave, pin, hide }) {
  const lines = draw("svg", { class: "lines", "aria-hidden": "true" });
  const numbers = tokens.map(() => make("span", { class: "number" }));
  const button = (at, below, hear) =>
    make("button", { type: "button", title: names[at], ...hear }, [make("span", { class: "word" }, [tokens[at]]), ...below]);
  const queries = tokens.map((_, at) => button(at, [], { mouseenter: () => point(at, null), click: () => pin(at) }));
  const keys = tokens.map((_, at) => button(at, [numbers[at]], { mouseenter: () => point(null, at), click: () => hide(at) }));
  const row = (name, label, buttons) =>
    make("div", { class: `words ${name}`, role: "group", "aria-label": label, mouseleave: leave, focusout: leave }, buttons);
  const tabTo = walkable(queries, { onEnter: (at) => point(at, null) });
  walkable(keys, { onEnter: (at) => point(null, at) });
  const element = make("div", { class: "sentence" }, [
    make("div", { class: "aside" }, ["queries: point at a word to see where it looks, click to keep it"]),
    row("queries", "Queries: choose a word to look from", queries), lines, row("keys", "Keys: press one to hide it", keys),
    make("div", { class: "aside" }, ["keys: click one to hide it; the others share its weight"])]);
  let ends; // where lines start and end; measured once a layout, since a hover must not

  function measure() {
    const middle = (it) => it.offsetLeft + it.offsetWidth / 2;
    ends = { from: queries.map((it) => [middle(it), it.offsetTop + it.offsetHeight]), to: keys.map((it) => [middle(it), it.offsetTop]) };
  }

  function paint({ now, hidden, query, key, pinned }) {
    queries.forEach((it, at) => { it.setAttribute("aria-pressed", at === pinned); it.classList.toggle("at", at === query); });
    keys.forEach((it, at) => {
      it.setAttribute("aria-pressed", hidden.includes(at));
      it.classList.toggle("at", at === key);
      it.dataset.weight = now[at]; // all digits, for whoever compares
      numbers[at].textContent = hidden.includes(at) ? "hidden" : written(now[at], 3);
    });
    if (!ends) return;
    const [x, y] = ends.from[query], least = tokens.length > MOST_LABELS ? LEAST_AMONG_MANY : LEAST;
    lines.replaceChildren(...tokens.map((_, at) => at).filter((at) => now[at] >= least).map((at) => {
      const [to, bottom] = ends.to[at], half = (y + bottom) / 2;
      return draw("path", { d: `M${x} ${y}C${x} ${half} ${to} ${half} ${to} ${bottom}`, "stroke-width": 1 + 11 * now[at], class: at === key ? "at" : "" });
    }));
  }
  return { element, measure, paint, tabTo };
}

/** Put one head into a canvas, a cell a pixel; the browser enlarges it. */
function fillPicture(canvas, { shown, hidden, tokens, palette }, head) {
  const n = tokens.length;
  canvas.getContext("2d").putImageData(new ImageData(pixelsOf(shown, n, head, hidden, palette), n, n), 0, 0);
}

/** The matrix as a table, with numbers while they fit: { element, paint, fill, placeOf }. */
function tableOf(tokens) {
  const cells = tokens.map(() => tokens.map(() => make("td")));
  const heads = tokens.map((token) => make("th", { scope: "col" }, [make("span", {}, [token])]));
  const rows = cells.map((row, at) => make("tr", {}, [make("th", { scope: "row" }, [tokens[at]]), ...row]));
  const corner = make("td", { class: "corner" }, ["query ↓\nkey →"]);
  const top = make("thead", {}, [make("tr", {}, [corner, ...heads])]);
  const element = make("table", { class: tokens.length <= MOST_NUMBERS ? "numbered" : "" }, [top, make("tbody", {}, rows)]);
  let marked = [];

  function fill({ shown, hidden, palette }, head) {
    cells.forEach((row, query) => row.forEach((cell, key) => {
      const weight = rowOf(shown, tokens.length, head, query)[key], colour = colourOf(weight, palette);
      const isHidden = hidden.includes(key);
      cell.classList.toggle("hidden", isHidden);
      cell.style.background = isHidden ? "" : `rgb(${colour})`;
      cell.style.color = isHidden ? "" : inkOn(colour);
      cell.textContent = tokens.length <= MOST_NUMBERS && !isHidden ? written(weight, 2) : "";
    }));
  }
  function paint({ query, key }) {
    marked.forEach((it) => it.classList.remove("at"));
    marked = [rows[query], ...(key === null ? [] : [heads[key], cells[query][key]])];
    marked.forEach((it) => it.classList.add("at"));
  }
  function placeOf(event) {
    const cell = event.target.closest("tbody td, tbody th");
    return cell && [cell.parentElement.sectionRowIndex, cell.cellIndex === 0 ? null : cell.cellIndex - 1];
  }
  const reveal = (query, key) => cells[query][key].scrollIntoView({ block: "nearest", inline: "nearest" });
  return { element, fill, paint, placeOf, reveal };
}

/** The same as a picture, for long sentences. */
function pictureOf(tokens) {
  const n = tokens.length;
  const canvas = make("canvas", { width: n, height: n });
  const row = make("div", { class: "row" }), column = make("div", { class: "column" });
  const element = make("div", { class: "picture" }, [canvas, row, column]);
  const part = (at) => `${(100 * at) / n}%`;
  row.style.height = column.style.width = part(1);

  function paint({ query, key }) {
    row.style.top = part(query);
    column.style.left = part(key ?? 0);
    column.hidden = key === null;
  }
  function placeOf(event) {
    const box = canvas.getBoundingClientRect();
    const at = [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width];
    return at.every((it) => it >= 0 && it < 1) ? at.map((it) => Math.floor(it * n)) : null;
  }
  return { element, fill: (data, head) => fillPicture(canvas, data, head), paint, placeOf };
}

/** The matrix, and how to walk through it: pointer, arrow keys, Enter. */
function matrixOf(tokens, { point, leave, pin, place }) {
  const drawn = tokens.length <= MOST_LABELS ? tableOf(tokens) : pictureOf(tokens);
  const label = "Matrix of weights, queries are rows, keys are columns. Arrow keys walk through it, Enter keeps a row.";
  const pointed = (use) => (event) => { const at = drawn.placeOf(event); if (at) use(...at); };
  const element = make("div", { class: "matrix", role: "application", tabindex: 0, "aria-label": label,
    mousemove: pointed(point), click: pointed((query) => pin(query)), mouseleave: leave, focusout: leave,
    focusin: () => { if (element.matches(":focus-visible")) point(place().query, place().key ?? 0); } }, [drawn.element]);
  element.addEventListener("keydown", (event) => {
    const { query, key } = place();
    const inside = (at) => Math.max(0, Math.min(tokens.length - 1, at));
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -tokens.length], End: [0, tokens.length] }[event.key];
    if (step) {
      const to = [inside(query + step[0]), inside((key ?? 0) + step[1])];
      point(...to);
      drawn.reveal?.(...to); // where the table is wider than its place
    }
    else if (event.key === "Enter" || event.key === " ") pin(query);
    else return;
    event.preventDefault();
  });
  return { ...drawn, element };
}

/** All heads in small, side by side; a click draws one large. */
function headsOf(tokens, names, heads, choose) {
  const pictures = heads.map(() => make("canvas", { width: tokens.length, height: tokens.length }));
  const rows = heads.map(() => make("span", { class: "row" }));
  const found = heads.map(() => make("span", { class: "found" }));
  const buttons = heads.map((name, at) => make("button", { type: "button", click: () => choose(at) }, [
    make("span", { class: "word" }, [name]), make("span", { class: "picture" }, [pictures[at], rows[at]]), found[at]]));
  const tabTo = walkable(buttons);
  const element = make("div", { class: "heads", role: "group", "aria-label": "Heads: choose the one to draw large" }, buttons);
  element.hidden = heads.length < 2;

  function paint({ query, head, rowIn }) {
    buttons.forEach((button, at) => {
      const row = rowIn(at), [first] = leaders(row, 1);
      button.setAttribute("aria-pressed", at === head);
      rows[at].style.top = `${(100 * query) / tokens.length}%`;
      rows[at].style.height = `${100 / tokens.length}%`;
      found[at].textContent = first === undefined ? "nothing" : `${names[first]} ${written(row[first], 3)}`;
    });
  }
  return { element, paint, tabTo, fill: (data) => pictures.forEach((canvas, head) => fillPicture(canvas, data, head)) };
}

function render({ model, el }) {
  const root = make("div", { class: "explorer explorer-attention", role: "group", "aria-label": "Attention explorer" });
  el.append(root);
  if (model.get("_too_much")) {
    root.append(make("p", { role: "status" }, [model.get("_too_much")]));
    return () => root.remove();
  }
  // While the focus is in here, a bare key means something here and not in the notebook.
  keepKeys(root);

  const tokens = model.get("tokens"), names = namesOf(tokens), n = tokens.length, heads = model.get("head_names");
  const weights = numbersOf(model.get("_weights"));
  const data = { tokens, palette: new Uint8Array(model.get("_palette").buffer, model.get("_palette").byteOffset, 768) };
  const place = { query: model.get("query") ?? 0, key: null };

  const save = onceAFrame(() => model.save_changes());
  const set = (name, value) => { model.set(name, value); save(); };
  const hands = {
    place: () => place,
    point: (query, key) => { place.query = query ?? place.query; place.key = key; paint(); },
    leave: () => { place.query = model.get("query") ?? place.query; place.key = null; paint(); },
    pin: (query) => set("query", model.get("query") === query ? null : query),
    hide: (key) => {
      const now = model.get("hidden");
      set("hidden", now.includes(key) ? now.filter((it) => it !== key) : [...now, key].sort((one, other) => one - other));
    },
  };
  const said = spokenLine();
  const words = wordsOf(tokens, names, hands), matrix = matrixOf(tokens, hands), small = headsOf(tokens, names, heads, (head) => set("head", head));
  const back = make("button", { type: "button", class: "back", click: () => set("hidden", []) }, ["show all keys"]);

  const paint = onceAFrame(() => {
    const head = model.get("head"), { query, key } = place, { hidden } = data;
    const rowIn = (at) => rowOf(data.shown, n, at, query);
    const scene = { query, key, head, hidden, names, rowIn, pinned: model.get("query"), now: rowIn(head), before: rowOf(weights, n, head, query) };
    words.paint(scene);
    matrix.paint(scene);
    small.paint(scene);
    said.say(`${heads.length > 1 ? `${heads[head]}: ` : ""}${key === null ? saidOfRow(scene) : saidOfPair(scene)}`);
  });
  function fill() {
    data.hidden = model.get("hidden");
    data.shown = withoutKeys(weights, n, data.hidden);
    matrix.fill(data, model.get("head"));
    small.fill(data);
    small.tabTo(model.get("head"));
    back.setAttribute("aria-disabled", data.hidden.length === 0);
    paint();
  }
  const pinned = () => { if (model.get("query") !== null) { place.query = model.get("query"); words.tabTo(place.query); } paint(); };

  const colours = [0, 0.25, 0.5, 0.75, 1].map((weight) => `rgb(${colourOf(weight, data.palette)})`);
  const ramp = make("span", { style: `background: linear-gradient(to right, ${colours})` });
  const left = make("div", { class: n <= MOST_NUMBERS ? "left short" : n <= MOST_LABELS ? "left" : "left long" }, [words.element, back]);
  const right = make("div", {}, [matrix.element, make("div", { class: "aside scale" }, ["weight 0", ramp, "1"])]);
  root.append(small.element, said.element, make("div", { class: "sides" }, [left, right]));
  fill();
  pinned();
  const layout = new ResizeObserver(() => { words.measure(); paint(); });
  layout.observe(words.element);
  const watched = { "change:query": pinned, "change:hidden": fill, "change:head": fill };
  for (const [what, react] of Object.entries(watched)) model.on(what, react);
  return () => {
    for (const [what, react] of Object.entries(watched)) model.off(what, react);
    layout.disconnect();
    root.remove();
  };
}

export default { render };
