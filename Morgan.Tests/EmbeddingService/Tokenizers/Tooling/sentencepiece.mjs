// SentencePiece *.model files of small vocabularies, each with the tokenizer.json that transformers converts it to
// (convert_slow_tokenizer.py), so that Hugging Face's library can say what ids it gives.

const varint = value => {
  const bytes = [];
  let rest = BigInt(value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return bytes;
};
const number = (field, value) => [...varint(field << 3), ...varint(value)];
const data = (field, bytes) => [...varint((field << 3) | 2), ...varint(bytes.length), ...bytes];
const single = (field, value) => { const b = Buffer.alloc(4); b.writeFloatLE(value); return [...varint((field << 3) | 5), ...b]; };

export const Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Byte = 6;

/** The *.model file. A piece is [text, score, type]. */
export function write({ pieces, type, byteFallback = false, charsmap = '', removeExtraWhitespaces = true, addDummyPrefix = true }) {
  return Buffer.from([
    ...pieces.flatMap(([text, score, kind]) => data(1, [...data(1, Buffer.from(text)), ...single(2, score), ...(kind === Normal ? [] : number(3, kind))])),
    ...data(2, [...number(3, type === 'Unigram' ? 1 : 2), ...number(4, pieces.length), ...number(35, byteFallback ? 1 : 0)]),
    ...data(3, [...data(1, Buffer.from('made_for_tests')), ...data(2, Buffer.from(charsmap, 'base64')), ...number(3, addDummyPrefix ? 1 : 0),
      ...number(4, removeExtraWhitespaces ? 1 : 0), ...number(5, 1)]),
  ]);
}

function merges(pieces) {
  const ids = new Map(pieces.map(([text], id) => [text, id]));
  const found = [];
  for (const [text, id] of ids) {
    const characters = [...text], local = [];
    for (let cut = 1; cut < characters.length; cut++) {
      const left = characters.slice(0, cut).join(''), right = characters.slice(cut).join('');
      if (ids.has(left) && ids.has(right)) local.push({ left, right, score: Math.fround(pieces[id][1]) });
    }
    found.push(...local.sort((a, b) => ids.get(a.left) - ids.get(b.left) || ids.get(a.right) - ids.get(b.right)));
  }
  return found.sort((a, b) => b.score - a.score || [...b.left].length - [...a.left].length || [...b.right].length - [...a.right].length)
    .map(({ left, right }) => [left, right]);
}

/** The tokenizer.json. */
export function convert({ pieces, type, byteFallback = false, charsmap = '', removeExtraWhitespaces = true, before = [], after = [], lstrip = [] }) {
  const idOf = token => pieces.findIndex(([text]) => text === token);
  const special = Object.fromEntries([...before, ...after].map(token => [token, { id: token, ids: [idOf(token)], tokens: [token] }]));
  const unk = pieces.findIndex(([, , kind]) => kind === Unknown);
  const matchesUnknown = before.length + after.length > 0;
  const steps = removeExtraWhitespaces
    ? [{ type: 'Strip', strip_left: false, strip_right: true }, { type: 'Replace', pattern: { Regex: ' {2,}' }, content: '▁' }]
    : [{ type: 'Prepend', prepend: '▁' }, { type: 'Replace', pattern: { String: ' ' }, content: '▁' }];
  const at = token => ({ SpecialToken: { id: token, type_id: 0 } });
  return {
    version: '1.0', truncation: null, padding: null, decoder: null,
    added_tokens: pieces.map(([text, , kind], id) => ({ id, content: text, single_word: false, lstrip: lstrip.includes(text), rstrip: false, normalized: false,
      special: kind !== UserDefined, kind })).filter(({ kind }) => kind === Control || kind === UserDefined || (kind === Unknown && matchesUnknown))
      .map(({ kind, ...token }) => token),
    normalizer: { type: 'Sequence', normalizers: [...(charsmap ? [{ type: 'Precompiled', precompiled_charsmap: charsmap }] : []), ...steps] },
    pre_tokenizer: removeExtraWhitespaces ? { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true } : null,
    post_processor: { type: 'TemplateProcessing', single: [...before.map(at), { Sequence: { id: 'A', type_id: 0 } }, ...after.map(at)],
      pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 0 } }], special_tokens: special },
    model: type === 'Unigram'
      ? { type, unk_id: unk, vocab: pieces.map(([text, score]) => [text, Math.fround(score)]), byte_fallback: byteFallback }
      : { type, dropout: null, unk_token: pieces[unk][0], continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: true,
        byte_fallback: byteFallback, vocab: Object.fromEntries(pieces.map(([text], id) => [text, id])), merges: merges(pieces) },
  };
}
