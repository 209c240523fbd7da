using System.Text;
using Morgan.Tests.EmbeddingService.Tokenizers;

namespace Morgan.Tests.Chaos.Fuzz.Targets;

/// <summary>The files that stand in for a tokenizer.json, SentencePiece's *.model and BERT's vocab.txt.</summary>
internal sealed class VocabularyFiles() : FuzzTarget("vocabulary-files")
{
    private const int MostPieces = 40;
    private const int RealRare = 100;

    /// <summary>Of so many models one is taken for a list of words.</summary>
    private const int OtherRare = 8;

    private static readonly byte[][] Files = [.. Directory.GetFiles(Fixtures.Root, "*.model", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    private static readonly byte[] Special = "[PAD]\n[UNK]\n[CLS]\n[SEP]\r\n[MASK]\n"u8.ToArray();

    private static readonly string[] ConfigNames =
        ["tokenizer_class", "do_lower_case", "strip_accents", "tokenize_chinese_chars", "unk_token", "cls_token", "sep_token", "pad_token", "mask_token", "content", "model_max_length", "lstrip"];

    private static readonly string[] Classes = ["BertTokenizer", "T5Tokenizer", "XLMRobertaTokenizer", "LlamaTokenizer"];

    private readonly byte[][][] _fields = [.. Files.Select(file => Fields(file).ToArray())];

    public override int QuickInputs => 600;

    public override byte[] Make(Random random)
    {
        if (random.Next(RealRare) == 0)
        {
            return Noise.Damage(random, Files[random.Next(Files.Length)]);
        }

        return Noise.Maybe(random, random.Next(3) == 0 ? Lines(random) : Model(random));
    }

    public override ValueTask CheckAsync(byte[] input, Random random)
    {
        using var folder = new TokenizerFolder();
        if (random.Next(2) == 0)
        {
            folder.Write("tokenizer_config.json", random.Next(2) == 0 ? Noise.Json(random, ConfigNames) : Encoding.UTF8.GetBytes($$"""{"tokenizer_class":"{{Classes[random.Next(Classes.Length)]}}","model_max_length":{{random.Next(5)}}}"""));
        }

        folder.Write(input is [(byte)'[', ..] || random.Next(OtherRare) == 0 ? "vocab.txt" : "spiece.model", input);
        TokenizerFiles.Try(folder, random);
        return default;
    }

    public override long? MostAllocated(int inputLength) => (64 << 20) + (200L * inputLength);

    private static byte[] Lines(Random random)
    {
        using var lines = new MemoryStream();
        lines.Write(Special.AsSpan(0, random.Next(4) == 0 ? random.Next(Special.Length) : Special.Length));
        for (var i = random.Next(MostPieces); i > 0; i--)
        {
            lines.Write(Encoding.UTF8.GetBytes(random.Next(3) == 0 ? "##" : ""));
            lines.Write(random.Next(2) == 0 ? [(byte)random.Next('a', 'z')] : Encoding.UTF8.GetBytes(Noise.Piece(random)));
            lines.WriteByte((byte)'\n');
        }

        return lines.ToArray();
    }

    // The first pieces of a real model, which are the special ones, some of the others, and the specifications after them.
    private byte[] Model(Random random)
    {
        var fields = _fields[random.Next(_fields.Length)];
        using var model = new MemoryStream();
        for (var (i, count) = (0, random.Next(1, MostPieces)); i < count; i++)
        {
            Write(i < 4 ? fields[i] : fields[random.Next(fields.Length - 2)]);
        }

        Write(random.Next(4) == 0 ? [0x12, 2, 0x18, (byte)random.Next(4)] : fields[^2]);
        if (random.Next(4) > 0)
        {
            // The real one is all but a table of characters, which would draw most of the damage.
            Write(random.Next(8) == 0 ? fields[^1] : [0x1A, 6, 0x18, (byte)random.Next(2), 0x20, (byte)random.Next(2), 0x28, (byte)(random.Next(8) == 0 ? 0 : 1)]);
        }

        return model.ToArray();

        void Write(byte[] field) => model.Write(random.Next(30) == 0 ? Noise.Damage(random, field) : field);
    }

    // Each is a tag of one byte, a length of one or two and so many bytes.
    private static IEnumerable<byte[]> Fields(byte[] file)
    {
        for (int at = 0, end; at < file.Length; at = end)
        {
            var head = file[at + 1] < 0x80 ? 2 : 3;
            end = at + head + (file[at + 1] & 0x7F) + (head == 3 ? file[at + 2] << 7 : 0);
            yield return file[at..end];
        }
    }
}
