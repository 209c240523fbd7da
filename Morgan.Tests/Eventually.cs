namespace Morgan.Tests;

/// <summary>Waits for a condition by looking at it, never by sleeping for a guess.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns when <paramref name="condition"/> holds; fails, naming <paramref name="what"/>, when it has not by the deadline [30 s, for a busy machine].</summary>
    public static Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? deadline = null) => TrueAsync(condition, () => what, deadline);

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, string, TimeSpan?)"/>
    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what, TimeSpan? deadline = null)
    {
        using var timeout = new CancellationTokenSource(deadline ?? TimeSpan.FromSeconds(30));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, TestContext.Current.CancellationToken);
        while (!await condition())
        {
            try
            {
                await Task.Delay(Between, either.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"not in time: {what()}");
            }
        }
    }

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, string, TimeSpan?)"/>
    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? deadline = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, deadline);
}
