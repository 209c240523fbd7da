// Makes the fixtures: texts, small tokenizer.json files, and for each of them and for the shared real ones the token ids
// that Hugging Face's library gives. Run: npm install && npm run references
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { escape, make } from './texts.mjs';
import { makeFamilies, makeSentencePieces } from './families.mjs';
import * as sentencePiece from './sentencepiece.mjs';

const hf = createRequire(import.meta.url)('tokenizers');
const [, , output, seed = '1', count = '350'] = process.argv;
const shared = process.env.MORGAN_SHARED ?? path.join(import.meta.dirname, '../../../../../shared');
const texts = make(Number(seed), Number(count));
fs.mkdirSync(output, { recursive: true });
fs.writeFileSync(path.join(output, 'texts.txt'), texts.map(escape).join('\n') + '\n');

async function write(name, encode) {
  const lines = [];
  for (const text of texts) lines.push((await encode(text)).join(' '));
  fs.writeFileSync(path.join(output, `${name}.ids.txt`), lines.join('\n') + '\n');
}

async function reference(name, json) {
  const tokenizer = hf.Tokenizer.fromString(json);
  tokenizer.disableTruncation();
  tokenizer.disablePadding();
  await write(name, async text => (await tokenizer.encode(text)).getIds());
}

for (const [name, tokenizer] of Object.entries(makeFamilies(make(1, 520)))) {
  const json = JSON.stringify(tokenizer);
  const folder = path.join(output, name);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'tokenizer.json'), json + '\n');
  await reference(name, json);
}

for (const [name, { file, config, as }] of Object.entries(makeSentencePieces(make(1, 520)))) {
  const folder = path.join(output, name);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'sentencepiece.model'), sentencePiece.write(file));
  if (config) fs.writeFileSync(path.join(folder, 'tokenizer_config.json'), JSON.stringify(config) + '\n');
  await reference(name, JSON.stringify(sentencePiece.convert(as)));
}

for (const [name, folder] of [['bert-base-uncased', 'tokenizers/bert-base-uncased'], ['wink-100d', 'models/wink-100d']]) {
  await reference(name, fs.readFileSync(path.join(shared, folder, 'tokenizer.json'), 'utf8'));
}

// The default model's tokenizer is not Hugging Face's but TensorFlow.js's, whose file the library refuses.
const { Tokenizer } = createRequire(import.meta.url)('@tensorflow-models/universal-sentence-encoder/dist/tokenizer');
const use = new Tokenizer(JSON.parse(fs.readFileSync(path.join(shared, 'models/use-lite/vocab.json'), 'utf8')));
await write('use-lite', async text => use.encode(text.toWellFormed()));
