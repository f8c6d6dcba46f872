// Questions of a page. Each choice is a <details> with its explanation, so the page teaches without this
// script. With it, the first choice is remembered in this browser, and a line below counts the answers
// and how many of them are right.

// One record for the whole course, which progress.js keeps, too. A question is known by its text, so that answers
// outlive the name of its page and the address of the site.
const RECORD = "course:progress";

function read() {
  try {
    return JSON.parse(localStorage.getItem(RECORD)) ?? {};
  } catch {
    return {};
  }
}

function write() {
  try {
    localStorage.setItem(RECORD, JSON.stringify({ ...read(), v: 1, answers }));
  } catch {
    // Storage is off: the answers last as long as the page.
  }
  document.dispatchEvent(new Event("course:answered"));
}

const answers = { ...earlier(), ...read().answers }; // a question's key: index of the choice made first

// What was answered when each address had a record of its own.
function earlier() {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith("check-yourself:"));
    const found = Object.assign({}, ...names.map((name) => JSON.parse(localStorage.getItem(name))));
    if (names.length) {
      localStorage.setItem(RECORD, JSON.stringify({ ...read(), v: 1, answers: { ...found, ...read().answers } }));
      for (const name of names) localStorage.removeItem(name);
    }
    return found;
  } catch {
    return {};
  }
}

class CheckYourself extends HTMLElement {
  connectedCallback() {
    this.choices = [...this.querySelectorAll("details")];
    this.foot = document.createElement("div");
    this.foot.className = "quiz__foot";
    this.state = document.createElement("span");
    this.state.setAttribute("role", "status");
    this.again = document.createElement("button");
    this.again.type = "button";
    this.again.textContent = "Try this one again";
    this.again.addEventListener("click", () => {
      this.reset();
      score.update();
      write();
      this.querySelector("summary").focus();
    });
    this.foot.append(this.state, this.again);
    this.append(this.foot);
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
    this.show();
    score.update();
    write();
  }

  show() {
    this.querySelector(".quiz__chosen")?.remove();
    const summary = this.choices[this.answer]?.querySelector("summary");
    this.state.textContent = summary ? (this.right ? "Answered: right" : "Answered: not quite") : "";
    this.foot.hidden = !summary;
    if (!summary) return;
    const mark = document.createElement("span");
    mark.className = "quiz__chosen";
    mark.textContent = "your choice";
    summary.append(mark);
  }

  reset() {
    delete answers[this.dataset.key];
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
    const place = document.querySelector(".self-test__score");
    if (place) place.append(this.line);
    else questions.at(-1).closest(".quiz").after(this.line);
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
      const questions = [...document.querySelectorAll("check-yourself")];
      for (const question of questions) question.reset();
      this.update();
      write();
      questions[0].querySelector("summary").focus();
    });
    line.append(document.createElement("output"), button);
    return line;
  },
};

customElements.define("check-yourself", CheckYourself);
document.addEventListener("course:placed", () => score.update());
