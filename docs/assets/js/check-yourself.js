// Questions of a page. Each choice is a <details> with its explanation, so the page teaches without this
// script. With it, the first choice is remembered in this browser, and a line below counts the answers
// and how many of them are right.

const place = `check-yourself:${location.pathname}`;

function read() {
  try {
    return JSON.parse(localStorage.getItem(place)) ?? {};
  } catch {
    return {};
  }
}

function write(answers) {
  try {
    localStorage.setItem(place, JSON.stringify(answers));
  } catch {
    // Storage is off: the answers last as long as the page.
  }
}

let answers = read(); // a question's key: index of the choice made first

class CheckYourself extends HTMLElement {
  connectedCallback() {
    this.choices = [...this.querySelectorAll("details")];
    this.state = document.createElement("span");
    this.state.setAttribute("role", "status");
    this.querySelector(".quiz__head").append(this.state);
    this.choices.forEach((choice, index) => {
      choice.querySelector("summary").addEventListener("click", () => this.choose(index));
    });
    this.show();
    const chosen = this.choices[this.answer];
    if (chosen) chosen.open = true;
    score.update();
  }

  get answer() {
    return answers[this.dataset.key];
  }

  get right() {
    return this.choices[this.answer]?.classList.contains("quiz__choice--right") ?? false;
  }

  choose(index) {
    if (this.answer !== undefined) return; // the first choice counts; the others stay to be read
    answers[this.dataset.key] = index;
    write(answers);
    this.show();
    score.update();
  }

  show() {
    this.querySelector(".quiz__chosen")?.remove();
    const summary = this.choices[this.answer]?.querySelector("summary");
    this.state.textContent = summary ? (this.right ? "Answered: right" : "Answered: not quite") : "";
    if (!summary) return;
    const mark = document.createElement("span");
    mark.className = "quiz__chosen";
    mark.textContent = "your choice";
    summary.append(mark);
  }

  reset() {
    for (const choice of this.choices) choice.open = false;
    this.show();
  }
}

const score = {
  line: null,

  update() {
    const questions = [...document.querySelectorAll("check-yourself")].filter((q) => q.choices);
    if (!questions.length) return;
    this.line ??= this.make();
    questions.at(-1).closest(".quiz").after(this.line);
    const answered = questions.filter((question) => question.answer !== undefined).length;
    const right = questions.filter((question) => question.right).length;
    this.line.firstChild.textContent =
      `${answered} of ${questions.length} answered` + (answered ? `, ${right} right` : "");
    this.line.lastChild.hidden = !answered;
  },

  make() {
    const line = document.createElement("div");
    line.className = "quiz-score";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Start over";
    button.addEventListener("click", () => {
      answers = {};
      write(answers);
      const questions = [...document.querySelectorAll("check-yourself")];
      for (const question of questions) question.reset();
      this.update();
      questions[0].querySelector("summary").focus();
    });
    line.append(document.createElement("output"), button);
    return line;
  },
};

customElements.define("check-yourself", CheckYourself);
