using System.ClientModel.Primitives;

namespace Morgan.Client;

/// <summary>Sends no key: a made-up one would be refused where anonymous callers are let in.</summary>
internal sealed class NoKey : AuthenticationPolicy
{
    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex) =>
        ProcessNext(message, pipeline, currentIndex);

    public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex) =>
        ProcessNextAsync(message, pipeline, currentIndex);
}
