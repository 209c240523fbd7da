// Texts that tokenizers stumble over, the same for the same seed.

export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { next, below: n => Math.floor(next() * n), pick: list => list[Math.floor(next() * list.length)] };
}

export const Sentences = [
  'The quick brown fox jumps over the lazy dog.', "It's what we've done, isn't it? I'm sure they'll say he'd've gone.",
  'A man is playing a guitar while a woman is singing in the kitchen.', 'Solar and wind installations increased by 12.5% in 2023.',
  'Der schnelle braune Fuchs springt über den faulen Hund; Straße, Größe, Übermut.', 'Où est-ce que l’été s’en va ? Ça déçoit, n’est-ce pas…',
  'El niño comió piñas en la montaña, ¿verdad? ¡Sí!', 'Zażółć gęślą jaźń; příliš žluťoučký kůň úpěl ďábelské ódy.',
  'İstanbul’da ılık bir gün, ŞIŞLİ ve Beyoğlu.', 'Быстрая коричневая лиса прыгает через ленивую собаку. Ёжик!',
  'Η γρήγορη καφέ αλεπού πηδάει πάνω από τον τεμπέλη σκύλο ΟΔΥΣΣΕΥΣ.', 'הַשּׁוּעָל הַחוּם קפץ מעל הכלב העצלן.',
  'الثعلب البنيّ السريع يقفز فوق الكلب الكسول، أليس كذلك؟', 'तेज़ भूरी लोमड़ी आलसी कुत्ते के ऊपर कूदती है।',
  'สุนัขจิ้งจอกสีน้ำตาลกระโดดข้ามสุนัขขี้เกียจ', '敏捷的棕色狐狸跳过了懒狗。中文句子相似度测试', '素早い茶色の狐がのろまな犬を飛び越える。カタカナ ﾊﾝｶｸ ガギグ',
  '빠른 갈색 여우가 게으른 개를 뛰어넘습니다. 한국어 형태소', 'Con cáo nâu nhanh nhẹn nhảy qua con chó lười.',
  'SELECT id, name FROM users WHERE age >= 21 ORDER BY name;', '{"model":"text-embedding-3-small","input":["a","b"]}',
  'def f(x):\n    return x ** 2  # squares\n\n\tif __name__ == "__main__":\r\n        print(f(3))', 'https://example.com/a_b?c=d&e=%20f#g user.name+tag@example.co.uk',
  '3.14159 2,718,281 1e-9 0xDEADBEEF 50% $19.99 €5 £3 ¥100 ½ ² ③ Ⅷ ١٢٣ 一二三', 'state-of-the-art re-entry co-operate e.g. i.e. U.S.A. vs.',
  'HELLO, WORLD! ThIs Is MiXeD cAsE; UNBELIEVABLE counterrevolutionaries', '``quoted\'\' "double" ‘single’ “curly” «guillemets» —em–en-hyphen',
];

const Special = ['[CLS]', '[SEP]', '[PAD]', '[UNK]', '[MASK]', '[cls]', '<s>', '</s>', '<pad>', '<unk>', '<mask>', '<|endoftext|>',
  '<|im_start|>', '<0x41>', '<extra>', 'ADDED', 'Added', 'ad ded', '▁', '▁▁the', '##ing', 'Ġthe', '</w>', '<|startoftext|>'];
const Emoji = ['🙂', '👍🏽', '👩‍👩‍👧‍👦', '🏳️‍🌈', '🇩🇪', '🇺🇸🇬🇧', '❤️', '☎', '✈️', '1️⃣', '🧑🏿‍🚀', '🫠', '🪿'];
const Invisible = ['\u00ad', '\u200b', '\u200c', '\u200d', '\u200e', '\u2060', '\ufeff', '\u0000', '\u0001', '\u0007', '\u001f', '\u007f', '\u0085',
  '\u008f', '\u00a0', '\u1680', '\u2003', '\u2028', '\u2029', '\u202e', '\u202f', '\u205f', '\u3000', '\t', '\n', '\r\n', '\r', '\v', '\f',
  '\ufffd', '\ufffc', '\ufffe', '\uffff', '\ue000', '\u{f0000}', '\u{e0041}', '\u034f', '\u180e', '\u061c'];
const Lone = ['\ud800', '\udc00', '\udbff', '\udfff', '\ude42\ud83d'];
const Marks = ['\u0301', '\u0300', '\u0308', '\u0323', '\u0327', '\u0345', '\u0338', '\u20dd', '\u05b0', '\u0651', '\u093c', '\u094d', '\u0e33', '\u3099',
  '\u1dc0', '\u{1d165}', '\u{1d16d}', '\u0f71', '\u0f74', '\u{16ff0}', '\u302a', '\u0e31', '\u064b', '\u0489', '\u{1e94a}'];
