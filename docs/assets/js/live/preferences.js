// Choose between answers, pair by pair, while rewards are fitted to the choices by the model of Bradley and Terry.
import { Live, define, make } from "./parts.js";

const PULL = 0.1; // draws rewards to 0, as in `bradley_terry` of the page
const WHAT =
  "The chance that the answer of a row is chosen over that of a column. " +
  "Your choices are framed; what is still open is in italics.";
const LONGEST = 3; // a reward whose bar fills its half

const percent = (share) => (share < 0.005 ? "<1%" : share > 0.995 ? ">99%" : `${Math.round(100 * share)}%`);
const letter = (answer) => "ABCDEFGHIJ"[answer];
export const chance = (one, other) => 1 / (1 + Math.exp(other - one));

// The rewards that make the choices least surprising: steps down the slope of the loss, so small that none
// leads up again. `choices` hold the preferred answer first.
export function fitted(choices, answers, pull = PULL) {
  const rewards = Array(answers).fill(0);
  const times = rewards.map((_, answer) => choices.filter((choice) => choice.includes(answer)).length);
  const step = 1 / (pull + Math.max(...times) / 2);
  for (let moved = 1; moved > 1e-10;) {
    const slope = rewards.map((reward) => pull * reward);
    for (const [won, lost] of choices) {
      const surprise = chance(rewards[lost], rewards[won]);
      slope[won] -= surprise;
      slope[lost] += surprise;
    }
    moved = step * Math.max(...slope.map(Math.abs));
    slope.forEach((rise, answer) => (rewards[answer] -= step * rise));
  }
  return rewards;
}

export function pairs(answers) {
  return Array.from({ length: answers }, (_, one) => one).flatMap((one) =>
    Array.from({ length: answers - one - 1 }, (_, next) => [one, one + 1 + next]),
  );
}

// Answers that beat each other in a circle: A over B, B over C, C over A.
export function circles(choices, answers) {
  const beats = (one, other) => choices.some(([won, lost]) => won === one && lost === other);
  return pairs(answers).flatMap(([one, other]) =>
    Array.from({ length: answers - other - 1 }, (_, next) => other + 1 + next).flatMap((third) =>
      [
        [one, other, third],
        [one, third, other],
      ].filter(([a, b, c]) => beats(a, b) && beats(b, c) && beats(c, a)),
    ),
  );
}

// The pair to choose from next: its answers have been compared least, and then, the model is least sure.
export function next(choices, answers) {
  const rewards = fitted(choices, answers);
  const times = (answer) => choices.filter((choice) => choice.includes(answer)).length;
  const order = ([one, other]) => times(one) + times(other) + Math.abs(rewards[one] - rewards[other]) / 100;
  return open(choices, answers).sort((pair, another) => order(pair) - order(another))[0];
}

function open(choices, answers) {
  const chosen = ([one, other]) => choices.some((choice) => choice.includes(one) && choice.includes(other));
  return pairs(answers).filter((pair) => !chosen(pair));
}

class Preferences extends Live {
  start() {
    const rows = [...this.recorded.querySelectorAll("tbody tr")];
    this.answers = rows.map((row) => row.cells[1].textContent.trim());
    this.status.classList.add("live__hidden"); // all that it says is seen
    this.choices = [];
    this.heading = make("p", { className: "live-preferences__count" });
    this.buttons = [0, 1].map((side) =>
      make("button", { type: "button", className: "live-preferences__answer", click: () => this.choose(side) }),
    );
    this.undo = make(
      "button",
      { type: "button", click: () => this.back(this.choices.slice(0, -1)) },
      "Undo the last choice",
    );
    this.again = make("button", { type: "button", click: () => this.back([]) }, "Begin again");
    this.rewards = make("table", { className: "live-preferences__rewards" });
    this.chances = make("table", { className: "live-preferences__chances" });
    this.notes = make("div", { className: "live-preferences__notes" });
    this.place.append(
      this.heading,
      make("div", { className: "live-preferences__pair" }, ...this.buttons),
      make("div", { className: "live__row" }, this.undo, this.again),
      this.rewards,
      this.notes,
      this.chances,
    );
    this.show();
  }

  // The pair that is asked for; where two answers stand does not follow from their letters.
  get asked() {
    const pair = next(this.choices, this.answers.length);
    return pair && (pair[0] + pair[1]) % 2 ? [...pair].reverse() : pair;
  }

