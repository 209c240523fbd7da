// Embeds sentences with onnxruntime-node and the default model's own JavaScript tokenizer; NodeSuite.cs starts it.
// Arguments: the sentences and the tokenizer's vocabulary (JSON files), then name=graph.onnx, …
// Standard input: a line of JSON for each run, {"graph":"int8","batch":8}; with more than one text a run they are sorted
// by length first. Standard output: a line for each, {"seconds":0.9,"tokens":38123}; before that, the version.
import fs from 'node:fs';
import readline from 'node:readline';
import { createRequire } from 'node:module';
import ort from 'onnxruntime-node';

const MaxTokens = 128;
const { Tokenizer } = createRequire(import.meta.url)('@tensorflow-models/universal-sentence-encoder/dist/tokenizer');
const [sentencesFile, vocabularyFile, ...graphs] = process.argv.slice(2);
const sentences = JSON.parse(fs.readFileSync(sentencesFile, 'utf8'));
const tokenizer = new Tokenizer(JSON.parse(fs.readFileSync(vocabularyFile, 'utf8')));
const sessions = new Map();
for (const graph of graphs) {
  const [name, file] = graph.split('=');
  sessions.set(name, await ort.InferenceSession.create(file, { logSeverityLevel: 3 }));
}

async function run(session, texts) {
  const length = Math.max(1, ...texts.map(ids => ids.length));
  const ids = new BigInt64Array(texts.length * length);
  const mask = new BigInt64Array(texts.length * length);
  texts.forEach((text, row) => text.forEach((id, i) => {
    ids[row * length + i] = BigInt(id);
    mask[row * length + i] = 1n;
  }));
  const shape = [texts.length, length];
  const inputs = { input_ids: new ort.Tensor('int64', ids, shape), attention_mask: new ort.Tensor('int64', mask, shape) };
  const { sentence_embedding: output } = await session.run(inputs, ['sentence_embedding']);
  const size = output.dims[1];
  return texts.map((_, row) => output.data.slice(row * size, (row + 1) * size));
}

async function embed(session, batch) {
  const tokens = sentences.map(sentence => tokenizer.encode(sentence).slice(0, MaxTokens));
  const order = [...tokens.keys()];
  if (batch > 1) order.sort((a, b) => tokens[a].length - tokens[b].length);
  const vectors = new Array(sentences.length);
  for (let from = 0; from < order.length; from += batch) {
    const places = order.slice(from, from + batch);
    (await run(session, places.map(place => tokens[place]))).forEach((vector, i) => { vectors[places[i]] = vector; });
  }
  return tokens.reduce((sum, ids) => sum + ids.length, 0);
}

console.log(JSON.stringify({ node: process.version, onnxruntime: ort.env.versions.node ?? ort.env.versions.common }));
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { graph, batch } = JSON.parse(line);
  const began = performance.now();
  const tokens = await embed(sessions.get(graph), batch);
  console.log(JSON.stringify({ seconds: (performance.now() - began) / 1000, tokens }));
}
