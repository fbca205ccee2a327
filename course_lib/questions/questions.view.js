// The view of Questions: each one a group of radio buttons, and a line that says how it stands.
// All that is known stands in the model, so that any host that has one can show this: JupyterLab
// with a kernel or without, or a page of the site.

const PATIENCE_MS = 3000; // for a kernel to say that it has kept an answer
const CHANGES = [...SAYING, "kept"].map((name) => `change:${name}`).join(" ");

/** One question; `choose` is told the place of a choice. */
function asked(question, title, choose) {
  const name = `question-${Math.random().toString(36).slice(2)}`; // each view's radios are its own
  const line = spokenLine();
  const buttons = question.choices.map((_, place) => make("input", { type: "radio", name, change: () => choose(place) }));
  const choices = question.choices.map((text, place) => make("label", {}, [
    buttons[place], make("span", { class: "letter" }, [`(${letterOf(place)})`]), make("span", {}, [text]),
  ]));
  const group = make("fieldset", { role: "radiogroup", keydown: (event) => walk(event, buttons) }, [make("legend", {}, [title]), ...choices]);
  return {
    element: make("div", { class: "question" }, [group, line.element]),
    draw: (chosen, words) => {
      buttons.forEach((button, place) => { button.checked = place === chosen; });
      choices.forEach((choice, place) => choice.classList.toggle("chosen", place === chosen));
      line.say(words);
    },
  };
}

/** Let the arrow keys move within a group, and the space bar or Enter choose: who only reads gives no answer. */
function walk(event, buttons) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const at = buttons.indexOf(event.target), last = buttons.length - 1;
  const to = {
    ArrowDown: at === last ? 0 : at + 1, ArrowRight: at === last ? 0 : at + 1,
    ArrowUp: at === 0 ? last : at - 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last,
  }[event.key];
  if (at < 0 || (to === undefined && event.key !== "Enter")) return;
  event.preventDefault();
  if (to === undefined) buttons[at].click();
  else buttons[to].focus();
}

function render({ model, el }) {
  const questions = model.get("questions");
  const isKept = (place) => model.get("chosen")[place] === model.get("kept")[place];
  const alone = questions.map((_, place) => !isKept(place)); // so it was saved
  const waiting = questions.map(() => null);
  const choose = (place, choice) => {
    model.set("chosen", model.get("chosen").map((old, other) => (other === place ? choice : old)));
    model.set("late", model.get("begun"));
    model.save_changes();
    clearTimeout(waiting[place]);
    waiting[place] = setTimeout(() => { alone[place] = !isKept(place); drawAll(); }, PATIENCE_MS);
  };
  const titleOf = ({ text }, place) => (questions.length > 1 ? `${place + 1}. ${text}` : text);
  const groups = questions.map((question, place) => asked(question, titleOf(question, place), (choice) => choose(place, choice)));
  const drawAll = () => {
    const state = Object.fromEntries(SAYING.map((name) => [name, model.get(name)]));
    groups.forEach((group, place) => {
      alone[place] &&= !isKept(place);
      group.draw(state.chosen[place], lineFor(state, place, alone[place]));
    });
  };
  const root = make("div", { class: "explorer explorer-questions" }, groups.map(({ element }) => element));
  keepKeys(root, (event) => event.key === "Enter" && event.shiftKey); // it runs the cell and goes on
  el.append(root);
  model.on(CHANGES, drawAll);
  drawAll();
  return () => {
    waiting.forEach(clearTimeout);
    model.off(CHANGES, drawAll);
    root.remove();
  };
}

export default { render };
