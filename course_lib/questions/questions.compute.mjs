// What the line below a question says, worked out of nothing but the state of its model.

/** What of the model the lines are made of, and change with. */
export const SAYING = ["kind", "questions", "chosen", "notes", "alone", "ran", "late"];

/** The letter of a choice: 0 is a. */
export function letterOf(place) {
  return String.fromCharCode("a".charCodeAt(0) + place);
}

/** The line below one question; `isAlone` where no kernel has kept what was chosen. */
export function lineFor(state, place, isAlone) {
  const question = state.questions[place], chosen = state.chosen[place];
  if (chosen < 0) return state.kind === "prediction" && !state.ran ? "Choose what you expect, then run the next cell." : "";
  const answer = `(${letterOf(chosen)}) “${question.choices[chosen]}”`;
  const said = { prediction: aboutPrediction, before: aboutBefore, quiz: verdict }[state.kind];
  return [said({ ...state, answer, question, chosen, isAlone }), isAlone ? state.alone : state.notes[place]].filter(Boolean).join(" ");
}

function aboutPrediction({ answer, isAlone, ran, late }) {
  if (isAlone) return `You expected ${answer}. Open “What you saw” to compare.`;
  if (late) return `You chose ${answer}, after the result.`;
  return ran ? `You expected ${answer}. Compare it with the result.` : `You expect ${answer}. Now run the next cell.`;
}

function aboutBefore({ answer }) {
  return `Your answer is ${answer}. The same question waits at the end of the course.`;
}

function verdict({ question, chosen }) {
  return `${chosen === question.right ? "✓ Right." : "✗ Not this one."} ${question.because[chosen]}`;
}
