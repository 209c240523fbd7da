namespace Morgan.EmbeddingService.Pipeline;

/// <summary>Why an input cannot be embedded.</summary>
internal enum InputProblem
{
    /// <summary>It can.</summary>
    None,

    /// <summary>The bytes are no UTF-8, or an escape is half of a surrogate pair.</summary>
    NotUnicode,

    /// <summary>It has more tokens than the model sees, and the model is set to refuse that.</summary>
    TooLong,

    /// <summary>A token id is not in the model's vocabulary.</summary>
    UnknownId,
}
