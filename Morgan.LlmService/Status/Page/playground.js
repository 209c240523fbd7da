// A streamed chat and a comparison of two texts, as any client would send them.
import { events, problemOf, send } from "/status/app.js";

const at = id => document.getElementById(id);
const json = { "content-type": "application/json" };
let running = null;

export function offerModels(hosts) {
  const names = [...new Set(hosts.flatMap(host => host.models))].sort();
  if (names.length === at("models").children.length) return;
  at("models").replaceChildren(...names.map(name => Object.assign(document.createElement("option"), { value: name })));
  if (!at("chat-model").value && names.length) at("chat-model").value = names[0];
}

function delta(data) {
  const chunk = JSON.parse(data);
  if (chunk.error) throw new Error(chunk.error.message);
  return chunk.choices?.[0]?.delta?.content ?? "";
}

async function chat() {
  const body = { model: at("chat-model").value, stream: true, messages: [{ role: "user", content: at("chat-text").value }] };
  const response = await send("/v1/chat/completions", { method: "POST", headers: json, body: JSON.stringify(body), signal: running.signal });
  if (!response.ok) throw new Error(await problemOf(response));
  at("chat-meta").textContent = `Host ${response.headers.get("x-morgan-host") ?? "not decided when the answer began"}, attempts ${response.headers.get("x-morgan-attempts") ?? "?"}`;
  for await (const data of events(response)) {
    if (data !== "[DONE]") at("chat-answer").textContent += delta(data);
  }
}

async function onChat(event) {
  event.preventDefault();
  running?.abort();
  const mine = running = new AbortController();
  at("chat-answer").textContent = at("chat-meta").textContent = "";
  at("chat-stop").disabled = false;
  try {
    await chat();
  } catch (problem) {
    if (mine === running) at("chat-meta").textContent = mine.signal.aborted ? "Stopped." : problem.message;
  } finally {
    if (mine === running) at("chat-stop").disabled = true;
  }
}

// The vectors have length 1, so their dot product is the cosine.
const cosine = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);

async function onCompare(event) {
  event.preventDefault();
  try {
    const body = JSON.stringify({ input: [at("text-a").value, at("text-b").value] });
    const response = await send("/v1/embeddings", { method: "POST", headers: json, body });
    if (!response.ok) throw new Error(await problemOf(response));
    const { data, model } = await response.json();
    at("compare-answer").textContent = `${cosine(data[0].embedding, data[1].embedding).toFixed(3)} cosine similarity, by ${model}`;
  } catch (problem) {
    at("compare-answer").textContent = problem.message;
  }
}

export function startPlayground() {
  at("chat").addEventListener("submit", onChat);
  at("compare").addEventListener("submit", onCompare);
  at("chat-stop").addEventListener("click", () => running?.abort());
}
