namespace Morgan.EmbeddingService.Tokenizers.PreTokenizers;

/// <summary>Which pieces Metaspace puts its character before.</summary>
internal enum PrependScheme
{
    /// <summary>Every one that does not start with it.</summary>
    Always,

    /// <summary>That at the very start of the text.</summary>
    First,

    /// <summary>None.</summary>
    Never,
}
