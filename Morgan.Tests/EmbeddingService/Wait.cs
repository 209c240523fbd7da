namespace Morgan.Tests.EmbeddingService;

/// <summary>Waits for what another thread does.</summary>
internal static class Wait
{
    /// <summary>Polls a condition until it holds, at most 30 s.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, $"not within 30 s: {what}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
