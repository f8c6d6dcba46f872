// What the search answers to a text that somebody pastes. It stands in front of the theme's own worker, which
// asks `courseAnswer` where it would ask its index.
//
// A pasted error is no query. Marks around it are not part of it, and a minus in it excludes nothing. Its
// paths, numbers and names of classes are the reader's own. What is left is compared with the texts in the
// index of errors; where its rare words are in none of them, the first thing to read is that.

const COURSE = {
  entry: /(^|\/)if-it-breaks\/#index-/,
  page: "if-it-breaks/",
  // what the theme would take for a command, and marks that people put around a text
  marks: /[\s+\-~^*:"'`´“”„‟‘’‚«»‹›…|\\]+/g,
  error: /\b[A-Z]\w*(?:Error|Exception|Warning)\b|\b[Ee]rror: |\bERROR\b|\bTraceback\b/,
  said: /(?:[\w.]+\.)?\b[A-Z]\w*(?:Error|Exception|Warning): /g, // the kind of an error in front of its text
  noise: [
    /\bDid you mean: '[^']*'\??/g, // Python's guess, which differs from version to version
    /(?:[\w.]+\.)?\b[A-Z]\w*(?:Error|Exception|Warning)\b|\b[Ee]rror: /g, // the kind says least of an error
    /(?:\b[A-Za-z]:)?[\w.~-]*(?:[/\\][\w.~-]+)+[/\\]?/g, // paths
    /\b[\w-]+(?:\.[\w-]+)*\.(?:txt|tsv|csv|jsonl?|weight|bias)\b/g, // files of data, and a model's weights
  ],
  class: /\b\w*[a-z]\w*[A-Z]\w*|\b[A-Z]\w*[A-Z]\w*[a-z]\w*/g,
  named: /No module named '?([\w.]+)|'(\w+)' object\b|\bof type '(\w+)'/g, // as Python says it
};

const KNOWN = 0.7; // of a text's rare words are in the entry that answers it
const WHOLE = 0.9; // or of the entry's rare words in a longer text
const LONG = 4; // words of a text that is compared so though it does not say that it is an error
const FEW = 3; // an entry with fewer words is in too many texts: it counts where a text has no others
const LIKE = 1e-6; // for each number that only one of two texts has: decides where their words are the same

// The text of an error: of a traceback the last one.
function courseText(text) {
  return text.slice([...text.matchAll(COURSE.said)].at(-1)?.index ?? 0);
}

// How many numbers a text has: they are the reader's own, but that they are there is not.
const courseNumbers = (text) => (text.match(/\b\d+\b/g) ?? []).length;

// The words of a text that say something, in small letters.
function courseWords(text) {
  const rest = COURSE.noise.reduce((left, noise) => left.replace(noise, " "), text);
  const words = rest.toLowerCase().match(/[^\W\d]\w*/g) ?? [];
  return new Set(words.filter((word) => lunr.stopWordFilter(word)));
}

// Words that are the reader's own and not the error's: names of classes, and of a package that is missing.
function courseOwn(text) {
  const named = [...text.matchAll(COURSE.named)].flatMap(([, ...names]) => names.join(".").split("."));
  return new Set([...(text.match(COURSE.class) ?? []), ...named].map((word) => word.toLowerCase()));
}

// The entries of the index of errors, each with its words, and what a word weighs: a rare one much. Made once.
function courseEntries(search) {
  if (search.courseEntries) return search.courseEntries;
  const signs = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"', "&#39;": "'" };
  const count = new Map();
  const entries = [];
  for (const [location, doc] of search.map) {
    if (!COURSE.entry.test(location)) continue;
    const text = doc.title.replace(/<[^>]*>/g, "").replace(/&#?\w+;/g, (sign) => signs[sign] ?? " ");
    const words = courseWords(text);
    entries.push({ location, words, numbers: courseNumbers(text) });
    for (const word of words) count.set(word, (count.get(word) ?? 0) + 1);
  }
  const weight = (word) => Math.log((entries.length + 1) / ((count.get(word) ?? 0) + 0.5));
  search.courseEntries = { entries, weight, has: (word) => count.has(word) };
  return search.courseEntries;
}

// The entry that is nearest to a text: how much of the text is in it, and how much of it in the text.
function courseNearest(search, text) {
  const { entries, weight, has } = courseEntries(search);
  const own = courseOwn(text);
  const words = [...courseWords(text)].filter((word) => has(word) || !own.has(word));
  const sum = (some) => [...some].reduce((total, word) => total + weight(word), 0);
  const numbers = courseNumbers(text);
  let best = { of: 0, whole: 0, score: 0, location: null };
  for (const entry of entries) {
    const both = sum(words.filter((word) => entry.words.has(word)));
    if (!both) continue;
    const of = both / sum(words);
    const whole = entry.words.size < FEW && of < 1 ? 0 : both / sum(entry.words);
    const score = of + whole / 2 - LIKE * Math.abs(numbers - entry.numbers);
    if (score > best.score) best = { of, whole, score, location: entry.location };
  }
  return { ...best, count: words.length };
}

const courseTop = (groups) => Math.max(0, ...groups.map((group) => group[0].score)) + 1;

// Results with one entry in front of all others.
function courseFirst(groups, location) {
  const group = groups.find((one) => one.some((item) => item.location === location));
  if (!group) return groups;
  const first = { ...group.find((item) => item.location === location), score: courseTop(groups) };
  const rest = group.filter((item) => item.location !== location);
  return [[first, ...rest], ...groups.filter((one) => one !== group)];
}

// Results behind the word that there is no answer.
function courseUnknown(groups) {
  const title = "This course does not know this error";
  const text = "Its rare words are in no entry of the index of errors. Below is what is near it.";
  return [[{ location: COURSE.page, title, text, score: courseTop(groups), terms: {} }], ...groups];
}

// Results with the index of errors behind the prose: whoever types a word asks for no error.
function courseProse(groups) {
  const behind = (item) => (COURSE.entry.test(item.location) ? { ...item, score: item.score / 1000 } : item);
  const byScore = (one, other) => other.score - one.score;
  return groups.map((group) => group.map(behind).sort(byScore)).sort((one, other) => byScore(one[0], other[0]));
}

function courseAnswer(search, asked) {
  const text = courseText(asked);
  const plain = text.replace(COURSE.marks, " ").trim();
  const found = search.search(plain);
  if (!plain) return found;
  const isError = COURSE.error.test(asked);
  const { of, whole, count, location } = courseNearest(search, text);
  const isNear = of >= KNOWN || whole >= WHOLE;
  if (isError || count >= LONG ? isNear : of === 1 && count > 1) {
    return { ...found, items: courseFirst(found.items, location) };
  }
  if (isError && count) return { ...found, items: courseUnknown(found.items) };
  return isError || plain.includes("_") ? found : { ...found, items: courseProse(found.items) };
}
