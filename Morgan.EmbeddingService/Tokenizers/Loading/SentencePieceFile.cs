using System.Text;

namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>
/// What a SentencePiece *.model file says: a protobuf message of pieces (1), trainer specification (2) and normalizer
/// specification (3), as sentencepiece_model.proto defines them.
/// </summary>
internal sealed record SentencePieceFile
{
    /// <summary>The type of a trainer specification that makes a Unigram model.</summary>
    public const int Unigram = 1;

    /// <summary>The type of a trainer specification that makes a BPE model.</summary>
    public const int Bpe = 2;

    /// <summary>The pieces; a piece's id is its place.</summary>
    public required IReadOnlyList<SentencePiece> Pieces { get; init; }

    /// <summary>The kind of model.</summary>
    public int ModelType { get; private init; } = Unigram;

    /// <summary>Whether unknown characters become bytes.</summary>
    public bool ByteFallback { get; private init; }

    /// <summary>Whether a space is written at the end of a word rather than at its start.</summary>
    public bool WhiteSpaceIsSuffix { get; private init; }

    /// <summary>The compiled character map; may be empty.</summary>
    public byte[] CharsMap { get; private init; } = [];

    /// <summary>Whether text starts with a space even where it does not.</summary>
    public bool AddDummyPrefix { get; private init; } = true;

    /// <summary>Whether spaces at the ends go, and one stays of several.</summary>
    public bool RemoveExtraWhiteSpace { get; private init; } = true;

    /// <summary>Whether spaces are written "▁".</summary>
    public bool EscapeWhiteSpace { get; private init; } = true;

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="InvalidDataException">They are not such a file.</exception>
    public static SentencePieceFile Parse(ReadOnlySpan<byte> bytes)
    {
        var pieces = new List<SentencePiece>();
        var file = new SentencePieceFile { Pieces = pieces };
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    pieces.Add(ReadPiece(reader.Bytes));
                    break;
                case 2:
                    file = ReadTrainer(file, reader.Bytes);
                    break;
                case 3:
                    file = ReadNormalizer(file, reader.Bytes);
                    break;
            }
        }

        return pieces.Count > 0 ? file : throw new InvalidDataException("has no pieces");
    }

    private static SentencePiece ReadPiece(ReadOnlySpan<byte> message)
    {
        var (text, score, type) = ("", 0f, SentencePieceType.Normal);
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    text = Encoding.UTF8.GetString(reader.Bytes);
                    break;
                case 2:
                    score = reader.Single;
                    break;
                case 3:
                    type = (SentencePieceType)reader.Number;
                    break;
            }
        }

        return float.IsFinite(score) ? new SentencePiece(text, score, type) : throw new InvalidDataException($"has no finite score for {text}");
    }

    private static SentencePieceFile ReadTrainer(SentencePieceFile file, ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            file = reader.Field switch
            {
                3 => file with { ModelType = (int)reader.Number },
                24 => file with { WhiteSpaceIsSuffix = reader.Number != 0 },
                35 => file with { ByteFallback = reader.Number != 0 },
                _ => file,
            };
        }

        return file;
    }

    private static SentencePieceFile ReadNormalizer(SentencePieceFile file, ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            file = reader.Field switch
            {
                2 => file with { CharsMap = reader.Bytes.ToArray() },
                3 => file with { AddDummyPrefix = reader.Number != 0 },
                4 => file with { RemoveExtraWhiteSpace = reader.Number != 0 },
                5 => file with { EscapeWhiteSpace = reader.Number != 0 },
                _ => file,
            };
        }

        return file;
    }
}
