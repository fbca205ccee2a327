// The view of SoftmaxExplorer: sliders, the weights of one query as bars, the spread of all scores,
// and two curves over d_head. All numbers come from softmax.compute.mjs.

const CASES = [
  { name: "without the scale", of: "plain", scaled: false },
  { name: "divided by √d_head", of: "scaled", scaled: true },
];
const QUANTITIES = {
  spread: { name: "spread", text: (number) => written(number) },
  entropy: { name: "entropy", text: (number) => written(number) },
  keys: { name: "keys looked at", text: (number) => written(number, 1) },
  response: { name: "largest response", text: (number) => short(number) },
  deaf: { name: "deaf", text: (number) => `${written(100 * number, 0)} %` },
};
const BOX = { width: 360, height: 153, left: 46, right: 346, top: 10, bottom: 116 };
const RESPONSES = [1e-5, 3]; // the axis is the same for every choice, so that pictures can be compared

/** Read everything that Python sent once, and the raw scores for every d_head of the curves. */
function dataOf(model) {
  const nFeatures = model.get("_n_features");
  const [queries, keys] = ["_queries", "_keys"].map((name) => numbersOf(model.get(name)));
  const sizes = curveSizes(nFeatures);
  return {
    nFeatures, queries, keys, sizes,
    nQueries: queries.length / nFeatures,
    nKeys: keys.length / nFeatures,
    raws: rawScoresOf(sizes, queries, keys, nFeatures),
    sliderSizes: sliderSizes(nFeatures),
  };
}

/** Remember the last result, and compute anew only where something else is asked. */
function remembering(compute) {
  let asked = null, found;
  return (...values) => {
    if (String(values) !== asked) [asked, found] = [String(values), compute(...values)];
    return found;
  };
}

/** A slider over a list of numbers, with its name in front and its number behind. */
function sliderOf(name, numbers, onChoice) {
  const input = make("input", { type: "range", min: 0, max: numbers.length - 1, step: 1, class: name, input: () => onChoice(numbers[input.value]) });
  const shown = make("output", {});
  const show = (number) => {
    input.value = nearest(numbers, number);
    input.setAttribute("aria-valuetext", shown.textContent = plain(number));
  };
  return { element: make("label", {}, [name, " ", input, " ", shown]), show };
}

/** A row of a table with a bar in its last cell: { element, show(texts, share) }. */
function barRow(name, columns, attributes = {}) {
  const cells = Array.from({ length: columns }, () => make("td"));
  const bar = make("span", { class: "bar" });
  const element = make("tr", attributes, [make("th", { scope: "row" }, [name]), ...cells, make("td", { class: "track" }, [bar])]);
  const show = (texts, share) => {
    texts.forEach((text, at) => { cells[at].textContent = text; });
    bar.style.width = `${100 * Math.min(1, share)}%`;
  };
  return { element, head: element.firstChild, show };
}

function headed(names, rows, attributes) {
  const head = make("tr", {}, names.map((name) => (name ? make("th", { scope: "col" }, [name]) : make("td"))));
  return make("table", attributes, [make("thead", {}, [head]), make("tbody", {}, rows)]);
}

/** The mark of one case, so that no curve is told apart by its colour alone. */
function markOf(at, x, y) {
  return at === 0
    ? draw("circle", { class: "mark plain", cx: x, cy: y, r: 4 })
    : draw("rect", { class: "mark scaled", x: x - 3.6, y: y - 3.6, width: 7.2, height: 7.2 });
}

