// The two vocabularies that a page can ask for: that of the course's model, and GPT-2's.
import { fetched } from "../parts.js";
import { Tokenizer } from "../tokenizer.js";

const MODELS = new URL("../../../models/", import.meta.url);
const KINDS = {
  base: ["base/tokenizer.json", (text) => Tokenizer.from(JSON.parse(text))],
  gpt2: ["gpt2/merges.txt", (text) => Tokenizer.gpt2(text)],
};
export const SIZES = {
  base: Number("{{ bytes assets/models/base/tokenizer.json }}"),
  gpt2: Number("{{ bytes assets/models/gpt2/merges.txt }}"),
};
const come = new Map(); // one for all widgets of a page

export const kilobytes = (name) => `${Math.round(SIZES[name] / 1e3)} KB`;

// `say` hears how much has come. What failed can be asked for again.
export function tokenizer(name, say = () => {}) {
  if (!come.has(name)) {
    const [file, read] = KINDS[name];
    const progress = (bytes) => say(`Loading: ${Math.round((100 * bytes) / SIZES[name])}%`);
    const loading = fetched(new URL(file, MODELS).href, progress).then((bytes) => read(new TextDecoder().decode(bytes)));
    loading.catch(() => come.delete(name));
    come.set(name, loading);
  }
  return come.get(name);
}
