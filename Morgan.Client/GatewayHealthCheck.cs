using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Morgan.Client;

/// <summary>As healthy as the gateway says it is. Its <c>/health</c> takes no key, and generates nothing.</summary>
internal sealed class GatewayHealthCheck(string name, MorganClientSettings settings, HttpClient http) : IHealthCheck
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        try
        {
            using var response = await http.GetAsync(UrlOf(settings.RequireEndpoint(name)), deadline.Token);
            var said = await response.Content.ReadAsStringAsync(deadline.Token);
            return response.IsSuccessStatusCode
                ? new(StatusOf(said) == "degraded" ? HealthStatus.Degraded : HealthStatus.Healthy)
                : new(context.Registration.FailureStatus, $"Morgan's /health answers {(int)response.StatusCode}");
        }
        catch (Exception problem) when (problem is HttpRequestException or InvalidOperationException or JsonException
            || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var reason = problem is OperationCanceledException ? $" within {Deadline.TotalSeconds} s" : $": {problem.Message}";
            return new(context.Registration.FailureStatus, $"no answer from Morgan{reason}");
        }
    }

    /// <summary>Beside the API: <c>https://example.com/llm/health</c> for <c>https://example.com/llm/v1</c>.</summary>
    internal static Uri UrlOf(Uri endpoint) => new(new Uri($"{endpoint.OriginalString.TrimEnd('/')}/"), "../health");

    // {"status":"degraded","checks":{…}}
    private static string? StatusOf(string said)
    {
        using var body = JsonDocument.Parse(said);
        return body.RootElement.TryGetProperty("status", out var status) ? status.GetString() : null;
    }
}
