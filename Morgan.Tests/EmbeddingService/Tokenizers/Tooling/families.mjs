// Small tokenizer.json files with the parts that real families have, their vocabularies made of the texts themselves.
import { random } from './texts.mjs';
import { compile } from './charsmap.mjs';
import { Byte, Control, Normal, Unknown, UserDefined } from './sentencepiece.mjs';

const file = parts => ({ version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null, pre_tokenizer: null,
  post_processor: null, decoder: null, ...parts });
const added = (id, content, flags = {}) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true, ...flags });
const special = (...tokens) => Object.fromEntries(tokens.map(([token, id]) => [token, { id: token, ids: [id], tokens: [token] }]));
const around = (before, after) => ({
  type: 'TemplateProcessing',
  single: [...before.map(([id]) => ({ SpecialToken: { id, type_id: 0 } })), { Sequence: { id: 'A', type_id: 0 } },
    ...after.map(([id]) => ({ SpecialToken: { id, type_id: 0 } }))],
  pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 0 } }],
  special_tokens: special(...before, ...after),
});
const regex = pattern => ({ Regex: pattern });
const split = (pattern, behavior = 'Isolated', invert = false) => ({ type: 'Split', pattern, behavior, invert });
const byteLevel = (add_prefix_space, use_regex = true) => ({ type: 'ByteLevel', add_prefix_space, trim_offsets: true, use_regex });
const metaspace = (prepend_scheme, split = true) => ({ type: 'Metaspace', replacement: '▁', prepend_scheme, split });
const sequence = (kind, ...steps) => ({ type: 'Sequence', [kind]: steps });

const byteCharacters = (() => {
  let next = 256;
  return Array.from({ length: 256 }, (_, b) => String.fromCharCode((b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174 ? b : next++));
})();
const toByteLevel = text => [...Buffer.from(text, 'utf8')].map(b => byteCharacters[b]).join('');

function bpe(words, alphabet, size, { prefix = '', suffix = '' } = {}) {
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const entries = [...counts].map(([word, count]) => {
    const symbols = [...word].map((c, i) => (i > 0 ? prefix : '') + c);
    if (symbols.length) symbols[symbols.length - 1] += suffix;
    return { symbols, count };
  });
  const vocabulary = new Map();
  const add = token => { if (!vocabulary.has(token)) vocabulary.set(token, vocabulary.size); };
  alphabet.forEach(add);
  const merges = [];
  while (merges.length < size) {
    const pairs = new Map();
    for (const { symbols, count } of entries) {
      for (let i = 0; i + 1 < symbols.length; i++) {
        if (!vocabulary.has(symbols[i]) || !vocabulary.has(symbols[i + 1])) continue;
        const key = JSON.stringify([symbols[i], symbols[i + 1]]);
        pairs.set(key, (pairs.get(key) ?? 0) + count);
      }
    }
    const best = [...pairs].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0];
    if (!best || best[1] < 2) break;
    const [left, right] = JSON.parse(best[0]);
    const merged = left + right.slice(prefix.length);
    merges.push([left, right]);
    add(merged);
    for (const entry of entries) {
      for (let i = 0; i + 1 < entry.symbols.length; i++) {
        if (entry.symbols[i] === left && entry.symbols[i + 1] === right) entry.symbols.splice(i, 2, merged);
      }
    }
  }
  return { vocab: Object.fromEntries(vocabulary), merges };
}

