using System.Runtime.InteropServices;
using System.Text;

namespace Morgan.Tests.Chaos.Fuzz;

/// <summary>Makes bytes that are almost right: JSON with known names and odd values, texts of odd characters, and damage to both.</summary>
internal static class Noise
{
    private static readonly string[] Texts =
    [
        "", " ", "a", "hello world", "morgan-sim", "use-lite", "m", "stop", "[DONE]", "null", "\\u0000", "\\ud83d\\ude00", "\\ud800", "\\udc00x", "ü€😀", "ﬁ", "\\n\\r\\t",
        "data: x", "\\\"", "http://127.0.0.1:1/v1", "00:00:01", "-00:00:01", "99999.00:00:00", "round-robin", "float", "base64", "qwen3:8b", "../../etc/passwd", "%00", "{}", "[CLS]", "<s>", "▁",
    ];

    private static readonly string[] Numbers =
        ["0", "1", "-1", "2", "16", "2147483647", "2147483648", "-9223372036854775808", "9223372036854775807", "9223372036854775808", "1e308", "1e400", "-0", "0.5", "1E+2", "0.0000001", "123456789012345678901234567890"];

    private static readonly byte[][] Interesting =
    [
        "\""u8.ToArray(), "{"u8.ToArray(), "}"u8.ToArray(), "["u8.ToArray(), "]"u8.ToArray(), ","u8.ToArray(), ":"u8.ToArray(), "\\"u8.ToArray(), "\n\n"u8.ToArray(), "\r"u8.ToArray(),
        "data: "u8.ToArray(), "data: [DONE]\n\n"u8.ToArray(), [0], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x9F], [0xEF, 0xBB, 0xBF], "null"u8.ToArray(), "1e999"u8.ToArray(), "\\u12"u8.ToArray(), "/*"u8.ToArray(), "event: error\n"u8.ToArray(),
    ];

    private static readonly string[] Characters =
    [
        "a", "B", "zzz", "the ", "ing", " ", "  ", "\n", "\t", "\u00a0", "\u200b", "\u200d", "\ufeff", "é", "e\u0301", "\u0301\u0323\u0301", "ß", "İ", "字", "かな", "한", "ᄀ", "ไ", "ا", "\u202e", "🙂", "👩‍👩‍👧", "🇩🇪", "\ud800", "\udc00", "\0", "\u0001", "\uffff",
        "'s", "’ll", "1", "12345678901234567890", "!", "...", "—", "▁", "<s>", "</s>", "[CLS]", "[SEP]", "[MASK]", "<|endoftext|>", "<unk>", "ﬃ", "㍿", "Ⅷ", "½", "\U000E0041", "\U0001F9FF",
    ];

    /// <summary>A JSON object of these names with odd values; now and then damaged.</summary>
    public static byte[] Json(Random random, IReadOnlyList<string> names)
    {
        var text = new StringBuilder();
        Object(random, names, text, depth: 0);
        return Maybe(random, Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>
    /// A JSON object that is right at first sight: what is asked for, and up to three members of these names with odd
    /// values. One of four is damaged. What is all odd is refused for its first oddity and leads nowhere.
    /// </summary>
    /// <param name="random">Chance.</param>
    /// <param name="asked">The members that there must be, such as <c>"input":"hi"</c>.</param>
    /// <param name="names">Names of others.</param>
    public static byte[] Likely(Random random, string asked, IReadOnlyList<string> names)
    {
        var text = new StringBuilder("{").Append(asked);
        for (var i = random.Next(4); i > 0; i--)
        {
            text.Append(",\"").Append(names[random.Next(names.Count)]).Append("\":");
            Value(random, names, text, depth: 1);
        }

        var bytes = Encoding.UTF8.GetBytes(text.Append('}').ToString());
        return random.Next(4) == 0 ? Damage(random, bytes) : bytes;
    }

    /// <summary>A JSON value of any kind, with these names where it is an object.</summary>
    public static string Value(Random random, IReadOnlyList<string> names)
    {
        var text = new StringBuilder();
        Value(random, names, text, depth: 1);
        return text.ToString();
    }

    /// <summary>A few odd characters.</summary>
    public static string Piece(Random random) => Characters[random.Next(Characters.Length)];

    /// <summary>A text of odd characters, as UTF-16.</summary>
    public static byte[] Text(Random random)
    {
        var text = new StringBuilder();
        var count = random.Next(8) == 0 ? random.Next(400) : random.Next(40);
        for (var i = 0; i < count; i++)
        {
            var piece = Piece(random);
            text.Insert(text.Length, piece, random.Next(20) == 0 ? random.Next(1, 60) : 1);
            if (random.Next(10) == 0)
            {
                text.Append((char)random.Next(0x10000));
            }
        }

        return MemoryMarshal.AsBytes(text.ToString().AsSpan()).ToArray(); // as it is: an encoder would mend lone surrogates
    }

    /// <summary>The same bytes, or, two times of three, damaged ones.</summary>
    public static byte[] Maybe(Random random, byte[] bytes) => random.Next(3) == 0 ? bytes : Damage(random, bytes);

    /// <summary>Bytes with some changed, taken out, put in, doubled, or cut off.</summary>
    public static byte[] Damage(Random random, byte[] bytes)
    {
        var list = new List<byte>(bytes);
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var at = random.Next(list.Count + 1);
            switch (random.Next(6))
            {
                case 0 when at < list.Count:
                    list[at] = (byte)random.Next(256);
                    break;
                case 1 when at < list.Count:
                    list.RemoveRange(at, Math.Min(list.Count - at, random.Next(1, 9)));
                    break;
                case 2:
                    list.InsertRange(at, Interesting[random.Next(Interesting.Length)]);
                    break;
                case 3 when at < list.Count:
                    list.InsertRange(random.Next(list.Count), list.GetRange(at, Math.Min(list.Count - at, random.Next(1, 200))));
                    break;
                case 4 when random.Next(3) == 0:
                    list.RemoveRange(at, list.Count - at);
                    break;
                default:
                    if (at < list.Count)
                    {
                        list[at] ^= (byte)(1 << random.Next(8));
                    }

                    break;
            }
        }

        return [.. list];
    }

    private static void Object(Random random, IReadOnlyList<string> names, StringBuilder text, int depth)
    {
        text.Append('{');
        for (var (i, count) = (0, random.Next(depth == 0 ? 8 : 4)); i < count; i++)
        {
            text.Append(i == 0 ? "" : ",").Append('"').Append(random.Next(12) == 0 ? Texts[random.Next(Texts.Length)] : names[random.Next(names.Count)]).Append("\":");
            Value(random, names, text, depth + 1);
        }

        text.Append('}');
    }

    private static void Value(Random random, IReadOnlyList<string> names, StringBuilder text, int depth)
    {
        switch (depth > 6 ? random.Next(4) : random.Next(8))
        {
            case 0:
                text.Append(Numbers[random.Next(Numbers.Length)]);
                break;
            case 1:
                text.Append(random.Next(3) switch { 0 => "true", 1 => "false", _ => "null" });
                break;
            case 2 or 3 or 4:
                text.Append('"').Append(Texts[random.Next(Texts.Length)]).Append('"');
                break;
            case 5 when random.Next(40) == 0:
                var levels = random.Next(700);
                text.Append('[', levels).Append(']', levels);
                break;
            case 5 or 6:
                text.Append('[');
                for (var (i, count) = (0, random.Next(4)); i < count; i++)
                {
                    text.Append(i == 0 ? "" : ",");
                    Value(random, names, text, depth + 1);
                }

                text.Append(']');
                break;
            default:
                Object(random, names, text, depth);
                break;
        }
    }
}
