// The page's own state: the key that was typed in (kept for this tab), and the last snapshot.
import { showHosts } from "/status/hosts.js";
import { offerModels, startPlayground } from "/status/playground.js";

const keyName = "morgan-admin-key";
const at = id => document.getElementById(id);
let last = null;

export function send(path, options = {}) {
  const key = sessionStorage.getItem(keyName);
  const headers = { ...options.headers, ...(key ? { authorization: `Bearer ${key}` } : {}) };
  return fetch(path, { ...options, headers });
}

export async function problemOf(response) {
  const body = await response.json().catch(() => null);
  return body?.error?.message ?? `${response.status} ${response.statusText}`;
}

// data: {…}\n\n, as far as it has come
export async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const frames = (rest + value.replaceAll("\r\n", "\n")).split("\n\n");
    rest = frames.pop();
    for (const frame of frames) {
      const data = frame.split("\n").filter(line => line.startsWith("data:")).map(line => line.slice(5).trimStart()).join("\n");
      if (data) yield data;
    }
  }
}

export function confirmed(text) {
  const dialog = at("confirm");
  at("confirm-text").textContent = text;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise(resolve => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

export function cell(text, className) {
  const td = document.createElement("td");
  td.textContent = text;
  if (className) td.className = className;
  return td;
}

function figure(name, value) {
  const box = document.createElement("div");
  const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
  [dt.textContent, dd.textContent] = [name, value];
  box.append(dt, dd);
  return box;
}

function showTraffic(now) {
  const rate = name => {
    const seconds = last ? (Date.parse(now.at) - Date.parse(last.at)) / 1000 : 0;
    return seconds > 0 ? ((now.traffic[name] - last.traffic[name]) / seconds).toFixed(1) : "–";
  };
  const figures = { requests: rate("requests"), errors: rate("errors"), input: rate("inputTokens"), output: rate("outputTokens"), strategy: now.strategy };
  for (const dd of at("traffic").querySelectorAll("dd")) dd.textContent = figures[dd.dataset.of];
}

function showEmbedding({ cache, models }) {
  const percent = share => `${(100 * share).toFixed(1)} %`;
  const figures = [];
  for (const model of models?.models ?? []) figures.push(figure(`Model ${model.id}`, model.state ?? ""));
  if (cache) {
    figures.push(
      figure("Found in this process", percent(cache.l1.hitRate)), figure("Found in the shared cache", percent(cache.l2.hitRate)),
      figure("Vectors in this process", cache.l1.entries), figure("Shared cache", cache.l2.connected ? "connected" : "not connected"),
      figure("Computing saved", `${cache.savedInferenceSeconds.toFixed(1)} s`));
  }
  at("embedding").replaceChildren(...(figures.length ? figures : [figure("Embedding service", "no answer")]));
}

function showDecisions(decisions) {
  if (!decisions.length) return;
  at("decisions").replaceChildren(...decisions.map(d => {
    const row = document.createElement("tr");
    const good = d.outcome === "success";
    row.append(
      cell(new Date(d.at).toLocaleTimeString()), cell(d.host ?? ""), cell(d.strategy ?? ""), cell(d.attempt),
      cell(d.circuit === "closed" ? d.cause : `${d.cause}, circuit ${d.circuit}`),
      cell([d.outcome, d.error].filter(Boolean).join(": "), good ? "good" : "bad"), cell(d.milliseconds.toFixed(0)));
    return row;
  }));
}

function show(now) {
  showTraffic(now);
  showHosts(now.hosts);
  showEmbedding(now);
  showDecisions(now.decisions);
  offerModels(now.hosts);
  last = now;
}

async function follow() {
  const response = await send("/admin/status");
  if (response.status === 401 || response.status === 403) {
    at("key-form").hidden = false;
    at("key-problem").textContent = sessionStorage.getItem(keyName) ? await problemOf(response) : "";
    at("connection").textContent = "Closed";
    at("key").focus();
    return false;
  }
  if (!response.ok) throw new Error(await problemOf(response));
  at("key-form").hidden = true;
  at("connection").textContent = "Live";
  for await (const data of events(response)) show(JSON.parse(data));
  throw new Error("the gateway ended the connection");
}

async function run() {
  for (;;) {
    try {
      if (!await follow()) return;
    } catch (problem) {
      at("connection").textContent = `Away: ${problem.message}. Trying again…`;
      last = null;
      await new Promise(resolve => setTimeout(resolve, 2000));
    }
  }
}

at("key-form").addEventListener("submit", event => {
  event.preventDefault();
  sessionStorage.setItem(keyName, at("key").value);
  at("key").value = "";
  run();
});
startPlayground();
run();
