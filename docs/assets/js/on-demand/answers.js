// On paper: the right answers, behind all questions and everything else. The place is made only now, since the end
// of a page says that it was read.
addEventListener("beforeprint", () => {
  document.querySelector(".answers")?.remove();
  const list = document.createElement("ol");
  for (const choice of document.querySelectorAll("check-yourself .quiz__choice--right")) {
    const copies = [":scope > summary", ".quiz__why"].map((part) => choice.querySelector(part).cloneNode(true));
    for (const mark of copies.flatMap((copy) => [...copy.querySelectorAll(".quiz__chosen, .quiz__verdict")])) mark.remove();
    const [text, why] = copies.map((copy) => [...copy.childNodes]);
    const answer = document.createElement("strong");
    answer.append(...text);
    if (!/[.?!]$/.test(answer.textContent)) answer.append(".");
    const item = document.createElement("li");
    item.append(answer, " ", ...why);
    list.append(item);
  }
  if (!list.childElementCount) return;
  const title = document.createElement("h2");
  title.textContent = "Answers";
  const section = document.createElement("section");
  section.className = "answers";
  section.append(title, list);
  document.querySelector("article").append(section);
});