const Odd = ['ǅ', 'ǈ', 'ǋ', 'ǲ', 'ß', 'ẞ', 'İ', 'ı', 'ſ', 'K', 'Å', 'Ω', 'ﬁ', 'ﬀ', 'ﬆ', 'ŉ', 'ǰ', 'ΐ', 'ᾳ', 'ᾼ', 'Ǆ', '㎏', '℡', 'Ⓐ', 'ⓩ', 'Ⅻ', '①', '㈱',
  '㋿', '㍻', '豈', '\u{2f800}', '\u{20000}', '\u{2a6df}', '\u{2b820}', '𝒳', '𝟘', '𝔘', 'Ａ', 'ｆ', '１', '！', '～', '＿', 'ﾞ', 'ｶﾞ', '각', '힣', '\u1100\u1161\u11a8', 'ᄀ', '\uac00\u11a7',
  '\u0958', '\u0ddd', '\u1e9b\u0323', '\u2adc', '\u{1d15e}', '\u0344', '\u0340', '\u0f73', '𐐀', '𐒰', 'Ꭰ', 'ꭰ', 'Ა', 'ა', '\u{1e900}', '\u{10d50}', '\u{11f04}', '\u{1f8d0}', '\u0c5d', 'ꟁ'];
const Symbols = [...'!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~§±×÷¬¶·¿¡†‡•…‰′″‹›※‽⁂⁄₤₩₪€₿№℃™⅓←→⇒∀∂∑−√∞≠≤■▲☃☎♠✓➜⟨⟩。、「」『』【】〜・，．？；：'];
const Spaces = [' ', ' ', ' ', '  ', '   ', '', '\n', '\t'];

const Ranges = [[0x20, 0x7e], [0xa0, 0x24f], [0x250, 0x36f], [0x370, 0x52f], [0x530, 0x6ff], [0x700, 0x97f], [0x980, 0xdff], [0xe00, 0x10ff],
  [0x1100, 0x13ff], [0x1400, 0x1fff], [0x2000, 0x2bff], [0x2c00, 0x2fff], [0x3000, 0x33ff], [0x3400, 0x9fff], [0xa000, 0xabff], [0xac00, 0xd7ff],
  [0xe000, 0xfaff], [0xfb00, 0xffff], [0x10000, 0x10fff], [0x11000, 0x12fff], [0x16000, 0x18fff], [0x1b000, 0x1dfff], [0x1e000, 0x1ffff],
  [0x20000, 0x323af], [0xe0000, 0x10ffff]];

export const Fixed = ['', ' ', '   ', '\n', 'a', ' a', 'a ', '  a  b  ', '\u0000', '\ud800', '\u0301', '\u200b', '▁', ' ▁ ', '.', '...', "'s", " 's", "'S", '字',
  '🙂', '\ufffd', 'a\u0301', 'e\u0301\u0323', '\u0323\u0301e', 'x'.repeat(99), 'x'.repeat(100), 'x'.repeat(101), 'é'.repeat(60), 'e\u0301'.repeat(60),
  '\u0301\u0323'.repeat(40), '字'.repeat(110), '🙂'.repeat(101), 'ab'.repeat(150), '-'.repeat(130), ' '.repeat(70), ' a'.repeat(70), '\n \n\n  \n x', 'a\n\n b \n',
  ...Special, ...Special.map(token => `see ${token} here`), ...Special.map(token => `a${token}b`), Special.join(''), Special.join(' '), `  ${Special.join('  ')}  `,
  '<mask><mask>', ' <mask>  <mask> ', '[MASK]  [MASK]x', 'ADDEDx', 'xADDED', '_ADDED_', 'ADDED ADDED', 'ADDED.ADDED', '  ADDED  ', '\u0301ADDED', 'éADDED', 'ADDED\u200d',
  ...Emoji, Emoji.join(''), ...Lone.map(c => `a${c}b`), Lone.join('x'), Marks.join(''), 'a' + Marks.join(''), Odd.join(''), Odd.join(' '), Invisible.join(''), Invisible.join('a'),
  Symbols.join(''), Symbols.join(' '), "don't DON'T donʼt don’t 'll 'LL 'ſ 'ſt 'Ks \u212a", ...Sentences];

export function make(seed, count) {
  const { below, pick } = random(seed);
  const anyCodePoint = () => {
    const [from, to] = pick(Ranges);
    const cp = from + below(to - from + 1);
    return String.fromCodePoint(cp >= 0xd800 && cp <= 0xdfff ? 0x41 : cp);
  };
  const word = () => pick(pick(Sentences).split(' '));
  const part = () => [
    word, word, word, word, anyCodePoint, anyCodePoint, () => pick(Special), () => pick(Emoji), () => pick(Invisible), () => pick(Marks), () => pick(Odd),
    () => pick(Symbols), () => word() + pick(Marks), () => word().toUpperCase(), () => word().slice(0, 3) + pick(Invisible) + word(), () => String(below(100000)),
    () => pick(Odd) + pick(Marks) + pick(Marks), () => pick(Symbols).repeat(1 + below(4)), () => below(8) === 0 ? pick(Lone) : word(), () => ' '.repeat(below(5)),
    () => below(10) === 0 ? word().repeat(30) : word(),
  ];
  const texts = [...Fixed];
  while (texts.length < count) {
    const parts = part();
    const length = 1 + below(12);
    let text = '';
    for (let i = 0; i < length; i++) text += pick(parts)() + pick(Spaces);
    texts.push(text.slice(0, 400));
  }
  return texts;
}

/** One line of ASCII: everything else, and the backslash, is an escape of four digits for each UTF-16 code unit. */
export const escape = text => text.replace(/[^ -[\]-~]/g, c => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
