// What the search answers to what somebody types or pastes. It stands in front of the theme's own worker, which
// asks `courseAnswer` where it would ask its index.
//
// Who types asks for a place by a name of it, or else for what the theme finds. Mistyped words are mended.
//
// A pasted error is no query. Marks around it are not part of it, and a minus in it excludes nothing. Its
// paths, numbers and names of classes are the reader's own. What is left is compared with the texts in the
// index of errors; where its rare words are in none of them, the first thing to read is that.

const COURSE = {
  entry: /(^|\/)if-it-breaks\/#index-/,
  page: "if-it-breaks/",
  word: /[\p{L}\p{N}_]+(?:\.\d+)*/gu,
  term: /^glossary\/#/,
  // what lies under one heading, as in search-results.js
  kinds: [/^if-it-breaks\//, /^glossary\//, /^reference\//, /^contributing\//, /^/],
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
const SHORT = 5; // letters of a word that may have a wrong one; twice as many may have two
const WORDS = 8; // of a name, at most
const USUAL = 3; // texts, or a title or tag, have a word that somebody may mean who mistypes it
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
  const text = "<p>Its rare words are in no entry of the index of errors. Below is what is near it.</p>";
  return [[{ location: COURSE.page, title, text, score: courseTop(groups), terms: {} }], ...groups];
}

// Results by how many of the words they have, with the index of errors behind the prose: whoever types a word asks
// for no error. The theme would give a page more weight than the section that answers.
function courseProse(groups) {
  const weigh = (item) => {
    const terms = Object.values(item.terms);
    const share = terms.filter(Boolean).length / Math.max(1, terms.length);
    const theirs = 1 + (share + (item.parent ? 0 : 1)) ** 2;
    const behind = COURSE.entry.test(item.location) ? 1000 : 1;
    return { ...item, score: ((item.score / theirs) * share ** 3) / behind };
  };
  return groups.map((group) => group.map(weigh).sort(courseByScore)).sort(courseByBest);
}

const courseByScore = (one, other) => other.score - one.score;
const courseByBest = ([one], [other]) => courseByScore(one, other);

// Results in the order of their headings, the heading of the best result first.
function courseSorted(groups) {
  const sorted = [...groups].sort(courseByBest);
  const kind = ([{ location }]) => COURSE.kinds.findIndex((pattern) => pattern.test(location));
  return [...new Set(sorted.map(kind))].flatMap((wanted) => sorted.filter((group) => kind(group) === wanted));
}

// Words without those that say nothing, as "how" and "the".
const courseSaying = (words) => words.filter((word) => lunr.stopWordFilter(word));

// Whether the index has a word, or one that begins so.
function courseHas(search, word) {
  return search.index.tokenSet.intersect(lunr.TokenSet.fromString(`${word}*`)).toArray().length > 0;
}

// The word of the index that somebody meant who mistyped one: the nearest, of these the one in most entries.
function courseMeant(search, word) {
  const entries = (other, field) => Object.keys(search.index.invertedIndex[other][field]).length;
  const count = (other) => search.index.fields.reduce((sum, field) => sum + entries(other, field), 0);
  const isUsual = (other) => count(other) - entries(other, "text") > 0 || count(other) >= USUAL;
  for (const distance of [1, 2].slice(0, Math.floor(word.length / SHORT))) {
    const near = search.index.tokenSet.intersect(lunr.TokenSet.fromFuzzyString(word, distance)).toArray();
    // Few people mistype the first letter, or mean a word that is hardly ever used.
    const likely = near.filter((other) => other[0] === word[0] && isUsual(other));
    if (likely.length) return likely.sort((one, other) => count(other) - count(one))[0];
  }
  return null;
}

// What is asked for, in words of the index: a name with underscores that it lacks is taken apart, and a mistyped
// word becomes the one that was meant. Also those of them that say something, since the theme would take "to" for
// the beginning of "tokenizer", and how many the index does not have.
function courseMended(search, plain) {
  const parts = plain.toLowerCase().match(COURSE.word) ?? [];
  const words = parts.flatMap((part) => (courseHas(search, part) ? [part] : part.split("_"))).filter(Boolean);
  const lost = new Set(courseSaying(words).filter((word) => !courseHas(search, word)));
  const meant = new Map([...lost].map((word) => [word, courseMeant(search, word)]));
  const mended = words.map((word) => meant.get(word) ?? word);
  const unknown = [...meant.values()].filter((word) => word === null).length;
  return { words: mended, said: courseSaying(mended), unknown };
}

// The places that somebody asks for by name, and how many of the words the name is: the longest name in what is
// asked. A place's names are its tags, and a term is a name of its entry in the glossary.
function courseNamed(search, words) {
  if (!search.courseNames) {
    search.courseNames = new Map();
    const name = (key, place) => search.courseNames.set(key, [...(search.courseNames.get(key) ?? []), place]);
    const entries = [...new Set(search.map.values())];
    for (const { tags, location } of entries) for (const tag of tags ?? []) name(courseKey(tag), location);
    for (const { title, location } of entries) if (COURSE.term.test(location)) name(courseKey(title), location);
  }
  let longest = { key: "", places: [], count: 0 };
  for (let start = 0; start < words.length; start++) {
    for (let end = start + 1; end <= Math.min(words.length, start + WORDS); end++) {
      const part = words.slice(start, end);
      const key = courseKey(part.join(" "));
      const places = search.courseNames.get(key);
      if (places && key.length > longest.key.length) longest = { key, places, count: courseSaying(part).length };
    }
  }
  return longest;
}

// Whether a text is a name and no more: "learning rate" is in an error, too.
function courseIsName(search, plain) {
  const words = plain.toLowerCase().match(COURSE.word) ?? [];
  return courseNamed(search, words).count === courseSaying(words).length;
}

// A name without its capitals, its blanks and marks, and the s of its plural.
function courseKey(name) {
  return name.toLowerCase().replace(/<[^>]*>|[^\p{L}\p{N}]/gu, "").replace(/(\w{3})s$/, "$1");
}

// A result with its first paragraph where no word of its text was asked for: the theme would show all of it.
function courseShort(item) {
  return item.text.includes("<mark") ? item : { ...item, text: item.text.match(/<p>.*?<\/p>/s)?.[0] ?? "" };
}

// Results with a place in front, also where the theme does not find it.
function coursePlaced(search, groups, location) {
  if (groups.some((group) => group.some((item) => item.location === location))) return courseFirst(groups, location);
  const item = (doc) => ({ ...doc, score: 0, terms: {} });
  const doc = search.map.get(location);
  const page = doc.parent ?? doc;
  const group = groups.find(([{ location }]) => location.split("#")[0] === page.location.split("#")[0]);
  const rest = group ?? (page === doc ? [] : [item(page)]);
  return courseFirst([[...rest, item(doc)], ...groups.filter((one) => one !== group)], location);
}

// What answers a few words, as somebody types them who pastes no error.
function courseTyped(search, plain) {
  const { words, said, unknown } = courseMended(search, plain);
  const { places, count } = courseNamed(search, words);
  const isNamed = count > 0 && count * 2 >= said.length;
  if (!isNamed && said.length && unknown * 2 >= said.length) return { items: [] };
  const answer = search.search((said.length ? said : words).join(" "));
  const items = plain.includes("_") ? answer.items : courseProse(answer.items);
  if (!isNamed) return { ...answer, items };
  return { ...answer, items: places.reduceRight((groups, place) => coursePlaced(search, groups, place), items) };
}

// What answers a pasted error, or nothing if the text is none.
function coursePasted(search, asked, text, plain) {
  const isError = COURSE.error.test(asked);
  const { of, whole, count, location } = courseNearest(search, text);
  const isNear = of >= KNOWN || whole >= WHOLE;
  const isKnown = isError || count >= LONG ? isNear : of === 1 && count > 1 && !courseIsName(search, plain);
  if (!isError && !isKnown) return null;
  const answer = search.search(plain);
  if (isKnown) return { ...answer, items: courseFirst(answer.items, location) };
  return count ? { ...answer, items: courseUnknown(answer.items) } : answer;
}

function courseAnswer(search, asked) {
  const text = courseText(asked);
  const plain = text.replace(COURSE.marks, " ").trim();
  if (!plain) return search.search(plain);
  const answer = coursePasted(search, asked, text, plain) ?? courseTyped(search, plain);
  return { ...answer, items: courseSorted(answer.items).map((group) => group.map(courseShort)) };
}

// The theme's index may find a word that no text has, made of the beginning of one and the end of another, where
// words end in digits: it tells a node by its letters and the numbers of what follows, written without a break. Such a
// query fails. With a break between them the nodes differ.
function courseRepair({ TokenSet }) {
  TokenSet.prototype.toString = function () {
    const edges = Object.keys(this.edges).sort();
    return this._str ?? `${Number(this.final)}${edges.map((label) => `${label}${this.edges[label].id},`).join("")}`;
  };
}
