using Morgan.EmbeddingService.Tokenizers.AddedTokens;
using Morgan.EmbeddingService.Tokenizers.Bpe;
using Morgan.EmbeddingService.Tokenizers.Normalizers;
using Morgan.EmbeddingService.Tokenizers.Patterns;
using Morgan.EmbeddingService.Tokenizers.Pipeline;
using Morgan.EmbeddingService.Tokenizers.PreTokenizers;
using Morgan.EmbeddingService.Tokenizers.Trie;
using Morgan.EmbeddingService.Tokenizers.Unigram;

namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>
/// Makes a tokenizer of a SentencePiece *.model file that lies there without a tokenizer.json, as transformers converts it
/// (convert_slow_tokenizer.py). The <c>tokenizer_class</c> of tokenizer_config.json says which special tokens go around a
/// text and whether ids are shifted: T5's and XLM-RoBERTa's are known, and no class means none.
/// </summary>
internal sealed class SentencePieceReader
{
    // Compiling it takes longer than reading a small file.
    private static readonly TextPattern SeveralSpaces = new(" {2,}");

    private readonly string _file;
    private readonly SentencePieceFile _model;
    private readonly SentencePieceFamily _family;
    private readonly int _unknownId;

    private SentencePieceReader(string file, SentencePieceFile model, SentencePieceFamily family)
    {
        _file = file;
        _model = family.Rearrange(model);
        _family = family;
        _unknownId = FindUnknown();
    }

    /// <summary>Puts together what the files describe.</summary>
    /// <param name="file">The *.model file's name, for messages.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="config">tokenizer_config.json, if there is one.</param>
    /// <param name="fingerprint">See <see cref="ITokenizer.Fingerprint"/>.</param>
    /// <exception cref="TokenizerFormatException">A part is damaged or not supported.</exception>
    public static TokenizerParts Read(string file, ReadOnlySpan<byte> bytes, JsonPart? config, string fingerprint)
    {
        try
        {
            var model = SentencePieceFile.Parse(bytes);
            return new SentencePieceReader(file, model, SentencePieceFamily.Of(config)).Read(fingerprint);
        }
        catch (InvalidDataException e)
        {
            throw new TokenizerFormatException(file, "the file", e.Message, e);
        }
    }

    private TokenizerParts Read(string fingerprint)
    {
        if (!_model.EscapeWhiteSpace || _model.WhiteSpaceIsSuffix)
        {
            throw new TokenizerFormatException(_file, "normalizer_spec", "white space that is not written \"▁\" at the start of words is not supported");
        }

        ITokenModel model = _model.ModelType switch
        {
            SentencePieceFile.Unigram => ReadUnigram(),
            SentencePieceFile.Bpe => ReadBpe(),
            var type => throw new TokenizerFormatException(_file, "trainer_spec.model_type", $"{type} is not supported, only 1 (Unigram) and 2 (BPE)"),
        };
        return new TokenizerParts
        {
            AddedTokens = new AddedVocabulary(AddedTokens(model), normalizer: null),
            Normalizer = ReadNormalizer(),
            PreTokenizer = _model.RemoveExtraWhiteSpace
                ? new MetaspacePreTokenizer(UnigramVocabulary.Mark, _model.AddDummyPrefix ? PrependScheme.Always : PrependScheme.Never, split: true)
                : null,
            Model = model,
            SpecialTokens = _family.SpecialTokens(_file, model),
            PadId = model.IdOf("<pad>") ?? 0,
            Fingerprint = fingerprint,
        };
    }

    private int FindUnknown()
    {
        for (var id = 0; id < _model.Pieces.Count; id++)
        {
            if (_model.Pieces[id].Type == SentencePieceType.Unknown)
            {
                return id;
            }
        }

        throw new TokenizerFormatException(_file, "pieces", "none is of type UNKNOWN");
    }

    private UnigramModel ReadUnigram()
    {
        string[] tokens = [.. _model.Pieces.Select(piece => piece.Text)];
        double[] scores = [.. _model.Pieces.Select(piece => (double)piece.Score)];
        return new UnigramModel(new UnigramVocabulary(tokens, scores, _unknownId, _model.ByteFallback));
    }

    private BpeModel ReadBpe()
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < _model.Pieces.Count; id++)
        {
            ids[_model.Pieces[id].Text] = id;
        }

        var options = new BpeOptions { UnknownId = _unknownId, FuseUnknown = true, ByteFallback = _model.ByteFallback };
        return new BpeModel(new TokenVocabulary(ids), new MergeTable(SentencePieceMerges.Of(_model.Pieces, ids)), options);
    }

    private SequenceNormalizer ReadNormalizer()
    {
        var steps = new List<INormalizer>();
        if (_model.CharsMap.Length > 0)
        {
            steps.Add(new PrecompiledNormalizer(CharsMap.Parse(_model.CharsMap)));
        }

        if (_model.RemoveExtraWhiteSpace)
        {
            steps.Add(new StripNormalizer(left: false, right: true));
            steps.Add(new PatternReplaceNormalizer(SeveralSpaces, UnigramVocabulary.Mark.ToString()));
        }
        else
        {
            if (_model.AddDummyPrefix)
            {
                steps.Add(new PrependNormalizer(UnigramVocabulary.Mark.ToString()));
            }

            steps.Add(new ReplaceNormalizer(" ", UnigramVocabulary.Mark.ToString()));
        }

        return new SequenceNormalizer([.. steps]);
    }

    private IEnumerable<AddedToken> AddedTokens(ITokenModel model)
    {
        foreach (var (text, _, type) in _model.Pieces)
        {
            if (type is SentencePieceType.Control or SentencePieceType.UserDefined || (type == SentencePieceType.Unknown && _family.MatchesUnknown))
            {
                yield return new AddedToken
                {
                    Id = model.IdOf(text)!.Value,
                    Content = text,
                    StripLeft = _family.StripsLeft(text),
                    Special = type != SentencePieceType.UserDefined,
                };
            }
        }
    }
}
