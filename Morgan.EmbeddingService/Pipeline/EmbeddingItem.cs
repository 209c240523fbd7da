namespace Morgan.EmbeddingService.Pipeline;

/// <summary>One input on its way through the stages.</summary>
internal struct EmbeddingItem
{
    /// <summary>The input's hash: its name in the cache.</summary>
    public UInt128 Hash;

    /// <summary>The vector, once it was found or computed. Shared: nobody writes to it.</summary>
    public float[]? Vector;

    /// <summary>The token ids, kept only where the vector has to be computed.</summary>
    public int[]? Ids;

    /// <summary>The text with its prompt, kept only where a remote host has to compute the vector.</summary>
    public string? Text;

    /// <summary>How many tokens the model sees; of a remote model, an estimate until its host has counted them.</summary>
    public int Tokens;

    /// <summary>Whether the text was cut.</summary>
    public bool IsTruncated;

    /// <summary>What is wrong with the input.</summary>
    public InputProblem Problem;
}
