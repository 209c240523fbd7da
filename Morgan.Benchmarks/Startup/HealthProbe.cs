using System.Diagnostics;
using System.Text.Json;

namespace Morgan.Benchmarks.Startup;

/// <summary>Asks a service for its health until it has some.</summary>
internal sealed class HealthProbe : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(5);

    // Short, since the orchestrator takes connections for a service that is not there yet.
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromMilliseconds(500) };

    /// <summary>Returns when all addresses have answered that they are healthy.</summary>
    /// <param name="began">The timestamp that the deadline counts from.</param>
    /// <param name="process">Whoever is to make them so.</param>
    /// <param name="addresses">Of endpoints whose answer says how the service is.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="BenchmarkException">The process has ended, or it takes too long.</exception>
    public async Task<TimeSpan> UntilHealthyAsync(long began, Process process, IEnumerable<Uri> addresses, CancellationToken cancellationToken)
    {
        foreach (var address in addresses)
        {
            while (!await IsHealthyAsync(address, cancellationToken))
            {
                if (process.HasExited || Stopwatch.GetElapsedTime(began) > Deadline)
                {
                    throw new BenchmarkException($"{address} {(process.HasExited ? "will not be healthy: its process has ended" : "was not healthy in time")}");
                }

                await Task.Delay(Between, cancellationToken);
            }
        }

        return Stopwatch.GetElapsedTime(began);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    // A page that is no health report is well when it is there.
    private async Task<bool> IsHealthyAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _client.GetAsync(address, cancellationToken);
            if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != "application/json")
            {
                return response.IsSuccessStatusCode;
            }

            using var body = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken);
            return string.Equals(body.RootElement.GetProperty("status").GetString(), "healthy", StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false; // nobody listens yet
        }
    }
}
