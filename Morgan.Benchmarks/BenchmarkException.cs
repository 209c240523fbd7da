namespace Morgan.Benchmarks;

/// <summary>A benchmark cannot run here; the message says what is missing.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
