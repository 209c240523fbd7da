using Microsoft.ML.OnnxRuntime;

namespace Morgan.EmbeddingService.Inference;

/// <summary>A session and where it runs.</summary>
/// <param name="Session">The session.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda:0</c>.</param>
internal sealed record OpenSession(InferenceSession Session, string Device);
