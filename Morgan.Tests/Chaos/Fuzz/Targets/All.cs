namespace Morgan.Tests.Chaos.Fuzz.Targets;

/// <summary>The targets by name.</summary>
internal static class All
{
    /// <summary>Makes each anew.</summary>
    public static IReadOnlyDictionary<string, Func<Task<FuzzTarget>>> Targets { get; } = new Dictionary<string, Func<Task<FuzzTarget>>>
    {
        ["chat-bodies"] = () => Task.FromResult<FuzzTarget>(new ChatBodies()),
        ["host-streams"] = () => Task.FromResult<FuzzTarget>(new HostStreams()),
        ["host-answers"] = () => Task.FromResult<FuzzTarget>(new HostAnswers()),
        ["embedding-bodies"] = () => Task.FromResult<FuzzTarget>(new EmbeddingBodies()),
        ["tokenizer-texts"] = () => Task.FromResult<FuzzTarget>(new TokenizerTexts()),
        ["tokenizer-files"] = () => Task.FromResult<FuzzTarget>(new TokenizerFiles()),
        ["vocabulary-files"] = () => Task.FromResult<FuzzTarget>(new VocabularyFiles()),
        ["cache-entries"] = () => Task.FromResult<FuzzTarget>(new CacheEntries()),
        ["configurations"] = () => Task.FromResult<FuzzTarget>(new Configurations()),
        ["gateway"] = async () => await GatewayRequests.StartAsync(),
        ["gateway-streams"] = async () => await GatewayStreams.StartAsync(),
        ["embedding"] = async () => await EmbeddingRequests.StartAsync(),
    };
}
