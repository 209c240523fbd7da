namespace Morgan.Tests.EmbeddingService;

/// <summary>Waits for what a model does, which on a busy machine takes longer than other things.</summary>
internal static class Wait
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>As <see cref="Eventually"/>, for 30 s at most.</summary>
    public static Task UntilAsync(Func<bool> condition, string what) => Eventually.TrueAsync(condition, what, Deadline);
}
