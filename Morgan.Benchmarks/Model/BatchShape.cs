namespace Morgan.Benchmarks.Model;

/// <summary>The shape of one call of the encoder.</summary>
/// <param name="Texts">How many texts.</param>
/// <param name="Tokens">How many tokens each of them has, 1 to 128.</param>
internal readonly record struct BatchShape(int Texts, int Tokens)
{
    /// <summary>Single texts and batches of eight, from a search query to the longest text.</summary>
    public static IReadOnlyList<BatchShape> All { get; } =
        [new(1, 12), new(1, 32), new(1, 64), new(1, 128), new(8, 12), new(8, 32), new(8, 64), new(8, 128)];

    /// <inheritdoc/>
    public override string ToString() => $"{Texts}×{Tokens}";
}
