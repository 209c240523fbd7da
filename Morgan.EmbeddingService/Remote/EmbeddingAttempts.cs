using Morgan.Upstreams.Attempts;

namespace Morgan.EmbeddingService.Remote;

/// <summary>Makes the attempts at one list of texts.</summary>
internal sealed class EmbeddingAttempts(IReadOnlyList<string> texts) : IAttemptFactory
{
    public IAttempt Create() => new EmbeddingAttempt(texts);
}
