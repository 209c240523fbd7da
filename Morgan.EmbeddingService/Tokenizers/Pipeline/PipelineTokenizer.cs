using Morgan.EmbeddingService.Tokenizers.AddedTokens;

namespace Morgan.EmbeddingService.Tokenizers.Pipeline;

/// <summary>
/// Hugging Face's order of work: added tokens are cut out of the text, the stretches between them are normalized, split
/// into pieces and given to the model, and the post-processor's special tokens go around the result.
/// </summary>
internal sealed class PipelineTokenizer : ITokenizer
{
    private readonly TokenizerParts _parts;
    private readonly AddedTokenFinder? _rawFinder;
    private readonly AddedTokenFinder? _normalizedFinder;

    /// <param name="parts">The steps.</param>
    public PipelineTokenizer(TokenizerParts parts)
    {
        _parts = parts;
        _rawFinder = parts.AddedTokens.FinderFor(normalized: false);
        _normalizedFinder = parts.AddedTokens.FinderFor(normalized: true);
        VocabularySize = Math.Max(parts.Model.VocabularySize, parts.AddedTokens.HighestId + 1);
    }

    /// <inheritdoc/>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public int PadId => _parts.PadId;

    /// <inheritdoc/>
    public int? MaxTokens => _parts.MaxTokens;

    /// <inheritdoc/>
    public int SpecialTokenCount => _parts.SpecialTokens.Count;

    /// <inheritdoc/>
    public string Fingerprint => _parts.Fingerprint;

    /// <inheritdoc/>
    public string? TokenOf(int id) => _parts.AddedTokens.TokenOf(id) ?? _parts.Model.TokenOf(id);

    /// <inheritdoc/>
    public bool IsSpecial(int id) => _parts.AddedTokens.IsSpecial(id);

    /// <inheritdoc/>
    public int Encode(ReadOnlySpan<char> text, TokenBuffer output, int maxTokens, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfNegative(maxTokens);
        var special = addSpecialTokens ? _parts.SpecialTokens : SpecialTokens.Nothing;
        var room = Math.Max(0, maxTokens - special.Count);
        AddSpecial(special.Before, output, Math.Min(special.Before.Length, maxTokens));
        var first = output.Count;

        var workspace = Workspace.Rent();
        EncodeText(workspace.WellFormed(text), workspace, output);
        Workspace.Return(workspace);

        var count = output.Count - first;
        if (count > room)
        {
            output.RemoveRange(_parts.TruncateLeft ? first : first + room, count - room);
        }

        output.SetType(first, Math.Min(count, room), _parts.SpecialTokens.TextType);
        AddSpecial(special.After, output, Math.Min(special.After.Length, Math.Max(0, maxTokens - special.Before.Length)));
        return count + special.Count;
    }

    private static void AddSpecial(SpecialToken[] tokens, TokenBuffer output, int count)
    {
        for (var i = 0; i < count; i++)
        {
            output.Add(tokens[i].Id);
            output.SetType(output.Count - 1, 1, tokens[i].Type);
        }
    }

    /// <summary>The text between two added tokens; nothing where the first one took white space that the second one starts with.</summary>
    private static ReadOnlySpan<char> Between(ReadOnlySpan<char> text, int from, int to) => from < to ? text[from..to] : [];

    private void EncodeText(ReadOnlySpan<char> text, Workspace workspace, TokenBuffer output)
    {
        if (_rawFinder is null)
        {
            EncodeStretch(text, atOrigin: true, workspace, output);
            return;
        }

        var done = 0;
        for (var from = 0; _rawFinder.Next(text, ref from, done, out var match); done = match.End)
        {
            EncodeStretch(Between(text, done, match.Start), atOrigin: done == 0, workspace, output);
            output.Add(match.Id);
        }

        EncodeStretch(text[done..], atOrigin: done == 0, workspace, output);
    }

    private void EncodeStretch(ReadOnlySpan<char> text, bool atOrigin, Workspace workspace, TokenBuffer output)
    {
        if (text.IsEmpty)
        {
            return;
        }

        var buffer = workspace.Text;
        buffer.Load(text, atOrigin);
        _parts.Normalizer?.Normalize(buffer);
        var done = 0;
        if (_normalizedFinder is not null)
        {
            ReadOnlySpan<char> normalized = buffer.Text;
            for (var from = 0; _normalizedFinder.Next(normalized, ref from, done, out var match); done = match.End)
            {
                EncodePart(Between(normalized, done, match.Start), buffer.AtOrigin && done == 0, workspace, output);
                output.Add(match.Id);
            }
        }

        if (done == 0)
        {
            EncodePieces(workspace.Pieces, output);
        }
        else
        {
            EncodePart(buffer.Text[done..], atOrigin: false, workspace, output);
        }
    }

    private void EncodePart(ReadOnlySpan<char> text, bool atOrigin, Workspace workspace, TokenBuffer output)
    {
        workspace.Part.Load(text, atOrigin);
        EncodePieces(workspace.PartPieces, output);
    }

    private void EncodePieces(PieceBuffer pieces, TokenBuffer output)
    {
        pieces.Load(new Piece(0, pieces.Text.Length));
        _parts.PreTokenizer?.Split(pieces);
        _parts.Model.Tokenize(pieces.Text, pieces.Pieces, output);
    }
}
