// A SentencePiece character map like nmt_nfkc, small: what it compiles is a Darts double array over UTF-8 bytes, then the
// replacements, each ended by a zero byte.

const rules = () => {
  const map = new Map();
  const put = (from, to) => map.set(from, to);
  for (let c = 0xa0; c < 0x3400; c++) {
    const from = String.fromCharCode(c), to = from.normalize('NFKC');
    if (to !== from && (c < 0x250 || (c >= 0x2000 && c < 0x2200) || (c >= 0x2460 && c < 0x2500) || c >= 0x3300)) put(from, to);
  }
  for (let c = 0xff01; c < 0xff9f; c++) put(String.fromCharCode(c), String.fromCharCode(c).normalize('NFKC'));
  for (const base of 'aeiouncszAEIOUNCSZ') {
    for (const mark of '\u0300\u0301\u0302\u0303\u0308\u030c\u0323\u0327') {
      const to = (base + mark).normalize('NFKC');
      if ([...to].length === 1) put(base + mark, to);
    }
  }
  for (const c of '\t\n\f\r\u00a0\u1680\u200b\u200e\u200f\u2028\u2029\u3000\ufeff\ufffd') put(c, ' ');
  for (let c = 1; c < 32; c++) if (!map.has(String.fromCharCode(c))) put(String.fromCharCode(c), '');
  put('\u007f', '');
  put('\r\n', ' ');
  put('ｶﾞ', 'ガ');
  put('\u{2f800}', '丽');
  put('𝟘', '0');
  return map;
};

export function compile() {
  const values = [];
  const offsets = new Map();
  let at = 0;
  const entries = [...rules()].map(([from, to]) => {
    if (!offsets.has(to)) {
      const bytes = [...Buffer.from(to, 'utf8'), 0];
      offsets.set(to, at);
      values.push(...bytes);
      at += bytes.length;
    }
    return { key: Buffer.from(from, 'utf8'), value: offsets.get(to) };
  }).sort((a, b) => Buffer.compare(a.key, b.key));

  // Node: unit at i, children at i ^ offset ^ label; label 0 is the leaf.
  const units = [0], used = [true];
  const place = (list, depth, node) => {
    const labels = [...new Set(list.map(({ key }) => depth < key.length ? key[depth] : 0))];
    let base = 1;
    while (labels.some(label => used[base ^ label]) || used[base] === 'base' || ((base ^ node) >= 1 << 21)) base++;
    labels.forEach(label => { used[base ^ label] = true; });
    const offset = base ^ node;
    units[node] = (units[node] | (offset << 10)) >>> 0;
    for (const label of labels) {
      const child = base ^ label;
      const group = list.filter(({ key }) => (depth < key.length ? key[depth] : 0) === label);
      if (label === 0) {
        units[child] = (0x80000000 | group[0].value) >>> 0;
        units[node] = (units[node] | 0x100) >>> 0;
      } else {
        units[child] = label;
        place(group, depth + 1, child);
      }
    }
  };
  place(entries, 0, 0);
  const size = (units.length + 255) & ~255;
  const blob = Buffer.alloc(4 + 4 * size + values.length);
  blob.writeUInt32LE(4 * size, 0);
  for (let i = 0; i < size; i++) blob.writeUInt32LE(units[i] ?? 0, 4 + 4 * i);
  Buffer.from(values).copy(blob, 4 + 4 * size);
  return blob.toString('base64');
}
