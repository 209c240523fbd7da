// The table of hosts. Rows stay where they are between updates, so that focus does too.
import { confirmed, problemOf, send } from "/status/app.js";

const at = id => document.getElementById(id);
const rows = new Map();
const svg = "http://www.w3.org/2000/svg";
const kept = 60;
const actions = [
  ["enable", "Enable", "give it requests again"],
  ["drain", "Drain", "let it finish what it has and give it nothing more"],
  ["disable", "Disable", "give it no requests"],
  ["circuit/reset", "Reset", "close its circuit and end its cool-down"],
];

async function act(path, question) {
  if (!await confirmed(question)) return;
  const response = await send(path, { method: "POST" });
  at("connection").textContent = response.ok ? "Done" : `Refused: ${await problemOf(response)}`;
}

function makeRow(name) {
  const row = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  const cells = Array.from({ length: 8 }, () => document.createElement("td"));
  const line = document.createElementNS(svg, "svg");
  line.setAttribute("class", "spark");
  line.setAttribute("viewBox", `0 0 ${kept - 1} 20`);
  line.setAttribute("preserveAspectRatio", "none");
  line.setAttribute("role", "img");
  line.append(document.createElementNS(svg, "polyline"));
  cells[6].append(line);
  const buttons = document.createElement("td");
  for (const [path, label, meaning] of actions) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.setAttribute("aria-label", `${label} ${name}`);
    button.addEventListener("click", () => act(`/admin/hosts/${encodeURIComponent(name)}/${path}`, `${label} ${name}: ${meaning}?`));
    buttons.append(button, " ");
  }
  row.append(head, ...cells, buttons);
  return { row, head, cells, line, latencies: [] };
}

function stateOf(host) {
  if (!host.enabled) return ["disabled", "fair"];
  if (host.draining) return ["draining", "fair"];
  if (host.misconfigured) return ["misconfigured", "bad"];
  if (host.coolingDownMs > 0) return [`resting ${(host.coolingDownMs / 1000).toFixed(0)} s`, "fair"];
  return [host.state, { healthy: "good", degraded: "fair", unhealthy: "bad" }[host.state] ?? ""];
}

function draw(line, name, latencies) {
  const most = Math.max(1, ...latencies);
  const start = kept - latencies.length;
  line.firstChild.setAttribute("points", latencies.map((ms, i) => `${start + i},${(19 - 18 * ms / most).toFixed(1)}`).join(" "));
  line.setAttribute("aria-label", `Latency of ${name}, now ${latencies.at(-1).toFixed(0)} ms, at most ${most.toFixed(0)} ms`);
}

function update(entry, host) {
  const [state, look] = stateOf(host);
  const circuit = host.circuit.state === "open" ? `open, ${(host.circuit.reopensInMs / 1000).toFixed(0)} s` : host.circuit.state;
  const p50 = host.latencyMs?.p50 ?? 0;
  entry.latencies.push(p50);
  if (entry.latencies.length > kept) entry.latencies.shift();
  const address = document.createElement("small");
  address.textContent = host.url;
  entry.head.replaceChildren(host.name, address);
  const texts = [state, circuit, host.inFlight, host.requests, host.failures, `${p50.toFixed(0)} / ${(host.latencyMs?.p95 ?? 0).toFixed(0)}`];
  texts.forEach((text, i) => { entry.cells[i].textContent = text; });
  entry.cells[0].className = look;
  entry.cells[1].className = host.circuit.state === "closed" ? "" : "bad";
  entry.cells[7].textContent = `${host.uptimePercent.toFixed(1)} %`;
  draw(entry.line, host.name, entry.latencies);
}

export function showHosts(hosts) {
  for (const host of hosts) {
    if (!rows.has(host.name)) {
      rows.set(host.name, makeRow(host.name));
      at("hosts").append(rows.get(host.name).row);
    }
    update(rows.get(host.name), host);
  }
  for (const [name, entry] of rows) {
    if (!hosts.some(host => host.name === name)) {
      entry.row.remove();
      rows.delete(name);
    }
  }
}

at("reset-all").addEventListener("click", () => act("/admin/circuits/reset", "Close all circuits and end all cool-downs?"));
