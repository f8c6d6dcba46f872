// A model in the page: loads it when it is asked for, and hands questions to its worker.

import { fetched } from "../parts.js";
import { Tokenizer } from "../tokenizer.js";

const FILES = ["config.json", "model.safetensors", "tokenizer.json"];
const models = new Map(); // all widgets of a page share one

// The model of that name, run by that worker. `progress` hears how many bytes have come.
export function loaded(name, progress = () => {}, worker = "worker.js") {
  if (!models.has(name)) {
    const loading = Model.load(name, progress, worker);
    loading.catch(() => models.delete(name)); // may be asked for again
    models.set(name, loading);
  }
  return models.get(name);
}

export class Model {
  static async load(name, progress, worker) {
    const come = new Map();
    const file = (url) =>
      fetched(url, (bytes) => {
        come.set(url, bytes);
        progress([...come.values()].reduce((a, b) => a + b));
      });
    const folder = new URL(`../../../models/${name}/`, import.meta.url);
    const [config, weights, tokenizer, kernel] = await Promise.all([
      ...FILES.map((file_) => file(new URL(file_, folder).href)),
      file(new URL("kernel.wasm", import.meta.url).href),
    ]);
    const model = new Model(worker);
    const json = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
    model.config = json(config);
    model.tokenizer = Tokenizer.from(json(tokenizer));
    Object.assign(model, await model.ask("load", { config: model.config, weights, kernel }));
    return model;
  }

  constructor(worker) {
    this.waiting = new Map();
    this.asked = 0;
    this.worker = new Worker(new URL(worker, import.meta.url), { type: "module" });
    this.worker.addEventListener("message", ({ data: { id, part, answer, error } }) => {
      const asked = this.waiting.get(id);
      if (part !== undefined) {
        asked.tell?.(part);
        return;
      }
      this.waiting.delete(id);
      if (error) asked.fail(new Error(error));
      else asked.done(answer);
    });
    // A browser without workers that are modules, for example.
    this.worker.addEventListener("error", ({ message }) => {
      for (const { fail } of this.waiting.values()) fail(new Error(message || "its worker did not start"));
      this.waiting.clear();
    });
  }

  // `tell` hears what comes before the answer. The asks stand in worker.js.
  ask(ask, given = {}, tell) {
    const id = this.asked++;
    return new Promise((done, fail) => {
      this.waiting.set(id, { done, fail, tell });
      this.worker.postMessage({ id, ask, ...given });
    });
  }
}
