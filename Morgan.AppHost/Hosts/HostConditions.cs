using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Morgan.AppHost.Hosts;

/// <summary>
/// Shows in the dashboard, among the gateway's health details, what the gateway says of each of its hosts. It is healthy
/// whatever that is: whether the gateway can work is for its own <c>/health</c> to say, and others may wait for that.
/// </summary>
internal sealed class HostConditions(EndpointReference gateway, ConfigurationManager configuration) : IHealthCheck
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(3) };

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{await gateway.GetValueAsync(cancellationToken)}/health");
            if (configuration[MorganSettings.AdminKey] is { Length: > 0 } key)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            }

            using var response = await Http.SendAsync(request, cancellationToken);
            using var health = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
            return HealthCheckResult.Healthy(Describe(health.RootElement));
        }
        catch (Exception problem) when (problem is HttpRequestException or JsonException
            || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return HealthCheckResult.Healthy("the gateway does not answer");
        }
    }

    // {"status":"degraded","checks":[{"name":"hosts","data":{"gpu1":{"state":"unhealthy","reason":"its last check failed: …"}}}]}
    private static string Describe(JsonElement health)
    {
        if (!health.TryGetProperty("checks", out var checks))
        {
            return $"not for strangers: set {MorganSettings.AdminKey}";
        }

        var hosts = checks.EnumerateArray()
            .Where(check => check.GetProperty("name").GetString() == "hosts" && check.TryGetProperty("data", out _))
            .SelectMany(check => check.GetProperty("data").EnumerateObject())
            .Select(host => $"{host.Name}: {host.Value.GetProperty("state").GetString()}{Reason(host.Value)}");
        return string.Join("; ", hosts) is { Length: > 0 } all ? all : "no hosts";
    }

    private static string Reason(JsonElement host) =>
        host.TryGetProperty("reason", out var reason) && reason.GetString() is { } text ? $", {text}" : "";
}