  choose(side) {
    const [won, lost] = side ? [...this.asked].reverse() : this.asked;
    this.choices.push([won, lost]);
    this.begun();
    this.show();
    const done = `You chose ${letter(won)} over ${letter(lost)}.`;
    const pair = this.asked;
    this.say(
      pair
        ? `${done} Next: ${pair.map((answer) => `${letter(answer)}, ${this.answers[answer]}`).join(" Or ")}`
        : `${done} All pairs are chosen.`,
    );
    if (!pair) this.undo.focus();
  }

  back(choices) {
    this.choices = choices;
    this.show();
    this.say(choices.length ? `Taken back. ${this.heading.textContent}` : "All choices are taken back.");
    this.buttons[0].focus();
  }

  show() {
    const rewards = fitted(this.choices, this.answers.length);
    const pair = this.asked;
    const all = pairs(this.answers.length).length;
    this.heading.textContent = pair
      ? `Choice ${this.choices.length + 1} of ${all}: which answer do you like better?`
      : `All ${all} pairs are chosen.`;
    this.buttons.forEach((button, side) => {
      button.hidden = !pair;
      if (pair) button.replaceChildren(make("b", {}, letter(pair[side])), ` ${this.answers[pair[side]]}`);
    });
    this.undo.disabled = this.again.disabled = !this.choices.length;
    this.showRewards(rewards);
    this.notes.replaceChildren(...this.remarks().map((text) => make("p", { className: "live__note" }, text)));
    this.showChances(rewards);
  }

  showRewards(rewards) {
    const rows = rewards.map((reward, answer) => {
      const won = this.choices.filter(([winner]) => winner === answer).length;
      const lost = this.choices.filter(([, loser]) => loser === answer).length;
      const bar = make("span", {
        className: `live-preferences__bar live-preferences__bar--${reward < 0 ? "below" : "above"}`,
      });
      bar.style.width = `${Math.min(50, (50 * Math.abs(reward)) / LONGEST)}%`;
      const sign = reward >= 0.005 ? "+" : "";
      return make(
        "tr",
        {},
        make("th", { scope: "row" }, make("b", {}, letter(answer)), ` ${this.answers[answer]}`),
        make(
          "td",
          { className: "live-preferences__reward" },
          make("span", { className: "live-preferences__track" }, bar),
          make("span", {}, `${sign}${reward.toFixed(2).replace(/^-(?=0\.00$)/, "")}`),
        ),
        make("td", {}, `${won}–${lost}`),
      );
    });
    const heads = ["answer", "reward", "won–lost"].map((head) => make("th", { scope: "col" }, head));
    this.rewards.replaceChildren(make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows));
  }

  // What to see in the choices so far.
  remarks() {
    const answers = this.answers.length;
    const left = open(this.choices, answers);
    const said = [];
    if (left.length && this.choices.length) {
      const listed = left.map((pair) => pair.map(letter).join(" or ")).join(", ");
      said.push(`Still open: ${listed}. The model has a chance for these, too.`);
    }
    const [circle] = circles(this.choices, answers);
    if (circle) {
      const [a, b, c] = circle.map(letter);
      const chosen = `You chose ${a} over ${b}, ${b} over ${c} and ${c} over ${a}.`;
      said.push(`${chosen} No rewards agree with all three, so the model moves them closer together.`);
    }
    const always = [...this.answers.keys()].find((answer) => {
      const compared = this.choices.filter((choice) => choice.includes(answer));
      return compared.length > 1 && compared.every(([won]) => won === answer);
    });
    if (always !== undefined) {
      const endless = `${letter(always)} has won every time. Its reward would grow without end,`;
      const how = `(half of ${PULL} times the square of each is added to the loss)`;
      said.push(`${endless} so the model draws all rewards to 0 a little ${how}.`);
    }
    return said;
  }

  showChances(rewards) {
    const letters = rewards.map((_, answer) => make("th", { scope: "col" }, letter(answer)));
    const cell = (one, other) => {
      if (one === other) return make("td", {}, "–");
      const choice = this.choices.find((pair) => pair.includes(one) && pair.includes(other));
      const state = !choice ? "open" : choice[0] === one ? "chosen" : "other";
      const words = { open: "still open", chosen: "your choice", other: "you chose the other" }[state];
      return make(
        "td",
        { className: `live-preferences__chance--${state}` },
        percent(chance(rewards[one], rewards[other])),
        make("span", { className: "live__hidden" }, `, ${words}`),
      );
    };
    const rows = rewards.map((_, one) =>
      make("tr", {}, make("th", { scope: "row" }, letter(one)), ...rewards.map((_, other) => cell(one, other))),
    );
    this.chances.replaceChildren(
      make("caption", {}, WHAT),
      make("thead", {}, make("tr", {}, make("td", {}), ...letters)),
      make("tbody", {}, ...rows),
    );
  }
}

define("live-preferences", Preferences);
