namespace Morgan.EmbeddingService.Tokenizers;

/// <summary>A tokenizer file that Morgan cannot run exactly as its makers' library would: damaged, or with a part that is not supported.</summary>
internal sealed class TokenizerFormatException : FormatException
{
    /// <summary>Says which part of which file is wrong, and how.</summary>
    /// <param name="file">The file.</param>
    /// <param name="part">The place inside it, such as <c>model.vocab</c>.</param>
    /// <param name="problem">What is wrong there.</param>
    /// <param name="inner">What reading it ran into, where there is more to know.</param>
    public TokenizerFormatException(string file, string part, string problem, Exception? inner = null)
        : base($"{file}: {part}: {problem}", inner)
    {
        File = file;
        Part = part;
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The place inside the file, such as <c>pre_tokenizer.pretokenizers[1].type</c>.</summary>
    public string Part { get; }
}
