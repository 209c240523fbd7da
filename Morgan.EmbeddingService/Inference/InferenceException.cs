namespace Morgan.EmbeddingService.Inference;

/// <summary>A run of a model failed: a fault of the model or the machine, not of the request.</summary>
internal sealed class InferenceException(string message, Exception? inner = null) : Exception(message, inner);