/** A small chart over d_head: { element, show(curves, now, dHead) }. */
function chartOf({ title, quantity, ticks, heightOf, level, sizes, onChoice }) {
  const last = Math.log2(sizes.at(-1)) || 1;
  const xOf = (size) => BOX.left + (BOX.right - BOX.left) * (Math.log2(size) / last);
  const yOf = (number) => BOX.bottom - (BOX.bottom - BOX.top) * Math.min(1, Math.max(0, heightOf(number)));
  const across = (number, kind) => draw("line", { class: kind, x1: BOX.left, x2: BOX.right, y1: yOf(number), y2: yOf(number) });
  const written = ticks.flatMap((tick) => [across(tick, "grid"), draw("text", { x: BOX.left - 6, y: yOf(tick) + 4, "text-anchor": "end" }, [String(tick)])]);
  const below = sizes.filter((size) => Number.isInteger(Math.log2(size)))
    .map((size) => draw("text", { x: xOf(size), y: BOX.bottom + 16, "text-anchor": "middle" }, [String(size)]));
  const even = [across(level.number, "level"), draw("text", { x: level.atStart ? BOX.left + 4 : BOX.right, y: yOf(level.number) - 4, "text-anchor": level.atStart ? "start" : "end" }, [level.name])];
  const line = draw("line", { class: "now", y1: BOX.top, y2: BOX.bottom });
  const moving = draw("g");
  const picture = draw("svg", { viewBox: `0 0 ${BOX.width} ${BOX.height}`, role: "img", class: quantity },
    [line, ...written, ...below, ...even, draw("text", { x: (BOX.left + BOX.right) / 2, y: BOX.height - 5, "text-anchor": "middle" }, ["d_head"]), moving]);
  picture.addEventListener("click", (event) => {
    const box = picture.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * BOX.width;
    onChoice(2 ** (last * Math.min(1, Math.max(0, (x - BOX.left) / (BOX.right - BOX.left)))));
  });
  const show = (curves, now, dHead) => {
    line.setAttribute("x1", xOf(dHead));
    line.setAttribute("x2", xOf(dHead));
    moving.replaceChildren(...CASES.flatMap(({ of }, at) => [
      draw("polyline", { class: `curve ${of}`, points: sizes.map((size, i) => `${xOf(size)},${yOf(curves[of][i][quantity])}`).join(" ") }),
      ...sizes.map((size, i) => markOf(at, xOf(size), yOf(curves[of][i][quantity]))),
      draw("circle", { class: `ring ${of}`, cx: xOf(dHead), cy: yOf(now[of][quantity]), r: 7 }),
    ]));
    const ends = CASES.map(({ name, of }) => `${name} from ${short(curves[of][0][quantity])} to ${short(curves[of].at(-1)[quantity])}`);
    picture.setAttribute("aria-label", `${title}, d_head from ${sizes[0]} to ${sizes.at(-1)}: ${ends.join("; ")}.`);
  };
  return { element: make("figure", {}, [make("figcaption", {}, [title]), picture]), show };
}

function short(number) {
  return number !== 0 && Math.abs(number) < 0.001 ? number.toExponential(1).replace("-", "−") : written(number, Math.abs(number) < 0.1 ? 4 : 2);
}

/** Three digits, and none that say nothing. */
const plain = (number) => String(Number(number.toPrecision(3)));

function legend() {
  const sample = ({ name, of }, at) => make("span", { class: "sample" }, [
    draw("svg", { viewBox: "0 0 34 12", width: 34, height: 12, "aria-hidden": "true" }, [draw("line", { class: `curve ${of}`, x1: 0, x2: 34, y1: 6, y2: 6 }), markOf(at, 17, 6)]), ` ${name}`]);
  return make("p", { class: "legend" }, CASES.map(sample));
}

