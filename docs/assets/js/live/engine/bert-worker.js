// Runs the classifier beside the page, so that typing never waits for it.
// It is told once {config, weights}, then {number, ids}; it answers {number, logits}.
import { Bert, tensors } from "./bert.js";

let bert;
self.addEventListener("message", ({ data }) => {
  if (data.weights) bert = new Bert(data.config, tensors(data.weights));
  else self.postMessage({ number: data.number, logits: bert.logits(data.ids) });
});
