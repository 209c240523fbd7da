namespace Morgan.EmbeddingService.Endpoints;

/// <summary>What a request asks of a model, whichever API it came by.</summary>
/// <param name="Model">The model's name; null: the default.</param>
/// <param name="Dimensions">How many components to answer with; null: all.</param>
/// <param name="PromptName">The prompt to put before each text; null: the model's default.</param>
/// <param name="RefusesOverflow">Whether a text that is too long is refused; null: as the model is configured.</param>
internal sealed record JobAsk(string? Model, int? Dimensions = null, string? PromptName = null, bool? RefusesOverflow = null);
