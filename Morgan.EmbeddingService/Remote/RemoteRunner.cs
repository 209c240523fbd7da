using System.Diagnostics.CodeAnalysis;
using Morgan.EmbeddingService.Batching;
using Morgan.EmbeddingService.Configuration;
using Morgan.EmbeddingService.Inference;
using Morgan.EmbeddingService.Telemetry;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.EmbeddingService.Remote;

/// <summary>Has one model's texts computed by its hosts, some hundred a request.</summary>
internal sealed class RemoteRunner(
    RemoteModel model, RemoteHosts hosts, IReloading<EmbeddingOptions> options, EmbeddingMetrics metrics, TimeProvider time) : IRunner
{
    private const int MaxTextsPerRequest = 128;

    private readonly DrainRate _rate = new();
    private long _queuedTokens;

    public int MaxQueuedTokens => options.Current.Batching.MaxQueuedTokens;

    public long QueuedTokens => Volatile.Read(ref _queuedTokens);

    public bool TryReserve(int tokens, out TimeSpan retryAfter)
    {
        var queued = Interlocked.Add(ref _queuedTokens, tokens);
        if (queued <= MaxQueuedTokens)
        {
            retryAfter = TimeSpan.Zero;
            return true;
        }

        Return(tokens);
        retryAfter = TimeSpan.FromSeconds(Math.Clamp(SecondsFor((int)(queued - MaxQueuedTokens)), 0.001, 3600));
        return false;
    }

    public void Return(int tokens) => Interlocked.Add(ref _queuedTokens, -tokens);

    public double SecondsFor(int tokens) => tokens / _rate.PerCaller;

    public void Enqueue(List<Flight> flights)
    {
        for (var at = 0; at < flights.Count; at += MaxTextsPerRequest)
        {
            var some = flights.GetRange(at, Math.Min(MaxTextsPerRequest, flights.Count - at));
            _ = SendAsync(some);
        }
    }

    // The flights carry every outcome to those who wait.
    [SuppressMessage("Design", "CA1031", Justification = "Whatever goes wrong is the answer of these texts.")]
    private async Task SendAsync(List<Flight> flights)
    {
        // Off the caller's path; a text that everybody has left meanwhile is not sent.
        await Task.Yield();
        Start(flights);
        if (flights.Count == 0)
        {
            return;
        }

        var began = time.GetTimestamp();
        try
        {
            var answer = await hosts.EmbedAsync(model, flights.ConvertAll(flight => flight.Text), CancellationToken.None);
            Land(flights, answer, time.GetElapsedTime(began));
        }
        catch (Exception e)
        {
            foreach (var flight in flights)
            {
                flight.Model.Crash(flight, e);
            }
        }
        finally
        {
            Return(flights.Sum(flight => flight.Tokens));
        }
    }

    private static void Start(List<Flight> flights) => flights.RemoveAll(flight =>
    {
        if (flight.TryStart())
        {
            return false;
        }

        flight.Model.Release();
        return true;
    });

    private void Land(List<Flight> flights, RemoteAnswer answer, TimeSpan took)
    {
        var dimensions = flights[0].Model.Dimensions;
        if (answer.Vectors[0].Length != dimensions)
        {
            throw new InferenceException($"the host gave vectors of {answer.Vectors[0].Length} components, not {dimensions}");
        }

        var tokens = flights.Sum(flight => flight.Tokens);
        for (var i = 0; i < flights.Count; i++)
        {
            // The host counts all texts of a request together: each gets its part.
            var flight = flights[i];
            flight.CountedTokens = answer.Tokens > 0 ? (int)Math.Round(answer.Tokens * (double)flight.Tokens / tokens) : null;
            if (flight.Model.IsNormalized)
            {
                UnitLength.Apply(answer.Vectors[i]);
            }

            flight.Model.Land(flight, answer.Vectors[i]);
        }

        _rate.Ran(tokens, took);
        metrics.Ran(flights[0].Model.Name, flights.Count, answer.Tokens > 0 ? answer.Tokens : tokens, took);
    }
}
