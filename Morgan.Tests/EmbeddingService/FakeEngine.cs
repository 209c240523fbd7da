using Morgan.EmbeddingService.Inference;

namespace Morgan.Tests.EmbeddingService;

/// <summary>An engine whose vector is the text's length and first id, and whose runs wait for leave.</summary>
internal sealed class FakeEngine : IEngine
{
    private readonly Lock _gate = new();

    public int Dimensions => 2;

    /// <summary>Runs wait until this is set.</summary>
    public ManualResetEventSlim MayRun { get; } = new(true);

    /// <summary>What the next runs throw.</summary>
    public Exception? Failure { get; set; }

    /// <summary>The lengths of the texts of each run so far.</summary>
    public List<int[]> Runs { get; } = [];

    public void Run(ReadOnlySpan<int[]> texts, ReadOnlySpan<float[]> vectors)
    {
        lock (_gate)
        {
            Runs.Add([.. texts.ToArray().Select(text => text.Length)]);
        }

        Assert.True(MayRun.Wait(TimeSpan.FromSeconds(60)));
        if (Failure is { } failure)
        {
            throw failure;
        }

        for (var i = 0; i < texts.Length; i++)
        {
            vectors[i][0] = texts[i].Length;
            vectors[i][1] = texts[i].Length > 0 ? texts[i][0] : -1;
        }
    }

    public void Dispose() => MayRun.Set();
}
