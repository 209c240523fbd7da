// Writes what Hugging Face's tokenizers library knows of each code point, by asking the library itself: its parts carry
// tables of several Unicode versions, none of them the .NET runtime's. Run: npm install && npm run unicode
//
// The file is Brotli over: runs of flags (length, value) · canonical decompositions · compatibility decompositions ·
// runs of combining-class ranks · compositions · lower-case mappings. Numbers are LEB128; lists start with their length.
import fs from 'node:fs';
import zlib from 'node:zlib';
import { createRequire } from 'node:module';

const hf = createRequire(import.meta.url)('tokenizers');
const Last = 0x10ffff;
const isScalar = cp => cp < 0xd800 || cp > 0xdfff;

// General categories in the order of .NET's UnicodeCategory, as Oniguruma (the library's regex engine) has them.
const Categories = ['Lu', 'Ll', 'Lt', 'Lm', 'Lo', 'Mn', 'Mc', 'Me', 'Nd', 'Nl', 'No', 'Zs', 'Zl', 'Zp', 'Cc', 'Cf', 'Cs',
  'Co', 'Pc', 'Pd', 'Ps', 'Pe', 'Pi', 'Pf', 'Po', 'Sm', 'Sc', 'Sk', 'So', 'Cn'];

function regexRemover(pattern) {
  return hf.Tokenizer.fromString(JSON.stringify({
    version: '1.0', truncation: null, padding: null, added_tokens: [], pre_tokenizer: null, post_processor: null, decoder: null,
    normalizer: { type: 'Replace', pattern: { Regex: pattern }, content: '' },
    model: { type: 'WordLevel', vocab: { '[UNK]': 0 }, unk_token: '[UNK]' },
  })).getNormalizer();
}

function matchedBy(pattern) {
  const remover = regexRemover(pattern);
  const matched = new Uint8Array(Last + 1).fill(1);
  for (let from = 0; from <= Last; from += 4096) {
    let text = '';
    for (let cp = from; cp < from + 4096; cp++) if (isScalar(cp)) text += String.fromCodePoint(cp);
    for (const c of remover.normalizeString(text)) matched[c.codePointAt(0)] = 0;
  }
  return matched;
}

const flags = new Uint16Array(Last + 1);
Categories.forEach((name, index) => {
  if (name === 'Cs' || name === 'Cn') return;
  const matched = matchedBy(`\\p{${name}}`);
  for (let cp = 0; cp <= Last; cp++) if (matched[cp] && isScalar(cp)) flags[cp] = index + 1;
});
for (let cp = 0; cp <= Last; cp++) {
  flags[cp] = isScalar(cp) ? (flags[cp] === 0 ? Categories.indexOf('Cn') : flags[cp] - 1) : Categories.indexOf('Cs');
}

const regexWord = matchedBy('\\w');
const whitespace = hf.whitespacePreTokenizer();
const digits = hf.digitsPreTokenizer(true);
const punctuation = hf.punctuationPreTokenizer('isolated');
const clean = hf.bertNormalizer({ cleanText: true, handleChineseChars: false, stripAccents: false, lowercase: false });
const accents = hf.bertNormalizer({ cleanText: false, handleChineseChars: false, stripAccents: true, lowercase: false });
const marks = hf.stripAccentsNormalizer();
const lowercase = hf.lowercase();
const nfc = hf.nfcNormalizer();
const nfd = hf.nfdNormalizer();
const nfkd = hf.nfkdNormalizer();

const isHangulSyllable = cp => cp >= 0xac00 && cp <= 0xd7a3;
const canonical = [], compatible = [], lower = [], compositions = [];
for (let cp = 0; cp <= Last; cp++) {
  if (!isScalar(cp)) continue;
  const c = String.fromCodePoint(cp), between = `x${c}x`;
  if (whitespace.preTokenizeString(between).length === 1) flags[cp] |= 1 << 5;       // \w of Rust's regex crate
  if (regexWord[cp]) flags[cp] |= 1 << 6;                                            // \w of Oniguruma
  if (digits.preTokenizeString(between).length > 1) flags[cp] |= 1 << 7;             // char::is_numeric
  if (punctuation.preTokenizeString(between).length > 1) flags[cp] |= 1 << 8;        // BERT's punctuation
  if (clean.normalizeString(between) === 'xx') flags[cp] |= 1 << 9;                  // BERT's control characters
  if (accents.normalizeString(between) === 'xx') flags[cp] |= 1 << 10;               // Mn, as BERT strips accents
  if (marks.normalizeString(between) === 'xx') flags[cp] |= 1 << 11;                 // M, as StripAccents does

  const lowered = lowercase.normalizeString(c);
  if (lowered !== c) lower.push([cp, lowered]);
  if (isHangulSyllable(cp)) continue;
  const d = nfd.normalizeString(c), k = nfkd.normalizeString(c);
  if (d !== c) {
    canonical.push([cp, d]);
    const parts = [...d];
    const first = nfc.normalizeString(parts.slice(0, -1).join('')), second = parts.at(-1);
    if (parts.length > 1 && nfc.normalizeString(d) === c) {
      if ([...first].length !== 1) throw new Error(`no pair composes U+${cp.toString(16)}`);
      compositions.push([first.codePointAt(0), second.codePointAt(0), cp]);
    }
  }
  if (k !== d) compatible.push([cp, k]);
}

// Combining classes matter only by their order: two marks swap under NFD exactly when the first has the higher class.
const swaps = (a, b) => nfd.normalizeString('x' + a + b) === 'x' + b + a;
const ranks = new Uint8Array(Last + 1);
const classes = [];
for (let cp = 0x300; cp <= Last; cp++) {
  if (!isScalar(cp) || isHangulSyllable(cp)) continue;
  const c = String.fromCodePoint(cp);
  if (nfd.normalizeString(c) !== c || !(swaps(c, '\u0334') || swaps('\u0345', c))) continue;
  let low = 0, high = classes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (swaps(c, classes[middle].c)) low = middle + 1; else high = middle;
  }
  if (low < classes.length && !swaps(classes[low].c, c)) classes[low].members.push(cp);
  else classes.splice(low, 0, { c, members: [cp] });
}
classes.forEach(({ members }, index) => members.forEach(cp => { ranks[cp] = index + 1; }));

const bytes = [];
const number = value => {
  for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  bytes.push(value);
};
function runs(values) {
  for (let cp = 0; cp <= Last;) {
    const from = cp;
    while (cp <= Last && values[cp] === values[from]) cp++;
    number(cp - from);
    number(values[from]);
  }
}
function mappings(list) {
  number(list.length);
  let last = 0;
  for (const [cp, text] of list) {
    const to = [...text];
    number(cp - last);
    last = cp;
    number(to.length);
    to.forEach(c => number(c.codePointAt(0)));
  }
}
runs(flags);
mappings(canonical);
mappings(compatible);
runs(ranks);
number(compositions.length);
compositions.flat().forEach(number);
mappings(lower);
fs.writeFileSync(process.argv[2], zlib.brotliCompressSync(Buffer.from(bytes), {
  params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_LGWIN]: 22 },
}));
console.log({ canonical: canonical.length, compatible: compatible.length, compositions: compositions.length,
  classes: classes.length, lower: lower.length, bytes: bytes.length, file: fs.statSync(process.argv[2]).size });