function render({ model, el }) {
  const data = dataOf(model);
  const { nKeys, nQueries, nFeatures } = data;
  const get = (name) => model.get(name);
  const save = onceAFrame(() => model.save_changes());
  const set = (name, value) => { model.set(name, value); save(); };
  const said = spokenLine();

  const rawNow = remembering((dHead) => rawScores(data.queries, data.keys, nFeatures, dHead));
  const curvesNow = remembering((temperature) => curves(data.sizes, data.raws, nKeys, temperature));
  const dHead = sliderOf("d_head", data.sliderSizes, (number) => set("d_head", number));
  const temperature = sliderOf("temperature", TEMPERATURES, (number) => set("temperature", number));
  const scale = make("input", { type: "checkbox", class: "scale", change: () => set("scaled", scale.checked) });
  const query = make("input", { type: "number", min: 0, max: nQueries - 1, step: 1, class: "query", input: () => chooseQuery(query.value), blur: () => { query.value = get("query"); } });
  function chooseQuery(text) {
    const number = Number(text);
    if (text !== "" && Number.isInteger(number) && number >= 0 && number < nQueries) set("query", number);
    else said.say(`Queries are numbered from 0 to ${nQueries - 1}.`);
  }

  const keyRows = Array.from({ length: nKeys }, (_, key) => barRow(String(key), 3, { tabindex: -1, pointerenter: () => sayKey(key) }));
  walkable(keyRows.map((row) => row.element), { onEnter: (key) => sayKey(key) });
  const weightsHead = make("h4");
  const weightsTable = headed(["key", "raw score", "score", "weight", ""], keyRows.map((row) => row.element), { class: "weights" });

  const spreadRows = ["raw, measured", "√d_head", "for softmax"].map((name) => barRow(name, 1));
  const widest = 1.2 * Math.sqrt(nFeatures);
  const even = Math.log(nKeys);
  const onChoice = (wanted) => set("d_head", data.sliderSizes[nearest(data.sliderSizes, wanted)]);
  const decades = Math.log10(RESPONSES[1] / RESPONSES[0]);
  const charts = [
    chartOf({ title: "Mean entropy of the weights", quantity: "entropy", ticks: [0, 1, 2, 3, 4].filter((tick) => tick < even - 0.3), level: { number: even, name: `ln ${nKeys} = ${written(even)}: equal shares` }, heightOf: (number) => number / (1.2 * even || 1), sizes: data.sizes, onChoice }),
    chartOf({ title: "Largest response, of the median query", quantity: "response", ticks: [1, 0.1, 0.01, 0.001, 0.0001], level: { number: DEAF, name: `below ${DEAF}: deaf`, atStart: true }, heightOf: (number) => Math.log10(number / RESPONSES[0]) / decades, sizes: data.sizes, onChoice }),
  ];
  const cells = Object.keys(QUANTITIES).map(() => CASES.map(() => make("td")));
  const caseHeads = CASES.map(({ name }) => make("th", { scope: "col" }, [name]));
  const rows = Object.values(QUANTITIES).map(({ name }, at) => make("tr", {}, [make("th", { scope: "row" }, [name]), ...cells[at]]));
  const summaryTable = make("table", { class: "summary" }, [make("thead", {}, [make("tr", {}, [make("th", { scope: "col" }, [`${nQueries} queries`]), ...caseHeads])]), make("tbody", {}, rows)]);

  /** What a key's weight is made of, and how it responds. */
  function sayKey(key) {
    const { row, dividedBy, weights } = latest;
    const [score, a] = [row[key] / dividedBy, weights[key]], share = a < 0.001 ? short(a) : written(a, 3);
    said.say(`Key ${key}: raw score ${written(row[key])} ÷ ${plain(dividedBy)} = ${written(score)}. e^${written(score)}, as a part of the sum over ${nKeys} keys: weight ${written(a, 3)}. `
      + `Its response to a point of raw score: ${share} × (1 − ${share}) ÷ ${plain(dividedBy)} = ${short((a * (1 - a)) / dividedBy)}.`);
  }

  let latest;
  function show() {
    const choice = { d: get("d_head"), t: get("temperature"), scaled: get("scaled"), q: get("query") };
    const raw = rawNow(choice.d);
    const dividedBy = divisor(choice.d, choice.t, choice.scaled);
    const row = raw.subarray(choice.q * nKeys, (choice.q + 1) * nKeys);
    const weights = softmax(row.map((score) => score / dividedBy));
    const now = Object.fromEntries(CASES.map(({ of, scaled }) => [of, summary(raw, nKeys, divisor(choice.d, choice.t, scaled))]));
    latest = { row, dividedBy, weights };
    dHead.show(choice.d);
    temperature.show(choice.t);
    scale.checked = choice.scaled;
    if (Number(query.value) !== choice.q || query.value === "") query.value = choice.q;
    showWeights(choice);
    showSpread(choice, raw, now[choice.scaled ? "scaled" : "plain"]);
    charts.forEach((chart) => chart.show(curvesNow(choice.t), now, choice.d));
    showSummary(choice, now);
    said.say(sentence(choice, now, weights));
  }

  function showWeights({ q }) {
    const { row, dividedBy, weights } = latest;
    weightsHead.textContent = `Weights of query ${q}: score = raw score ÷ ${plain(dividedBy)}`;
    const best = weights.indexOf(Math.max(...weights));
    keyRows.forEach(({ element, show }, key) => {
      show([written(row[key]), written(row[key] / dividedBy), written(weights[key], 3)], weights[key]);
      element.classList.toggle("best", key === best);
    });
  }

  function showSpread({ d }, raw, { spread: left }) {
    const measured = spread(raw);
    spreadRows[0].show([written(measured)], measured / widest);
    spreadRows[1].head.textContent = `√${d}`;
    spreadRows[1].show([written(Math.sqrt(d))], Math.sqrt(d) / widest);
    spreadRows[2].show([written(left)], left / widest);
    spreadRows[2].head.textContent = `for softmax, ÷ ${plain(latest.dividedBy)}`;
  }

  function showSummary({ scaled }, now) {
    CASES.forEach(({ name, of, scaled: mine }, column) => {
      caseHeads[column].textContent = (mine === scaled ? "▸ " : "") + name;
      Object.entries(QUANTITIES).forEach(([quantity, { text }], at) => {
        cells[at][column].textContent = text(now[of][quantity]);
        for (const cell of [cells[at][column], caseHeads[column]]) cell.classList.toggle("chosen", mine === scaled);
      });
    });
  }

  function sentence({ d, t, scaled, q }, now, weights) {
    const { name, of } = CASES[scaled ? 1 : 0];
    const same = !scaled && d > 1 && Math.abs(t / Math.sqrt(d) - 1) < 0.01 ? ` This temperature is √${d}: the weights are those that the scale gives at temperature 1.` : "";
    return `d_head ${d}, temperature ${plain(t)}, ${name}: query ${q} looks at ${written(Math.exp(entropy(weights)), 1)} of ${nKeys} keys, `
      + `all ${nQueries} queries at ${written(now[of].keys, 1)} on average; ${written(100 * now[of].deaf, 0)} % of them respond less than ${DEAF}.${same}`;
  }

  const root = make("div", { class: "explorer explorer-softmax" }, [
    make("div", { class: "controls" }, [dHead.element, temperature.element, make("label", {}, [scale, " divide by √d_head"]), make("label", {}, ["query ", query, ` of ${nQueries}`])]),
    said.element,
    make("div", { class: "panels" }, [
      make("section", {}, [weightsHead, make("div", { class: "scroll" }, [weightsTable]), summaryTable,
        make("p", { class: "aside" }, [`Means over the queries; of their largest responses the median. Deaf: the largest is below ${DEAF}.`])]),
      make("section", {}, [
        make("h4", {}, [`Spread of all ${nQueries * nKeys} scores`]),
        make("table", { class: "spread" }, [make("tbody", {}, spreadRows.map((row) => row.element))]),
        legend(), ...charts.map((chart) => chart.element),
      ]),
    ]),
  ]);
  keepKeys(root);
  el.append(root);
  show();
  const soon = onceAFrame(show);
  const names = ["d_head", "temperature", "scaled", "query"].map((name) => `change:${name}`);
  names.forEach((name) => model.on(name, soon));
  return () => {
    names.forEach((name) => model.off(name, soon));
    root.remove();
  };
}

export default { render };
