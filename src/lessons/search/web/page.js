// The answer comes into the page, instead of a new page: what was typed stays, and a screen reader hears the result.
// Without this script the form works all the same.
const form = document.querySelector("form");
const answer = document.querySelector("#answer");
const question = form.elements.q;
let latest = 0;

const asked = () => `/?${new URLSearchParams(new FormData(form))}`;

async function show(address) {
  const mine = ++latest;
  answer.setAttribute("aria-busy", "true");
  let html;
  try {
    const response = await fetch(address, { headers: { "X-Part": "answer" } });
    html = await response.text();
  } catch {
    html = '<p role="status" class="refused">The server does not answer. Was it stopped?</p>';
  }
  if (mine !== latest) return; // another question was asked meanwhile
  answer.removeAttribute("aria-busy");
  // The line of the result is there before it has words: only then is a change of them announced.
  const part = document.createElement("template");
  part.innerHTML = html;
  const said = part.content.querySelector("[role=status]");
  const words = said.textContent;
  said.textContent = "";
  answer.replaceChildren(part.content);
  requestAnimationFrame(() => (said.textContent = words));
  document.title = `${question.value.trim() ? `${question.value.slice(0, 60)}: ` : ""}Search Python's documentation`;
}

function go(address) {
  history.pushState(null, "", address);
  show(address);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  go(asked());
});
form.elements.by.addEventListener("change", () => question.value.trim() && go(asked()));
answer.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  follow(new URL(link.href));
  history.pushState(null, "", link.href);
  question.focus();
});
addEventListener("popstate", () => follow(new URL(location.href)));

function follow({ searchParams, pathname, search }) {
  question.value = searchParams.get("q") ?? "";
  form.elements.by.value = searchParams.get("by") || form.elements.by.options[0].value;
  show(pathname + search);
}