function pieces(words, size, longest) {
  const counts = new Map();
  for (const word of words) {
    const characters = [...word];
    for (let from = 0; from < characters.length; from++) {
      for (let to = from + 1; to <= Math.min(characters.length, from + longest); to++) {
        const piece = characters.slice(from, to).join('');
        counts.set(piece, (counts.get(piece) ?? 0) + to - from);
      }
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, size);
}

function unigram(words, size, reserved, extra = []) {
  const found = pieces(words, size, 7).filter(([piece]) => !reserved.includes(piece));
  const total = found.reduce((sum, [, count]) => sum + count, 0);
  const { next } = random(7);
  return [...reserved.map(token => [token, 0]), ...extra, ...found.map(([piece, count]) => [piece, Math.log(count / total) - 0.01 * next()])];
}

function wordPiece(words, reserved, size) {
  const vocabulary = new Map(reserved.map((token, id) => [token, id]));
  const add = token => { if (!vocabulary.has(token)) vocabulary.set(token, vocabulary.size); };
  for (const [piece] of pieces(words, size, 8)) { add(piece); add('##' + piece); }
  return Object.fromEntries(vocabulary);
}

// What real patterns look like: those of Qwen 2, Llama 3, o200k, DeepSeek and CLIP.
const Qwen = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const Llama3 = Qwen.replace('|\\p{N}|', '|\\p{N}{1,3}|');
const O200k = "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
  + "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}|"
  + ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const DeepSeek = '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const Clip = "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

const wordsOf = texts => texts.filter(text => text.isWellFormed()).flatMap(text => text.split(/\s+/)).filter(Boolean);

/** Vocabularies for *.model files; `ids` says how a family's ids differ from the file's places. */
export function makeSentencePieces(texts) {
  const marked = wordsOf(texts).map(word => '▁' + word);
  const unigramPieces = [['<unk>', 0, Unknown], ['<s>', 0, Control], ['</s>', 0, Control], ['ADDED', 0, UserDefined],
    ...unigram(marked, 500, []).filter(([piece]) => piece !== 'ADDED').map(([piece, score]) => [piece, score, Normal])];
  const bytes = Array.from({ length: 256 }, (_, b) => `<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`);
  const characters = [...new Set(marked.flatMap(word => [...word]).filter(c => c < '\u0600'))];
  const { merges } = bpe(marked, characters, 300);
  const merged = [...new Set(merges.map(pair => pair.join('')))].filter(piece => !['<unk>', '<s>', '</s>', ...bytes].includes(piece));
  const bpePieces = [['<unk>', 0, Unknown], ['<s>', 0, Control], ['</s>', 0, Control], ...bytes.map(b => [b, 0, Byte]),
    ...merged.map((piece, rank) => [piece, -rank, Normal]), ...characters.map((c, i) => [c, -merged.length - i, Normal])];
  const charsmap = compile();
  const fairseq = [['<s>', 0, Control], ['<pad>', 0, Control], ['</s>', 0, Control], ['<unk>', 0, Unknown], ...unigramPieces.slice(3), ['<mask>', 0, Control]];
  const withExtra = [...unigramPieces, ['<extra_id_1>', 0, Control], ['<extra_id_0>', 0, Control]];
  return {
    'sentencepiece-t5': { file: { pieces: unigramPieces, type: 'Unigram', charsmap }, config: { tokenizer_class: 'T5Tokenizer', extra_ids: 2 },
      as: { pieces: withExtra, type: 'Unigram', charsmap, after: ['</s>'] } },
    'sentencepiece-xlm-roberta': { file: { pieces: unigramPieces, type: 'Unigram', charsmap }, config: { tokenizer_class: 'XLMRobertaTokenizer' },
      as: { pieces: fairseq, type: 'Unigram', charsmap, before: ['<s>'], after: ['</s>'], lstrip: ['<mask>'] } },
    'sentencepiece-bpe': { file: { pieces: bpePieces, type: 'BPE', byteFallback: true, removeExtraWhitespaces: false }, config: null,
      as: { pieces: bpePieces, type: 'BPE', byteFallback: true, removeExtraWhitespaces: false } },
  };
}

export function makeFamilies(texts) {
  const corpus = texts.filter(text => text.isWellFormed());
  const words = wordsOf(texts);
  const lower = words.map(word => word.toLowerCase());
  const spaced = corpus.flatMap(text => text.match(/ ?[\p{L}\p{M}]+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+/gu) ?? []).map(toByteLevel);
  const byteBpe = bpe(spaced, byteCharacters, 500);
  const bytePlus = (...tokens) => {
    const first = Object.keys(byteBpe.vocab).length;
    return tokens.map((token, i) => Array.isArray(token) ? added(first + i, token[0], token[1]) : added(first + i, token));
  };
  const byteModel = options => ({ type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null,
    fuse_unk: false, byte_fallback: false, ignore_merges: false, ...byteBpe, ...options });

  const marked = words.map(word => '▁' + word);
  const reserved = ['<s>', '<pad>', '</s>', '<unk>'];
  const fairseq = unigram(marked, 900, reserved, [['▁', -3.5]]);
  const bytes = Array.from({ length: 256 }, (_, b) => `<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`);
  const sentencePieceBpe = bpe(marked, ['<unk>', '<s>', '</s>', ...bytes, ...new Set(words.flatMap(word => [...word]).filter(c => c < '\u3000')), '▁'], 400);
  const charsmap = compile();
  const precompiled = { type: 'Precompiled', precompiled_charsmap: charsmap };
  const bertWords = wordPiece(lower, ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'], 700);
  const casedWords = wordPiece(words, ['[UNK]', '[CLS]', '[SEP]'], 500);
  const clipBpe = bpe(lower.map(toByteLevel), [...byteCharacters, ...byteCharacters.map(c => c + '</w>')], 250, { suffix: '</w>' });
  const prefixed = bpe(words, [...new Set(words.flatMap(word => [...word]))].filter(c => c < '\u0250').flatMap(c => [c, '@@' + c]), 250, { prefix: '@@' });

  return {
    'xlm-roberta': file({
      added_tokens: [...reserved.map((token, id) => added(id, token)), added(fairseq.length, '<mask>', { lstrip: true })],
      normalizer: sequence('normalizers', precompiled, { type: 'Replace', pattern: regex(' {2,}'), content: ' ' }),
      pre_tokenizer: sequence('pretokenizers', { type: 'WhitespaceSplit' }, metaspace('always')),
      post_processor: around([['<s>', 0]], [['</s>', 2]]),
      model: { type: 'Unigram', unk_id: 3, vocab: fairseq, byte_fallback: false },
    }),
    t5: file({
      added_tokens: [added(0, '<pad>'), added(1, '</s>'), added(2, '<unk>'), added(3, '<extra>', { lstrip: true, rstrip: true })],
      normalizer: precompiled,
      pre_tokenizer: metaspace('first', false),
      post_processor: around([], [['</s>', 1]]),
      model: { type: 'Unigram', unk_id: 2, vocab: unigram(marked, 700, ['<pad>', '</s>', '<unk>', '<extra>'], bytes.map(b => [b, 0])), byte_fallback: true },
    }),
    albert: file({
      added_tokens: [added(0, '<pad>'), added(1, '<unk>'), added(2, '[CLS]'), added(3, '[SEP]'), added(4, '[MASK]', { lstrip: true })],
      normalizer: sequence('normalizers', { type: 'Replace', pattern: { String: '``' }, content: '"' }, { type: 'Replace', pattern: { String: "''" }, content: '"' },
        { type: 'NFKD' }, { type: 'StripAccents' }, { type: 'Lowercase' }, precompiled, { type: 'Replace', pattern: regex('\\s{2,}'), content: ' ' }, { type: 'Strip', strip_left: true, strip_right: true }),
      pre_tokenizer: metaspace('always'),
      post_processor: { type: 'TemplateProcessing', single: [{ SpecialToken: { id: '[CLS]', type_id: 2 } }, { Sequence: { id: 'A', type_id: 1 } }, { SpecialToken: { id: '[SEP]', type_id: 1 } }],
        pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }], special_tokens: special(['[CLS]', 2], ['[SEP]', 3]) },
      model: { type: 'Unigram', unk_id: 1, vocab: unigram(lower.map(word => '▁' + word), 600, ['<pad>', '<unk>', '[CLS]', '[SEP]', '[MASK]', '(', ')', '"', '-', '.']), byte_fallback: false },
    }),
    roberta: file({
      added_tokens: bytePlus('<s>', '</s>', ['<mask>', { lstrip: true, normalized: true }], ['ADDED', { special: false, single_word: true, normalized: true }]),
      pre_tokenizer: byteLevel(true),
      post_processor: { type: 'RobertaProcessing', sep: ['</s>', byteBpe.merges.length + 257], cls: ['<s>', byteBpe.merges.length + 256], trim_offsets: true, add_prefix_space: true },
      model: byteModel({ unk_token: '<unk>' }),
    }),
    gpt2: file({
      added_tokens: bytePlus('<|endoftext|>', ['Added', { rstrip: true, special: false }]),
      normalizer: { type: 'NFD' },
      pre_tokenizer: byteLevel(false),
      post_processor: byteLevel(true),
      model: byteModel({ merges: byteBpe.merges.map(pair => pair.join(' ')) }),
    }),
    qwen2: file({
      added_tokens: bytePlus('<|endoftext|>', '<|im_start|>', ['[MASK]', { lstrip: true, rstrip: true, special: false }]),
      normalizer: { type: 'NFC' },
      pre_tokenizer: sequence('pretokenizers', split(regex(Qwen)), byteLevel(false, false)),
      post_processor: around([], [['<|endoftext|>', byteBpe.merges.length + 256]]),
      model: byteModel({ continuing_subword_prefix: '', end_of_word_suffix: '' }),
    }),
    llama3: file({
      added_tokens: bytePlus('<s>'),
      pre_tokenizer: sequence('pretokenizers', split(regex(Llama3)), byteLevel(false, false)),
      post_processor: sequence('processors', byteLevel(true), around([['<s>', byteBpe.merges.length + 256]], [])),
      model: byteModel({ ignore_merges: true }),
    }),
    o200k: file({ pre_tokenizer: sequence('pretokenizers', split(regex(O200k), 'Removed', true), byteLevel(false, false)), model: byteModel({}) }),
    deepseek: file({
      pre_tokenizer: sequence('pretokenizers', split(regex('\\p{N}{1,3}')), split(regex('[一-龥぀-ゟ゠-ヿ]+')), split(regex(DeepSeek)), byteLevel(false, false)),
      model: byteModel({}),
    }),
    llama2: file({
      added_tokens: [added(0, '<unk>'), added(1, '<s>'), added(2, '</s>')],
      normalizer: sequence('normalizers', { type: 'Prepend', prepend: '▁' }, { type: 'Replace', pattern: { String: ' ' }, content: '▁' }),
      post_processor: around([['<s>', 1]], []),
      model: { type: 'BPE', dropout: null, unk_token: '<unk>', continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: true, byte_fallback: true, ...sentencePieceBpe },
    }),
    gemma: file({
      added_tokens: [added(0, '<unk>'), added(1, '<s>'), added(2, '</s>')],
      normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      pre_tokenizer: split({ String: '▁' }, 'MergedWithPrevious'),
      post_processor: around([['<s>', 1]], [['</s>', 2]]),
      model: { type: 'BPE', dropout: 0, unk_token: '<unk>', continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: false, byte_fallback: false,
        vocab: sentencePieceBpe.vocab, merges: sentencePieceBpe.merges },
    }),
    clip: file({
      added_tokens: [added(Object.keys(clipBpe.vocab).length, '<|startoftext|>'), added(Object.keys(clipBpe.vocab).length + 1, '<|endoftext|>', { normalized: true })],
      normalizer: sequence('normalizers', { type: 'NFC' }, { type: 'Replace', pattern: regex('\\s+'), content: ' ' }, { type: 'Lowercase' }),
      pre_tokenizer: sequence('pretokenizers', split(regex(Clip), 'Removed', true), byteLevel(false, true)),
      post_processor: { type: 'RobertaProcessing', sep: ['<|endoftext|>', Object.keys(clipBpe.vocab).length + 1], cls: ['<|startoftext|>', Object.keys(clipBpe.vocab).length], trim_offsets: false, add_prefix_space: false },
      model: { type: 'BPE', dropout: null, unk_token: '!', continuing_subword_prefix: '', end_of_word_suffix: '</w>', fuse_unk: false, byte_fallback: false, ...clipBpe },
    }),
    'bpe-prefixed': file({
      normalizer: { type: 'NFKC' },
      pre_tokenizer: { type: 'Whitespace' },
      model: { type: 'BPE', dropout: null, unk_token: '<unk>', continuing_subword_prefix: '@@', end_of_word_suffix: null, fuse_unk: false, byte_fallback: false,
        vocab: { ...prefixed.vocab, '<unk>': Object.keys(prefixed.vocab).length }, merges: prefixed.merges },
    }),
    bert: file({
      added_tokens: [added(0, '[PAD]'), added(1, '[UNK]'), added(2, '[CLS]'), added(3, '[SEP]'), added(4, '[MASK]'),
        added(Object.keys(bertWords).length, 'ADDED', { special: false, normalized: true, single_word: true }), added(Object.keys(bertWords).length + 1, 'ad ded', { special: false, rstrip: true })],
      normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2] },
      model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100, vocab: bertWords },
    }),
    'bert-cased': file({
      added_tokens: [added(1, '[CLS]'), added(2, '[SEP]')],
      normalizer: { type: 'BertNormalizer', clean_text: false, handle_chinese_chars: false, strip_accents: true, lowercase: false },
      pre_tokenizer: sequence('pretokenizers', { type: 'WhitespaceSplit' }, { type: 'Punctuation', behavior: 'Contiguous' }),
      post_processor: around([['[CLS]', 1]], [['[SEP]', 2]]),
      model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 30, vocab: casedWords },
    }),
    'word-level': file({
      normalizer: sequence('normalizers', { type: 'Nmt' }, { type: 'NFKC' }, { type: 'Strip', strip_left: true, strip_right: false }),
      pre_tokenizer: sequence('pretokenizers', { type: 'CharDelimiterSplit', delimiter: ' ' }, { type: 'Punctuation', behavior: 'MergedWithNext' },
        { type: 'Digits', individual_digits: false }, split({ String: 'e' }, 'MergedWithPrevious', true)),
      model: { type: 'WordLevel', unk_token: '[UNK]', vocab: Object.fromEntries(['[UNK]', ...pieces(words, 900, 9).map(([piece]) => piece)].map((token, id) => [token, id])) },
    }),
    'byte-normalized': file({
      normalizer: sequence('normalizers', { type: 'NFC' }, { type: 'ByteLevel' }),
      pre_tokenizer: sequence('pretokenizers', split(regex('\\w+|[^\\w\\s]++|(?<=Ġ)Ġ'), 'MergedWithPrevious'), { type: 'Digits', individual_digits: true }),
      model: byteModel({}),
    }),
  };
}
