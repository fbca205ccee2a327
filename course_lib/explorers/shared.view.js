// What all explorers share. Texts go in as text, never as HTML: a token may hold anything.

/** Make an element: make("button", { class: "token", "aria-pressed": "true" }, ["cat"]). */
function make(tag, attributes = {}, children = [], space = "http://www.w3.org/1999/xhtml") {
  const element = document.createElementNS(space, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...[children].flat());
  return element;
}

/** The same for pictures: draw("line", { x1: 0, … }). */
function draw(tag, attributes = {}, children = []) {
  return make(tag, attributes, children, "http://www.w3.org/2000/svg");
}

/** Read what Python sent as bytes. */
function numbersOf(view) {
  const bytes = view instanceof DataView ? view : new DataView(view);
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** Write a number with a minus sign as wide as a digit; fixed digits, so that columns stand still. */
function written(number, digits = 2) {
  if (number === -Infinity) return "−∞";
  const text = number.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/** A line that a screen reader speaks whenever it changes. */
function spokenLine(className = "said") {
  const line = make("p", { class: className, role: "status", "aria-live": "polite" });
  return { element: line, say: (text) => { if (line.textContent !== text) line.textContent = text; } };
}

/**
 * Let the arrow keys walk through elements of which one at a time can be reached by Tab.
 * `columns` is the number of elements in a row; 0 where they stand in a single one. Returns a
 * function that says which element Tab leads to.
 */
function walkable(elements, { columns = 0, onEnter = () => {} } = {}) {
  let at = 0;
  const go = (to) => {
    if (to < 0 || to >= elements.length) return;
    elements[at].tabIndex = -1;
    at = to;
    elements[at].tabIndex = 0;
    elements[at].focus();
  };
  elements.forEach((element, place) => {
    element.tabIndex = place === 0 ? 0 : -1;
    element.addEventListener("focus", () => { elements[at].tabIndex = -1; at = place; element.tabIndex = 0; onEnter(place); });
    element.addEventListener("keydown", (event) => {
      const row = columns || elements.length;
      const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns || 1, ArrowUp: -(columns || 1) }[event.key];
      const end = { Home: at - (at % row), End: at - (at % row) + row - 1 }[event.key];
      if (step === undefined && end === undefined) return;
      event.preventDefault();
      event.stopPropagation(); // JupyterLab would move to another cell
      go(step === undefined ? Math.min(end, elements.length - 1) : at + step);
    });
  });
  /** Let Tab lead to this element from now on. */
  return (place) => { elements[at].tabIndex = -1; at = place; elements[at].tabIndex = 0; };
}

/** Draw at most once a frame, however often the pointer moves. */
function onceAFrame(work) {
  let waiting = null;
  return (...values) => {
    if (waiting === null) requestAnimationFrame(() => { const latest = waiting; waiting = null; work(...latest); });
    waiting = values;
  };
}

/**
 * Keep keys from JupyterLab while the focus is in here: its arrows, a, b, x, … act on the notebook,
 * and on a slider they would act instead of it. (Its attribute data-lm-suppress-shortcuts works only
 * on the focused element itself.) Ctrl and Cmd, Alt, and Escape go through, and what `isLetThrough` says.
 */
function keepKeys(root, isLetThrough = () => false) {
  root.addEventListener("keydown", (event) => {
    const goesThrough = event.ctrlKey || event.metaKey || event.altKey || event.key === "Escape" || isLetThrough(event);
    if (!goesThrough) event.stopPropagation();
  });
}
